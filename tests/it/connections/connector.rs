//! Connections that the user makes: directly, and through an HTTP proxy.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use milvus_otel::Client;
use milvus_otel::client::{RetryPolicy, Tls};
use testkit::{Fake, certificates};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tower::{ServiceExt, service_fn};

#[tokio::test]
async fn a_connector_of_the_user_makes_the_connections() {
    let fake = Fake::scripted();
    let address = fake.serve().await.unwrap();
    let made = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&made);
    let connector = service_fn(move |uri: http::Uri| {
        assert_eq!(uri.to_string(), "http://milvus.test:19530/");
        counted.fetch_add(1, Ordering::SeqCst);
        TcpStream::connect(address)
    });
    let client = Client::builder("http://milvus.test:19530").connector(connector);
    let client = client.connect().await.unwrap();
    client.has_collection("a").await.unwrap();
    assert_eq!(made.load(Ordering::SeqCst), 1);
}

/// An HTTP proxy that leads every name to one address, and knows no other method than CONNECT.
struct HttpProxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl HttpProxy {
    /// Answers with this status, and connects if it is 200.
    async fn start(target: SocketAddr, status: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let lines = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(client.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                let line = head.lines().next().unwrap();
                lines.lock().unwrap().push(line.to_owned());
                let answer = format!("HTTP/1.1 {status}\r\n\r\n");
                client.write_all(answer.as_bytes()).await.unwrap();
                if status.starts_with("200") {
                    let mut server = TcpStream::connect(target).await.unwrap();
                    tokio::spawn(async move { copy_bidirectional(&mut client, &mut server).await });
                }
            }
        });
        Self { address, asked }
    }

    /// The connector of `ClientBuilder::connector`'s example.
    fn tunnel(&self) -> Tunnel<HttpConnector> {
        let uri = format!("http://{}", self.address).parse().unwrap();
        Tunnel::new(uri, HttpConnector::new())
    }
}

#[tokio::test]
async fn an_http_proxy_is_passed_by_connect() {
    let fake = Fake::scripted();
    let proxy = HttpProxy::start(fake.serve().await.unwrap(), "200 Connection established").await;
    let client = Client::builder("http://milvus.test:19530")
        .connector(proxy.tunnel().map_response(TokioIo::into_inner));
    let client = client.connect().await.unwrap();
    client.has_collection("a").await.unwrap();
    let asked = proxy.asked.lock().unwrap().clone();
    assert_eq!(asked, ["CONNECT milvus.test:19530 HTTP/1.1"]);
}

#[tokio::test]
async fn tls_goes_through_an_http_proxy_to_the_server() {
    let certificates = certificates().unwrap();
    let own = CertificateDer::from_pem_file(certificates.server_pem()).unwrap();
    let key = PrivateKeyDer::from_pem_file(certificates.server_key()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let fake = Fake::scripted();
    let plain = fake.serve().await.unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let target = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut encrypted = acceptor.accept(stream).await.unwrap();
                let mut plain = TcpStream::connect(plain).await.unwrap();
                let _ = copy_bidirectional(&mut encrypted, &mut plain).await;
            });
        }
    });
    let proxy = HttpProxy::start(target, "200 Connection established").await;
    let authority = std::fs::read(certificates.ca_pem()).unwrap();
    let client = Client::builder("https://localhost:19530")
        .tls(Tls::new().certificate_authority(&authority))
        .connector(proxy.tunnel().map_response(TokioIo::into_inner));
    let client = client.connect().await.unwrap();
    client.has_collection("a").await.unwrap();
    assert_eq!(fake.calls_of("HasCollection").len(), 1);
    let asked = proxy.asked.lock().unwrap().clone();
    assert_eq!(asked, ["CONNECT localhost:19530 HTTP/1.1"]);
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_by_its_reason() {
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let proxy = HttpProxy::start(nowhere, "407 Proxy Authentication Required").await;
    let client = Client::builder("http://milvus.test:19530")
        .connector(proxy.tunnel().map_response(TokioIo::into_inner))
        .retry(RetryPolicy::never());
    let error = client.connect().await.unwrap_err();
    assert!(error.is_connect() && !error.may_have_happened(), "{error}");
    assert_eq!(
        error.message(),
        "cannot connect to http://milvus.test:19530: tunnel error: proxy authorization required"
    );
}
