//! Certificates from the environment: a private authority, and a client that must show who it is.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::child::{child, is_child, succeeds};
use crate::receiver::Receiver;
use milvus_otel::init;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate for `localhost` and its key.
    fn issue(&self) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        (params.signed_by(&key, &self.0).unwrap(), key)
    }
}

/// Receivers that take only clients of the authority; returns their endpoints too.
fn receivers(authority: &Authority) -> (Receiver, [(&'static str, String); 2]) {
    let (certificate, key) = authority.issue();
    let bind = || TcpListener::bind("127.0.0.1:0").unwrap();
    let (grpc, http) = (bind(), bind());
    let endpoint = |listener: &TcpListener| {
        format!(
            "https://localhost:{}",
            listener.local_addr().unwrap().port()
        )
    };
    let endpoints = [
        ("grpc", endpoint(&grpc)),
        ("http/protobuf", endpoint(&http)),
    ];
    let receiver = Receiver::default();

    let tls = ServerTlsConfig::new()
        .identity(Identity::from_pem(certificate.pem(), key.serialize_pem()))
        .client_ca_root(Certificate::from_pem(authority.0.pem()));
    let over_grpc = receiver.clone();
    let server = Server::builder().tls_config(tls).unwrap();
    std::thread::spawn(move || over_grpc.serve_grpc(grpc, server));

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.0.der().clone()).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let (config, over_http) = (Arc::new(config), receiver.clone());
    std::thread::spawn(move || {
        for stream in http.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let over_http = over_http.clone();
            let stream = StreamOwned::new(connection, stream.unwrap());
            std::thread::spawn(move || over_http.serve_http(stream));
        }
    });
    (receiver, endpoints)
}

fn write(directory: &Path, name: &str, pem: String) -> String {
    let path: PathBuf = directory.join(name);
    std::fs::write(&path, pem).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn certificates_by_environment() {
    const NAME: &str = "tls::certificates_by_environment";
    if is_child(NAME) {
        let telemetry = init::from_env().metrics(false).install().unwrap();
        tracing::info_span!("encrypted").in_scope(|| ());
        telemetry.shutdown().unwrap();
        return;
    }
    let authority = Authority::new();
    let (certificate, key) = authority.issue();
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let ca = write(directory, "init_ca.pem", authority.0.pem());
    let certificate = write(directory, "init_client.pem", certificate.pem());
    let key = write(directory, "init_client.key", key.serialize_pem());
    let (receiver, endpoints) = receivers(&authority);
    for (i, (protocol, endpoint)) in endpoints.iter().enumerate() {
        let mut variables = vec![
            ("OTEL_EXPORTER_OTLP_PROTOCOL", *protocol),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
            ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", &ca),
            ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &certificate),
            ("OTEL_EXPORTER_OTLP_CLIENT_KEY", &key),
        ];
        succeeds(NAME, &variables);
        assert_eq!(receiver.received().spans.len(), i + 1, "{protocol}");

        let own_authority_only = variables.split_off(3);
        let anonymous = child(NAME, &variables);
        assert!(!anonymous.status.success(), "{protocol}: no certificate");
        let stranger = child(NAME, &[&variables[..2], &own_authority_only[..]].concat());
        let stderr = String::from_utf8_lossy(&stranger.stderr);
        assert!(!stranger.status.success(), "{protocol}: unknown authority");
        assert!(stderr.contains("certificate"), "{protocol}: {stderr}");
        assert_eq!(receiver.received().spans.len(), i + 1, "{protocol}");
    }
}
