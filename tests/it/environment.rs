//! `Client::from_env` in a process that has the variables.

use crate::support::child;

use child::{is_child, succeeds};
use milvus_otel::{Client, ClientBuilder};
use testkit::Fake;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

/// A fake Milvus on a port of its own, and the port.
async fn milvus() -> (Fake, u16) {
    let fake = Fake::scripted();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Server::builder().add_routes(fake.service());
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    (fake, port)
}

#[test]
fn variables_set_address_and_credentials() {
    const NAME: &str = concat!(module_path!(), "::variables_set_address_and_credentials");
    let runtime = Runtime::new().unwrap();
    if is_child(NAME) {
        runtime.block_on(Client::from_env()).unwrap();
        return;
    }
    let (fake, port) = runtime.block_on(milvus());
    let plain = format!("http://127.0.0.1:{port}");
    let full = format!("http://ada:from-uri@127.0.0.1:{port}/from_uri");
    for (uri, token, database, authorization, dbname) in [
        (&plain, "", "", None, None),
        (&full, "", "", Some("ada:from-uri"), Some("from_uri")),
        (&full, "key", "library", Some("key"), Some("library")),
    ] {
        succeeds(
            NAME,
            &[
                ("MILVUS_URI", uri),
                ("MILVUS_TOKEN", token),
                ("MILVUS_DATABASE", database),
            ],
        );
        let call = fake.calls_of("Connect").pop().unwrap();
        let sent = |name| Some(call.metadata.get(name)?.to_str().unwrap().to_owned());
        assert_eq!(sent("authorization"), authorization.map(base64), "{uri}");
        assert_eq!(sent("dbname").as_deref(), dbname, "{uri}");
    }
}

#[test]
fn a_variable_permits_credentials_in_plaintext() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_variable_permits_credentials_in_plaintext"
    );
    if is_child(NAME) {
        let permitted = std::env::var("MILVUS_ALLOW_PLAINTEXT_CREDENTIALS").unwrap() == "true";
        let client = ClientBuilder::from_env().unwrap().connect_lazy();
        assert_eq!(client.is_ok(), permitted, "{client:?}");
        if let Err(error) = client {
            let text = error.to_string();
            assert!(text.contains("http://milvus:19530"), "{text}");
            assert!(
                text.contains("MILVUS_ALLOW_PLAINTEXT_CREDENTIALS=true"),
                "{text}"
            );
        }
        return;
    }
    for permitted in ["", "false", "true"] {
        succeeds(
            NAME,
            &[
                ("MILVUS_URI", "http://milvus:19530"),
                ("MILVUS_TOKEN", "root:Milvus"),
                ("MILVUS_ALLOW_PLAINTEXT_CREDENTIALS", permitted),
            ],
        );
    }
}

/// `authorization` is the token in base64.
fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
