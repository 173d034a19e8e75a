//! TLS material for tests: an authority, a server and a client.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tempfile::TempDir;

/// PEM files of this run, removed with the last clone.
#[derive(Debug, Clone)]
pub struct Certificates {
    folder: Arc<TempDir>,
}

/// Creates an authority, a server certificate for `localhost`, `127.0.0.1` and `::1`, and a client
/// certificate, signed by that authority.
pub fn certificates() -> io::Result<Certificates> {
    let folder = tempfile::Builder::new().prefix("milvus-tls-").tempdir()?;
    make(folder.path()).map_err(io::Error::other)?;
    Ok(Certificates {
        folder: Arc::new(folder),
    })
}

impl Certificates {
    /// The certificate of the authority, which clients must trust.
    pub fn ca_pem(&self) -> PathBuf {
        self.file("ca.pem")
    }

    /// The server's certificate.
    pub fn server_pem(&self) -> PathBuf {
        self.file("server.pem")
    }

    /// The key to the server's certificate.
    pub fn server_key(&self) -> PathBuf {
        self.file("server.key")
    }

    /// The certificate that a client presents to a server that requires one.
    pub fn client_pem(&self) -> PathBuf {
        self.file("client.pem")
    }

    /// The key to the client's certificate.
    pub fn client_key(&self) -> PathBuf {
        self.file("client.key")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn make(folder: &Path) -> Result<(), Failure> {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    name(&mut authority, "milvus-otel test authority");
    let key = KeyPair::generate()?;
    fs::write(folder.join("ca.pem"), authority.self_signed(&key)?.pem())?;
    let authority = Issuer::new(authority, key);

    let hosts = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut server = CertificateParams::new(hosts)?;
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    name(&mut server, "localhost");
    sign(server, &authority, folder, "server")?;

    let mut client = CertificateParams::default();
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    name(&mut client, "milvus-otel test client");
    sign(client, &authority, folder, "client")
}

fn name(certificate: &mut CertificateParams, name: &str) {
    certificate
        .distinguished_name
        .push(DnType::CommonName, name);
}

fn sign(
    mut certificate: CertificateParams,
    authority: &Issuer<'_, KeyPair>,
    folder: &Path,
    file: &str,
) -> Result<(), Failure> {
    certificate.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    certificate.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let signed = certificate.signed_by(&key, authority)?;
    fs::write(folder.join(file).with_extension("pem"), signed.pem())?;
    fs::write(folder.join(file).with_extension("key"), key.serialize_pem())?;
    Ok(())
}
