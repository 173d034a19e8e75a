//! Error texts of other libraries, recognised by their wording because the original error is not preserved.
//!
//! Each has a test that fails if a new version of the library changes the wording.

use std::io;

/// hyper: the connection ended before the body of the answer did. The reason is further down the chain of errors.
pub(super) const BODY_INTERRUPTED: &str = "error reading a body from connection";

/// The C library: a name does not exist, or has no address (`EAI_NONAME`, `EAI_NODATA`), in glibc, musl, macOS and the
/// BSDs. The standard library keeps the text but not the number.
const NO_SUCH_NAME: [&str; 6] = [
    "Name or service not known",
    "No address associated with hostname",
    "Name does not resolve",
    "Name has no usable address",
    "nodename nor servname provided, or not known",
    "hostname nor servname provided, or not known",
];

/// The same on Windows, whose errors have the number.
const WSAHOST_NOT_FOUND: i32 = 11001;
const WSANO_DATA: i32 = 11004;

/// Whether a lookup failed because the name does not exist. Other failures, such as a name server that does not answer
/// (`EAI_AGAIN`), may pass.
pub(super) fn is_unknown_name(error: &io::Error) -> bool {
    let text = error.to_string();
    NO_SUCH_NAME.iter().any(|known| text.ends_with(known))
        || cfg!(windows) && matches!(error.raw_os_error(), Some(WSAHOST_NOT_FOUND | WSANO_DATA))
}

/// rustls: whether the server rejected the certificate of the client, or the lack of one. With TLS 1.3 the client learns
/// this after it has sent its first call, which the server then does not read.
#[cfg(feature = "tls")]
pub(super) fn is_client_certificate_rejected(error: &io::Error) -> bool {
    use rustls::AlertDescription as Alert;
    const ALERTS: [Alert; 7] = [
        Alert::BadCertificate,
        Alert::CertificateRequired,
        Alert::CertificateExpired,
        Alert::CertificateRevoked,
        Alert::CertificateUnknown,
        Alert::UnsupportedCertificate,
        Alert::UnknownCA,
    ];
    error.kind() == io::ErrorKind::InvalidData && {
        // HTTP/2 passes on only the text.
        let text = error.to_string();
        ALERTS
            .into_iter()
            .any(|alert| text == rustls::Error::AlertReceived(alert).to_string())
    }
}

#[cfg(not(feature = "tls"))]
pub(super) fn is_client_certificate_rejected(_: &io::Error) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::error::Error as StdError;

    use http_body_util::BodyExt;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, lookup_host};
    use tonic::body::Body;
    use tonic::transport::Endpoint;
    use tower::{Service, ServiceExt};

    use super::*;

    #[test]
    fn only_a_name_that_does_not_exist_is_unknown() {
        for (text, unknown) in [
            ("Name or service not known", true),
            ("No address associated with hostname", true),
            ("Name does not resolve", true),
            ("nodename nor servname provided, or not known", true),
            ("Temporary failure in name resolution", false),
            ("Try again", false),
            ("Non-recoverable failure in name resolution", false),
            ("Memory allocation failure", false),
        ] {
            let text = format!("failed to lookup address information: {text}");
            assert_eq!(
                is_unknown_name(&io::Error::other(&*text)),
                unknown,
                "{text}"
            );
        }
    }

    /// No label of a name may exceed 63 characters, so the system answers without a name server.
    #[tokio::test]
    async fn the_c_library_reports_an_unknown_name_with_these_texts() {
        let name = format!("{}.invalid", "x".repeat(64));
        let error = lookup_host((name, 0)).await.map(drop).unwrap_err();
        assert!(is_unknown_name(&error), "{error}");
    }

    /// A server that begins an answer and hangs up.
    #[tokio::test]
    async fn hyper_reports_an_interrupted_body_with_this_text() {
        const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
        // The head of an answer to stream 1: `:status: 200`, by its index in the static table.
        const HEAD: &[u8] = &[0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88];
        const REQUEST_HEADERS: u8 = 1;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        let (hang_up, hung_up) = tokio::sync::oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut preface = [0; 24];
            stream.read_exact(&mut preface).await.unwrap();
            stream.write_all(SETTINGS).await.unwrap();
            loop {
                let mut head = [0; 9];
                stream.read_exact(&mut head).await.unwrap();
                let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
                let mut payload = vec![0; usize::try_from(length).unwrap()];
                stream.read_exact(&mut payload).await.unwrap();
                if head[3] == REQUEST_HEADERS {
                    break;
                }
            }
            stream.write_all(HEAD).await.unwrap();
            hung_up.await.unwrap();
        });
        let mut channel = Endpoint::from_shared(uri).unwrap().connect_lazy();
        let request = http::Request::post("http://localhost/service/Method");
        let request = request.body(Body::empty()).unwrap();
        let response = channel.ready().await.unwrap().call(request).await.unwrap();
        hang_up.send(()).unwrap();
        server.await.unwrap();
        let error = response.into_body().collect().await.unwrap_err();
        let mut texts = Vec::new();
        let mut next: Option<&(dyn StdError + 'static)> = Some(&error);
        while let Some(error) = next {
            texts.push(error.to_string());
            next = error.source();
        }
        assert!(
            texts.iter().any(|text| text == BODY_INTERRUPTED),
            "{texts:?}"
        );
    }
}
