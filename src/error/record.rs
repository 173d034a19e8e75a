//! What the stack knows about a call that the generated client would not pass on.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use opentelemetry::trace::{SpanContext, SpanId, TraceId};

/// Travels in the request's extensions, so that an error can say how often the call was tried and which trace it is in.
#[derive(Debug, Default)]
pub(crate) struct CallRecord {
    attempts: AtomicU32,
    trace: OnceLock<(TraceId, SpanId)>,
}

impl CallRecord {
    pub(crate) fn attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Remembers the span of the call, or of its caller where the call has none.
    pub(crate) fn traced(&self, span: &SpanContext) {
        if span.is_valid() {
            let _already_known = self.trace.set((span.trace_id(), span.span_id()));
        }
    }

    pub(crate) fn trace(&self) -> Option<(TraceId, SpanId)> {
        self.trace.get().copied()
    }
}
