//! What can be asked about an error.

use std::time::Duration;

use opentelemetry::trace::{SpanId, TraceId};

use super::reason::{NO_FIELD, Reason};
use super::{Code, Error, ErrorKind, MilvusStatus, Reach};

impl Error {
    /// Where the operation failed.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The method of [`Client`](crate::Client) that was called: `list_collections`. Steps of an operation that makes
    /// several calls are reported under the method that was called, too.
    ///
    /// Spans and metrics of a call name its RPC instead: see [`rpc`](Self::rpc).
    pub fn operation(&self) -> &str {
        self.0.operation
    }

    /// The RPC that failed, in snake case: `show_collections`. It is the `db.operation.name` of the call's span and
    /// metrics. `None` if the operation failed without a failed call, for example because an argument was refused.
    pub fn rpc(&self) -> Option<&str> {
        self.0.rpc
    }

    /// The collection it was tried on.
    pub fn collection(&self) -> Option<&str> {
        self.0.collection.as_deref()
    }

    /// What the server or the connection said; for refused arguments, what is wrong with them.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Milvus' code, where Milvus answered. Servers before 2.3 have none and give their legacy code, and Milvus Lite 3
    /// gives other numbers below 100.
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
        self.0.grpc.as_ref().map(tonic::Status::code)
    }

    /// The status behind [`grpc_code`](Self::grpc_code): its metadata is what the server, or a proxy before it, sent
    /// along, as when to come back.
    pub fn grpc_status(&self) -> Option<&tonic::Status> {
        self.0.grpc.as_ref()
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

    /// The span of the failed call; its caller's where it has none of its own.
    pub fn span_id(&self) -> Option<SpanId> {
        self.0.trace.map(|(_, span)| span)
    }

    /// Whether the collection, partition, index, database, alias, resource group or field does not exist.
    ///
    /// Milvus before 2.4 has a code for few of them; its texts are recognised. It makes no difference whether the server
    /// or this client, by the cached schema, refuses a field.
    pub fn is_not_found(&self) -> bool {
        matches!(self.reason(), Some(Reason::Missing | Reason::Field))
    }

    /// Whether what was to be created exists already, or the name is taken. [`is_invalid_argument`](Self::is_invalid_argument)
    /// holds, too.
    pub fn is_already_exists(&self) -> bool {
        self.grpc_code() == Some(tonic::Code::AlreadyExists) || self.reason() == Some(Reason::Taken)
    }

    /// Whether the cause may pass, so that trying again later makes sense. Nothing is said about whether Milvus did
    /// it nevertheless: see [`may_have_happened`](Self::may_have_happened).
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Timeout => true,
            ErrorKind::Connect => !self.0.lasting,
            ErrorKind::Rpc => self.grpc_code() == Some(tonic::Code::Unavailable),
            ErrorKind::Server => {
                let told = self.0.milvus.as_ref();
                let passes =
                    |status: &MilvusStatus| status.is_rate_limit() || status.is_retriable();
                self.reason() == Some(Reason::Time) || told.is_some_and(passes)
            }
            ErrorKind::InvalidArgument | ErrorKind::InvalidResponse => false,
        }
    }

    /// Whether Milvus may have done what it was asked to, at any attempt, although the operation failed.
    pub fn may_have_happened(&self) -> bool {
        let sent = self.0.grpc.is_none() || self.0.reach != Reach::NotSent;
        self.0.doubtful || sent && self.last_may_have_happened()
    }

    fn last_may_have_happened(&self) -> bool {
        match self.0.kind {
            ErrorKind::Timeout | ErrorKind::InvalidResponse | ErrorKind::Connect => true,
            ErrorKind::Rpc => matches!(
                self.grpc_code(),
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
            // What is wrong with the arguments is found before anything is done.
            ErrorKind::Server if self.reason().is_some_and(|reason| reason != Reason::Time) => {
                false
            }
            ErrorKind::Server => self.0.milvus.as_ref().is_some_and(|status| {
                status.may_have_happened() || (self.0.piecewise && status.is_rate_limit())
            }),
            ErrorKind::InvalidArgument => false,
        }
    }

    /// Whether the time for all attempts was up, here or at the server, which gives up on a call whose deadline is over.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout || self.reason() == Some(Reason::Time)
    }

    /// Whether no connection could be made: refused, unknown host, TLS on one side only; or a
    /// [layer](crate::ClientBuilder::layer) of yours was not ready to take the call.
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
        self.grpc_code() == Some(tonic::Code::Unauthenticated)
            || self.code() == Some(Code::NOT_AUTHENTICATED)
    }

    /// Whether the user lacks a privilege.
    pub fn is_permission_denied(&self) -> bool {
        self.grpc_code() == Some(tonic::Code::PermissionDenied)
            || self.code() == Some(Code::NOT_PERMITTED)
    }

    /// Whether this server does not offer the operation, or a feature it asks for: it is older, or Milvus Lite.
    pub fn is_unsupported(&self) -> bool {
        let told = self.0.milvus.as_ref();
        self.0.unsupported
            || self.grpc_code() == Some(tonic::Code::Unimplemented)
            || told.is_some_and(MilvusStatus::is_unimplemented)
    }

    /// Whether the arguments were at fault, found out here or by the server: a filter that is none, a field that the
    /// collection lacks, a limit beyond the server's, the wrong metric or dimension, a name that is taken.
    ///
    /// Milvus before 2.4 and Milvus Lite have no code for most of them; their texts are recognised.
    pub fn is_invalid_argument(&self) -> bool {
        self.0.kind == ErrorKind::InvalidArgument
            || self.grpc_code() == Some(tonic::Code::InvalidArgument)
            || matches!(
                self.reason(),
                Some(Reason::Argument | Reason::Field | Reason::Taken)
            )
    }

    fn reason(&self) -> Option<Reason> {
        if self.0.kind == ErrorKind::InvalidArgument && self.0.message.contains(NO_FIELD) {
            return Some(Reason::Field);
        }
        self.0.milvus.as_ref().and_then(MilvusStatus::reason)
    }
}
