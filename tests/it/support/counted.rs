//! A tracer provider that counts how often each span is started and ended: the SDK forgives a second end.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use opentelemetry::trace::{
    Span, SpanBuilder, SpanContext, SpanId, Status, TraceContextExt, Tracer, TracerProvider,
};
use opentelemetry::{Context, InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span as SdkSpan};

/// How often each started span was ended.
type Ends = Arc<Mutex<HashMap<SpanId, usize>>>;

pub(crate) struct Counted {
    provider: SdkTracerProvider,
    ends: Ends,
}

impl Counted {
    pub(crate) fn new(provider: SdkTracerProvider) -> Self {
        Self {
            provider,
            ends: Ends::default(),
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let ends = self.ends.lock().unwrap();
            assert!(
                ends.values().all(|count| *count == 1),
                "not every span ended exactly once: {ends:?}"
            );
        }
    }
}

impl TracerProvider for Counted {
    type Tracer = CountedTracer;

    fn tracer_with_scope(&self, scope: InstrumentationScope) -> CountedTracer {
        CountedTracer {
            tracer: self.provider.tracer_with_scope(scope),
            ends: Arc::clone(&self.ends),
        }
    }
}

pub(crate) struct CountedTracer {
    tracer: SdkTracer,
    ends: Ends,
}

impl Tracer for CountedTracer {
    type Span = CountedSpan;

    fn build_with_context(&self, builder: SpanBuilder, parent: &Context) -> CountedSpan {
        let span = self.tracer.build_with_context(builder, parent);
        let context = span.span_context();
        // One that a sampler decided against has no end to be recorded.
        if context.is_valid() && span.is_recording() {
            let before = self.ends.lock().unwrap().insert(context.span_id(), 0);
            assert_eq!(before, None, "an id is there twice");
            let above = parent.span().span_context().span_id();
            assert_ne!(context.span_id(), above, "a span is its own parent");
        }
        CountedSpan {
            span,
            ends: Arc::clone(&self.ends),
        }
    }
}

pub(crate) struct CountedSpan {
    span: SdkSpan,
    ends: Ends,
}

impl Span for CountedSpan {
    fn add_event_with_timestamp<T: Into<Cow<'static, str>>>(
        &mut self,
        name: T,
        timestamp: SystemTime,
        attributes: Vec<KeyValue>,
    ) {
        self.span
            .add_event_with_timestamp(name, timestamp, attributes);
    }

    fn span_context(&self) -> &SpanContext {
        self.span.span_context()
    }

    fn is_recording(&self) -> bool {
        self.span.is_recording()
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        self.span.set_attribute(attribute);
    }

    fn set_status(&mut self, status: Status) {
        self.span.set_status(status);
    }

    fn update_name<T: Into<Cow<'static, str>>>(&mut self, name: T) {
        self.span.update_name(name);
    }

    fn add_link(&mut self, context: SpanContext, attributes: Vec<KeyValue>) {
        self.span.add_link(context, attributes);
    }

    fn end_with_timestamp(&mut self, timestamp: SystemTime) {
        let id = self.span.span_context().span_id();
        if let Some(count) = self.ends.lock().unwrap().get_mut(&id) {
            *count += 1;
        }
        self.span.end_with_timestamp(timestamp);
    }
}
