//! Connecting to what is no Milvus, or not there: the cause is named at once.

use std::net::Ipv4Addr;
use std::time::Duration;

use milvus_otel::{Client, ClientBuilder, Error, ErrorKind, client::Tls};
use testkit::{Milvus, require};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Far more than any of them takes, far less than a timeout.
const AT_ONCE: Duration = Duration::from_secs(5);

/// The error of connecting, which was tried once.
pub(crate) async fn refusal(builder: ClientBuilder) -> Error {
    let connect = tokio::time::timeout(AT_ONCE, builder.connect());
    let error = connect.await.expect("not at once").unwrap_err();
    assert_eq!(error.attempts(), 1, "{error}");
    assert!(!error.is_timeout(), "{error}");
    error
}

/// A connection that cannot be made until something is set right is not tried again, by whatever call.
pub(crate) async fn check_lasting(builder: ClientBuilder) {
    let client = builder.connect_lazy().unwrap();
    let call = tokio::time::timeout(AT_ONCE, client.has_collection("books"));
    let error = call.await.expect("not at once").unwrap_err();
    assert_eq!(error.attempts(), 1, "{error}");
    assert!(error.is_connect() && !error.is_retryable(), "{error}");
    assert!(!error.may_have_happened(), "{error}");
}

async fn check_connect(uri: &str, why: &str) -> Error {
    let error = refusal(Client::builder(uri)).await;
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    let expected = format!("connect: cannot connect to {uri}: {why}");
    assert!(error.to_string().starts_with(&expected), "{error}");
    error
}

/// A server on a loopback port that treats each connection like this.
pub(crate) async fn server<F>(treat: impl Fn(TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(treat(stream));
        }
    });
    port
}

async fn says(mut stream: TcpStream, text: &'static str) {
    let mut heard = [0; 1024];
    let _ = stream.read(&mut heard).await;
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.read(&mut heard).await;
}

#[tokio::test]
async fn a_refused_connection_is_reported() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let uri = format!("http://127.0.0.1:{port}");
    let error = check_connect(&uri, "Connection refused").await;
    assert!(
        error.to_string().ends_with("; is Milvus running there?"),
        "{error}"
    );
    assert!(error.is_retryable() && !error.may_have_happened());
    let error = check_connect("unix:/no/such/milvus.sock", "No such file").await;
    assert!(
        error.to_string().ends_with("; is Milvus running there?"),
        "{error}"
    );
}

#[tokio::test]
async fn an_unknown_host_is_reported() {
    // No name server is needed to say so.
    let uri = "http://no..such.host:19530";
    let why = "could not resolve host \"no..such.host\" (";
    check_connect(uri, why).await;
    check_lasting(Client::builder(uri)).await;
}

#[tokio::test]
async fn a_server_of_another_protocol_is_reported() {
    for (text, why) in [
        (
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
            "the server speaks HTTP/1, not gRPC: Milvus' gRPC port is 19530 by default",
        ),
        (
            "SSH-2.0-OpenSSH_9.2\r\n",
            "the server does not speak gRPC: Milvus' gRPC port is 19530 by default",
        ),
    ] {
        let port = server(move |stream| says(stream, text)).await;
        check_connect(&format!("http://127.0.0.1:{port}"), why).await;
        check_lasting(Client::builder(format!("http://127.0.0.1:{port}"))).await;
        let why = "the server does not speak TLS: use http://";
        check_connect(&format!("https://127.0.0.1:{port}"), why).await;
        check_lasting(Client::builder(format!("https://127.0.0.1:{port}"))).await;
    }
}

#[tokio::test]
async fn a_closed_connection_is_reported() {
    let at_once = server(|stream| async move { drop(stream) }).await;
    let later = server(|mut stream| async move {
        let _ = stream.read(&mut [0; 1024]).await;
    })
    .await;
    for port in [at_once, later] {
        let why = "the server closed the connection without an answer; if it uses TLS, connect to https://";
        check_connect(&format!("http://127.0.0.1:{port}"), why).await;
        let why =
            "the server closed the connection during the TLS handshake; if it does not use TLS";
        check_connect(&format!("https://127.0.0.1:{port}"), why).await;
    }
}

#[tokio::test]
async fn a_silent_server_is_reported() {
    let port = server(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    for uri in [
        format!("http://127.0.0.1:{port}"),
        format!("https://127.0.0.1:{port}"),
    ] {
        let patience = Duration::from_millis(700);
        let error = refusal(Client::builder(uri.as_str()).connect_timeout(patience)).await;
        let expected = format!(
            "connect: cannot connect to {uri}: the connection was accepted, but the server sent nothing within 700ms"
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.kind(), ErrorKind::Connect);
    }
}

#[tokio::test]
async fn tls_to_a_plaintext_server_is_reported() {
    let Some(milvus) = require(Milvus::shared_standalone().await) else {
        return;
    };
    let uri = milvus.uri().replace("http://", "https://");
    // What a plaintext gRPC server does with a TLS handshake is its own choice.
    let error = refusal(Client::builder(uri)).await;
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(error.to_string().contains("http://"), "{error}");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_before_connecting() {
    for (builder, why) in [
        (Client::builder(""), "has no host"),
        (
            Client::builder("http://localhost:99999"),
            "port must be a number up to 65535",
        ),
        (
            Client::builder("ftp://localhost"),
            "use http, https or unix",
        ),
        (
            Client::builder("https://localhost:1").tls(Tls::new().certificate_authority("ca.pem")),
            "the certificate authority contains no PEM certificate",
        ),
        (
            Client::builder("https://localhost:1")
                .tls(Tls::new().identity("client.pem", "client.key")),
            "the client certificate contains no PEM certificate",
        ),
        (
            Client::builder("http://localhost:1/a\u{7}b"),
            "cannot be used",
        ),
        (
            Client::builder("http://localhost:1").database("a\nb"),
            "control character",
        ),
    ] {
        let error = builder.connect().await.unwrap_err();
        assert!(
            error.is_invalid_argument() && error.attempts() == 0,
            "{error}"
        );
        assert!(error.to_string().contains(why), "{error}");
    }
}
