//! Inserts with an idempotency key.

use super::*;

#[tokio::test]
async fn only_an_insert_with_an_idempotency_key_is_repeated() {
    let fake = Fake::new();
    let client = connect(&fake).await;
    let lost = || Reply::Status(tonic::Code::Unavailable, "connection lost".into());
    let script = || fake.script("Insert", [lost(), Reply::message(&inserted(0..2, 1))]);

    script();
    let error = client.insert("books", columns(0..2)).await.unwrap_err();
    assert!(error.may_have_happened(), "{error}");
    assert_eq!(fake.calls_of("Insert").len(), 1);

    script();
    client
        .insert("books", columns(0..2))
        .idempotency_key("import-7")
        .await
        .unwrap();
    let calls = fake.calls_of("Insert");
    assert_eq!(calls.len(), 3);
    assert!(
        calls[1..]
            .iter()
            .all(|call| call.metadata.get("idempotency-key").unwrap() == "import-7")
    );
}

#[tokio::test]
async fn an_idempotency_key_that_milvus_ignores_allows_no_retry() {
    let fake = Fake::new();
    let client = connect(&fake).await;
    let lost = Reply::Status(tonic::Code::Unavailable, "connection lost".into());
    fake.script("Upsert", [lost, Reply::message(&inserted(0..2, 1))]);
    let mut request = tonic::Request::new(UpsertRequest::default());
    request
        .metadata_mut()
        .insert("idempotency-key", "import-8".parse().unwrap());
    client.raw().upsert(request).await.unwrap_err();
    assert_eq!(fake.calls_of("Upsert").len(), 1);
}
