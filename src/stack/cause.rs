//! Why a call was not answered, in words that say what to do about it.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::error::Elapsed;
use tonic::{Code, ConnectError, Status, TimeoutExpired};
use tower::BoxError;

use super::endpoint::Endpoint;
use super::names::UnknownHost;
use super::peer::{Peer, Waiting};
use super::watched::OTHER_PROTOCOLS;
use crate::error::Reach;

/// Where calls go, for those that do not get there.
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

    /// See [`Peer::wait`].
    pub(super) fn wait(&self) -> Option<Waiting> {
        self.peer.wait()
    }

    /// What to say of a `Connect` that took too long: whether the server was heard on the connection, and what was
    /// waited for.
    pub(crate) fn silence(&self) -> (bool, String) {
        let why = self.peer.silence(self.connect_timeout);
        (
            self.peer.was_heard(),
            format!("cannot connect to {}: {why}", self.endpoint),
        )
    }

    /// The same, of a service that would not take the request.
    pub(super) fn unready(&self, error: BoxError) -> Status {
        self.lost(Box::new(HeldBack(Some(error))))
    }

    /// What kept a request from being answered, as a gRPC status that names the cause.
    ///
    /// tonic calls a broken connection UNKNOWN and an expired timeout CANCELLED; gRPC's specification says UNAVAILABLE
    /// and DEADLINE_EXCEEDED, and pymilvus and the Go client do as it says.
    pub(super) fn lost(&self, error: BoxError) -> Status {
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
        let held_back = chain(error.as_ref()).any(|error| error.is::<HeldBack>());
        let unconnected = never_connected(error.as_ref());
        let unheard = self.peer.mismatch().filter(|_| !held_back);
        let root = root.unwrap_or_else(|| error.as_ref());
        let why = match root.downcast_ref::<io::Error>() {
            Some(timeout) if is_elapsed(timeout) => Some(self.peer.silence(self.connect_timeout)),
            Some(broken) => explain(broken),
            None => None,
        };
        let why = why
            .or_else(|| unheard.map(str::to_owned))
            .unwrap_or_else(|| root.to_string());
        let what = if unconnected || unheard.is_some() {
            "cannot connect to"
        } else if held_back {
            "cannot send to"
        } else {
            "lost the connection to"
        };
        let mut status = Status::unavailable(format!("{what} {}: {why}", self.endpoint));
        status.set_source(if unheard.is_some() && !unconnected {
            Arc::new(Unheard {
                lasting: unheard.is_some_and(|why| OTHER_PROTOCOLS.contains(&why)),
                error,
            })
        } else {
            Arc::from(error)
        });
        status
    }
}

/// A request that nobody below was ready to take, and what for, if it was not for the time alone.
#[derive(Debug)]
struct HeldBack(Option<BoxError>);

impl fmt::Display for HeldBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was not sent")
    }
}

impl StdError for HeldBack {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.as_deref().map(|error| error as _)
    }
}

/// The status of a call whose time was up when no request of it was on its way.
pub(super) fn held_back(mut status: Status) -> Status {
    status.set_source(Arc::new(HeldBack(None)));
    status
}

/// The connection ended before the server said anything on it. Whether it had got the call nobody can say.
#[derive(Debug)]
struct Unheard {
    error: BoxError,
    /// Whether it spoke another protocol.
    lasting: bool,
}

impl fmt::Display for Unheard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl StdError for Unheard {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

/// What hyper says of a body that the connection did not bring to its end; the reason stands below.
const BODY_BROKEN: &str = "error reading a body from connection";

/// The status of an answer that broke off: tonic calls it UNKNOWN when the connection broke.
pub(super) fn broken_off(status: Status) -> Status {
    let by_connection = status.code() == Code::Unknown
        && chain(&status).any(|error| error.to_string() == BODY_BROKEN);
    let Some(root) = chain(&status).last().filter(|_| by_connection) else {
        return status;
    };
    let what = format!("lost the connection within the answer: {root}");
    let mut lost = Status::unavailable(what);
    lost.set_source(Arc::new(status));
    lost
}

/// How far the call came that ended with this status.
pub(crate) fn reach(status: &Status) -> Reach {
    if never_connected(status) || chain(status).any(|error| error.is::<HeldBack>()) {
        Reach::NotSent
    } else if chain(status).any(|error| error.is::<Unheard>()) {
        Reach::Unheard
    } else {
        Reach::Sent
    }
}

/// Whether the time for the call was up, by the clock of this side.
pub(super) fn is_expired(status: &Status) -> bool {
    chain(status).any(|error| error.is::<TimeoutExpired>())
}

/// Whether the failure came before a call could be sent, or shows that the other side is no gRPC server, or none that
/// let us in.
fn never_connected(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| {
        error.is::<ConnectError>()
            || error.downcast_ref().is_some_and(|error| {
                is_elapsed(error) || other_protocol(error) || is_refused(error)
            })
    })
}

/// Whether no connection can be made until something is set right: the host's name, the protocol, a certificate.
pub(crate) fn is_lasting(status: &Status) -> bool {
    reach(status) != Reach::Sent
        && chain(status).any(|error| {
            let unheard = error.downcast_ref::<Unheard>();
            unheard.is_some_and(|unheard| unheard.lasting)
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
        || is_refused(error)
}

/// Whether the time for connecting was up. A connection that was made has no such limit.
fn is_elapsed(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Elapsed>())
}

/// Whether the connector found out that the server speaks something else. HTTP/2 hands on nothing but the text of what
/// it is told by the connection.
fn other_protocol(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
        && OTHER_PROTOCOLS.contains(&error.to_string().as_str())
}

fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Whether the server refused the handshake for the client's certificate. With TLS 1.3 the client hears of it when it
/// has sent its first call already, which the server does not look at then.
#[cfg(feature = "tls")]
fn is_refused(error: &io::Error) -> bool {
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
        // Once HTTP/2 has begun, the text is all that is left of it.
        let text = error.to_string();
        ALERTS
            .into_iter()
            .any(|alert| text == rustls::Error::AlertReceived(alert).to_string())
    }
}

#[cfg(not(feature = "tls"))]
fn is_refused(_: &io::Error) -> bool {
    false
}

/// A cause in words that lead further than its own, where there are any.
fn explain(error: &io::Error) -> Option<String> {
    if other_protocol(error) {
        return Some(error.to_string());
    }
    if is_refused(error) {
        return Some(format!(
            "the server wants a client certificate that it trusts ({error}): show one with Tls::identity"
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
        // The second is what an authority of the same name but another key gives.
        Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        ) => format!(
            "the server's certificate is not signed by an authority that is trusted here ({error}): name its authority \
             with Tls::certificate_authority"
        ),
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => format!("{error}; connect by such a name, or expect it with Tls::server_name"),
        _ => error.to_string(),
    }
}
