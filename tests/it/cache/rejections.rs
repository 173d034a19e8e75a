//! Writes that the server rejects because they were built for another schema.

use milvus_otel::proto::milvus::{DescribeCollectionResponse, InsertRequest, QueryRequest};
use milvus_otel::proto::schema::FieldSchema;
use milvus_otel::{Client, ErrorKind};
use testkit::{Fake, Reply};

use super::{connect, described, descriptions, received, row, written};

/// The same collection made anew, with another description.
fn other(updated: u64) -> DescribeCollectionResponse {
    let mut answer = described("", 8, updated, "id");
    if let Some(schema) = &mut answer.schema {
        let pages = FieldSchema {
            name: "pages".into(),
            nullable: true,
            data_type: 5,
            ..Default::default()
        };
        schema.fields.push(pages);
    }
    answer
}

/// A client that knows the collection as it was before.
async fn stale(fake: &Fake, updated: u64) -> Client {
    let client = connect(fake).await;
    fake.answer("DescribeCollection", &described("", 7, updated, "id"));
    client.insert("books", row()).await.unwrap();
    fake.answer("DescribeCollection", &other(updated));
    client
}

#[tokio::test]
async fn a_rejected_write_is_built_again_once() {
    for (updated, code, legacy, reason) in [
        (1, 109, 0, "collection schema mismatch"),
        (1, 0, 62, "schema mismatch"),
        (
            0,
            1100,
            5,
            "the number of fields is less than needed: invalid parameter[expected=2][actual=3]",
        ),
        (
            0,
            65535,
            1,
            "the length(2) of float data should divide the dim(3)",
        ),
        (0, 65535, 1, "can't find data for primary field: key"),
        (0, 65535, 1, "%!s(<nil>) is not supported now"),
        (0, 6, 6, "primary key 'key' missing or None"),
        (0, 1100, 0, "invalid parameter"),
        (
            0,
            100,
            4,
            "collection not found[collection=470774496653938346]",
        ),
    ] {
        let fake = Fake::scripted();
        let client = stale(&fake, updated).await;
        fake.script(
            "Insert",
            [
                Reply::failure(code, legacy, reason),
                Reply::message(&written(9)),
            ],
        );
        let answer = client.insert("books", row()).await;
        assert_eq!(answer.unwrap().count, 1, "{reason}");
        let sent: Vec<InsertRequest> = received(&fake, "Insert");
        assert_eq!(sent.len(), 3, "{reason}");
        assert_eq!(descriptions(&fake), 2, "{reason}");

        // Rejected again, it is the caller's, and is not sent a third time.
        let client = stale(&fake, updated).await;
        fake.script("Insert", [Reply::failure(code, legacy, reason)]);
        let before = fake.calls_of("Insert").len();
        let error = client.insert("books", row()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Server);
        assert_eq!(fake.calls_of("Insert").len(), before + 2, "{reason}");
    }
}

#[tokio::test]
async fn a_write_that_may_have_happened_is_not_repeated() {
    for reply in [
        Reply::failure(65535, 1, "proxy TaskCondition context Done"),
        Reply::failure(5, 1, "service internal error"),
        Reply::failure(9, 48, "quota exceeded"),
        Reply::Status(tonic::Code::Internal, "broken".into()),
    ] {
        let fake = Fake::scripted();
        let client = stale(&fake, 0).await;
        fake.script("Insert", [reply.clone(), Reply::message(&written(9))]);
        let before = fake.calls_of("Insert").len();
        client.insert("books", row()).await.unwrap_err();
        assert_eq!(fake.calls_of("Insert").len(), before + 1, "{reply:?}");
    }
}

#[tokio::test]
async fn a_write_is_not_repeated_if_the_description_is_unchanged() {
    let fake = Fake::scripted();
    let client = stale(&fake, 0).await;
    fake.answer("DescribeCollection", &described("", 7, 0, "id"));
    fake.script("Insert", [Reply::failure(1100, 5, "invalid parameter")]);
    let before = fake.calls_of("Insert").len();
    let error = client.insert("books", row()).await.unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    assert_eq!(fake.calls_of("Insert").len(), before + 1);
}

#[tokio::test]
async fn rows_that_no_longer_fit_are_refused_with_the_new_schema() {
    let fake = Fake::scripted();
    let client = stale(&fake, 0).await;
    let mut narrower = described("", 8, 0, "id");
    if let Some(schema) = &mut narrower.schema {
        schema.fields.pop();
    }
    fake.answer("DescribeCollection", &narrower);
    fake.script(
        "Insert",
        [Reply::failure(
            1100,
            5,
            "the number of fields is less than needed",
        )],
    );
    let error = client.insert("books", row()).await.unwrap_err();
    assert!(
        error.is_invalid_argument() && error.message().contains("uid"),
        "{error}"
    );
    assert_eq!(error.code(), None, "refused here");
}

#[tokio::test]
async fn any_rejected_call_may_invalidate_the_description() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    // How often the collection was looked up for the call before and for an insert after it. A query that is refused
    // because of a field looks it up itself.
    let mut before = 0;
    let mut looked_up = async || {
        client.insert("books", row()).await.unwrap();
        let since = std::mem::replace(&mut before, descriptions(&fake));
        descriptions(&fake) - since
    };
    assert_eq!(looked_up().await, 1);
    for (reply, again) in [
        (Reply::failure(100, 4, "collection not found"), 1),
        (Reply::failure(65535, 1, "field id not exist"), 1),
        (Reply::failure(1100, 5, "invalid parameter"), 1),
        (Reply::failure(8, 49, "rate limit exceeded"), 0),
        (Reply::failure(1401, 1, "permission denied"), 0),
    ] {
        let query = || QueryRequest {
            collection_name: "books".into(),
            ..Default::default()
        };
        let once = || fake.script("Query", [reply.clone()]);
        once();
        client
            .query("books")
            .filter("id > 0")
            .timeout(std::time::Duration::from_millis(300))
            .await
            .unwrap_err();
        assert_eq!(looked_up().await, again, "{reply:?}");
        client
            .send(query())
            .timeout(std::time::Duration::from_millis(300))
            .await
            .unwrap_err();
        assert_eq!(looked_up().await, again, "{reply:?} by send");
        let mut request = tonic::Request::new(query());
        request.set_timeout(std::time::Duration::from_millis(300));
        let _the_status_is_inside = client.raw().query(request).await;
        assert_eq!(looked_up().await, again, "{reply:?} by raw");
    }
    let of_another = Reply::failure(100, 4, "collection not found");
    fake.script("Query", [of_another]);
    client.query("films").filter("id > 0").await.unwrap_err();
    assert_eq!(looked_up().await, 0);
}

#[tokio::test]
async fn describe_collection_updates_the_cache() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    client.insert("books", row()).await.unwrap();
    client.describe_collection("books").await.unwrap();
    client.insert("books", row()).await.unwrap();
    assert_eq!(descriptions(&fake), 2);
    fake.answer("DescribeCollection", &other(2));
    client.describe_collection("books").await.unwrap();
    client.insert("books", row()).await.unwrap();
    assert_eq!(descriptions(&fake), 4);
}
