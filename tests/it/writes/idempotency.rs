//! Inserts with an idempotency key.

use milvus_otel::client::RetryPolicy;
use milvus_otel::ops::Upsert;

use super::*;

/// A server of this version, and a collection that recognises keys, or not.
async fn server(version: &str, property: Option<&str>) -> (Fake, Client) {
    let fake = Fake::scripted();
    let server_info = Some(ServerInfo {
        build_tags: version.to_owned(),
        ..ServerInfo::default()
    });
    let answer = ConnectResponse {
        server_info,
        ..ConnectResponse::default()
    };
    fake.answer("Connect", &answer);
    let mut described = described(7, 1, &FIELDS);
    described.properties = Vec::from_iter(property.map(|value| KeyValuePair {
        key: "collection.insert.idempotency.enabled".to_owned(),
        value: value.to_owned(),
    }));
    fake.answer("DescribeCollection", &described);
    let lost = Reply::Status(tonic::Code::Unavailable, "connection lost".into());
    fake.script("Insert", [lost, Reply::message(&inserted(0..2, 1))]);
    let client = fake.client().await.unwrap();
    (fake, client)
}

#[tokio::test]
async fn an_insert_is_repeated_only_if_the_server_recognises_its_key() {
    for (version, property, key, attempts) in [
        ("v3.0.0", Some("true"), Some("import-7"), 2),
        ("v3.1.2", Some("True"), Some("import-7"), 2),
        ("v3.0.0", Some("true"), None, 1),
        ("v3.0.0", Some("false"), Some("import-7"), 1),
        ("v3.0.0", None, Some("import-7"), 1),
        // Builds of the development branch have no version.
        ("master-20261101-ab12cd3", Some("true"), Some("import-7"), 1),
    ] {
        let (fake, client) = server(version, property).await;
        let mut insert = client.insert("books", columns(0..2));
        if let Some(key) = key {
            insert = insert.idempotency_key(key);
        }
        let result = insert.await;
        assert_eq!(result.is_ok(), attempts == 2, "{version} {property:?}");
        if let Err(error) = result {
            assert!(error.may_have_happened(), "{error}");
        }
        let calls = fake.calls_of("Insert");
        assert_eq!(calls.len(), attempts, "{version} {property:?}");
        let sent = calls
            .iter()
            .map(|call| call.metadata.get("idempotency-key"));
        for sent in sent {
            assert_eq!(sent.map(|sent| sent.to_str().unwrap()), key);
        }
    }
}

#[tokio::test]
async fn a_server_that_ignores_keys_gets_no_insert_with_one() {
    for (version, server_named) in [
        ("v2.3.5", "Milvus 2.3.5"),
        ("2.6-20251020-ab12cd3", "Milvus 2.6"),
        ("milvus_lite-3.2.2", "Milvus Lite 3.2.2"),
    ] {
        let (fake, client) = server(version, Some("true")).await;
        let insert = client.insert("books", columns(0..2)).idempotency_key("k");
        let error = insert.await.unwrap_err();
        assert!(
            error.is_unsupported() && !error.may_have_happened(),
            "{error}"
        );
        let text = error.to_string();
        assert!(
            text.contains("idempotency keys") && text.contains(server_named),
            "{text}"
        );
        assert!(fake.calls_of("Insert").is_empty());
    }
}

#[tokio::test]
async fn keys_of_raw_calls_allow_no_retry() {
    let (fake, client) = server("v3.0.0", Some("true")).await;
    let lost = Reply::Status(tonic::Code::Unavailable, "connection lost".into());
    fake.script("Upsert", [lost, Reply::message(&inserted(0..2, 1))]);
    let key = || "import-8".parse().unwrap();
    let mut request = tonic::Request::new(UpsertRequest::default());
    request.metadata_mut().insert("idempotency-key", key());
    client.raw().upsert(request).await.unwrap_err();
    assert_eq!(fake.calls_of("Upsert").len(), 1);
    let mut request = tonic::Request::new(InsertRequest::default());
    request.metadata_mut().insert("idempotency-key", key());
    client.raw().insert(request).await.unwrap_err();
    assert_eq!(fake.calls_of("Insert").len(), 1);
}

#[tokio::test]
async fn an_upsert_may_be_repeated_if_a_second_one_changes_nothing() {
    let upserted = async |change: fn(Upsert<'_>) -> Upsert<'_>| {
        let (fake, client) = server("v2.6.17", None).await;
        let lost = Reply::Status(tonic::Code::Unavailable, "connection lost".into());
        fake.script("Upsert", [lost, Reply::message(&inserted(0..2, 1))]);
        let upsert = client.upsert("books", columns(0..2));
        let result = change(upsert).await;
        (result.is_ok(), fake.calls_of("Upsert").len())
    };
    assert_eq!(upserted(|upsert| upsert).await, (false, 1));
    let repeated = upserted(|upsert| upsert.retry(replaying()));
    assert_eq!(repeated.await, (true, 2));
    let appended = upserted(|upsert| upsert.append_to("v").retry(replaying()));
    assert_eq!(appended.await, (false, 1));
}

fn replaying() -> RetryPolicy {
    RetryPolicy::default().replay_idempotent(true)
}
