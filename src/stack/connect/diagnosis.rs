//! Why a call got no answer: a gRPC status that names the cause and what to do about it, and its [`Failure`].

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::error::Elapsed;
use tonic::{Code, ConnectError, Status, TimeoutExpired};
use tower::BoxError;

use super::endpoint::Endpoint;
use super::peer::{Peer, PendingRequest};
use super::resolver::UnknownHost;
use super::sniffed::OTHER_PROTOCOLS;
use super::wordings::{BODY_INTERRUPTED, is_client_certificate_rejected};
use crate::error::{Failure, Progress};

/// The server that calls are sent to, to explain why a call failed.
#[derive(Debug)]
pub(crate) struct Destination {
    endpoint: Arc<Endpoint>,
    peer: Arc<Peer>,
    connect_timeout: Duration,
}

impl Destination {
    pub(crate) fn new(endpoint: Arc<Endpoint>, peer: Arc<Peer>, connect_timeout: Duration) -> Self {
        Self {
            endpoint,
            peer,
            connect_timeout,
        }
    }

    /// See [`Peer::request`].
    pub(in crate::stack) fn request(&self) -> Option<PendingRequest> {
        self.peer.request()
    }

    /// Whether the server sent anything before `Connect` timed out, and the error message.
    pub(crate) fn connect_timed_out(&self) -> (bool, String) {
        let why = self.peer.timeout_reason(self.connect_timeout);
        (
            self.peer.is_responsive(),
            format!("cannot connect to {}: {why}", self.endpoint),
        )
    }

    /// The status of a request that was not sent, because the service was not ready for it.
    pub(in crate::stack) fn unready(&self, error: BoxError) -> Status {
        self.lost(Box::new(NotSent(Some(error))))
    }

    /// The status of a request that failed without an answer.
    ///
    /// For a lost connection tonic uses `UNKNOWN` and for an expired timeout `CANCELLED`. This uses `UNAVAILABLE` and
    /// `DEADLINE_EXCEEDED`, as the specification of gRPC, pymilvus and the Go client do.
    pub(in crate::stack) fn lost(&self, error: BoxError) -> Status {
        let error = match error.downcast::<Status>() {
            Ok(status) => return *status,
            Err(error) => error,
        };
        let mut root = None;
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error.as_ref());
        while let Some(each) = cause {
            if each.is::<TimeoutExpired>() {
                let mut status = Status::deadline_exceeded("the timeout expired");
                status.set_source(Arc::from(error));
                return status;
            }
            if each.is::<Status>() {
                return Status::from_error(error);
            }
            root = Some(each);
            cause = each.source();
        }
        let unsent = chain(error.as_ref()).any(|error| error.is::<NotSent>());
        let unconnected = never_connected(error.as_ref());
        let mismatch = self.peer.mismatch().filter(|_| !unsent);
        let root = root.unwrap_or_else(|| error.as_ref());
        let why = match root.downcast_ref::<io::Error>() {
            Some(timeout) if is_elapsed(timeout) => {
                Some(self.peer.timeout_reason(self.connect_timeout))
            }
            Some(broken) => explain(broken),
            None => None,
        };
        let why = why
            .or_else(|| mismatch.map(str::to_owned))
            .unwrap_or_else(|| root.to_string());
        let what = if unconnected || mismatch.is_some() {
            "cannot connect to"
        } else if unsent {
            "cannot send to"
        } else {
            "lost the connection to"
        };
        let mut status = Status::unavailable(format!("{what} {}: {why}", self.endpoint));
        status.set_source(if mismatch.is_some() && !unconnected {
            Arc::new(NoResponse {
                permanent: mismatch.is_some_and(|why| OTHER_PROTOCOLS.contains(&why)),
                error,
            })
        } else {
            Arc::from(error)
        });
        status
    }
}

/// The source of the status of a request that was not sent; the error is `None` if the time was up.
#[derive(Debug)]
struct NotSent(Option<BoxError>);

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was not sent")
    }
}

impl StdError for NotSent {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.as_deref().map(|error| error as _)
    }
}

/// Marks the status of a call whose time was up before a request was sent.
pub(in crate::stack) fn not_sent(mut status: Status) -> Status {
    status.set_source(Arc::new(NotSent(None)));
    status
}

/// The source of the status of a request on a connection that ended before anything was received. The server may have
/// received the request.
#[derive(Debug)]
struct NoResponse {
    error: BoxError,
    /// Whether the server uses another protocol.
    permanent: bool,
}

impl fmt::Display for NoResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl StdError for NoResponse {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

/// Replaces the status of an answer that the end of the connection cut off, for which tonic uses `UNKNOWN`.
pub(in crate::stack) fn interrupted(status: Status) -> Status {
    let by_connection = status.code() == Code::Unknown
        && chain(&status).any(|error| error.to_string() == BODY_INTERRUPTED);
    let Some(root) = chain(&status).last().filter(|_| by_connection) else {
        return status;
    };
    let what = format!("lost the connection while receiving the answer: {root}");
    let mut lost = Status::unavailable(what);
    lost.set_source(Arc::new(status));
    lost
}

/// How a call failed that ended with this status.
pub(crate) fn failure_of(status: &Status) -> Failure {
    let progress = if never_connected(status) || chain(status).any(|error| error.is::<NotSent>()) {
        Progress::NotSent
    } else if chain(status).any(|error| error.is::<NoResponse>()) {
        Progress::NoResponse
    } else {
        Progress::Sent
    };
    let permanent = progress != Progress::Sent && is_permanent(status);
    Failure::of_grpc(status.code(), progress, permanent)
}

/// Whether tonic's own timer found that the time for the call was up.
pub(in crate::stack) fn is_expired(status: &Status) -> bool {
    chain(status).any(|error| error.is::<TimeoutExpired>())
}

/// Whether the call failed before it could be sent, or on a connection to a server that does not use gRPC or that rejected
/// the client's certificate.
fn never_connected(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| {
        error.is::<ConnectError>()
            || error.downcast_ref().is_some_and(|error| {
                is_elapsed(error) || other_protocol(error) || is_client_certificate_rejected(error)
            })
    })
}

/// Whether no connection can be made until something is set right: the name of the host, the protocol, a certificate.
fn is_permanent(status: &Status) -> bool {
    chain(status).any(|error| {
        let no_response = error.downcast_ref::<NoResponse>();
        no_response.is_some_and(|error| error.permanent)
            || error.downcast_ref().is_some_and(fails_again)
    })
}

fn fails_again(error: &io::Error) -> bool {
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

/// Whether the time to connect was up. No other error of a connection contains this type.
fn is_elapsed(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Elapsed>())
}

/// Whether the first bytes showed that the server uses another protocol. HTTP/2 passes on only the text of errors of the
/// connection.
fn other_protocol(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
        && OTHER_PROTOCOLS.contains(&error.to_string().as_str())
}

fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// A message that says what to do, for errors whose own message does not.
fn explain(error: &io::Error) -> Option<String> {
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
        // The second is the result if a trusted authority has the same name but another key.
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
