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
mod status;

use std::error::Error as StdError;
use std::time::Duration;

use opentelemetry::trace::{SpanContext, SpanId, TraceId};
use tonic::Status;

pub(crate) use clock::Clock;
pub use codes::Code;
pub(crate) use failure::{Cause, Failure, Progress};
pub(crate) use grpc::{
    drop_unreadable_details, grpc_code_name, grpc_status, status_of_http, with_head,
};
pub(crate) use line::one_line;
pub(crate) use named::named_enum;
pub use partial::PartialWrite;
pub(crate) use reason::{NO_FIELD, NO_USER};
pub(crate) use record::CallRecord;
pub(crate) use status::MilvusStatus;

use crate::proto::common;
use crate::wire::Class;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation failed.
///
/// Use the predicates, such as [`is_not_found`](Self::is_not_found), to decide what to do, and [`code`](Self::code) for the
/// exact error of Milvus. `Display` is one line for a log: the operation, its collection, the message of the server, the
/// number of attempts, and the ids of trace and span. It never contains credentials or vectors, but the message of the
/// server may quote the filter that was sent. [`message`](Self::message) is the unchanged message of the server, which may
/// have several lines.
/// [All messages of this crate](https://github.com/milvus-otel/milvus-otel/blob/main/docs/errors.md) are on one page.
///
/// [`is_retryable`](Self::is_retryable) and [`may_have_happened`](Self::may_have_happened) are independent: a lost
/// connection is worth another try, but a write may have happened nevertheless.
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
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: &'static str,
    /// The RPC that failed, in snake case.
    rpc: Option<&'static str>,
    collection: Option<String>,
    message: String,
    hint: Option<&'static str>,
    milvus: Option<MilvusStatus>,
    grpc: Option<Status>,
    attempts: u32,
    elapsed: Duration,
    /// How the last attempt failed, except that `may_have_happened` covers all attempts.
    failure: Failure,
    /// Whether the message contains text of the server.
    quotes_server: bool,
    /// Whether the server is known not to support the request.
    unsupported: bool,
    trace: Option<(TraceId, SpanId)>,
    partial: Option<PartialWrite>,
}

/// Where an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Milvus answered with an error; see [`Error::code`].
    Server,
    /// The call failed at gRPC's level: it was rejected before Milvus processed it, or the connection was lost.
    Rpc,
    /// No connection could be made, or one of your layers did not accept the call.
    Connect,
    /// The time for all attempts was up. Milvus may have done it nevertheless: see [`Error::may_have_happened`].
    Timeout,
    /// The arguments were refused before anything was sent.
    InvalidArgument,
    /// A field of the server's answer is missing or has an invalid value, or a row of the answer cannot be converted into the
    /// requested type.
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
            message: message.into(),
            hint: None,
            milvus: None,
            grpc: None,
            attempts: 0,
            elapsed: Duration::ZERO,
            failure,
            quotes_server: false,
            unsupported: false,
            trace: None,
            partial: None,
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

    /// A feature that the server is known not to have.
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

    /// An operation of several calls whose time was up.
    pub(crate) fn timeout(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Timeout, Failure::TIMED_OUT, operation, message)
    }

    /// A call that failed at gRPC's level.
    pub(crate) fn grpc(operation: &'static str, status: Status, failure: Failure) -> Self {
        let kind = match status.code() {
            tonic::Code::Unavailable if failure.progress != Progress::Sent => ErrorKind::Connect,
            tonic::Code::DeadlineExceeded => ErrorKind::Timeout,
            _ => ErrorKind::Rpc,
        };
        let mut error = Self::new(kind, failure, operation, status.message());
        error.0.hint = display::hint_of_grpc(status.code(), status.message());
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

    /// Sets the RPC that failed, in snake case.
    #[must_use]
    pub(crate) fn of_rpc(mut self, rpc: Option<&'static str>) -> Self {
        self.0.rpc = rpc;
        self
    }

    /// Puts the part of the operation that failed before the message.
    #[must_use]
    pub(crate) fn about(mut self, part: impl std::fmt::Display) -> Self {
        self.0.message = format!("{part}: {}", self.0.message);
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

    /// Replaces the message of a timeout of `Connect`. It is a failure to connect unless the server is responsive, but slow.
    #[must_use]
    pub(crate) fn unconnected(mut self, message: String, responsive: bool) -> Self {
        if !responsive {
            self.0.kind = ErrorKind::Connect;
        }
        self.0.message = message;
        self
    }

    /// Adds attempts, duration and trace of the call.
    #[must_use]
    pub(crate) fn with_record(mut self, record: &CallRecord, elapsed: Duration) -> Self {
        self.0.attempts = record.attempts();
        self.0.failure.may_have_happened |= record.is_in_doubt();
        self.0.quotes_server = record.quotes_server();
        self.0.trace = record.trace();
        self.0.elapsed = elapsed;
        self
    }

    /// Adds which rows of a write in several parts were written.
    #[must_use]
    pub(crate) fn with_partial(mut self, partial: PartialWrite) -> Self {
        self.0.partial = Some(partial);
        self
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
        match (self.code(), self.0.kind, self.grpc_code()) {
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
        // `Display` contains the message of the status already, so the source is what caused the status.
        self.0.grpc.as_ref().and_then(StdError::source)
    }
}
