//! Requests of writes and reads: parts, keys, outdated schemas and guarantees, with a scripted server.

mod idempotency;
mod rows;
mod streams;

use std::collections::HashSet;

use milvus_otel::proto::common::{ConsistencyLevel, Status};
use milvus_otel::proto::common::{KeyValuePair, ServerInfo};
use milvus_otel::proto::milvus::{
    ConnectResponse, DescribeCollectionResponse, InsertRequest, MutationResult, QueryRequest,
    QueryResults, SearchRequest, SearchResults, UpsertRequest,
};
use milvus_otel::proto::schema::{
    CollectionSchema, DataType, FieldSchema, IDs, LongArray, SearchResultData, i_ds::IdField,
};
use milvus_otel::{Client, Consistency, Filter, Id, data::Columns};
use prost::Message;
use testkit::{Fake, Reply};

fn described(id: i64, updated: u64, fields: &[(&str, DataType)]) -> DescribeCollectionResponse {
    let field = |(name, data_type): &(&str, DataType)| FieldSchema {
        name: (*name).to_owned(),
        data_type: *data_type as i32,
        is_primary_key: *name == "id",
        type_params: vec![KeyValuePair {
            key: "dim".into(),
            value: "2".into(),
        }],
        ..FieldSchema::default()
    };
    DescribeCollectionResponse {
        schema: Some(CollectionSchema {
            fields: fields.iter().map(field).collect(),
            ..CollectionSchema::default()
        }),
        collection_id: id,
        update_timestamp: updated,
        ..DescribeCollectionResponse::default()
    }
}

const FIELDS: [(&str, DataType); 2] = [("id", DataType::Int64), ("v", DataType::FloatVector)];

fn inserted(ids: impl IntoIterator<Item = i64>, timestamp: u64) -> MutationResult {
    let data: Vec<i64> = ids.into_iter().collect();
    MutationResult {
        insert_cnt: data.len() as i64,
        i_ds: Some(IDs {
            id_field: Some(IdField::IntId(LongArray { data })),
        }),
        timestamp,
        ..MutationResult::default()
    }
}

async fn connect(fake: &Fake) -> Client {
    let server_info = Some(ServerInfo {
        build_tags: "v3.0.0".into(),
        ..ServerInfo::default()
    });
    fake.answer(
        "Connect",
        &ConnectResponse {
            server_info,
            ..ConnectResponse::default()
        },
    );
    fake.answer("DescribeCollection", &described(1, 0, &FIELDS));
    Client::builder("http://fake:19530")
        .service(fake.service())
        .connect()
        .await
        .unwrap()
}

fn columns(rows: std::ops::Range<i64>) -> Columns {
    let vectors: Vec<f32> = rows.clone().flat_map(|row| [row as f32, 0.0]).collect();
    Columns::new()
        .int64("id", rows.collect::<Vec<_>>())
        .float_vector("v", 2, vectors)
}

fn received<T: Message + Default>(fake: &Fake, rpc: &str) -> Vec<T> {
    let decode = |call: &testkit::fake::Received| T::decode(call.message.as_slice()).unwrap();
    fake.calls_of(rpc).iter().map(decode).collect()
}

#[tokio::test]
async fn a_schema_is_requested_once() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    for _ in 0..3 {
        client.insert("books", columns(0..2)).await.unwrap();
        client.upsert("books", columns(0..2)).await.unwrap();
    }
    assert_eq!(fake.calls_of("DescribeCollection").len(), 1);
    assert_eq!(received::<UpsertRequest>(&fake, "Upsert")[0].num_rows, 2);

    client.drop_collection("books").await.unwrap();
    client.insert("books", columns(0..2)).await.unwrap();
    assert_eq!(fake.calls_of("DescribeCollection").len(), 2);
}

#[tokio::test]
async fn a_value_for_a_generated_key_is_sent_only_if_the_collection_accepts_it() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let description = |allowed: Option<&str>| {
        let mut described = described(1, 0, &FIELDS);
        if let Some(schema) = &mut described.schema {
            schema.fields[0].auto_id = true;
        }
        let pair = |value: &str| KeyValuePair {
            key: "allow_insert_auto_id".into(),
            value: value.into(),
        };
        described.properties.extend(allowed.map(pair));
        described
    };
    for refusing in [None, Some("false")] {
        fake.answer("DescribeCollection", &description(refusing));
        let refused = client.insert("books", columns(0..2)).await.unwrap_err();
        assert!(refused.is_invalid_argument(), "{refused}");
        assert!(
            refused.message().contains("allow_insert_auto_id"),
            "{refused}"
        );
    }
    assert_eq!(fake.calls_of("Insert").len(), 0);
    client.upsert("books", columns(0..2)).await.unwrap();
    // Altered by someone else.
    for allowing in ["true", "True"] {
        fake.answer("DescribeCollection", &description(Some(allowing)));
        client.insert("books", columns(0..2)).await.unwrap();
    }
    assert_eq!(fake.calls_of("Insert").len(), 2);
}

#[tokio::test]
async fn a_write_without_rows_is_not_sent() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    assert_eq!(
        client.insert("books", Columns::new()).await.unwrap().count,
        0
    );
    assert_eq!(
        client.delete("books", [] as [i64; 0]).await.unwrap().count,
        0
    );
    assert!(
        client
            .delete("books", " ")
            .await
            .unwrap_err()
            .is_invalid_argument()
    );
    assert!(fake.calls().iter().all(|call| call.rpc == "Connect"));
}

#[tokio::test]
async fn large_writes_are_split() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let answers = [
        inserted(0..45, 7),
        inserted(45..90, 9),
        inserted(90..100, 8),
    ];
    fake.script("Insert", answers.iter().map(Reply::message));
    let written = client
        .insert("books", columns(0..100))
        .max_request_bytes(700)
        .idempotency_key("k")
        .await
        .unwrap();
    assert_eq!((written.count, written.timestamp), (100, 9));
    assert_eq!(written.ids, (0..100).map(Id::Int).collect::<Vec<_>>());

    let sent: Vec<InsertRequest> = received(&fake, "Insert");
    assert_eq!(sent.iter().map(|part| part.num_rows).sum::<u32>(), 100);
    assert!(sent.len() == 3 && sent.iter().all(|part| part.encoded_len() <= 700));
    let keys: HashSet<_> = fake
        .calls_of("Insert")
        .iter()
        .map(|call| call.metadata.get("idempotency-key").cloned())
        .collect();
    assert_eq!(keys.len(), sent.len(), "each part has a key of its own");
}

#[tokio::test]
async fn a_failed_part_reports_which_parts_were_written() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let failure = Reply::failure(9, 0, "quota exceeded");
    fake.script("Insert", [Reply::message(&inserted(0..30, 7)), failure]);
    let error = client
        .insert("books", columns(0..100))
        .max_request_bytes(700)
        .await
        .unwrap_err();
    let partial = error.partial_write().unwrap();
    let first = received::<InsertRequest>(&fake, "Insert")[0].num_rows as usize;
    assert_eq!(partial.written(), 0..first);
    assert_eq!(partial.failed().start, first);
    assert_eq!(partial.unsent(), partial.failed().end..100);
    assert!(!partial.failed().is_empty() && !partial.unsent().is_empty());
    assert_eq!(partial.ids().len(), 30);
    assert_eq!(fake.calls_of("Insert").len(), 2);

    fake.script("Insert", [Reply::failure(9, 0, "quota exceeded")]);
    let error = client
        .insert("books", columns(0..100))
        .max_request_bytes(700)
        .await
        .unwrap_err();
    assert_eq!(error.partial_write(), None, "nothing is in");

    let error = client
        .insert("books", columns(0..100))
        .max_request_bytes(200)
        .await
        .unwrap_err();
    assert!(
        error.is_invalid_argument() && error.message().starts_with("row 0 takes "),
        "{error}"
    );
}

#[tokio::test]
async fn a_schema_that_changed_is_looked_up_once() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let newer = [
        ("id", DataType::Int64),
        ("v", DataType::FloatVector),
        ("n", DataType::Int64),
    ];
    fake.script(
        "DescribeCollection",
        [
            Reply::message(&described(1, 5, &FIELDS)),
            Reply::message(&described(1, 6, &newer)),
        ],
    );
    client.insert("books", columns(0..2)).await.unwrap();
    // Here the client notices it before anything is sent,
    client
        .insert("books", columns(0..2).int64("n", [1, 2]))
        .await
        .unwrap();
    let sent: Vec<InsertRequest> = received(&fake, "Insert");
    assert_eq!(
        sent.iter()
            .map(|sent| sent.schema_timestamp)
            .collect::<Vec<_>>(),
        [5, 6]
    );
    assert_eq!(fake.calls_of("DescribeCollection").len(), 2);

    // and here the server notices it. Each server has its own message.
    for (code, legacy_code) in [(109, 0), (0, 62)] {
        fake.answer("Insert", &inserted(0..2, 1));
        fake.answer("DescribeCollection", &described(1, 9, &FIELDS));
        let other = client.in_database(format!("other{code}"));
        other.insert("books", columns(0..2)).await.unwrap();
        fake.answer("DescribeCollection", &described(1, 10, &FIELDS));
        fake.script(
            "Insert",
            [
                Reply::failure(code, legacy_code, "mismatch"),
                Reply::message(&inserted(0..2, 1)),
            ],
        );
        assert_eq!(
            other
                .insert("books", columns(0..2))
                .await
                .unwrap()
                .ids
                .len(),
            2
        );
        let sent: Vec<InsertRequest> = received(&fake, "Insert");
        assert_eq!(sent[sent.len() - 1].schema_timestamp, 10);
        assert_eq!(
            sent[sent.len() - 1].fields_data,
            sent[sent.len() - 2].fields_data
        );

        // If the schema is unchanged, there is no retry, and the caller gets the error.
        fake.script("Insert", [Reply::failure(code, legacy_code, "mismatch")]);
        let before = fake.calls_of("Insert").len();
        other.insert("books", columns(0..2)).await.unwrap_err();
        assert_eq!(fake.calls_of("Insert").len(), before + 1);
    }
}

#[tokio::test]
async fn misfit_rows_are_checked_again_only_if_the_schema_may_have_changed() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let wrong = || {
        Columns::new()
            .int64("id", [1])
            .float_vector("v", 3, vec![0.0; 3])
    };
    client.insert("books", wrong()).await.unwrap_err();
    assert_eq!(fake.calls_of("DescribeCollection").len(), 1);
    client.insert("books", wrong()).await.unwrap_err();
    assert_eq!(fake.calls_of("DescribeCollection").len(), 2);
    assert!(fake.calls_of("Insert").is_empty());
}

#[tokio::test]
async fn reads_wait_for_earlier_writes() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.answer("Query", &QueryResults::default());
    let guarantee = async |query: milvus_otel::ops::Query| {
        query.await.unwrap();
        let sent: Vec<QueryRequest> = received(&fake, "Query");
        let last = &sent[sent.len() - 1];
        (
            last.guarantee_timestamp,
            last.consistency_level,
            last.use_default_consistency,
        )
    };
    let query = || client.query("books").filter("id > 0");
    assert_eq!(guarantee(query()).await, (1, 0, true));
    assert_eq!(
        guarantee(query().consistency(Consistency::Session)).await,
        (1, ConsistencyLevel::Session as i32, false)
    );

    // Reads see the write from then on. An older timestamp does not change that.
    for timestamp in [4711, 42] {
        fake.answer("Insert", &inserted(0..2, timestamp));
        client.insert("books", columns(0..2)).await.unwrap();
    }
    assert_eq!(guarantee(query()).await, (4711, 0, true));
    for (consistency, level, timestamp) in [
        (Consistency::Strong, ConsistencyLevel::Strong, 0),
        (Consistency::Session, ConsistencyLevel::Session, 4711),
        (Consistency::Bounded, ConsistencyLevel::Bounded, 2),
        (Consistency::Eventually, ConsistencyLevel::Eventually, 1),
    ] {
        assert_eq!(
            guarantee(query().consistency(consistency)).await,
            (timestamp, level as i32, false)
        );
    }
    // A write without a timestamp is not missed, because reads are then strong.
    let session = || query().consistency(Consistency::Session);
    fake.answer("Delete", &inserted(0..1, 0));
    client.delete("books", "id == 0").await.unwrap();
    assert_eq!(
        guarantee(session()).await,
        (0, ConsistencyLevel::Strong as i32, false)
    );
    fake.answer("Insert", &inserted(0..2, 4712));
    client.insert("books", columns(0..2)).await.unwrap();
    assert_eq!(guarantee(session()).await.0, 4712);
    let customized = ConsistencyLevel::Customized as i32;
    assert_eq!(
        guarantee(query().guarantee_timestamp(9)).await,
        (9, customized, false)
    );
    // By any name, which can be an alias, and by any clone.
    assert_eq!(guarantee(client.query("films")).await.0, 4712);
    let other = client.in_database("other");
    assert_eq!(guarantee(other.query("books")).await.0, 4712);
}

#[tokio::test]
async fn bound_values_are_sent_separately_from_the_filter() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.answer("Search", &SearchResults::default());
    let filter = Filter::new("n in {n} and t == {t}")
        .bind("n", [1, 2])
        .bind("t", "x\"");
    client
        .search("books", [0.5, 0.5])
        .filter(filter)
        .ef(64)
        .limit(3)
        .await
        .unwrap();
    let sent: Vec<SearchRequest> = received(&fake, "Search");
    assert_eq!(sent[0].dsl, "n in {n} and t == {t}");
    assert_eq!(sent[0].expr_template_values.len(), 2);
    let parameter = |key: &str| {
        sent[0]
            .search_params
            .iter()
            .find(|pair| pair.key == key)
            .map(|pair| pair.value.as_str())
    };
    assert_eq!(
        (parameter("topk"), parameter("params")),
        (Some("3"), Some(r#"{"ef":64}"#))
    );
}

#[tokio::test]
async fn inconsistent_responses_are_refused() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let ids = |data: Vec<i64>| {
        Some(IDs {
            id_field: Some(IdField::IntId(LongArray { data })),
        })
    };
    for results in [
        SearchResultData {
            topks: vec![2],
            scores: vec![0.5],
            ids: ids(vec![1]),
            ..Default::default()
        },
        SearchResultData {
            topks: vec![-1],
            ..Default::default()
        },
        SearchResultData {
            topks: vec![i64::MAX, i64::MAX, i64::MAX],
            ..Default::default()
        },
        SearchResultData {
            topks: vec![2],
            scores: vec![0.5; 2],
            ids: ids(vec![1]),
            ..Default::default()
        },
    ] {
        let answer = SearchResults {
            results: Some(results),
            status: Some(Status::default()),
            ..Default::default()
        };
        fake.answer("Search", &answer);
        let error = client.search("books", [0.5, 0.5]).await.unwrap_err();
        assert_eq!(
            error.kind(),
            milvus_otel::ErrorKind::InvalidResponse,
            "{error}"
        );
    }
    let mixed: [milvus_otel::QueryVector; 2] = ["text".into(), [0.5].into()];
    assert!(
        client
            .search_many("books", mixed)
            .await
            .unwrap_err()
            .is_invalid_argument()
    );
    let uneven = client
        .search_many("books", [vec![0.5], vec![0.5, 0.5]])
        .await
        .unwrap_err();
    assert!(uneven.message().contains("vector 1 has 2"), "{uneven}");
}
