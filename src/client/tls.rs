//! TLS settings.

use std::fmt;

use tonic::transport::{Certificate, ClientTlsConfig, Identity};

/// TLS settings of a client, for `https://` endpoints. By default, the system's certificate authorities are trusted, and no
/// client certificate is presented.
#[derive(Clone, Default)]
pub struct Tls {
    authority: Option<Certificate>,
    identity: Option<Identity>,
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
        self.authority = Some(Certificate::from_pem(pem));
        self
    }

    /// Presents this client certificate, which Milvus requires with `tlsMode: 2`. Certificate and key are PEM.
    #[must_use]
    pub fn identity(mut self, certificate: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        self.identity = Some(Identity::from_pem(certificate, key));
        self
    }

    /// Expects this name in the server's certificate, instead of the host of the URI.
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// The settings for tonic, or why they cannot be used.
    pub(super) fn config(self) -> Result<ClientTlsConfig, &'static str> {
        // rustls ignores everything that is not a certificate, and then trusts none.
        const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
        let is_pem = |pem: &Certificate| pem.get_ref().windows(BEGIN.len()).any(|at| at == BEGIN);
        if self.authority.as_ref().is_some_and(|pem| !is_pem(pem)) {
            return Err("the certificate authority contains no PEM certificate");
        }
        let mut config = match self.authority {
            Some(authority) => ClientTlsConfig::new().ca_certificate(authority),
            None => ClientTlsConfig::new().with_enabled_roots(),
        };
        if let Some(identity) = self.identity {
            config = config.identity(identity);
        }
        if let Some(name) = self.server_name {
            config = config.domain_name(name);
        }
        Ok(config)
    }
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
