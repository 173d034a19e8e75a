//! A parent that comes with the request.

use opentelemetry::Context;

use super::propagation;

/// The context that a call belongs to, for where the call is sent by another task than it is made in.
///
/// An [`OtelLayer`](super::OtelLayer) makes its span a child of the current context. Behind `tower::buffer`, a queue or
/// anything else that hands requests to a task of its own, the caller's context is not the current one there. Put it
/// into the extensions of the request:
///
/// ```
/// # use milvus_otel::proto::milvus::InsertRequest;
/// use milvus_otel::otel::ParentContext;
///
/// let mut request = tonic::Request::new(InsertRequest::default());
/// request.extensions_mut().insert(ParentContext::current());
/// ```
#[derive(Debug, Clone)]
pub struct ParentContext(pub(super) Context);

impl ParentContext {
    /// This context.
    pub fn new(context: Context) -> Self {
        Self(context)
    }

    /// The context of a call that is made here: the current OpenTelemetry context, or else that of the current
    /// `tracing` span.
    pub fn current() -> Self {
        Self(propagation::parent())
    }
}

/// Marks a request whose call has a span already, so that a layer further down makes no second one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traced;
