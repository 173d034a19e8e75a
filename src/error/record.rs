//! What the stack knows about a call that the generated client would not pass on.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TraceContextExt, TraceId};

use super::clock::Clock;

/// Goes down the stack with a request: what the layers tell each other, and an error its reader.
#[derive(Debug)]
pub(crate) struct CallRecord {
    /// When the call began: before its message was encoded.
    began: Clock,
    attempts: AtomicU32,
    rate_limited: AtomicU32,
    doubtful: AtomicBool,
    /// Which connections there were when the last attempt began; the largest number where none did.
    connections: AtomicU64,
    /// Whether what the last failure says are the server's words.
    quotes_server: AtomicBool,
    /// And whether a layer told it: then none below has to.
    context: OnceLock<(Context, Clock, bool)>,
}

impl Default for CallRecord {
    /// The record of a call that begins now.
    fn default() -> Self {
        Self {
            began: Clock::now(),
            attempts: AtomicU32::default(),
            rate_limited: AtomicU32::default(),
            doubtful: AtomicBool::default(),
            connections: AtomicU64::new(u64::MAX),
            quotes_server: AtomicBool::default(),
            context: OnceLock::default(),
        }
    }
}

impl CallRecord {
    pub(crate) fn began(&self) -> Clock {
        self.began
    }

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

    /// Remembers which connections there are as an attempt begins.
    pub(crate) fn attempt_on(&self, connections: u64) {
        self.connections.store(connections, Ordering::Relaxed);
    }

    pub(crate) fn connections(&self) -> Option<u64> {
        Some(self.connections.load(Ordering::Relaxed)).filter(|mark| *mark != u64::MAX)
    }

    /// Remembers in whose words the last attempt failed: the server's, or ours.
    pub(crate) fn failed(&self, in_servers_words: bool) {
        self.quotes_server
            .store(in_servers_words, Ordering::Relaxed);
    }

    pub(crate) fn quotes_server(&self) -> bool {
        self.quotes_server.load(Ordering::Relaxed)
    }

    /// Remembers that an attempt, though it failed and is followed by another, may have done it.
    pub(crate) fn doubt(&self) {
        self.doubtful.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_doubtful(&self) -> bool {
        self.doubtful.load(Ordering::Relaxed)
    }

    /// Remembers the context of the call: with its span, or its caller's where it has none. Attempts take their times
    /// from the same clock as the span. `observed` says that spans and metrics of the call are taken care of.
    pub(crate) fn traced(&self, context: &Context, clock: Clock, observed: bool) {
        let _already_known = self.context.set((context.clone(), clock, observed));
    }

    pub(crate) fn context(&self) -> Option<(Context, Clock)> {
        let (context, clock, _) = self.context.get()?;
        Some((context.clone(), *clock))
    }

    pub(crate) fn is_observed(&self) -> bool {
        self.context.get().is_some_and(|(.., observed)| *observed)
    }

    /// The ids of the call's span.
    pub(crate) fn trace(&self) -> Option<(TraceId, SpanId)> {
        let (context, ..) = self.context.get()?;
        let span = context.span().span_context().clone();
        span.is_valid().then(|| (span.trace_id(), span.span_id()))
    }
}
