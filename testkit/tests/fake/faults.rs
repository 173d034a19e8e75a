//! Failures made to order.

use std::time::Duration;

use milvus_otel::error::Code;
use milvus_otel::proto::milvus::BoolResponse;
use milvus_otel::tonic;
use milvus_otel_testkit::fake::Fault;
use milvus_otel_testkit::{Fake, Reply};

use super::books;

#[tokio::test]
async fn a_call_fails_once_and_is_repeated() {
    let (fake, client) = books().await;
    fake.fail_once(Code::RATE_LIMIT);
    assert_eq!(client.count("books").await.unwrap(), 3);
    assert_eq!(fake.count_of("count"), 2);
}

#[tokio::test]
async fn an_operation_fails_as_often_as_it_should() {
    let fake = Fake::new().fail("list_collections", Fault::unavailable().times(2));
    let client = fake.client().await.unwrap();
    client.list_collections().await.unwrap();
    assert_eq!(fake.count_of("list_collections"), 3);
    fake.fail(
        "list_collections",
        Fault::milvus(Code::QUOTA_EXCEEDED).reason("disk full"),
    );
    for _ in 0..2 {
        let failed = client.list_collections().await.unwrap_err();
        assert_eq!(failed.code(), Some(Code::QUOTA_EXCEEDED));
        assert!(failed.message().contains("disk full"), "{failed}");
    }
    fake.recover();
    client.list_collections().await.unwrap();
}

#[tokio::test]
async fn a_failed_write_does_nothing() {
    let (fake, client) = books().await;
    fake.fail("insert", tonic::Code::PermissionDenied);
    let row = serde_json::json!({ "id": 9, "title": "It", "more": 1, "vector": [0.0, 0.0] });
    let refused = client.insert("books", &[row]).await.unwrap_err();
    assert!(refused.is_permission_denied(), "{refused}");
    assert_eq!(client.count("books").await.unwrap(), 3);
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_done() {
    let (fake, client) = books().await;
    fake.fail("delete", Fault::answer_lost().times(1));
    let lost = client.delete("books", [1]).await.unwrap_err();
    assert!(lost.may_have_happened(), "{lost}");
    assert_eq!(client.count("books").await.unwrap(), 2);
    assert_eq!(fake.count_of("delete"), 1);
    // Reads are repeated.
    fake.fail_once(Fault::answer_lost());
    assert_eq!(client.count("books").await.unwrap(), 2);
}

#[tokio::test]
async fn scripts_are_part_of_the_chain() {
    let fake = Fake::new()
        .answer("HasCollection", &BoolResponse::default())
        .script("DropCollection", [Reply::failure(5, 1, "not now")])
        .fail_once(Code::RATE_LIMIT);
    let client = fake.client().await.unwrap();
    client.create_collection("books", 2).await.unwrap();
    assert!(!client.has_collection("books").await.unwrap());
    assert!(client.drop_collection("books").await.is_err());
}

#[tokio::test]
async fn faults_can_be_those_of_one_collection() {
    let (fake, client) = books().await;
    client.create_collection("films", 2).await.unwrap();
    fake.collection("films")
        .fail("count", Code::COLLECTION_NOT_LOADED);
    assert_eq!(
        client.count("films").await.unwrap_err().code(),
        Some(Code::COLLECTION_NOT_LOADED)
    );
    assert_eq!(client.count("books").await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn calls_are_late_or_never_answered() {
    let fake = Fake::new().fail(
        "list_collections",
        Fault::delay(Duration::from_secs(9)).times(1),
    );
    let client = fake
        .builder()
        .timeout(Duration::from_secs(60))
        .connect()
        .await
        .unwrap();
    let start = tokio::time::Instant::now();
    client.list_collections().await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(9));
    fake.fail("list_collections", Fault::never());
    assert!(client.list_collections().await.unwrap_err().is_timeout());
}
