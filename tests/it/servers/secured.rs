//! TLS and users on Milvus 2.3.5: what is let in, and what is not.

use std::fs;
use std::time::Duration;

use milvus_otel::proto::milvus::{CreateCredentialRequest, CreateDatabaseRequest};
use milvus_otel::{Client, ClientBuilder, Error, ErrorKind, client::Tls};
use testkit::{Certificates, Milvus, certificates, require};
use tokio::sync::OnceCell;

use super::refusals::{check_lasting, refusal};

/// A server, and what clients of it need.
struct Secured {
    milvus: Milvus,
    authority: Vec<u8>,
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Secured {
    fn new(milvus: Milvus, certificates: &Certificates) -> Self {
        Self {
            milvus,
            authority: fs::read(certificates.ca_pem()).unwrap(),
            certificate: fs::read(certificates.client_pem()).unwrap(),
            key: fs::read(certificates.client_key()).unwrap(),
        }
    }

    fn trusting(&self) -> Tls {
        Tls::new().certificate_authority(&self.authority)
    }

    fn client(&self) -> ClientBuilder {
        Client::builder(self.milvus.uri()).tls(self.trusting())
    }

    fn plaintext(&self) -> String {
        self.milvus.uri().replace("https://", "http://")
    }
}

/// With users and TLS.
async fn with_users() -> Option<&'static Secured> {
    static SERVER: OnceCell<Option<Secured>> = OnceCell::const_new();
    let start = || async {
        let certificates = certificates().unwrap();
        let standalone = Milvus::standalone().tls(&certificates).authorization(true);
        let milvus = require(standalone.start().await)?;
        Some(Secured::new(milvus, &certificates))
    };
    SERVER.get_or_init(start).await.as_ref()
}

#[tokio::test]
async fn plaintext_to_a_tls_server_is_reported() {
    let Some(server) = with_users().await else {
        return;
    };
    let error = refusal(Client::builder(server.plaintext())).await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    let expected = format!(
        "connect: cannot connect to {}: the server closed the connection without an answer; \
         if it uses TLS, connect to https://",
        server.plaintext()
    );
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn an_untrusted_authority_is_reported() {
    let Some(server) = with_users().await else {
        return;
    };
    let others = certificates().unwrap();
    let other = Tls::new().certificate_authority(fs::read(others.ca_pem()).unwrap());
    for tls in [Tls::new(), other] {
        check_lasting(server.client().tls(tls.clone())).await;
        let error = refusal(server.client().tls(tls)).await;
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        assert!(!error.may_have_happened());
        let message = error.to_string();
        assert!(
            message.contains("is not signed by a trusted authority"),
            "{message}"
        );
        assert!(message.contains("Tls::certificate_authority"), "{message}");
    }
    let elsewhere = server.trusting().server_name("elsewhere.example");
    let error = refusal(server.client().tls(elsewhere)).await;
    assert!(error.is_connect());
    assert!(
        error
            .to_string()
            .contains("not valid for name \"elsewhere.example\""),
        "{error}"
    );
}

fn check_unauthenticated(error: &Error, why: &str) {
    assert!(error.is_unauthenticated(), "{error}");
    assert!(!error.is_retryable() && !error.is_connect());
    let expected =
        format!("connect: {why} (grpc Unauthenticated); check the token, or user and password");
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn wrong_credentials_are_rejected() {
    let Some(server) = with_users().await else {
        return;
    };
    let error = refusal(server.client()).await;
    check_unauthenticated(&error, "missing authorization in header");
    let error = refusal(server.client().token("no-such-key")).await;
    check_unauthenticated(
        &error,
        "auth check failure, please check api key is correct",
    );
    let error = refusal(server.client().user("root", "wrong")).await;
    let why = "auth check failure, please check username and password are correct";
    check_unauthenticated(&error, why);
    assert!(!format!("{error:?}").contains("wrong"), "{error:?}");
}

#[tokio::test]
async fn valid_credentials_are_accepted() {
    let Some(server) = with_users().await else {
        return;
    };
    let root = server
        .client()
        .token("root:Milvus")
        .connect()
        .await
        .unwrap();
    root.list_collections().await.unwrap();
    let request = CreateCredentialRequest {
        username: "alice".into(),
        // "in wonderland" in base64.
        password: "aW4gd29uZGVybGFuZA==".into(),
        ..Default::default()
    };
    let status = root.raw().create_credential(request).await.unwrap();
    assert_eq!(status.get_ref().code, 0, "{status:?}");
    let alice = server.client().user("alice", "in wonderland");
    let alice = alice.connect().await.unwrap();
    alice.get_server_version().await.unwrap();
    let error = alice.drop_collection("books").await.unwrap_err();
    assert!(error.is_permission_denied(), "{error}");
    assert!(
        error.to_string().contains("grant the user this privilege"),
        "{error}"
    );
    let error = refusal(server.client().user("alice", "through the looking-glass")).await;
    assert!(error.is_unauthenticated(), "{error}");
}

#[tokio::test]
async fn user_and_database_of_a_uri_are_used() {
    let Some(server) = with_users().await else {
        return;
    };
    let uri = server
        .milvus
        .uri()
        .replace("https://", "https://root:Milvus@");
    let root = Client::builder(uri.as_str()).tls(server.trusting());
    let root = root.connect().await.unwrap();
    let request = CreateDatabaseRequest {
        db_name: "archive".into(),
        ..Default::default()
    };
    root.raw().create_database(request).await.unwrap();
    root.create_collection("in_default", 4).await.unwrap();
    let archive = Client::builder(format!("{uri}/archive")).tls(server.trusting());
    assert!(!format!("{archive:?}").contains("Milvus@"), "{archive:?}");
    let archive = archive.connect().await.unwrap();
    assert_eq!(archive.database(), Some("archive"));
    assert_eq!(archive.endpoint(), server.milvus.uri());
    assert!(root.has_collection("in_default").await.unwrap());
    assert!(!archive.has_collection("in_default").await.unwrap());
    root.drop_collection("in_default").await.unwrap();
}

#[tokio::test]
async fn a_handle_for_another_user_may_do_what_that_user_may() {
    let Some(server) = with_users().await else {
        return;
    };
    let root = server.client().user("root", "Milvus");
    let root = root.connect().await.unwrap();
    root.create_user("hatter", "more tea").await.unwrap();
    root.create_collection("party", 4).await.unwrap();
    let row = serde_json::json!({ "id": 1, "vector": [0.5, 0.5, 0.5, 0.5] });
    root.insert("party", &row).await.unwrap();
    let hatter = root.with_user("hatter", "more tea");
    hatter.list_collections().await.unwrap();
    let refused = hatter.insert("party", &row).await.unwrap_err();
    assert!(refused.is_permission_denied(), "{refused}");
    let wrong = root.with_token("hatter:no tea");
    let refused = wrong.list_collections().await.unwrap_err();
    assert!(refused.is_unauthenticated(), "{refused}");
    hatter
        .with_token("root:Milvus")
        .insert("party", &row)
        .await
        .unwrap();
    root.drop_collection("party").await.unwrap();
    root.drop_user("hatter").await.unwrap();
}

#[tokio::test]
async fn a_client_goes_on_with_the_password_that_replaces_its_own() {
    let Some(server) = with_users().await else {
        return;
    };
    let root = server.client().user("root", "Milvus");
    let root = root.connect().await.unwrap();
    root.create_user("dormouse", "treacle").await.unwrap();
    let dormouse = server.client().user("dormouse", "treacle");
    let dormouse = dormouse.connect().await.unwrap();
    let clone = dormouse.clone();
    let changed = dormouse.update_password("dormouse", "treacle", "tea, please");
    changed.await.unwrap();
    dormouse.set_user("dormouse", "tea, please").unwrap();
    clone.list_collections().await.unwrap();
    clone.set_token("dormouse:no tea").unwrap();
    let refused = dormouse.list_collections().await.unwrap_err();
    assert!(refused.is_unauthenticated(), "{refused}");
    dormouse.set_user("dormouse", "tea, please").unwrap();
    clone.list_collections().await.unwrap();
    root.drop_user("dormouse").await.unwrap();
}

#[tokio::test]
async fn a_client_certificate_is_sent_to_a_server_that_requires_it() {
    let certificates_of_server = certificates().unwrap();
    let standalone = Milvus::standalone().mutual_tls(&certificates_of_server);
    let Some(milvus) = require(standalone.start().await) else {
        return;
    };
    let server = Secured::new(milvus, &certificates_of_server);
    let known = server.trusting().identity(&server.certificate, &server.key);
    // Nothing without a certificate can find out whether this server is ready.
    let client = loop {
        match server.client().tls(known.clone()).connect().await {
            Err(error) if error.to_string().contains("is not ready yet") => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            client => break client.unwrap(),
        }
    };
    assert!(!client.has_collection("books").await.unwrap());

    let others = certificates().unwrap();
    let certificate = fs::read(others.client_pem()).unwrap();
    let key = fs::read(others.client_key()).unwrap();
    let stranger = server.trusting().identity(certificate, key);
    for tls in [server.trusting(), stranger] {
        // The refusal comes after the first call has been sent: it must not get lost whatever comes first.
        for _ in 0..20 {
            let error = refusal(server.client().tls(tls.clone())).await;
            let message = error.to_string();
            assert_eq!(error.kind(), ErrorKind::Connect, "{message}");
            assert!(
                message.contains("requires a client certificate that it trusts"),
                "{message}"
            );
            assert!(message.contains("Tls::identity"), "{message}");
            assert!(!error.may_have_happened());
        }
    }
    let error = refusal(Client::builder(server.plaintext())).await;
    assert!(
        error.is_connect() && error.to_string().contains("https://"),
        "{error}"
    );
    let timeout = Duration::from_secs(5);
    let lazy = server.client().connect_timeout(timeout).connect_lazy();
    let error = lazy
        .unwrap()
        .create_collection("books", 4)
        .await
        .unwrap_err();
    assert!(
        error.is_connect() && error.to_string().contains("Tls::identity"),
        "{error}"
    );
}
