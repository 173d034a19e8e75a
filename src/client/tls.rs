//! TLS settings.

use std::fmt;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use zeroize::Zeroizing;

use crate::stack::{ALPN_HTTP2, TlsSettings};

/// TLS settings of a client, for `https://` endpoints. By default, the system's certificate authorities are trusted, and no
/// client certificate is presented.
#[derive(Clone, Default)]
pub struct Tls {
    authority: Option<Vec<u8>>,
    /// The certificate, and its key, which is overwritten when it is not needed any more.
    identity: Option<(Vec<u8>, Zeroizing<Vec<u8>>)>,
    server_name: Option<String>,
}

impl Tls {
    /// Returns the default settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts these certificate authorities (PEM) instead of the system's.
    #[must_use]
    pub fn certificate_authority(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.authority = Some(pem.as_ref().to_vec());
        self
    }

    /// Presents this client certificate, which Milvus requires with `tlsMode: 2`. Certificate and key are PEM.
    #[must_use]
    pub fn identity(mut self, certificate: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        let key = Zeroizing::new(key.as_ref().to_vec());
        self.identity = Some((certificate.as_ref().to_vec(), key));
        self
    }

    /// Expects this name in the server's certificate, instead of the host of the URI.
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// The settings for connections, or why they cannot be used.
    pub(super) fn settings(self) -> Result<TlsSettings, String> {
        let roots = match &self.authority {
            Some(pem) => authorities(pem)?,
            None => system_authorities()?,
        };
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots);
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain = CertificateDer::pem_slice_iter(certificate)
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(|error| format!("the client certificate is not PEM: {error}"))?;
                if chain.is_empty() {
                    return Err("the client certificate contains no PEM certificate".to_owned());
                }
                let key = PrivateKeyDer::from_pem_slice(key)
                    .map_err(|_| "the key of the client certificate is not a PEM key".to_owned())?;
                builder.with_client_auth_cert(chain, key).map_err(|error| {
                    format!("the client certificate does not match its key: {error}")
                })?
            }
        };
        config.alpn_protocols.push(ALPN_HTTP2.to_vec());
        let server_name = self.server_name.map(|name| {
            ServerName::try_from(name.clone())
                .map_err(|_| format!("{name:?} is not a valid certificate name"))
        });
        Ok(TlsSettings {
            config: Arc::new(config),
            server_name: server_name.transpose()?,
        })
    }
}

/// The provider of the process, or else ring.
fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    rustls::crypto::CryptoProvider::get_default().map_or_else(
        || Arc::new(rustls::crypto::ring::default_provider()),
        Arc::clone,
    )
}

fn authorities(pem: &[u8]) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate
            .map_err(|error| format!("the certificate authority is not PEM: {error}"))?;
        roots
            .add(certificate)
            .map_err(|error| format!("the certificate authority cannot be used: {error}"))?;
    }
    // Without any, no server would be trusted.
    if roots.is_empty() {
        return Err("the certificate authority contains no PEM certificate".to_owned());
    }
    Ok(roots)
}

fn system_authorities() -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let (added, _) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added == 0 {
        return Err(
            "the system has no certificate authorities: set one with Tls::certificate_authority"
                .to_owned(),
        );
    }
    Ok(roots)
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("own_authority", &self.authority.is_some())
            .field("identity", &self.identity.is_some())
            .field("server_name", &self.server_name)
            .finish()
    }
}
