//! What goes wrong, and what can be asked about it.

mod code;
mod display;
mod grpc;
mod partial;
mod record;
mod status;

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::{SpanContext, SpanId, TraceId};
use tonic::Status;

pub use code::Code;
pub(crate) use grpc::{grpc_code_name, status_of_http};
pub use partial::PartialWrite;
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
    collection: Option<String>,
    message: String,
    hint: Option<&'static str>,
    milvus: Option<MilvusStatus>,
    grpc: Option<tonic::Code>,
    attempts: u32,
    elapsed: Duration,
    /// How far a call came that failed without an answer.
    reach: Reach,
    /// Whether it would fail the same way again.
    lasting: bool,
    trace: Option<(TraceId, SpanId)>,
    partial: Option<PartialWrite>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// Where an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Milvus answered that it could not do it: [`Error::code`] says why, where there is a code for it.
    Server,
    /// The call failed at gRPC's level: turned away before Milvus looked at it, or broken off.
    Rpc,
    /// No connection could be made; nothing was sent.
    Connect,
    /// The time for all attempts was up. Milvus may have done it all the same.
    Timeout,
    /// The arguments were refused before anything was sent.
    InvalidArgument,
    /// The server's answer makes no sense: a field is missing, or has a value it must not have.
    Answer,
}

/// How far a call came that got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// No connection was made: the server cannot have got it.
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
            collection: None,
            message: message.into(),
            hint: None,
            milvus: None,
            grpc: None,
            attempts: 0,
            elapsed: Duration::ZERO,
            reach: Reach::NotSent,
            lasting: false,
            trace: None,
            partial: None,
            source: None,
        }))
    }

    /// Arguments that cannot work: `message` names the argument and its value.
    pub(crate) fn invalid_argument(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidArgument, operation, message)
    }

    /// An answer that cannot be understood.
    pub(crate) fn answer(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Answer, operation, message)
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
    pub(crate) fn rpc(operation: &'static str, status: Status, reach: Reach) -> Self {
        let kind = match status.code() {
            _ if reach != Reach::Sent => ErrorKind::Connect,
            tonic::Code::DeadlineExceeded => ErrorKind::Timeout,
            _ => ErrorKind::Rpc,
        };
        let mut error = Self::new(kind, operation, status.message());
        error.0.grpc = Some(status.code());
        error.0.reach = reach;
        error.0.hint = display::hint_of_grpc(status.code(), status.message());
        if status.source().is_some() {
            error.0.source = Some(Arc::new(status));
        }
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

    /// Where the operation failed.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What was tried, as in the span's name: `create_collection`.
    pub fn operation(&self) -> &str {
        self.0.operation
    }

    /// The collection it was tried on.
    pub fn collection(&self) -> Option<&str> {
        self.0.collection.as_deref()
    }

    /// What the server or the connection said; for refused arguments, what is wrong with them.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Milvus' code, where Milvus answered. Servers before 2.3 have none and give their legacy code.
    pub fn code(&self) -> Option<Code> {
        self.0.milvus.as_ref().map(|status| Code(status.number()))
    }

    /// The server's longer explanation, where it sent one (Milvus 2.4 and later).
    pub fn detail(&self) -> Option<&str> {
        self.0
            .milvus
            .as_ref()
            .map(|status| status.detail.as_str())
            .filter(|detail| !detail.is_empty())
    }

    /// The gRPC code, where the call failed at gRPC's level.
    pub fn grpc_code(&self) -> Option<tonic::Code> {
        self.0.grpc
    }

    /// How often the call was sent, or was tried to be.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long it took, over all attempts.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// The trace that shows the failure; `None` without an OpenTelemetry SDK and a trace around the call.
    pub fn trace_id(&self) -> Option<TraceId> {
        self.0.trace.map(|(trace, _)| trace)
    }

    /// The span of the failed call.
    pub fn span_id(&self) -> Option<SpanId> {
        self.0.trace.map(|(_, span)| span)
    }

    /// Whether the collection, partition, index, database, alias or field does not exist.
    pub fn is_not_found(&self) -> bool {
        const CODES: [Code; 6] = [
            Code::COLLECTION_NOT_FOUND,
            Code::PARTITION_NOT_FOUND,
            Code::INDEX_NOT_FOUND,
            Code::DATABASE_NOT_FOUND,
            Code::ALIAS_NOT_FOUND,
            Code::FIELD_NOT_FOUND,
        ];
        self.code().is_some_and(|code| CODES.contains(&code)) || self.legacy_code() == Some(4)
    }

    /// Whether the cause may pass, so that trying again later makes sense. Nothing is said about whether Milvus did
    /// it nevertheless: see [`may_have_happened`](Self::may_have_happened).
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Timeout => true,
            ErrorKind::Connect => !self.0.lasting,
            ErrorKind::Rpc => self.0.grpc == Some(tonic::Code::Unavailable),
            ErrorKind::Server => self
                .0
                .milvus
                .as_ref()
                .is_some_and(|status| status.is_rate_limit() || status.is_retriable()),
            ErrorKind::InvalidArgument | ErrorKind::Answer => false,
        }
    }

    /// Whether Milvus may have done what it was asked to, although the operation failed.
    pub fn may_have_happened(&self) -> bool {
        match self.0.kind {
            ErrorKind::Timeout | ErrorKind::Answer => true,
            ErrorKind::Rpc => matches!(
                self.0.grpc,
                Some(
                    tonic::Code::Unavailable
                        | tonic::Code::Unknown
                        | tonic::Code::Internal
                        | tonic::Code::Cancelled
                        | tonic::Code::Aborted
                        | tonic::Code::DataLoss
                        | tonic::Code::OutOfRange
                )
            ),
            ErrorKind::Connect => self.0.reach != Reach::NotSent,
            ErrorKind::Server => self
                .0
                .milvus
                .as_ref()
                .is_some_and(MilvusStatus::may_have_happened),
            ErrorKind::InvalidArgument => false,
        }
    }

    /// Whether the time for all attempts was up.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether no connection could be made: refused, unknown host, TLS on one side only.
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// Whether a rate limit turned the call away, every time it was tried.
    pub fn is_rate_limited(&self) -> bool {
        self.0
            .milvus
            .as_ref()
            .is_some_and(MilvusStatus::is_rate_limit)
    }

    /// Whether the server does not know who is calling: the token, or user and password, are missing or wrong.
    pub fn is_unauthenticated(&self) -> bool {
        self.0.grpc == Some(tonic::Code::Unauthenticated)
            || self.code() == Some(Code::NOT_AUTHENTICATED)
    }

    /// Whether the user lacks a privilege.
    pub fn is_permission_denied(&self) -> bool {
        self.0.grpc == Some(tonic::Code::PermissionDenied)
            || self.code() == Some(Code::NOT_PERMITTED)
    }

    /// Whether this server does not offer the operation: it is older, or Milvus Lite.
    pub fn is_unsupported(&self) -> bool {
        self.0.grpc == Some(tonic::Code::Unimplemented)
    }

    /// Whether the arguments were at fault, found out here or by the server.
    pub fn is_invalid_argument(&self) -> bool {
        self.0.kind == ErrorKind::InvalidArgument
            || self.0.grpc == Some(tonic::Code::InvalidArgument)
            || self
                .code()
                .is_some_and(|code| (1100..1200).contains(&code.0))
    }

    /// `error.type` of a span that ends with this error.
    pub(crate) fn error_type(&self) -> String {
        match (self.code(), self.0.kind, self.0.grpc) {
            (Some(code), ..) => code.0.to_string(),
            (None, ErrorKind::Timeout, _) => "DEADLINE_EXCEEDED".to_owned(),
            (None, _, Some(grpc)) => grpc_code_name(grpc).to_owned(),
            (None, ErrorKind::InvalidArgument, None) => "INVALID_ARGUMENT".to_owned(),
            (None, _, None) => "_OTHER".to_owned(),
        }
    }

    fn legacy_code(&self) -> Option<i32> {
        self.0.milvus.as_ref().map(|status| status.legacy_code)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // The status itself would say once more what `Display` says; what lies behind it is news.
        self.0.source.as_deref().and_then(StdError::source)
    }
}
