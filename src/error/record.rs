//! The state of a call that the layers of the stack share.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TraceContextExt, TraceId};

use super::clock::Clock;
use super::stage::{PeerAddress, Stage};
use crate::wire::{Class, Deadline, Rpc};

/// The state of a call. It passes through the stack with the request, and the call's error is built from it.
#[derive(Debug)]
pub(crate) struct CallRecord {
    rpc: Option<&'static Rpc>,
    deadline: Option<Deadline>,
    /// Whether failed attempts are retried, if the retry policy allows.
    pub(crate) retries: bool,
    /// What may be done about a failure: the class of the RPC, unless the operation knows better.
    pub(crate) class: Option<Class>,
    /// When the call began: before its message was encoded.
    began: Clock,
    attempts: AtomicU32,
    rate_limited: AtomicU32,
    /// Whether a rate limit rejected the current attempt.
    is_rate_limited: AtomicBool,
    in_doubt: AtomicBool,
    out_of_budget: AtomicBool,
    refused: AtomicBool,
    /// How far the current attempt got: a [`Stage`], counted from 1; 0 if it has not begun.
    stage: AtomicU8,
    /// How often the current attempt was sent on a connection without being proven unprocessed. More than once if one
    /// of the user's layers sends it again.
    sends: AtomicU32,
    /// The server that the current attempt was sent to.
    peer: Mutex<Option<Arc<PeerAddress>>>,
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
            class: rpc.map(|rpc| rpc.class),
            began: Clock::now(),
            attempts: AtomicU32::default(),
            rate_limited: AtomicU32::default(),
            is_rate_limited: AtomicBool::default(),
            in_doubt: AtomicBool::default(),
            out_of_budget: AtomicBool::default(),
            refused: AtomicBool::default(),
            stage: AtomicU8::default(),
            sends: AtomicU32::default(),
            peer: Mutex::default(),
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

    /// Counts an attempt, which begins now.
    pub(crate) fn attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        self.stage.store(0, Ordering::Relaxed);
        self.sends.store(0, Ordering::Relaxed);
        self.is_rate_limited.store(false, Ordering::Relaxed);
        self.sent_to(None);
    }

    /// Records how far the current attempt got. Once it has been sent on a connection, it stays sent, even if one of
    /// the user's layers sends it again.
    pub(crate) fn reach(&self, stage: Stage) {
        if !(stage.is_before_sending() && self.has_left()) {
            self.stage.store(stage as u8 + 1, Ordering::Relaxed);
        }
    }

    /// The current attempt is sent on a connection.
    pub(crate) fn leave(&self) {
        self.sends.fetch_add(1, Ordering::Relaxed);
        self.reach(Stage::Sent);
    }

    /// What was sent last was not processed.
    pub(crate) fn come_back(&self) {
        self.sends.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether the server may have received the current attempt.
    pub(crate) fn has_left(&self) -> bool {
        self.sends.load(Ordering::Relaxed) > 0
    }

    /// How far the current attempt got; `None` if it has not begun.
    pub(crate) fn stage(&self) -> Option<Stage> {
        let stage = self.stage.load(Ordering::Relaxed).checked_sub(1)?;
        Stage::ALL.get(usize::from(stage)).copied()
    }

    /// The current attempt is sent to this server.
    pub(crate) fn sent_to(&self, peer: Option<Arc<PeerAddress>>) {
        *self.peer.lock().unwrap_or_else(PoisonError::into_inner) = peer;
    }

    /// The server that the current attempt was sent to, if one of the client's connections was used.
    pub(crate) fn peer(&self) -> Option<Arc<PeerAddress>> {
        let peer = self.peer.lock().unwrap_or_else(PoisonError::into_inner);
        peer.clone()
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Records that a rate limit rejected the current attempt.
    pub(crate) fn rate_limit(&self) {
        self.rate_limited.fetch_add(1, Ordering::Relaxed);
        self.is_rate_limited.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_rate_limited(&self) -> bool {
        self.is_rate_limited.load(Ordering::Relaxed)
    }

    /// The number of attempts that a rate limit rejected.
    pub(crate) fn rate_limited(&self) -> u32 {
        self.rate_limited.load(Ordering::Relaxed)
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

    /// Records that the call would have been retried, but the connection's retry budget was used up.
    pub(crate) fn out_of_budget(&self) {
        self.out_of_budget.store(true, Ordering::Relaxed);
    }

    /// Records that the client's concurrency limit rejected the call.
    pub(crate) fn refuse(&self) {
        self.refused.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    pub(crate) fn is_out_of_budget(&self) -> bool {
        self.out_of_budget.load(Ordering::Relaxed)
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
