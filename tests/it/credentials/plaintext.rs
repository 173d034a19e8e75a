//! Credentials are not sent unencrypted to other machines, unless that is permitted.

use milvus_otel::proto::milvus::HasCollectionRequest;
use milvus_otel::{Client, ClientBuilder, ErrorKind};
use serde_json::json;
use testkit::Fake;
use tonic::Code;
use tower::layer::layer_fn;
use tower::service_fn;

use super::authorizations;

const WHY: &str = "the credentials would be sent unencrypted to http://10.9.0.1:19530: use https, or allow it with \
                   ClientBuilder::allow_plaintext_credentials (MILVUS_ALLOW_PLAINTEXT_CREDENTIALS=true) if the network \
                   is trusted";

/// A client of another machine, whose layer answers in its place.
fn remote(fake: &Fake) -> ClientBuilder {
    let fake = fake.clone();
    Client::builder("http://10.9.0.1:19530").layer(layer_fn(move |_| fake.service()))
}

#[test]
fn a_client_that_would_send_credentials_in_plaintext_is_refused() {
    type Told = fn(ClientBuilder) -> ClientBuilder;
    let fake = Fake::scripted();
    let token: Told = |builder| builder.token("key");
    for (builder, why) in [
        (remote(&fake).token("key"), WHY),
        (remote(&fake).user("ada", "secret"), WHY),
        (Client::builder("http://ada:secret@10.9.0.1:19530"), WHY),
        (Client::builder("ada:secret@10.9.0.1"), WHY),
        (
            token(Client::builder("localhost")).endpoint("10.9.0.1"),
            WHY,
        ),
    ] {
        let error = builder.connect_lazy().unwrap_err();
        assert!(error.is_invalid_argument(), "{error:?}");
        assert_eq!(error.message(), why);
    }
    for builder in [
        token(Client::builder("localhost:1")).endpoint("127.9.9.9:2"),
        token(Client::builder("http://[::1]:1")),
        token(Client::builder("unix:/run/milvus.sock")),
        token(Client::builder("https://10.9.0.1")),
        token(remote(&fake)).allow_plaintext_credentials(),
        token(Client::builder("http://10.9.0.1")).service(fake.service()),
        token(Client::builder("http://10.9.0.1")).connector(service_fn(async |_| {
            std::io::Result::<tokio::io::DuplexStream>::Err(std::io::Error::other("unused"))
        })),
        Client::builder("http://10.9.0.1"),
    ] {
        builder.connect_lazy().unwrap();
    }
    assert_eq!(fake.calls().len(), 0);
}

#[tokio::test]
async fn handles_with_credentials_send_nothing_in_plaintext() {
    let fake = Fake::scripted();
    let client = remote(&fake).connect_lazy().unwrap();
    client.has_collection("books").await.unwrap();
    for user in [
        client.with_token("key"),
        client.with_user("ada", "secret"),
        client.with_token("key").in_database("library"),
    ] {
        let row = json!({ "id": 1 });
        for error in [
            user.has_collection("books").await.unwrap_err(),
            user.insert("books", &row).await.unwrap_err(),
            user.query("books").filter("id > 0").await.unwrap_err(),
            user.set_token("other").unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(!error.may_have_happened());
            assert_eq!((error.message(), error.attempts()), (WHY, 0));
        }
        let mut raw = user.raw();
        let answer = raw.has_collection(HasCollectionRequest::default());
        let status = answer.await.unwrap_err();
        assert_eq!(
            (status.code(), status.message()),
            (Code::InvalidArgument, WHY)
        );
    }
    let error = client.set_user("ada", "secret").unwrap_err();
    assert_eq!(error.to_string(), format!("set_user: {WHY}"));
    // Also credentials that a call brings.
    let mut request = tonic::Request::new(HasCollectionRequest::default());
    let header = "a2V5".parse().unwrap();
    request.metadata_mut().insert("authorization", header);
    let status = client.raw().has_collection(request).await.unwrap_err();
    assert_eq!(status.message(), WHY);
    assert_eq!(fake.calls().len(), 1, "the call without credentials");
}

#[tokio::test]
async fn plaintext_can_be_permitted() {
    let fake = Fake::scripted();
    let client = remote(&fake).allow_plaintext_credentials().connect_lazy();
    let client = client.unwrap();
    client.set_token("key").unwrap();
    client.has_collection("books").await.unwrap();
    let ada = client.with_user("ada", "secret");
    ada.has_collection("books").await.unwrap();
    assert_eq!(
        authorizations(&fake, "HasCollection"),
        ["a2V5", "YWRhOnNlY3JldA=="]
    );
}
