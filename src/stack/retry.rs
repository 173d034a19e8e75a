//! Sends calls, and retries those that fail until they are answered or time out. Every attempt sends the same bytes.

mod attempt;
mod budget;
mod policy;
mod replayable;
mod within;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;
use http::request::Parts;
use tokio::time::sleep;
use tonic::Status;
use tonic::body::Body;

use super::concurrency::Permits;
use super::connect::{failure_of, is_expired, not_sent};
use super::connections::Sender;
use super::deadline::{Alarm, Deadlined, exceeded};
use super::effects::{Effect, Effects};
use crate::error::{CallRecord, Cause, Failure, Progress, RetryAfter, Stage};
use crate::otel::{Attempt, AttemptTracer};
use crate::wire::{Class, Deadline, Limited, Outgoing, Replay, Rpc};
use attempt::{Reported, attempt};
pub(crate) use budget::Remaining as RemainingBudget;
pub use budget::RetryBudget;
pub use policy::RetryPolicy;
use replayable::ReplayableRequest;
use within::{limited, within};

/// The metadata by which the server recognises an insert it has already done.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest that a call without a deadline waits because the server asks for it.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Retries failed calls to `S`, and enforces their deadlines.
#[derive(Debug, Clone)]
pub(crate) struct Retry<S> {
    inner: S,
    rules: Rules,
    spans: AttemptTracer,
    effects: Arc<Effects>,
}

/// When calls are retried, and for how long.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) policy: Arc<RetryPolicy>,
    /// What is left of the connection's budget.
    pub(crate) budget: Arc<RemainingBudget>,
    pub(crate) permits: Permits,
    /// The timeout of calls that have none of their own.
    pub(crate) timeout: Option<Duration>,
}

impl<S> Retry<S> {
    pub(super) fn new(inner: S, rules: Rules, spans: AttemptTracer, effects: Arc<Effects>) -> Self {
        Self {
            inner,
            rules,
            spans,
            effects,
        }
    }
}

pub(super) type Answer = http::Response<Deadlined<Replay<Limited<Body>>>>;

impl<S: Sender> Retry<S> {
    /// Sends a request, and retries it if the policy allows. Waits for the service below, so that the wait is part of
    /// the call's span and deadline.
    pub(super) fn send(
        &self,
        parts: Parts,
        mut body: Outgoing,
        record: &Arc<CallRecord>,
    ) -> impl Future<Output = Result<Answer, Status>> + Send + use<S> {
        body.read_ready();
        let rpc = record.rpc();
        let streams = rpc.is_none_or(|rpc| rpc.client_streaming || rpc.server_streaming);
        // A stream has a deadline only if its caller set one.
        let default = self.rules.timeout.filter(|_| !streams);
        let deadline = record.deadline();
        let deadline = deadline.or_else(|| default.and_then(Deadline::after));
        let call = Attempts {
            inner: self.inner.clone(),
            policy: Arc::clone(&self.rules.policy),
            budget: Arc::clone(&self.rules.budget),
            permits: self.rules.permits.clone(),
            record: Arc::clone(record),
            rpc,
            class: record.class,
            streams,
            deadline,
            made: 0,
            failures: 0,
            spans: self.spans.clone(),
            effects: Arc::clone(&self.effects),
            effect: None,
        };
        call.run(parts, body)
    }
}

/// The state of a call between its attempts.
struct Attempts<S> {
    inner: S,
    policy: Arc<RetryPolicy>,
    budget: Arc<RemainingBudget>,
    permits: Permits,
    record: Arc<CallRecord>,
    rpc: Option<&'static Rpc>,
    class: Option<Class>,
    streams: bool,
    deadline: Option<Deadline>,
    made: u32,
    /// The failed attempts after which something may have been done.
    failures: u32,
    spans: AttemptTracer,
    effects: Arc<Effects>,
    /// The changes that the call makes, until their outcome is known.
    effect: Option<Effect>,
}

impl<S: Sender> Attempts<S> {
    async fn run(mut self, mut parts: Parts, mut body: Outgoing) -> Result<Answer, Status> {
        let (mut backoff, mut last) = (Duration::ZERO, None);
        let mut alarm = pin!(Alarm::new(self.deadline));
        // Shared, not copied: after an error, the names of the collections are read from it.
        let named = body.pieces().next().cloned().unwrap_or_default();
        self.effect = self
            .rpc
            .and_then(|rpc| Effect::of(&self.effects, rpc, &body));
        let admitted = match &self.effect {
            Some(effect) => {
                let admitted = pin!(effect.admitted());
                within(alarm.as_mut(), None, admitted, || false, || None).await
            }
            None => Ok(()),
        };
        admitted.map_err(|exceeded| self.given_up(exceeded))?;
        self.budget.call();
        loop {
            if let Some(exceeded) = self.too_late(last.as_deref()) {
                return Err(self.given_up(exceeded));
            }
            self.made += 1;
            self.record.attempt();
            let mut span = self.spans.start(&self.record, self.rpc, self.made, backoff);
            let limit = self.limit();
            let (request, kept) = self.request(parts, body, &span);
            let unsent = || self.record.stage().is_some_and(Stage::is_before_sending);
            let in_time = {
                let rpc = self.rpc.filter(|_| !self.streams);
                let limits = (self.deadline, limit);
                let (inner, permits) = (&self.inner, &self.permits);
                let attempt = pin!(attempt(inner, permits, request, &self.record, rpc, limits));
                let attempt = pin!(limited(limit, unsent, attempt));
                within(alarm.as_mut(), last.as_deref(), attempt, unsent, || {
                    span.enter()
                })
                .await
            };
            span.sent_to(self.record.peer());
            let attempt = match in_time {
                Ok(attempt) => attempt,
                Err(timed_out) => {
                    let timed_out = self.while_waiting(timed_out, last.is_some());
                    // The span of this attempt does not contain the error of the previous one.
                    let alone = self.deadline.map(|deadline| exceeded(deadline, None));
                    let alone = alone.as_ref().unwrap_or(&timed_out);
                    self.spans.failed(span, alone, false, false);
                    return Err(timed_out);
                }
            };
            let (mut by_server, mut loads_server) = (false, true);
            let attempt = attempt.map_err(|failed| match &self.deadline {
                // tonic's timer for the header may expire a moment earlier.
                Some(deadline) if is_expired(&failed.status) && limit.is_none() => {
                    exceeded(*deadline, last.as_deref())
                }
                _ => {
                    (by_server, loads_server) = (failed.by_server, failed.loads_server);
                    self.record.failed(by_server);
                    failed.status
                }
            });
            let failure = match &attempt {
                Ok((_, reported)) if !reported.status.is_error() => None,
                Ok((_, reported)) => Some(Failure::of_milvus(&reported.status, self.class)),
                Err(status) if self.record.has_left() => {
                    let failure = failure_of(status);
                    if failure.progress == Progress::NotSent {
                        self.record.doubt();
                    }
                    Some(failure.after_sending())
                }
                Err(status) => Some(failure_of(status)),
            };
            let failure = failure.map(|failure| match limit {
                Some(_) => failure.of_limited_attempt(),
                None => failure,
            });
            let asked = attempt.as_ref().err().and_then(RetryAfter::of);
            let again = failure.zip(kept).and_then(|(failure, kept)| {
                let wait = self.wait_after(failure, asked, loads_server)?;
                Some((wait, kept))
            });
            if again.is_some() && failure.is_some_and(|failure| failure.may_have_happened) {
                self.record.doubt();
            }
            if failure.is_some_and(|failure| failure.cause == Cause::RateLimited) {
                self.record.rate_limit();
            }
            match &attempt {
                Ok((_, reported)) => self.spans.answered(span, &reported.status, again.is_some()),
                Err(status) => self.spans.failed(span, status, by_server, again.is_some()),
            }
            let Some((wait, kept)) = again else {
                self.note(&attempt, failure, &named);
                let (answer, _) = attempt?;
                return Ok(answer.map(|body| Deadlined::new(body, self.deadline)));
            };
            (parts, body) = kept.into_request();
            last = Some(match attempt {
                Ok((_, reported)) if reported.status.reason.is_empty() => reported.status.detail,
                Ok((_, reported)) => reported.status.reason,
                Err(status) => status.message().to_owned(),
            });
            backoff = wait;
            let wait = pin!(sleep(backoff));
            let waited = within(alarm.as_mut(), last.as_deref(), wait, || false, || None).await;
            waited.map_err(|exceeded| self.given_up(exceeded))?;
        }
    }

    /// The error of a call that has no time left for another attempt. In an operation of several calls, a later call
    /// may have no time left even for its first attempt.
    fn too_late(&self, last: Option<&str>) -> Option<Status> {
        let passed = self.deadline.filter(|each| each.remaining().is_zero())?;
        Some(match last {
            Some(_) => exceeded(passed, last),
            None => {
                let timeout = passed.timeout();
                let what = format!("timed out after {timeout:?}, before it was sent");
                Status::deadline_exceeded(what)
            }
        })
    }

    /// The time limit of the next attempt, if it is shorter than the call's.
    fn limit(&self) -> Option<Duration> {
        let is_limited = self.record.retries && !self.streams;
        let limit = self.policy.attempt_timeout.filter(|_| is_limited)?;
        let is_less = self.deadline.is_none_or(|call| limit < call.remaining());
        is_less.then_some(limit)
    }

    /// How long to wait before the next attempt; `None` if there is none. `asked` is what the server asks for. Some
    /// failures are a sign of an overloaded server, which retries would burden further.
    fn wait_after(
        &mut self,
        failure: Failure,
        asked: Option<RetryAfter>,
        loads_server: bool,
    ) -> Option<Duration> {
        if !failure.is_resent(self.class, self.policy.replay_idempotent) {
            return None;
        }
        // Without a deadline, the client would keep trying forever.
        let patient = failure.is_patient() && self.deadline.is_some();
        self.failures += u32::from(!patient);
        if !self.policy.permits(self.made, self.failures, patient) {
            return None;
        }
        let wait = match asked {
            Some(RetryAfter::Never) => return None,
            Some(RetryAfter::Wait(wait)) => {
                // A server that asks for a wait of zero must not be called in a loop.
                let wait = wait.max(self.policy.wait(self.made));
                let left = self.deadline.map(|deadline| deadline.remaining());
                if left.unwrap_or(LONGEST_WAIT) <= wait {
                    return None;
                }
                wait
            }
            None => self.policy.wait(self.made),
        };
        // A connection may break for any reason. If the next one does, too, the call may be what breaks it.
        let loads_server = loads_server || self.failures > 1;
        if loads_server && !failure.is_patient() && !self.budget.may_repeat() {
            self.record.out_of_budget();
            return None;
        }
        Some(wait)
    }

    /// Records what the call changed and, after an error, that the descriptions of the collections it names may be
    /// outdated.
    fn note<B>(
        &mut self,
        attempt: &Result<(B, Reported), Status>,
        failure: Option<Failure>,
        named: &[u8],
    ) {
        if let (Ok((_, reported)), Some(rpc)) = (attempt, self.rpc) {
            self.effects.failed(rpc, named, &reported.status);
        }
        let Some(effect) = self.effect.take().filter(|_| !self.record.is_in_doubt()) else {
            return;
        };
        match (attempt, failure) {
            (Ok((_, reported)), None) => effect.done(reported.timestamp),
            (_, Some(failure)) if !failure.may_have_happened => effect.refused(),
            _ => {}
        }
    }

    /// Whether the policy allows another attempt after the current one.
    fn may_repeat(&self) -> bool {
        self.record.retries && self.policy.permits(self.made, self.failures, true)
    }

    /// The status of an attempt that timed out. If it was still waiting to be sent, the status says what for, unless
    /// there is the previous attempt's error, which says more: "connection refused" beats "no connection in time".
    fn while_waiting(&mut self, exceeded: Status, is_repeated: bool) -> Status {
        let waits = self.record.stage().is_some_and(Stage::is_before_sending);
        if !waits {
            return exceeded;
        }
        let waited = self.deadline.map(|deadline| deadline.timeout());
        let waited = waited.zip(self.record.stage());
        self.given_up(match waited {
            Some((waited, Stage::Limited)) if !is_repeated => self.permits.timed_out(waited),
            Some((waited, stage)) if !is_repeated => match self.inner.waits_for(stage, waited) {
                Some(why) => Status::deadline_exceeded(why),
                None => exceeded,
            },
            _ => exceeded,
        })
    }

    /// The status of a call that ends while no request is in flight.
    fn given_up(&mut self, exceeded: Status) -> Status {
        let effect = self.effect.take();
        if let Some(effect) = effect.filter(|_| !self.record.is_in_doubt()) {
            effect.refused();
        }
        not_sent(exceeded)
    }

    /// The request of an attempt, and a copy in case there is a next one. They share the encoded message.
    fn request(
        &self,
        mut parts: Parts,
        body: Outgoing,
        span: &Attempt,
    ) -> (http::Request<Body>, Option<ReplayableRequest>) {
        let again = if self.may_repeat() {
            body.try_clone()
        } else {
            None
        };
        let (sent, kept) = match again {
            // Send the original, because its map has room for the headers that are added from here on.
            Some(again) => (again, Some(ReplayableRequest::new(&parts, body))),
            None => (body.into_body(), None),
        };
        span.inject(&mut parts);
        (http::Request::from_parts(parts, sent), kept)
    }
}
