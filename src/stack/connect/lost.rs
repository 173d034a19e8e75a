//! Why a request got no answer on a connection.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use h2::Reason;
use tonic::{Code, Status};

const CLOSED: &str = "the server closed the connection";

/// Why a request got no answer.
#[derive(Debug, Clone)]
pub(crate) enum Lost {
    /// The request was not sent, or the server has stated that it did not process it.
    Unsent(Cause),
    /// The server ended the stream of the request.
    Reset(Reason),
    /// The connection ended.
    Broken(Cause),
    /// The caller's own body failed.
    Body(Status),
    /// The request cannot be sent on any connection, and was not.
    Refused(Arc<str>),
}

/// Why a connection ended. Shared by all of its calls.
#[derive(Debug, Clone)]
pub(crate) enum Cause {
    Io(Arc<io::Error>),
    Http2(Arc<h2::Error>),
    Text(Arc<str>),
}

impl Lost {
    /// The request was not sent, because of this error.
    pub(super) fn unsent(error: h2::Error) -> Self {
        Self::Unsent(Cause::of(error))
    }

    /// The same for a request of which not a byte was written.
    pub(super) fn before_writing(self) -> Self {
        match self {
            Self::Broken(cause) => Self::Unsent(cause),
            lost => lost,
        }
    }

    /// The same after the server has begun to answer: then it has processed the request, whatever it says now.
    pub(super) fn after_answering(self) -> Self {
        match self {
            Self::Unsent(Cause::Http2(error)) if error.is_reset() => {
                error.reason().map_or_else(Self::closed, Self::Reset)
            }
            Self::Unsent(cause) => Self::Broken(cause),
            lost => lost,
        }
    }

    /// The connection was closed gracefully.
    pub(super) fn closed() -> Self {
        Self::Broken(Cause::Text(CLOSED.into()))
    }

    pub(super) fn no_pong(timeout: Duration) -> Self {
        let what = format!("the server did not answer a ping within {timeout:?}");
        Self::Broken(Cause::Text(what.into()))
    }

    /// Why the driver of the connection ended.
    pub(super) fn ended(error: h2::Error) -> Self {
        Self::Broken(Cause::of(error))
    }

    /// The status of an answer that was cut off.
    pub(super) fn while_receiving(self) -> Status {
        let (code, what) = match &self {
            Self::Reset(reason) => (
                code_of(*reason),
                format!("the server reset the stream while sending the answer: {reason}"),
            ),
            Self::Unsent(cause) | Self::Broken(cause) => (
                Code::Unavailable,
                format!("lost the connection while receiving the answer: {cause}"),
            ),
            Self::Body(status) => return status.clone(),
            Self::Refused(why) => (Code::InvalidArgument, why.to_string()),
        };
        let mut status = Status::new(code, what);
        status.set_source(Arc::new(self));
        status
    }
}

/// The code that gRPC assigns to a stream that the server ended:
/// <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors>.
pub(super) fn code_of(reason: Reason) -> Code {
    match reason {
        Reason::REFUSED_STREAM => Code::Unavailable,
        Reason::CANCEL => Code::Cancelled,
        Reason::ENHANCE_YOUR_CALM => Code::ResourceExhausted,
        Reason::INADEQUATE_SECURITY => Code::PermissionDenied,
        _ => Code::Internal,
    }
}

impl Cause {
    pub(super) fn of(error: h2::Error) -> Self {
        match error.get_io() {
            None => Self::Http2(Arc::new(error)),
            // What `h2` reports to the streams of a connection that the server closed.
            Some(io) if io.kind() == io::ErrorKind::BrokenPipe => Self::Text(CLOSED.into()),
            Some(_) => error.into_io().map_or_else(
                || Self::Text(CLOSED.into()),
                |error| Self::Io(Arc::new(error)),
            ),
        }
    }

    pub(super) fn io(&self) -> Option<&io::Error> {
        match self {
            Self::Io(error) => Some(error),
            Self::Http2(_) | Self::Text(_) => None,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Http2(error) => error.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsent(cause) => write!(f, "the request was not sent: {cause}"),
            Self::Reset(reason) => write!(f, "the server ended the stream: {reason}"),
            Self::Broken(cause) => write!(f, "the connection was lost: {cause}"),
            Self::Body(status) => status.fmt(f),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

impl StdError for Lost {}
