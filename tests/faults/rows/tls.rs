//! TLS: other protocols, and certificates that are not accepted.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use milvus_otel::client::Tls;
use milvus_otel::error::Stage;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use testkit::{Certificates, Fake, certificates};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::case::Case;
use crate::row::{Row, row};

/// Decrypts for a server without TLS.
async fn in_front_of(
    server: SocketAddr,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> String {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // The handshake fails, unless the client trusts the certificate.
                if let Ok(mut encrypted) = acceptor.accept(stream).await {
                    let mut plain = TcpStream::connect(server).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut encrypted, &mut plain).await;
                }
            });
        }
    });
    format!("https://{address}")
}

async fn with_files(server: SocketAddr, certificate: &Path, key: &Path) -> String {
    let certificate = CertificateDer::from_pem_file(certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    in_front_of(server, certificate, key).await
}

/// Trusts the authority of these certificates.
fn trusting(files: &Certificates) -> Tls {
    Tls::new().certificate_authority(std::fs::read(files.ca_pem()).unwrap())
}

/// A change by a client with the settings that `tls` makes of the server's certificates.
async fn change(case: Arc<Case>, tls: impl FnOnce(&Certificates) -> Tls) {
    let (fake, files) = (Fake::scripted(), certificates().unwrap());
    let server = fake.serve().await.unwrap();
    let uri = with_files(server, &files.server_pem(), &files.server_key()).await;
    let client = case.builder(uri).tls(tls(&files));
    case.change(&client.connect_lazy().unwrap()).await;
    case.requests(fake.count_of("RenameCollection"));
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("a TLS client, a server without TLS")
            .result("rename_collection \"a\": cannot connect to https://SERVER: the server does not speak TLS: use http://")
            .is("connect")
            .stage(Stage::Connecting)
            .requests(0)
            .run(|case| async move {
                let fake = Fake::scripted();
                let address = fake.serve().await.unwrap();
                case.change(&case.client(format!("https://{address}"))).await;
                case.requests(fake.count_of("RenameCollection"));
            }),
        row("a certificate of the authority that the client trusts")
            .requests(1)
            .run(|case| change(case, trusting)),
        row("a certificate of an unknown authority")
            .result("rename_collection \"a\": cannot connect to https://SERVER: *authority*")
            .is("connect")
            .stage(Stage::Connecting)
            .requests(0)
            .run(|case| change(case, |_| trusting(&certificates().unwrap()))),
        row("a certificate for another name")
            .result("rename_collection \"a\": cannot connect to https://SERVER: *milvus.example*")
            .is("connect")
            .stage(Stage::Connecting)
            .requests(0)
            .run(|case| change(case, |files| trusting(files).server_name("milvus.example"))),
        row("a certificate that has expired")
            .result("rename_collection \"a\": cannot connect to https://SERVER: *expired*")
            .is("connect")
            .stage(Stage::Connecting)
            .requests(0)
            .run(|case| async move {
                let fake = Fake::scripted();
                let server = fake.serve().await.unwrap();
                let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
                params.not_before = date_time_ymd(2019, 1, 1);
                params.not_after = date_time_ymd(2020, 1, 1);
                let key = KeyPair::generate().unwrap();
                let own = params.self_signed(&key).unwrap();
                let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
                let uri = in_front_of(server, own.der().clone(), private).await;
                let client = case.builder(uri).tls(Tls::new().certificate_authority(own.pem()));
                case.change(&client.connect_lazy().unwrap()).await;
                case.requests(fake.count_of("RenameCollection"));
            }),
    ]
}
