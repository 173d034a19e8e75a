//! Which writes a read with session consistency sees.

use milvus_otel::proto::common::ConsistencyLevel;
use milvus_otel::proto::milvus::*;
use milvus_otel::proto::schema::{
    DataType, FieldData, LongArray, ScalarField, field_data, scalar_field,
};
use milvus_otel::{Client, Consistency, client::RetryPolicy, data::Columns};
use testkit::{Fake, Reply};

use super::{connect, received, row, written};

pub(super) fn column(name: &str, data: &[i64]) -> FieldData {
    let data = Some(scalar_field::Data::LongData(LongArray {
        data: data.to_vec(),
    }));
    FieldData {
        r#type: DataType::Int64 as i32,
        field_name: name.into(),
        field: Some(field_data::Field::Scalars(ScalarField { data })),
        ..FieldData::default()
    }
}

const STRONG: (u64, i32) = (0, ConsistencyLevel::Strong as i32);

fn since(timestamp: u64) -> (u64, i32) {
    (timestamp, ConsistencyLevel::Session as i32)
}

/// What a read by this handle asks for.
async fn guarantee(fake: &Fake, client: &Client) -> (u64, i32) {
    let query = client
        .query("anything")
        .filter("id > 0")
        .consistency(Consistency::Session);
    query.await.unwrap();
    let sent: Vec<QueryRequest> = received(fake, "Query");
    let last = &sent[sent.len() - 1];
    (last.guarantee_timestamp, last.consistency_level)
}

#[tokio::test]
async fn all_writes_are_seen_by_all_clones() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    assert_eq!(guarantee(&fake, &client).await, since(1));
    client.in_database("ten").insert("al", row()).await.unwrap();
    assert_eq!(guarantee(&fake, &client).await, since(4711));
    fake.answer("Upsert", &written(4712));
    let upsert = UpsertRequest {
        collection_name: "books".into(),
        ..Default::default()
    };
    client.in_database("a").send(upsert.clone()).await.unwrap();
    assert_eq!(
        guarantee(&fake, &client.in_database("b")).await,
        since(4712)
    );
    fake.answer("Upsert", &written(4713));
    client.raw().upsert(upsert).await.unwrap();
    assert_eq!(guarantee(&fake, &client.clone()).await, since(4713));
    fake.answer("Delete", &written(4714));
    client.delete("books", "id == 1").await.unwrap();
    assert_eq!(guarantee(&fake, &client).await, since(4714));
    // An older one does not undo it.
    fake.answer("Insert", &written(3));
    client.insert("books", row()).await.unwrap();
    assert_eq!(guarantee(&fake, &client).await, since(4714));
}

#[tokio::test]
async fn session_reads_do_not_depend_on_cached_descriptions() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    client.insert("books", row()).await.unwrap();
    let unavailable = Reply::Status(tonic::Code::Internal, "for the moment".into());
    fake.script("DescribeCollection", [unavailable]);
    let unfit = Columns::new().int64("id", [1]).int64("no such field", [1]);
    client.insert("books", unfit).await.unwrap_err();
    assert_eq!(guarantee(&fake, &client).await, since(4711));
    client.drop_collection("books").await.unwrap();
    client.rename_collection("a", "b").await.unwrap();
    assert_eq!(guarantee(&fake, &client).await, since(4711));
}

#[tokio::test]
async fn the_timestamp_at_the_end_of_a_long_response_is_read() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let mut long = written(4715);
    long.succ_index = (0..100_000).collect();
    fake.answer("Insert", &long);
    client.insert("books", row()).await.unwrap();
    assert_eq!(guarantee(&fake, &client).await, since(4715));
}

#[tokio::test]
async fn a_write_without_a_timestamp_makes_reads_strong() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    client.insert("books", row()).await.unwrap();
    fake.answer("Delete", &written(0));
    client.raw().delete(DeleteRequest::default()).await.unwrap();
    assert_eq!(guarantee(&fake, &client).await, STRONG);
    // By default too: the collection's own level may be session, and others do not look at the time.
    client.query("books").filter("id > 0").await.unwrap();
    let sent: Vec<QueryRequest> = received(&fake, "Query");
    let last = &sent[sent.len() - 1];
    assert_eq!(
        (last.guarantee_timestamp, last.use_default_consistency),
        (0, true)
    );
    // A later write has a time, which includes all before it.
    fake.answer("Insert", &written(4716));
    client.insert("books", row()).await.unwrap();
    assert_eq!(guarantee(&fake, &client).await, since(4716));
    let truncate = TruncateCollectionRequest {
        collection_name: "books".into(),
        ..Default::default()
    };
    client.send(truncate).await.unwrap();
    assert_eq!(guarantee(&fake, &client).await, STRONG);
}

#[tokio::test]
async fn a_write_that_may_have_happened_makes_reads_strong() {
    for (reply, expected) in [
        (
            Reply::Status(tonic::Code::Unavailable, "connection lost".into()),
            STRONG,
        ),
        (Reply::failure(65535, 1, "unexpected"), STRONG),
        (Reply::failure(10001, 1, "timeout"), STRONG),
        (Reply::Never, STRONG),
        (Reply::failure(1100, 5, "invalid parameter"), since(4711)),
        (Reply::failure(9, 48, "quota exceeded"), since(4711)),
        (Reply::failure(8, 49, "rate limit exceeded"), since(4711)),
        (
            Reply::Status(tonic::Code::PermissionDenied, "no privilege".into()),
            since(4711),
        ),
        (
            Reply::failure(65535, 1, "collection not found[books]"),
            since(4711),
        ),
    ] {
        let fake = Fake::scripted();
        let client = connect(&fake).await;
        client.insert("books", row()).await.unwrap();
        fake.script("Insert", [reply.clone()]);
        let timeout = std::time::Duration::from_millis(400);
        let insert = client.insert("books", row()).timeout(timeout);
        let error = insert.await.unwrap_err();
        assert_eq!(error.may_have_happened(), expected == STRONG, "{error}");
        assert_eq!(guarantee(&fake, &client).await, expected, "{reply:?}");
        if expected == STRONG {
            // The server may still do it after another write.
            fake.answer("Insert", &written(4717));
            client.insert("books", row()).await.unwrap();
            assert_eq!(guarantee(&fake, &client).await, STRONG, "{reply:?}");
        }
    }
}

#[tokio::test]
async fn a_write_that_was_dropped_or_never_sent_affects_later_reads() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    client.insert("books", row()).await.unwrap();
    fake.script("Insert", [Reply::Never]);
    tokio::select! {
        never = client.insert("books", row()) => panic!("{never:?}"),
        () = async {
            while fake.calls_of("Insert").len() < 2 {
                tokio::task::yield_now().await;
            }
        } => {}
    }
    assert_eq!(guarantee(&fake, &client).await, STRONG);

    let nobody = Client::builder("http://127.0.0.1:1")
        .retry(RetryPolicy::never())
        .connect_lazy();
    let nobody = nobody.unwrap();
    let error = nobody.delete("books", "id == 1").await.unwrap_err();
    assert!(error.is_connect() && !error.may_have_happened(), "{error}");
}
