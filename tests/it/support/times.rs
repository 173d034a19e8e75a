//! Checks the times of every span: what is part of a call or an operation lies within it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use opentelemetry::trace::SpanId;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

/// When a span started and ended.
#[derive(Debug, Clone)]
struct Timed {
    name: String,
    parent: SpanId,
    start: SystemTime,
    end: SystemTime,
}

/// A span processor that keeps the times of the library's own spans; clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times(Arc<Mutex<HashMap<SpanId, Timed>>>);

impl Times {
    fn spans(&self) -> MutexGuard<'_, HashMap<SpanId, Timed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Panics if a span begins before its parent or ends after it. Gives how many spans have a parent that is known.
    pub(crate) fn check(&self) -> usize {
        let spans = self.spans();
        let children = spans
            .values()
            .filter_map(|span| Some((span, spans.get(&span.parent)?)));
        let mut checked = 0;
        for (child, parent) in children {
            let early = parent.start.duration_since(child.start).unwrap_or_default();
            let late = child.end.duration_since(parent.end).unwrap_or_default();
            assert_eq!(
                (early, late),
                (Duration::ZERO, Duration::ZERO),
                "{} begins before {} or ends after it",
                child.name,
                parent.name
            );
            checked += 1;
        }
        checked
    }
}

impl SpanProcessor for Times {
    fn on_start(&self, _: &mut Span, _: &opentelemetry::Context) {}

    fn on_end(&self, span: SpanData) {
        if span.instrumentation_scope.name() != "milvus-otel" {
            return;
        }
        let timed = Timed {
            name: span.name.into_owned(),
            parent: span.parent_span_id,
            start: span.start_time,
            end: span.end_time,
        };
        assert!(timed.start <= timed.end, "{timed:?}");
        self.spans().insert(span.span_context.span_id(), timed);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
