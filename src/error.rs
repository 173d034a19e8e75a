//! Why operations fail, and the error codes of Milvus.

mod clock;
mod code;
mod codes;
mod display;
mod failure;
mod grpc;
mod line;
mod named;
mod partial;
mod predicates;
mod reason;
mod record;
mod retry_after;
mod stage;
mod status;

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::{SpanContext, SpanId, TraceId};
use tonic::Status;

pub(crate) use clock::Clock;
pub use codes::Code;
pub(crate) use failure::{Cause, Failure, Progress, TooManyCalls};
pub(crate) use grpc::{
    drop_unreadable_details, grpc_code_name, grpc_status, status_of_http, with_head,
};
pub(crate) use line::one_line;
pub(crate) use named::{by_name, named_enum};
pub use partial::PartialWrite;
pub(crate) use reason::{NO_FIELD, NO_USER};
pub(crate) use record::CallRecord;
pub(crate) use retry_after::RetryAfter;
pub(crate) use stage::PeerAddress;
pub use stage::Stage;
pub(crate) use status::MilvusStatus;

use crate::proto::common;
use crate::wire::Class;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation failed.
///
/// Use the predicates, such as [`is_not_found`](Self::is_not_found), to decide what to do, and [`code`](Self::code) for
/// the exact error of Milvus. `Display` is one line for a log: the operation, its collection, the message of the
/// server, the number of attempts, and the ids of trace and span. It never contains credentials or vectors, but the
/// message of the server may quote the filter that was sent. [`message`](Self::message) is the unchanged message of the
/// server, which may have several lines.
/// [One page](https://github.com/milvus-otel/milvus-otel/blob/main/docs/errors.md) lists all messages of this crate.
///
/// [`is_retryable`](Self::is_retryable) and [`may_have_happened`](Self::may_have_happened) are independent: a lost
/// connection is worth another try, yet a write may have happened.
///
/// Errors can be cloned, for example to return one to all callers that wait for the same result. They are not
/// `Serialize`, because messages can quote the request: use the predicates to choose what to return to your own
/// callers.
///
/// ```
/// # fn handle(error: milvus_otel::Error) {
/// use milvus_otel::error::Code;
/// if error.is_not_found() {
///     // create it
/// } else if error.code() == Some(Code::COLLECTION_NOT_LOADED) {
///     // load it
/// } else if error.is_retryable() {
///     // try later: the client's own retries did not help
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    operation: &'static str,
    /// The RPC that failed, in snake case.
    rpc: Option<&'static str>,
    collection: Option<String>,
    /// The name of what the operation is about, besides the collection: an alias, a role.
    subject: Option<String>,
    message: String,
    hint: Option<&'static str>,
    milvus: Option<MilvusStatus>,
    grpc: Option<Status>,
    attempts: u32,
    stage: Option<Stage>,
    elapsed: Duration,
    /// How the last attempt failed, except that `may_have_happened` covers all attempts.
    failure: Failure,
    /// Whether the message contains text of the server.
    quotes_server: bool,
    /// Whether the server is known not to support the request.
    unsupported: bool,
    trace: Option<(TraceId, SpanId)>,
    partial: Option<PartialWrite>,
    /// The error of the caller's stream.
    of_stream: Option<Arc<dyn StdError + Send + Sync>>,
}

/// Where an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Milvus answered with an error; see [`Error::code`].
    Server,
    /// The call failed at the gRPC level: it was rejected before Milvus processed it, or the connection was lost.
    Rpc,
    /// No connection could be made, or one of your layers did not accept the call.
    Connect,
    /// The call timed out, with all its attempts. Milvus may have executed it nevertheless: see
    /// [`Error::may_have_happened`].
    Timeout,
    /// The arguments were refused before anything was sent.
    InvalidArgument,
    /// The stream of rows to be written returned an error, which is the [`source`](std::error::Error::source).
    Stream,
    /// A field of the server's answer is missing or has an invalid value, or a row of the answer cannot be converted to
    /// the requested type.
    InvalidResponse,
}

impl Error {
    fn new(
        kind: ErrorKind,
        failure: Failure,
        operation: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            operation,
            rpc: None,
            collection: None,
            subject: None,
            message: message.into(),
            hint: None,
            milvus: None,
            grpc: None,
            attempts: 0,
            stage: None,
            elapsed: Duration::ZERO,
            failure,
            quotes_server: false,
            unsupported: false,
            trace: None,
            partial: None,
            of_stream: None,
        }))
    }

    /// Invalid arguments; `message` names the argument and its value.
    pub(crate) fn invalid_argument(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(
            ErrorKind::InvalidArgument,
            Failure::REFUSED,
            operation,
            message,
        )
    }

    /// A feature that the server is known to lack.
    pub(crate) fn unsupported(operation: &'static str, message: impl Into<String>) -> Self {
        let mut error = Self::invalid_argument(operation, message);
        error.0.unsupported = true;
        error
    }

    /// An answer that makes no sense.
    pub(crate) fn invalid_response(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(
            ErrorKind::InvalidResponse,
            Failure::INVALID_RESPONSE,
            operation,
            message,
        )
    }

    /// Work that Milvus had started failed in the background.
    pub(crate) fn background(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Server, Failure::BACKGROUND, operation, message)
    }

    /// The caller's stream failed while its rows were written. An error of this crate is returned unchanged.
    pub(crate) fn of_stream(
        operation: &'static str,
        collection: Option<&str>,
        error: Box<dyn StdError + Send + Sync>,
    ) -> Self {
        match error.downcast::<Self>() {
            Ok(mut error) => {
                // It describes the rows of another write.
                error.0.partial = None;
                *error
            }
            Err(error) => {
                let why = "the stream of rows failed";
                let mut failed = Self::new(ErrorKind::Stream, Failure::REFUSED, operation, why);
                failed.0.of_stream = Some(error.into());
                failed.on(collection)
            }
        }
    }

    /// An operation of several calls that timed out.
    pub(crate) fn timeout(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Timeout, Failure::TIMED_OUT, operation, message)
    }

    /// A call that failed at the gRPC level.
    pub(crate) fn grpc(operation: &'static str, status: Status, failure: Failure) -> Self {
        let kind = match status.code() {
            tonic::Code::Unavailable if failure.progress != Progress::Sent => ErrorKind::Connect,
            tonic::Code::DeadlineExceeded => ErrorKind::Timeout,
            _ => ErrorKind::Rpc,
        };
        let mut error = Self::new(kind, failure, operation, status.message());
        error.0.hint = display::hint_of_grpc(&status);
        error.0.grpc = Some(status);
        error
    }

    /// A call of this class that Milvus answered with an error.
    pub(crate) fn milvus(
        operation: &'static str,
        status: &common::Status,
        class: Option<Class>,
    ) -> Self {
        let status = MilvusStatus::from(status);
        let message = if status.reason.is_empty() {
            &status.detail
        } else {
            &status.reason
        };
        let failure = Failure::of_milvus(&status, class);
        let mut error = Self::new(ErrorKind::Server, failure, operation, message.as_str());
        error.0.hint = display::hint_of_milvus(&status);
        error.0.milvus = Some(status);
        error
    }

    /// Sets the collection.
    #[must_use]
    pub(crate) fn on(mut self, collection: Option<&str>) -> Self {
        self.0.collection = collection.map(str::to_owned);
        self
    }

    /// Sets the name of what the operation is about, besides the collection.
    #[must_use]
    pub(crate) fn of(mut self, subject: Option<String>) -> Self {
        self.0.subject = subject.filter(|name| !name.is_empty());
        self
    }

    /// Sets the RPC that failed, in snake case.
    #[must_use]
    pub(crate) fn of_rpc(mut self, rpc: Option<&'static str>) -> Self {
        self.0.rpc = rpc;
        self
    }

    /// Prefixes the message with the part of the operation that failed.
    #[must_use]
    pub(crate) fn about(mut self, part: impl std::fmt::Display) -> Self {
        self.0.message = format!("{part}: {}", self.0.message);
        self
    }

    /// Adds what to do about the error, unless it is known already.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: &'static str) -> Self {
        self.0.hint.get_or_insert(hint);
        self
    }

    /// Replaces the server's error by the mistake that was found in the arguments.
    #[must_use]
    pub(crate) fn because_of_arguments(mut self, message: String) -> Self {
        self.0.kind = ErrorKind::InvalidArgument;
        self.0.failure = Failure::REFUSED;
        self.0.message = message;
        self
    }

    /// Sets the operation that the failed call was a step of.
    #[must_use]
    pub(crate) fn during(mut self, operation: &'static str, collection: &str) -> Self {
        self.0.operation = operation;
        self.on(Some(collection))
    }

    /// Replaces the message of a timeout of `Connect`. It is a failure to connect, unless the server is just slow to
    /// answer.
    #[must_use]
    pub(crate) fn unconnected(mut self, message: String, unsent: bool) -> Self {
        if unsent {
            self.0.kind = ErrorKind::Connect;
        }
        self.0.message = message;
        self
    }

    /// Adds attempts, duration and trace of the call.
    #[must_use]
    pub(crate) fn with_record(mut self, record: &CallRecord, elapsed: Duration) -> Self {
        self.0.attempts = record.attempts();
        self.0.stage = record.stage();
        let reached = self.0.stage.is_some_and(|stage| !stage.is_before_sending());
        if self.0.kind == ErrorKind::Connect && reached {
            // There was a connection, but the server did not accept the call.
            self.0.kind = ErrorKind::Rpc;
        }
        if self.0.kind == ErrorKind::Timeout && record.is_rate_limited() {
            // The time was up before the next attempt.
            self.0.failure.cause = Cause::RateLimited;
        }
        self.0.failure.may_have_happened |= record.is_in_doubt();
        self.0.quotes_server = record.quotes_server();
        self.0.trace = record.trace();
        if record.is_out_of_budget() {
            self.0.hint = Some("not retried: the retry budget is used up (see RetryBudget)");
        }
        self.0.elapsed = elapsed;
        self
    }

    /// Adds which rows of a write in several parts were written.
    #[must_use]
    pub(crate) fn with_partial(mut self, partial: PartialWrite) -> Self {
        self.0.partial = Some(partial);
        self
    }

    /// Returns how far the last attempt of the call got: whether it waited for a connection, was sent, or was being
    /// answered. `None` if there was nothing to send, for example because an argument was refused.
    ///
    /// [`may_have_happened`](Self::may_have_happened) says what this means for the call.
    pub fn stage(&self) -> Option<Stage> {
        self.0.stage
    }

    /// Returns which rows were written, if a write of several parts failed after its first part.
    pub fn partial_write(&self) -> Option<&PartialWrite> {
        self.0.partial.as_ref()
    }

    /// Sets the span, unless the failed call had its own.
    #[must_use]
    pub(crate) fn within(mut self, span: &SpanContext) -> Self {
        if span.is_valid() {
            self.0
                .trace
                .get_or_insert_with(|| (span.trace_id(), span.span_id()));
        }
        self
    }

    /// Whether the message contains text of the server, which may quote the request.
    pub(crate) fn quotes_server(&self) -> bool {
        self.0.kind == ErrorKind::Server || self.0.quotes_server
    }

    /// The attribute `error.type` of a span that ends with this error.
    pub(crate) fn error_type(&self) -> String {
        let is_timeout = self.0.milvus.as_ref().map(MilvusStatus::is_timeout);
        match (self.code(), self.0.kind, self.grpc_code()) {
            _ if is_timeout == Some(true) => "DEADLINE_EXCEEDED".to_owned(),
            (Some(code), ..) => {
                let name = self.0.milvus.as_ref().and_then(MilvusStatus::name);
                name.map_or_else(|| code.0.to_string(), str::to_owned)
            }
            (None, ErrorKind::Timeout, _) => "DEADLINE_EXCEEDED".to_owned(),
            (None, _, Some(grpc)) => grpc_code_name(grpc).to_owned(),
            (None, ErrorKind::InvalidArgument, None) => "INVALID_ARGUMENT".to_owned(),
            (None, _, None) => "_OTHER".to_owned(),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        if let Some(error) = &self.0.of_stream {
            return Some(&**error);
        }
        // `Display` already contains the message of the status, so the source is what caused the status.
        self.0.grpc.as_ref().and_then(StdError::source)
    }
}
