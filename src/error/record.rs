//! The state of a call that the layers of the stack share.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TraceContextExt, TraceId};

use super::clock::Clock;
use crate::wire::{Deadline, Rpc};

/// The state of a call. It passes through the stack with the request, and the error of the call is built from it.
#[derive(Debug)]
pub(crate) struct CallRecord {
    rpc: Option<&'static Rpc>,
    deadline: Option<Deadline>,
    /// Whether failed attempts are repeated, if the retry policy allows.
    pub(crate) retries: bool,
    /// When the call began: before its message was encoded.
    began: Clock,
    attempts: AtomicU32,
    rate_limited: AtomicU32,
    in_doubt: AtomicBool,
    /// [`TrackedPeer::mark`](crate::otel::TrackedPeer::mark) when the last attempt began; `u64::MAX` before the first.
    connections: AtomicU64,
    /// Whether the error of the last attempt contains text of the server.
    quotes_server: AtomicBool,
    /// The context and clock of the call, and whether a layer records its spans and metrics.
    context: OnceLock<(Context, Clock, bool)>,
}

impl CallRecord {
    /// The record of a call that begins now. Without a deadline, the stack applies the client's timeout.
    pub(crate) fn new(rpc: Option<&'static Rpc>, deadline: Option<Deadline>) -> Self {
        Self {
            rpc,
            deadline,
            retries: true,
            began: Clock::now(),
            attempts: AtomicU32::default(),
            rate_limited: AtomicU32::default(),
            in_doubt: AtomicBool::default(),
            connections: AtomicU64::new(u64::MAX),
            quotes_server: AtomicBool::default(),
            context: OnceLock::default(),
        }
    }

    /// The RPC that is called; `None` if the contract does not have it.
    pub(crate) fn rpc(&self) -> Option<&'static Rpc> {
        self.rpc
    }

    /// The deadline that the caller has set.
    pub(crate) fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

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

    /// Sets the mark of the connections when an attempt begins.
    pub(crate) fn attempt_on(&self, connections: u64) {
        self.connections.store(connections, Ordering::Relaxed);
    }

    pub(crate) fn connections(&self) -> Option<u64> {
        Some(self.connections.load(Ordering::Relaxed)).filter(|mark| *mark != u64::MAX)
    }

    /// Records that an attempt failed, and whether its error contains text of the server.
    pub(crate) fn failed(&self, quotes_server: bool) {
        self.quotes_server.store(quotes_server, Ordering::Relaxed);
    }

    pub(crate) fn quotes_server(&self) -> bool {
        self.quotes_server.load(Ordering::Relaxed)
    }

    /// Records that a failed attempt may have happened and is followed by another.
    pub(crate) fn doubt(&self) {
        self.in_doubt.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_in_doubt(&self) -> bool {
        self.in_doubt.load(Ordering::Relaxed)
    }

    /// Sets the context of the call, which contains its span, or else that of the caller. Attempts use the clock of the
    /// span. `observed` means that a layer records spans and metrics of the call, so that no layer below has to.
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
