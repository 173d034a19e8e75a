//! The methods of [`Error`] that decide what to do about it.

use std::time::Duration;

use opentelemetry::trace::{SpanId, TraceId};

use super::reason::{NO_FIELD, Reason};
use super::{Cause, Code, Error, ErrorKind, MilvusStatus, RetryAfter, Stage};

impl Error {
    /// Returns where the operation failed.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the method of [`Client`](crate::Client) that was called, such as `list_collections`. If an operation
    /// makes several calls, all of them have the name of the method.
    ///
    /// The spans and metrics of a call have the name of its RPC instead; see [`rpc`](Self::rpc).
    pub fn operation(&self) -> &str {
        self.0.operation
    }

    /// Returns the RPC that failed, in snake case, such as `show_collections`. It is the `db.operation.name` of the call's span
    /// and metrics. `None` if no call failed, for example because an argument was refused.
    pub fn rpc(&self) -> Option<&str> {
        self.0.rpc
    }

    /// Returns the collection of the operation.
    pub fn collection(&self) -> Option<&str> {
        self.0.collection.as_deref()
    }

    /// Returns the message of the server, what is wrong with the connection, or what is wrong with the arguments.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the error code, if Milvus answered with one. Servers before 2.3 send legacy codes, and codes of Milvus Lite 3
    /// below 100 have other meanings.
    pub fn code(&self) -> Option<Code> {
        self.0.milvus.as_ref().map(|status| Code(status.number()))
    }

    /// Returns the server's longer explanation, if it sent one (since Milvus 2.4).
    pub fn detail(&self) -> Option<&str> {
        self.0
            .milvus
            .as_ref()
            .map(|status| status.detail.as_str())
            .filter(|detail| !detail.is_empty())
    }

    /// Returns the gRPC code, if the call failed at the gRPC level.
    pub fn grpc_code(&self) -> Option<tonic::Code> {
        self.0.grpc.as_ref().map(tonic::Status::code)
    }

    /// Returns the gRPC status, with the same code as [`grpc_code`](Self::grpc_code). Its metadata comes from the
    /// server or a proxy, for example when to try again.
    pub fn grpc_status(&self) -> Option<&tonic::Status> {
        self.0.grpc.as_ref()
    }

    /// Returns the number of attempts, including those that could not be sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns how long the call took, including all attempts.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Returns the id of the trace that contains the failure; `None` without an OpenTelemetry SDK.
    pub fn trace_id(&self) -> Option<TraceId> {
        self.0.trace.map(|(trace, _)| trace)
    }

    /// Returns the id of the failed call's span, or of its caller's span if the call has none.
    pub fn span_id(&self) -> Option<SpanId> {
        self.0.trace.map(|(_, span)| span)
    }

    /// Whether the collection, partition, index, database, alias, resource group or field does not exist.
    ///
    /// Milvus before 2.4 has codes for only a few of these; its messages are recognised. For a field, it makes no difference
    /// whether the server or this client refused it.
    pub fn is_not_found(&self) -> bool {
        matches!(self.reason(), Some(Reason::Missing | Reason::Field))
    }

    /// Whether the object to be created already exists, or its name is taken.
    /// [`is_invalid_argument`](Self::is_invalid_argument) is true as well.
    pub fn is_already_exists(&self) -> bool {
        self.grpc_code() == Some(tonic::Code::AlreadyExists) || self.reason() == Some(Reason::Taken)
    }

    /// Whether the cause may pass, so that a later try may succeed. The failed operation may still have happened: check
    /// [`may_have_happened`](Self::may_have_happened) before repeating a change.
    pub fn is_retryable(&self) -> bool {
        self.0.failure.cause != Cause::Permanent
    }

    /// Whether Milvus may have done the operation, completely or in part, in any attempt, although it failed.
    pub fn may_have_happened(&self) -> bool {
        self.0.failure.may_have_happened
    }

    /// Whether the call or its last attempt timed out. Client and server both check this.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout || self.reason() == Some(Reason::Time)
    }

    /// Whether no connection could be made, for example because it was refused, the host is unknown, or only one side uses
    /// TLS; or one of your [layers](crate::ClientBuilder::layer) was not ready for the call. Calls are retried until they
    /// time out, so [`is_timeout`](Self::is_timeout) may be true as well.
    pub fn is_connect(&self) -> bool {
        let had_none = self.0.stage == Some(Stage::Connecting);
        self.0.kind == ErrorKind::Connect || (self.0.kind == ErrorKind::Timeout && had_none)
    }

    /// Whether a rate limit of Milvus or of a proxy rejected the last attempt of the call. Calls are retried until they
    /// time out, so [`is_timeout`](Self::is_timeout) may be true as well.
    pub fn is_rate_limited(&self) -> bool {
        self.0.failure.cause == Cause::RateLimited
    }

    /// Whether the client's own [concurrency limit](crate::ClientBuilder::concurrency) rejected the call. Nothing was
    /// sent.
    pub fn is_overloaded(&self) -> bool {
        self.0.failure.cause == Cause::Overloaded
    }

    /// Returns how long the server, or a proxy in front of it, asked to wait before the next try, in
    /// `grpc-retry-pushback-ms`, `retry-after` or `google.rpc.RetryInfo`. The client has already waited that long
    /// before each of its own retries.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.grpc.as_ref().and_then(RetryAfter::of)?.wait()
    }

    /// Whether the credentials are missing or wrong.
    pub fn is_unauthenticated(&self) -> bool {
        self.grpc_code() == Some(tonic::Code::Unauthenticated)
            || self.code() == Some(Code::NOT_AUTHENTICATED)
    }

    /// Whether the user lacks a privilege.
    pub fn is_permission_denied(&self) -> bool {
        self.grpc_code() == Some(tonic::Code::PermissionDenied)
            || self.code() == Some(Code::NOT_PERMITTED)
    }

    /// Whether the server does not support the operation or a requested feature, because it is older or is Milvus Lite.
    pub fn is_unsupported(&self) -> bool {
        let status = self.0.milvus.as_ref();
        self.0.unsupported
            || self.grpc_code() == Some(tonic::Code::Unimplemented)
            || self.reason() == Some(Reason::Unsupported)
            || self.is_without_handler()
            || status.is_some_and(MilvusStatus::is_unimplemented)
    }

    /// Whether the client or the server found a mistake in the arguments: a malformed filter, a field that the collection does
    /// not have, a limit beyond the server's, the wrong metric or dimension, a name that is taken.
    ///
    /// Milvus before 2.4 and Milvus Lite have no codes for most of these; their messages are recognised.
    pub fn is_invalid_argument(&self) -> bool {
        self.0.kind == ErrorKind::InvalidArgument
            || self.grpc_code() == Some(tonic::Code::InvalidArgument)
            || matches!(
                self.reason(),
                Some(Reason::Argument | Reason::Field | Reason::Taken)
            )
    }

    /// Whether the server has the RPC only in its contract, like `AlterIndex` in Milvus 2.3.
    fn is_without_handler(&self) -> bool {
        self.grpc_code() == Some(tonic::Code::Internal)
            && self.0.message.contains("proto: Marshal called with nil")
    }

    fn reason(&self) -> Option<Reason> {
        if self.0.kind == ErrorKind::InvalidArgument && self.0.message.contains(NO_FIELD) {
            return Some(Reason::Field);
        }
        self.0.milvus.as_ref().and_then(MilvusStatus::reason)
    }
}
