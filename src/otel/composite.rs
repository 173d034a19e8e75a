//! One INTERNAL span over an operation that makes several calls.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use opentelemetry::trace::{
    SpanBuilder, SpanContext, SpanKind, Status, TraceContextExt, TraceFlags,
};
use opentelemetry::{Context, KeyValue, Value};
use pin_project_lite::pin_project;

use super::propagation::{self, OperationSpan};
use super::{OtelLayer, attributes as key};
use crate::error::{Error, one_line};

pin_project! {
    /// A future whose calls hang under one span, which ends with it.
    pub(crate) struct Composite<F> {
        #[pin]
        inner: F,
        span: Option<CompositeSpan>,
        // What errors name: the span, or its parent where there is none.
        trace: SpanContext,
    }
}

impl OtelLayer {
    /// Puts a span named after the operation over what `inner` calls.
    pub(crate) fn composite<F>(
        &self,
        operation: &'static str,
        collection: Option<&str>,
        inner: F,
    ) -> Composite<F> {
        let parent = propagation::parent();
        let span = self.settings.tracers.tracer().and_then(|tracer| {
            let mut attributes = vec![
                KeyValue::new(key::DB_SYSTEM_NAME, "milvus"),
                KeyValue::new(key::DB_OPERATION_NAME, operation),
                KeyValue::new(key::DB_NAMESPACE, self.settings.database.clone()),
            ];
            let name = match collection {
                Some(collection) => {
                    attributes.push(KeyValue::new(
                        key::DB_COLLECTION_NAME,
                        collection.to_owned(),
                    ));
                    format!("{operation} {collection}").into()
                }
                None => operation.into(),
            };
            let span = SpanBuilder {
                name,
                ..SpanBuilder::default()
            }
            .with_kind(SpanKind::Internal)
            .with_attributes(attributes);
            let context = tracer.start(span, &parent)?.context()?;
            Some(context.with_value(OperationSpan))
        });
        let trace = match &span {
            _ if parent.is_telemetry_suppressed() => SpanContext::NONE,
            Some(context) => context.span().span_context().clone(),
            None => parent.span().span_context().clone(),
        };
        Composite {
            inner,
            trace,
            span: span.map(|context| CompositeSpan {
                context,
                ended: false,
            }),
        }
    }
}

impl<F, T> Future for Composite<F>
where
    F: Future<Output = Result<T, Error>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let entered = this.span.as_ref().map(|span| span.context.clone().attach());
        let output = ready!(this.inner.poll(task));
        drop(entered);
        let output = output.map_err(|error| error.within(this.trace));
        if let Some(mut span) = this.span.take() {
            let failed = output.as_ref().err();
            span.end(failed.map(|error| (error.error_type(), error.message())));
        }
        Poll::Ready(output)
    }
}

struct CompositeSpan {
    context: Context,
    ended: bool,
}

impl CompositeSpan {
    fn end(&mut self, failed: Option<(String, &str)>) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let span = self.context.span();
        if let Some((error_type, message)) = failed {
            span.set_attribute(KeyValue::new(key::ERROR_TYPE, Value::from(error_type)));
            span.set_status(Status::error(one_line(message).into_owned()));
        }
        span.end();
    }
}

impl Drop for CompositeSpan {
    fn drop(&mut self) {
        self.end(Some(("CANCELLED".to_owned(), "the caller stopped waiting")));
    }
}

/// Makes the calls of `future` without recording them, here or in the server, but in the trace they belong to.
///
/// For those that ask again and again whether something is done: the first and the last say all there is to say.
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

/// Says on the span of the current operation, where it has one, how often it was asked.
pub(crate) fn record_polls(count: u32) {
    let current = Context::current();
    if current.get::<OperationSpan>().is_some() {
        let polls = KeyValue::new(key::MILVUS_POLL_COUNT, i64::from(count));
        current.span().set_attribute(polls);
    }
}
