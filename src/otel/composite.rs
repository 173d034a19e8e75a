//! One INTERNAL span over an operation that makes several calls.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use opentelemetry::trace::{SpanContext, TraceContextExt, TraceFlags};
use opentelemetry::{Context, KeyValue};
use pin_project_lite::pin_project;

use super::current_operation::CurrentOperation;
use super::operation::OperationSpan;
use super::{OtelLayer, attributes as key, propagation};
use crate::error::Error;

pin_project! {
    /// A future whose calls are children of one span, which ends with it.
    pub(crate) struct Composite<F> {
        #[pin]
        inner: F,
        span: Option<OperationSpan>,
        // For errors: the span, or its parent if there is none.
        trace: SpanContext,
    }
}

impl OtelLayer {
    /// Puts a span named after the operation over what `inner` calls, if it makes `several` calls and is not part of
    /// the same operation already.
    pub(crate) fn composite<F>(
        &self,
        operation: &'static str,
        collection: Option<&str>,
        several: bool,
        inner: F,
    ) -> Composite<F> {
        let parent = propagation::parent();
        let known = parent.get::<CurrentOperation>();
        let span = if several && known.is_none_or(|known| known.name != operation) {
            OperationSpan::start(&self.settings, operation, collection, &parent)
        } else {
            None
        };
        let trace = match &span {
            _ if parent.is_telemetry_suppressed() => SpanContext::NONE,
            Some(span) => span.context().span().span_context().clone(),
            None => parent.span().span_context().clone(),
        };
        Composite { inner, span, trace }
    }
}

impl<F, T> Future for Composite<F>
where
    F: Future<Output = Result<T, Error>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let entered = this
            .span
            .as_ref()
            .map(|span| span.context().clone().attach());
        let output = ready!(this.inner.poll(task));
        drop(entered);
        let output = output.map_err(|error| error.within(this.trace));
        if let Some(span) = this.span.take() {
            span.end(output.as_ref().err(), []);
        }
        Poll::Ready(output)
    }
}

/// Runs `future` with its calls unsampled, here and in the server, in the trace they belong to.
///
/// For polling: only the first and the last poll are worth a span.
pub(crate) async fn unsampled<F: Future + Send>(future: F) -> F::Output {
    let parent = propagation::parent();
    let span = parent.span().span_context().clone();
    let context = if span.is_valid() {
        let flags = TraceFlags::NOT_SAMPLED;
        let quiet = SpanContext::new(
            span.trace_id(),
            span.span_id(),
            flags,
            false,
            span.trace_state().clone(),
        );
        parent.with_remote_span_context(quiet)
    } else {
        parent
    };
    // Pinned here it would be in this future twice.
    let mut future = Box::pin(future);
    poll_fn(|task| {
        let _entered = context.clone().attach();
        future.as_mut().poll(task)
    })
    .await
}

/// Records on the span of the current operation, if there is one, how often it polled.
pub(crate) fn record_polls(count: u32) {
    let current = Context::current();
    if current.get::<CurrentOperation>().is_some() {
        let polls = KeyValue::new(key::MILVUS_POLL_COUNT, i64::from(count));
        current.span().set_attribute(polls);
    }
}
