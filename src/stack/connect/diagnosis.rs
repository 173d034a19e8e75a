//! Why a call got no answer: a gRPC status that names the cause and what to do about it, and its [`Failure`].

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use h2::Reason;
use tonic::{Code, ConnectError, Status, TimeoutExpired};
use tower::BoxError;

use super::endpoint::Endpoint;
use super::error_texts::BODY_INTERRUPTED;
use super::lost::{Lost, code_of};
use super::no_connection::NoConnection;
use super::pool::{PoolError, PoolSettings};
use super::progress::Progress as Steps;
use crate::error::{Cause, Failure, Progress};

/// The status of a call without an answer.
///
/// For a lost connection tonic uses `UNKNOWN`; this uses `UNAVAILABLE`, like the gRPC specification, pymilvus and the
/// Go client.
pub(super) fn lost(settings: &PoolSettings, error: PoolError) -> Status {
    let endpoint = || match &*settings.endpoints {
        [only] => only.to_string(),
        _ => "the server".to_owned(),
    };
    let status = |code, message: String, source: Arc<dyn StdError + Send + Sync>| {
        let mut status = Status::new(code, message);
        status.set_source(source);
        status
    };
    match error {
        PoolError::NoConnection(error) => status(Code::Unavailable, error.to_string(), error),
        PoolError::Ended => status(
            Code::Unavailable,
            "the connection's tokio runtime has shut down".to_owned(),
            Arc::new(NotSent(None)),
        ),
        PoolError::Lost(Lost::Body(status)) => status,
        PoolError::Lost(Lost::Refused(why)) => not_sent(Status::invalid_argument(&*why)),
        PoolError::Lost(lost) => {
            let (code, message) = match &lost {
                Lost::Unsent(cause) => (
                    Code::Unavailable,
                    format!("{} did not accept the call: {cause}", endpoint()),
                ),
                Lost::Reset(reason) => (
                    code_of(*reason),
                    format!("{} ended the call: {reason}", endpoint()),
                ),
                Lost::Broken(cause) => (
                    Code::Unavailable,
                    format!("lost the connection to {}: {cause}", endpoint()),
                ),
                Lost::Body(_) | Lost::Refused(_) => (Code::Internal, String::new()),
            };
            status(code, message, Arc::new(lost))
        }
    }
}

/// The status of a call that no pool can send.
pub(super) fn unusable(settings: &PoolSettings, error: io::Error) -> Status {
    let Some(endpoint) = settings.endpoints.first() else {
        return Status::internal("no endpoint is configured");
    };
    let error = NoConnection::io(endpoint, error, &Steps::default());
    lost(settings, PoolError::NoConnection(Arc::new(error)))
}

/// The server that calls go to, for explaining why a call failed in the user's service or layer.
#[derive(Debug)]
pub(crate) struct Destination {
    endpoint: Arc<Endpoint>,
    connect_timeout: Duration,
}

impl Destination {
    pub(crate) fn new(endpoint: Arc<Endpoint>, connect_timeout: Duration) -> Self {
        Self {
            endpoint,
            connect_timeout,
        }
    }

    /// The message for a `Connect` that timed out. `waits_for` is the step that the call is still at, if it was not
    /// sent.
    pub(crate) fn connect_timed_out(&self, waits_for: Option<String>) -> String {
        let waited = self.connect_timeout;
        let why = waits_for.unwrap_or_else(|| format!("no answer within {waited:?}"));
        format!("cannot connect to {}: {why}", self.endpoint)
    }

    /// The status of a request that was not sent, because the service was not ready for it.
    pub(in crate::stack) fn unready(&self, error: BoxError) -> Status {
        self.lost(Box::new(NotSent(Some(error))))
    }

    /// The status of a request that failed without an answer.
    ///
    /// For a lost connection tonic uses `UNKNOWN` and for an expired timeout `CANCELLED`. This uses `UNAVAILABLE` and
    /// `DEADLINE_EXCEEDED`.
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
        let root = root.unwrap_or_else(|| error.as_ref());
        let what = if never_connected(error.as_ref()) {
            "cannot connect to"
        } else if chain(error.as_ref()).any(|error| error.is::<NotSent>()) {
            "cannot send to"
        } else {
            "lost the connection to"
        };
        let mut status = Status::unavailable(format!("{what} {}: {root}", self.endpoint));
        status.set_source(Arc::from(error));
        status
    }
}

/// The source of the status of a request that was not sent; the error is `None` after a timeout.
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

/// Marks the status of a call that timed out before a request was sent.
pub(in crate::stack) fn not_sent(mut status: Status) -> Status {
    status.set_source(Arc::new(NotSent(None)));
    status
}

/// Replaces the status of an answer that was cut off because tonic's connection ended; tonic uses `UNKNOWN`.
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

/// How a call that ended with this status failed.
pub(crate) fn failure_of(status: &Status) -> Failure {
    let refused =
        |error: &(dyn StdError + 'static)| matches!(error.downcast_ref(), Some(Lost::Unsent(_)));
    let unsent = never_connected(status)
        || chain(status).any(|error| error.is::<NotSent>() || refused(error));
    let progress = if unsent {
        Progress::NotSent
    } else {
        Progress::Sent
    };
    let permanent = chain(status).any(|error| {
        let no_connection = error.downcast_ref::<NoConnection>();
        no_connection.is_some_and(|error| error.permanent)
    });
    // The call may have been executed before its stream or connection ended, whatever the code.
    let is_cut_off = chain(status).any(|error| {
        let lost = error.downcast_ref();
        matches!(lost, Some(Lost::Reset(_) | Lost::Broken(_)))
    });
    // A server or a proxy that gives up a stream without a status may do better the next time.
    let is_reset = chain(status).any(
        |error| matches!(error.downcast_ref(), Some(Lost::Reset(reason)) if may_pass(*reason)),
    );
    let failure = Failure::of_status(status, progress, permanent);
    let cause = match failure.cause {
        Cause::Permanent if is_reset => Cause::Transient,
        cause => cause,
    };
    Failure {
        cause,
        may_have_happened: failure.may_have_happened || (is_cut_off && !unsent),
        ..failure
    }
}

/// Whether a stream that is reset for this reason may succeed the next time.
fn may_pass(reason: Reason) -> bool {
    !matches!(
        reason,
        Reason::INADEQUATE_SECURITY | Reason::HTTP_1_1_REQUIRED | Reason::PROTOCOL_ERROR
    )
}

/// Whether tonic's own timer expired.
pub(in crate::stack) fn is_expired(status: &Status) -> bool {
    chain(status).any(|error| error.is::<TimeoutExpired>())
}

/// Whether there was no connection to send the call on.
fn never_connected(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| error.is::<ConnectError>() || error.is::<NoConnection>())
}

fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
