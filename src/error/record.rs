//! What the stack knows about a call that the generated client would not pass on.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TraceContextExt, TraceId};

/// Goes down the stack with a request: what the layers tell each other, and an error its reader.
#[derive(Debug, Default)]
pub(crate) struct CallRecord {
    attempts: AtomicU32,
    rate_limited: AtomicU32,
    doubtful: AtomicBool,
    context: OnceLock<Context>,
}

impl CallRecord {
    pub(crate) fn attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    pub(crate) fn rate_limit(&self) {
        self.rate_limited.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn rate_limited(&self) -> u32 {
        self.rate_limited.load(Ordering::Relaxed)
    }

    /// Remembers that an attempt, though it failed and is followed by another, may have done it.
    pub(crate) fn doubt(&self) {
        self.doubtful.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_doubtful(&self) -> bool {
        self.doubtful.load(Ordering::Relaxed)
    }

    /// Remembers the context of the call: with its span, or its caller's where it has none.
    pub(crate) fn traced(&self, context: &Context) {
        let _already_known = self.context.set(context.clone());
    }

    pub(crate) fn context(&self) -> Option<Context> {
        self.context.get().cloned()
    }

    /// The ids of the call's span.
    pub(crate) fn trace(&self) -> Option<(TraceId, SpanId)> {
        let context = self.context.get()?;
        let span = context.span().span_context().clone();
        span.is_valid().then(|| (span.trace_id(), span.span_id()))
    }
}
