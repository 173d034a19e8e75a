//! What goes wrong, and what can be asked about it.

mod clock;
mod code;
mod display;
mod grpc;
mod line;
mod partial;
mod questions;
mod reason;
mod record;
mod status;

use std::error::Error as StdError;
use std::time::Duration;

use opentelemetry::trace::{SpanContext, SpanId, TraceId};
use tonic::Status;

pub(crate) use clock::Clock;
pub use code::Code;
pub(crate) use grpc::{
    drop_unreadable_details, grpc_code_name, grpc_status, status_of_http, with_head,
};
pub(crate) use line::one_line;
pub use partial::PartialWrite;
pub(crate) use reason::NO_FIELD;
pub(crate) use record::CallRecord;
pub(crate) use status::MilvusStatus;

use crate::proto::common;

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation failed.
///
/// Ask the predicates what to do about it, [`code`](Self::code) what exactly Milvus said. `Display` is one line for
/// a log: the operation, its collection, what the server said, how often it was tried, and the trace to look at.
/// Nothing in it holds a credential or a vector; what the server said may quote the filter that was sent.
/// [`message`](Self::message) is the server's text as it came, which may have several lines.
///
/// ```
/// # fn handle(error: milvus_otel::Error) {
/// use milvus_otel::Code;
/// if error.is_not_found() {
///     // create it
/// } else if error.code() == Some(Code::COLLECTION_NOT_LOADED) {
///     // load it
/// } else if error.is_retryable() {
///     // try later: the retries made already did not help
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
    /// How far a call came that failed without an answer.
    reach: Reach,
    /// Whether an attempt before the last may have done it.
    doubtful: bool,
    /// Whether a call failed in the server's words.
    quotes_server: bool,
    /// Whether it would fail the same way again.
    lasting: bool,
    /// Whether the server is known to lack what was asked for.
    unsupported: bool,
    /// Whether a rate limit may have come after a part was done.
    piecewise: bool,
    trace: Option<(TraceId, SpanId)>,
    partial: Option<PartialWrite>,
}

/// Where an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Milvus answered that it could not do it: [`Error::code`] says why, where there is a code for it.
    Server,
    /// The call failed at gRPC's level: turned away before Milvus looked at it, or broken off.
    Rpc,
    /// No connection could be made, or a layer of yours let nothing through.
    Connect,
    /// The time for all attempts was up. Milvus may have done it all the same: see [`Error::may_have_happened`].
    Timeout,
    /// The arguments were refused before anything was sent.
    InvalidArgument,
    /// The server's answer makes no sense: a field is missing, or has a value that it must not have. Or a row of the answer
    /// cannot be converted into the type that it was to be read as.
    InvalidResponse,
}

/// How far a call came that got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It was not sent, or there was no connection to send it on: the server cannot have got it.
    NotSent,
    /// No connection that the server said anything on; it may have got it nevertheless.
    Unheard,
    /// The server may have got it.
    Sent,
}

impl Error {
    fn new(kind: ErrorKind, operation: &'static str, message: impl Into<String>) -> Self {
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
            reach: Reach::NotSent,
            doubtful: false,
            quotes_server: false,
            lasting: false,
            unsupported: false,
            piecewise: false,
            trace: None,
            partial: None,
        }))
    }

    /// Arguments that cannot work: `message` names the argument and its value.
    pub(crate) fn invalid_argument(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidArgument, operation, message)
    }

    /// A feature that this server is known to lack.
    pub(crate) fn unsupported(operation: &'static str, message: impl Into<String>) -> Self {
        let mut error = Self::invalid_argument(operation, message);
        error.0.unsupported = true;
        error
    }

    /// An answer that cannot be understood.
    pub(crate) fn invalid_response(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidResponse, operation, message)
    }

    /// What Milvus began failed afterwards, in the background.
    pub(crate) fn background(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Server, operation, message)
    }

    /// An operation of several calls that was not done when its time was up.
    pub(crate) fn timeout(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Timeout, operation, message)
    }

    /// A call that failed at gRPC's level.
    pub(crate) fn grpc(operation: &'static str, status: Status, reach: Reach) -> Self {
        let kind = match status.code() {
            tonic::Code::Unavailable if reach != Reach::Sent => ErrorKind::Connect,
            tonic::Code::DeadlineExceeded => ErrorKind::Timeout,
            _ => ErrorKind::Rpc,
        };
        let mut error = Self::new(kind, operation, status.message());
        error.0.reach = reach;
        error.0.hint = display::hint_of_grpc(status.code(), status.message());
        error.0.grpc = Some(status);
        error
    }

    /// An answer that says the call failed.
    pub(crate) fn milvus(operation: &'static str, status: &common::Status) -> Self {
        let status = MilvusStatus::from(status);
        let message = if status.reason.is_empty() {
            &status.detail
        } else {
            &status.reason
        };
        let mut error = Self::new(ErrorKind::Server, operation, message.as_str());
        error.0.hint = display::hint_of_milvus(&status);
        error.0.milvus = Some(status);
        error
    }

    /// Says what the operation was about.
    #[must_use]
    pub(crate) fn on(mut self, collection: Option<&str>) -> Self {
        self.0.collection = collection.map(str::to_owned);
        self
    }

    /// Records the RPC that failed.
    #[must_use]
    pub(crate) fn of_rpc(mut self, rpc: Option<&'static str>) -> Self {
        self.0.rpc = rpc;
        self
    }

    /// Says which part of the operation it was about.
    #[must_use]
    pub(crate) fn about(mut self, part: impl std::fmt::Display) -> Self {
        self.0.message = format!("{part}: {}", self.0.message);
        self
    }

    /// Replaces what the server said by what was found to be wrong with the arguments.
    #[must_use]
    pub(crate) fn because_of_arguments(mut self, message: String) -> Self {
        self.0.kind = ErrorKind::InvalidArgument;
        self.0.message = message;
        self
    }

    /// Says what it was a part of.
    #[must_use]
    pub(crate) fn during(mut self, operation: &'static str, collection: &str) -> Self {
        self.0.operation = operation;
        self.on(Some(collection))
    }

    /// Says whether a rate limit may have come after a part was done.
    #[must_use]
    pub(crate) fn piecewise(mut self, piecewise: bool) -> Self {
        self.0.piecewise = piecewise;
        self
    }

    /// Says whether it would fail the same way again.
    #[must_use]
    pub(crate) fn lasting(mut self, lasting: bool) -> Self {
        self.0.lasting = lasting;
        self
    }

    /// Says that no connection came about in time, unless the server was heard: then it is only slow.
    #[must_use]
    pub(crate) fn unconnected(mut self, message: String, heard: bool) -> Self {
        if !heard {
            self.0.kind = ErrorKind::Connect;
        }
        self.0.message = message;
        self
    }

    /// Says how the call went.
    #[must_use]
    pub(crate) fn with_record(mut self, record: &CallRecord, elapsed: Duration) -> Self {
        self.0.attempts = record.attempts();
        self.0.doubtful = record.is_doubtful();
        self.0.quotes_server = record.quotes_server();
        self.0.trace = record.trace();
        self.0.elapsed = elapsed;
        self
    }

    /// Says which rows of a write in several parts are in.
    #[must_use]
    pub(crate) fn with_partial(mut self, partial: PartialWrite) -> Self {
        self.0.partial = Some(partial);
        self
    }

    /// Which rows are in and which are not, where a write of several parts failed at one that was not the first.
    pub fn partial_write(&self) -> Option<&PartialWrite> {
        self.0.partial.as_ref()
    }

    /// Says in which span it happened, unless the call that failed has one of its own.
    #[must_use]
    pub(crate) fn within(mut self, span: &SpanContext) -> Self {
        if span.is_valid() {
            self.0
                .trace
                .get_or_insert_with(|| (span.trace_id(), span.span_id()));
        }
        self
    }

    /// Whether the message has the server's words in it, which may quote what it was sent.
    pub(crate) fn quotes_server(&self) -> bool {
        self.0.kind == ErrorKind::Server || self.0.quotes_server
    }

    /// `error.type` of a span that ends with this error.
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
        // The status itself would say once more what `Display` says; what lies behind it is news.
        self.0.grpc.as_ref().and_then(StdError::source)
    }
}
