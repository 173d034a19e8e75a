//! A parent context that is passed in the extensions of a request.

use opentelemetry::Context;

use super::propagation;

/// The parent context of a call, for calls that a different task sends.
///
/// An [`OtelLayer`](super::OtelLayer) makes its span a child of the current context. Behind `tower::buffer`, a queue or
/// anything else that hands requests to another task, the current context is not the caller's. In this case, put the
/// caller's context into the extensions of the request:
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
    /// Uses `context` as the parent.
    pub fn new(context: Context) -> Self {
        Self(context)
    }

    /// The context that a call made here would have as its parent: the current OpenTelemetry context, or else the
    /// context of the current `tracing` span.
    pub fn current() -> Self {
        Self(propagation::parent())
    }
}

/// Marks a request whose call already has a span, so that a layer further down does not create a second one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traced;
