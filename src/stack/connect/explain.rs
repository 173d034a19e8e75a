//! What an error of a connection means.

use std::io;

use super::error_texts::is_client_certificate_rejected;
use super::resolver::UnknownHost;
use super::sniffed::OTHER_PROTOCOLS;

/// Whether no connection can be made until something is fixed: the host name, the protocol, a certificate.
pub(super) fn fails_again(error: &io::Error) -> bool {
    #[cfg(feature = "tls")]
    let wrong_tls = error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>());
    #[cfg(not(feature = "tls"))]
    let wrong_tls = false;
    let unknown_host = error
        .get_ref()
        .is_some_and(|inner| inner.is::<UnknownHost>());
    wrong_tls
        || unknown_host
        || error.kind() == io::ErrorKind::Unsupported
        || other_protocol(error)
        || is_client_certificate_rejected(error)
}

/// Whether the first bytes showed that the server uses another protocol. HTTP/2 passes on only the text of connection
/// errors.
pub(super) fn other_protocol(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
        && OTHER_PROTOCOLS.contains(&error.to_string().as_str())
}

/// A message that says what to do, for errors whose own message does not.
pub(super) fn explain(error: &io::Error) -> Option<String> {
    if other_protocol(error) {
        return Some(error.to_string());
    }
    if is_client_certificate_rejected(error) {
        return Some(format!(
            "the server requires a client certificate that it trusts ({error}): set one with Tls::identity"
        ));
    }
    #[cfg(feature = "tls")]
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return Some(explain_tls(error));
    }
    None
}

#[cfg(feature = "tls")]
fn explain_tls(error: &rustls::Error) -> String {
    use rustls::{CertificateError, Error};
    match error {
        // The second one occurs if a trusted authority has the same name but another key.
        Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        ) => format!(
            "the server's certificate is not signed by a trusted authority ({error}): trust its authority with \
             Tls::certificate_authority"
        ),
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => format!(
            "{error}; connect with a name in the certificate, or set one with Tls::server_name"
        ),
        _ => error.to_string(),
    }
}
