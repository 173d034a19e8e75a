//! Certificates from the environment: a private authority, and a client that must show who it is.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use crate::support::child::{child, is_child, succeeds};
use crate::support::collector::collector;
use milvus_otel::init;
use testkit::{Certificates, Receiver, certificates};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// Takes only clients with a certificate of the authority, and speaks both versions of HTTP.
fn acceptor(certificates: &Certificates) -> TlsAcceptor {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_file(certificates.ca_pem()).unwrap();
    roots.add(authority).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let own = CertificateDer::from_pem_file(certificates.server_pem()).unwrap();
    let key = PrivateKeyDer::from_pem_file(certificates.server_key()).unwrap();
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![own], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// Decrypts for a receiver that speaks no TLS, until the test's process ends; returns its own address.
fn in_front_of(plain: &str, acceptor: TlsAcceptor) -> String {
    let plain: SocketAddr = plain.trim_start_matches("http://").parse().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A stranger's handshake fails, which is what the test is about.
                    let Ok(mut encrypted) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut plain = tokio::net::TcpStream::connect(plain).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut encrypted, &mut plain).await;
                });
            }
        });
    });
    format!("https://localhost:{port}")
}

fn spans(receiver: &Receiver) -> usize {
    receiver.spans().len()
}

#[test]
fn certificates_are_read_from_the_environment() {
    const NAME: &str = concat!(
        module_path!(),
        "::certificates_are_read_from_the_environment"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().metrics(false).install().unwrap();
        tracing::info_span!("encrypted").in_scope(|| ());
        telemetry.shutdown().unwrap();
        return;
    }
    let certificates = certificates().unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let ca = text(&certificates.ca_pem());
    let certificate = text(&certificates.client_pem());
    let key = text(&certificates.client_key());
    let receiver = collector();
    let acceptor = acceptor(&certificates);
    let endpoints = [
        ("grpc", receiver.grpc_endpoint()),
        ("http/protobuf", receiver.http_endpoint()),
    ];
    for (i, (protocol, plain)) in endpoints.iter().enumerate() {
        let endpoint = in_front_of(plain, acceptor.clone());
        let mut variables = vec![
            ("OTEL_EXPORTER_OTLP_PROTOCOL", *protocol),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
            ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", &ca),
            ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &certificate),
            ("OTEL_EXPORTER_OTLP_CLIENT_KEY", &key),
        ];
        succeeds(NAME, &variables);
        assert_eq!(spans(&receiver), i + 1, "{protocol}");

        let own_authority_only = variables.split_off(3);
        let anonymous = child(NAME, &variables);
        assert!(!anonymous.status.success(), "{protocol}: no certificate");
        let stranger = child(NAME, &[&variables[..2], &own_authority_only[..]].concat());
        let stderr = String::from_utf8_lossy(&stranger.stderr);
        assert!(!stranger.status.success(), "{protocol}: unknown authority");
        assert!(stderr.contains("certificate"), "{protocol}: {stderr}");
        assert_eq!(spans(&receiver), i + 1, "{protocol}");
    }
}
