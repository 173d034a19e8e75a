//! The INTERNAL span of an operation that makes several calls.

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
    /// A future with a span, which is the parent of its calls and ends with it.
    pub(crate) struct Composite<F> {
        #[pin]
        inner: F,
        span: Option<OperationSpan>,
        // For errors: the span, or its parent if there is none.
        trace: SpanContext,
    }
}

impl OtelLayer {
    /// Wraps `inner` in a span named after the operation if it makes `several` calls, unless it already runs in the
    /// span of the same operation.
    pub(crate) fn composite<F>(
        &self,
        operation: &'static str,
        collection: Option<&str>,
        several: bool,
        inner: F,
    ) -> Composite<F> {
        let parent = propagation::parent();
        let outer = parent.get::<CurrentOperation>();
        let span = if several && outer.is_none_or(|outer| outer.name != operation) {
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

/// Runs `future` in the current trace without sampling its calls, both in the client and in the server.
///
/// Used for polling, where only the first and the last poll have spans.
pub(crate) async fn unsampled<F: Future + Send>(future: F) -> F::Output {
    let parent = propagation::parent();
    let span = parent.span().span_context().clone();
    let context = if span.is_valid() {
        let flags = TraceFlags::NOT_SAMPLED;
        let not_sampled = SpanContext::new(
            span.trace_id(),
            span.span_id(),
            flags,
            false,
            span.trace_state().clone(),
        );
        parent.with_remote_span_context(not_sampled)
    } else {
        parent
    };
    // `pin!` would move the future, so that this future would contain it twice.
    let mut future = Box::pin(future);
    poll_fn(|task| {
        let _entered = context.clone().attach();
        future.as_mut().poll(task)
    })
    .await
}

/// Records the number of polls on the span of the current operation, if there is one.
pub(crate) fn record_polls(count: u32) {
    let current = Context::current();
    if current.get::<CurrentOperation>().is_some() {
        let polls = KeyValue::new(key::MILVUS_POLL_COUNT, i64::from(count));
        current.span().set_attribute(polls);
    }
}

/// The numbers of rows and batches that an operation has written. Recorded on its span when this is dropped, so also if the
/// operation is.
#[derive(Debug)]
pub(crate) struct WrittenCounts {
    context: Context,
    batches: u64,
    rows: u64,
}

impl WrittenCounts {
    /// Counts for the operation that runs in the current context.
    pub(crate) fn of_current_operation() -> Self {
        Self {
            context: Context::current(),
            batches: 0,
            rows: 0,
        }
    }

    /// Counts a batch of this many rows.
    pub(crate) fn add(&mut self, rows: u64) {
        self.batches += 1;
        self.rows += rows;
    }
}

impl Drop for WrittenCounts {
    fn drop(&mut self) {
        if self.context.get::<CurrentOperation>().is_none() {
            return;
        }
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let span = self.context.span();
        span.set_attribute(KeyValue::new(
            key::MILVUS_STREAM_PAGES,
            number(self.batches),
        ));
        span.set_attribute(KeyValue::new(key::MILVUS_STREAM_ROWS, number(self.rows)));
    }
}
