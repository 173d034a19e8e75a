//! Handles for other users share the connection, but not what a user was told about collections.

use std::collections::BTreeSet;

use milvus_otel::proto::milvus::ConnectResponse;
use testkit::{Fake, Reply};

use super::{connect, descriptions, row};

/// The values of this metadata that arrived with calls of the RPC.
fn sent(fake: &Fake, rpc: &str, key: &str) -> Vec<String> {
    let value = |call: &testkit::fake::Received| {
        let value = call.metadata.get(key);
        value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    };
    fake.calls_of(rpc).iter().map(value).collect()
}

#[tokio::test]
async fn calls_of_a_handle_have_its_credentials_and_share_the_rest() {
    let fake = Fake::scripted();
    fake.answer(
        "Connect",
        &ConnectResponse {
            identifier: 77,
            ..ConnectResponse::default()
        },
    );
    let client = connect(&fake).await.in_database("ten");
    for user in [
        client.clone(),
        client.with_token("key"),
        client.with_user("ada", "secret"),
        client.with_user("ada", "secret").in_database("eleven"),
    ] {
        user.insert("books", row()).await.unwrap();
        assert!(!format!("{user:?}").contains("secret"));
    }
    // In base64, as Milvus expects it.
    assert_eq!(
        sent(&fake, "Insert", "authorization"),
        ["", "a2V5", "YWRhOnNlY3JldA==", "YWRhOnNlY3JldA=="]
    );
    assert_eq!(
        sent(&fake, "Insert", "dbname"),
        ["ten", "ten", "ten", "eleven"]
    );
    let identifiers: BTreeSet<_> = sent(&fake, "Insert", "identifier").into_iter().collect();
    assert_eq!(identifiers.len(), 1);
    assert_eq!(fake.calls_of("Connect").len(), 1);
}

#[tokio::test]
async fn handles_of_one_user_share_descriptions_and_those_of_two_do_not() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    client.insert("books", row()).await.unwrap();
    for _ in 0..5 {
        let ada = client.with_user("ada", "secret");
        ada.insert("books", row()).await.unwrap();
        let same = client.with_token("ada:secret");
        same.insert("books", row()).await.unwrap();
    }
    assert_eq!(descriptions(&fake), 2);
    client
        .with_user("ada", "guess")
        .insert("books", row())
        .await
        .unwrap();
    assert_eq!(descriptions(&fake), 3);
    // A change by one user is known to all.
    client
        .with_user("ada", "secret")
        .drop_collection("books")
        .await
        .unwrap();
    client.insert("books", row()).await.unwrap();
    assert_eq!(descriptions(&fake), 4);
}

#[tokio::test]
async fn no_error_tells_a_user_about_a_collection_that_only_another_may_see() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    client.insert("books", row()).await.unwrap();
    let wrong = serde_json::json!({ "id": 1, "unknown": 1 });
    let error = client.insert("books", &wrong).await.unwrap_err();
    assert!(error.to_string().contains("uid"), "{error}");
    let denied = Reply::Status(tonic::Code::PermissionDenied, "no privilege".into());
    fake.script("DescribeCollection", [denied]);
    let other = client.with_user("eve", "secret");
    let error = other.insert("books", &wrong).await.unwrap_err();
    assert!(error.is_permission_denied(), "{error}");
    assert!(!error.to_string().contains("uid"), "{error}");
    for query in [
        other.query("books").filter("id > 0").output(["nothing"]),
        other.get("books", 1),
    ] {
        let text = query
            .await
            .map_or_else(|error| error.to_string(), |_| String::new());
        assert!(!text.contains("uid"), "{text}");
    }
}
