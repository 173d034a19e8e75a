//! Sends calls, repeatedly if they fail, until they are answered or their time is up. Every attempt sends the same bytes.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::HeaderName;
use http::request::Parts;
use opentelemetry::ContextGuard;
use tokio::time::sleep;
use tonic::Status;
use tonic::body::Body;
use tower::Service;

use super::backoff::RetryPolicy;
use super::connect::{failure_of, interrupted, is_expired, not_sent};
use super::deadline::{Alarm, Deadlined, exceeded};
use super::effects::{Effect, Effects};
use super::replayable::ReplayableRequest;
use crate::error::{
    CallRecord, Cause, Failure, MilvusStatus, grpc_status, status_of_http, with_head,
};
use crate::otel::{Attempt, AttemptTracer};
use crate::proto::Request;
use crate::proto::milvus::InsertRequest;
use crate::wire::{Class, Deadline, Fact, Outgoing, Reader, Replay, Rpc, Sink};

/// How many bytes of an answer are searched for its status, which every server sends first. The time of a write comes last,
/// so the answer of a write is read to its end.
const STATUS_WITHIN: usize = 64 * 1024;

/// The metadata by which the server recognises an insert that it has already done.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Repeats failed calls to `S`, and enforces their deadlines.
#[derive(Debug, Clone)]
pub(crate) struct Retry<S> {
    inner: S,
    policy: Arc<RetryPolicy>,
    timeout: Option<Duration>,
    spans: AttemptTracer,
    effects: Arc<Effects>,
}

impl<S> Retry<S> {
    pub(super) fn new(
        inner: S,
        policy: Arc<RetryPolicy>,
        timeout: Option<Duration>,
        spans: AttemptTracer,
        effects: Arc<Effects>,
    ) -> Self {
        Self {
            inner,
            policy,
            timeout,
            spans,
            effects,
        }
    }
}

pub(super) type Answer = http::Response<Deadlined<Replay<Body>>>;

impl<S> Retry<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Status> + Clone + Send,
    S::Future: Send,
{
    /// Sends a request, and repeats it if the policy allows. It waits for the service below, so that the wait is part of the
    /// call's span and deadline.
    pub(super) fn send(
        &self,
        parts: Parts,
        mut body: Outgoing,
        record: &Arc<CallRecord>,
    ) -> impl Future<Output = Result<Answer, Status>> + Send + use<S> {
        body.read_ready();
        let rpc = record.rpc();
        let streams = rpc.is_none_or(|rpc| rpc.client_streaming || rpc.server_streaming);
        // A stream has a deadline only if its caller has set one.
        let default = self.timeout.filter(|_| !streams);
        let deadline = record.deadline();
        let deadline = deadline.or_else(|| default.and_then(Deadline::after));
        let call = Attempts {
            inner: self.inner.clone(),
            policy: Arc::clone(&self.policy),
            record: Arc::clone(record),
            rpc,
            class: class(rpc, &parts),
            streams,
            deadline,
            made: 0,
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
    record: Arc<CallRecord>,
    rpc: Option<&'static Rpc>,
    class: Option<Class>,
    streams: bool,
    deadline: Option<Deadline>,
    made: u32,
    spans: AttemptTracer,
    effects: Arc<Effects>,
    /// The changes that the call makes, until it is known whether it made them.
    effect: Option<Effect>,
}

impl<S> Attempts<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Status> + Send,
    S::Future: Send,
{
    async fn run(mut self, mut parts: Parts, mut body: Outgoing) -> Result<Answer, Status> {
        let (mut backoff, mut last) = (Duration::ZERO, None);
        let mut alarm = pin!(Alarm::new(self.deadline));
        // Shared, not copied: after an error, the collections that the request names are read from it.
        let named = body.pieces().next().cloned().unwrap_or_default();
        self.effect = self
            .rpc
            .and_then(|rpc| Effect::of(&self.effects, rpc, &body));
        let admitted = match &self.effect {
            Some(effect) => {
                let admitted = pin!(effect.admitted());
                within(alarm.as_mut(), None, admitted, || None).await
            }
            None => Ok(()),
        };
        admitted.map_err(|exceeded| self.given_up(exceeded))?;
        loop {
            let ready = pin!(poll_fn(|context| self.inner.poll_ready(context)));
            let ready = within(alarm.as_mut(), last.as_deref(), ready, || None).await;
            let ready = ready.map_err(|exceeded| self.given_up(exceeded))?;
            self.made += 1;
            self.record.attempt();
            let span = self.spans.start(&self.record, self.rpc, self.made, backoff);
            let (in_time, kept) = match ready {
                Ok(()) => {
                    let (request, kept) = self.request(parts, body, &span);
                    let rpc = self.rpc.filter(|_| !self.streams);
                    let attempt = pin!(attempt(&mut self.inner, request, rpc));
                    let enter = || span.enter();
                    let in_time = within(alarm.as_mut(), last.as_deref(), attempt, enter).await;
                    (in_time, kept)
                }
                Err(unready) => {
                    let more = self.may_repeat();
                    let kept = more.then(|| ReplayableRequest::unsent(parts, body));
                    (Ok(Err(Failed::below(unready))), kept)
                }
            };
            let attempt = match in_time {
                Ok(attempt) => attempt,
                Err(timed_out) => {
                    // The span of this attempt does not contain the error of the previous one.
                    let alone = self.deadline.map(|deadline| exceeded(deadline, None));
                    let alone = alone.as_ref().unwrap_or(&timed_out);
                    self.spans.failed(span, alone, false, false);
                    return Err(timed_out);
                }
            };
            let mut by_server = false;
            let attempt = attempt.map_err(|failed| match &self.deadline {
                // tonic has a timer for the header, which may expire a moment earlier.
                Some(deadline) if is_expired(&failed.status) => {
                    exceeded(*deadline, last.as_deref())
                }
                _ => {
                    by_server = failed.by_server;
                    self.record.failed(by_server);
                    failed.status
                }
            });
            let failure = match &attempt {
                Ok((_, reported)) if !reported.status.is_error() => None,
                Ok((_, reported)) => Some(Failure::of_milvus(&reported.status, self.class)),
                Err(status) => Some(failure_of(status)),
            };
            let kept = kept.filter(|_| {
                let replay = self.policy.replay_idempotent;
                failure.is_some_and(|failure| failure.is_resent(self.class, replay))
            });
            let again = kept.is_some();
            if again && failure.is_some_and(|failure| failure.may_have_happened) {
                self.record.doubt();
            }
            if failure.is_some_and(|failure| failure.cause == Cause::RateLimited) {
                self.record.rate_limit();
            }
            match &attempt {
                Ok((_, reported)) => self.spans.answered(span, &reported.status, again),
                Err(status) => self.spans.failed(span, status, by_server, again),
            }
            let Some(kept) = kept else {
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
            backoff = self.policy.wait(self.made);
            let wait = pin!(sleep(backoff));
            let waited = within(alarm.as_mut(), last.as_deref(), wait, || None).await;
            waited.map_err(|exceeded| self.given_up(exceeded))?;
        }
    }

    /// Records what the call changed, and after an error, that the descriptions of the collections it names may be outdated.
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
        self.record.retries && self.made < self.policy.max_attempts
    }

    /// The status of a call that ends while no request is in flight.
    fn given_up(&mut self, exceeded: Status) -> Status {
        let effect = self.effect.take();
        if let Some(effect) = effect.filter(|_| !self.record.is_in_doubt()) {
            effect.refused();
        }
        not_sent(exceeded)
    }

    /// The request of an attempt, and a copy for the next one if there may be one. They share the encoded message.
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
            // The request itself is sent, because its map has room for the headers that are added from here on.
            Some(again) => (again, Some(ReplayableRequest::new(&parts, body))),
            None => (body.into_body(), None),
        };
        span.inject(&mut parts);
        if let Some(deadline) = self.deadline {
            deadline.write(&mut parts.headers);
        }
        (http::Request::from_parts(parts, sent), kept)
    }
}

/// The class of a call. An insert with an idempotency key happens once, however often it is sent, so it may be repeated like
/// a read. Milvus ignores the key of other calls.
fn class(rpc: Option<&Rpc>, parts: &Parts) -> Option<Class> {
    let rpc = rpc?;
    let has_key = rpc.path == InsertRequest::PATH && parts.headers.contains_key(IDEMPOTENCY_KEY);
    Some(if has_key { Class::Read } else { rpc.class })
}

/// The part of an answer that the retries need.
#[derive(Debug, Default)]
struct Reported {
    status: MilvusStatus,
    /// The server's time of a write; 0 if unknown.
    timestamp: u64,
}

impl Sink for Reported {
    fn text(&mut self, fact: Fact, text: &[u8]) {
        self.status.text(fact, text);
    }

    fn number(&mut self, fact: Fact, number: u64) {
        match fact {
            Fact::Timestamp => self.timestamp = number,
            _ => Sink::number(&mut self.status, fact, number),
        }
    }
}

/// A failed attempt.
struct Failed {
    status: Status,
    /// Whether the status is the server's, whose message may quote the request.
    by_server: bool,
}

impl Failed {
    fn by_server(status: Status) -> Self {
        Self {
            status,
            by_server: true,
        }
    }

    fn here(status: Status) -> Self {
        Self {
            status,
            by_server: false,
        }
    }

    /// An error of the service below. The statuses it makes itself have a source, unlike those of the server.
    fn below(status: Status) -> Self {
        let by_server = std::error::Error::source(&status).is_none();
        Self { status, by_server }
    }
}

/// Makes one attempt. Returns the answer, whose body is read as far as the status of Milvus.
async fn attempt<S>(
    inner: &mut S,
    request: http::Request<Body>,
    rpc: Option<&'static Rpc>,
) -> Result<(http::Response<Replay<Body>>, Reported), Failed>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Status> + Send,
    S::Future: Send,
{
    let response = inner.call(request).await.map_err(Failed::below)?;
    match grpc_status(response.headers()) {
        Some(ended) => ended.map_err(Failed::by_server)?,
        // The page of a proxy, perhaps, which must not be parsed as a message.
        None if response.status() != http::StatusCode::OK => {
            let status = status_of_http(response.status());
            return Err(Failed::here(with_head(status, response.headers())));
        }
        None => {}
    }
    let mut response = response.map(Replay::new);
    let mut reported = Reported::default();
    if let Some(rpc) = rpc {
        let (mut message, mut seen) = (Reader::new(rpc.response), 0);
        while !message.is_done() && (rpc.writes || seen < STATUS_WITHIN) {
            let ahead = poll_fn(|context| {
                let body = Pin::new(response.body_mut());
                body.poll_ahead(context).map(|bytes| {
                    bytes.map(|bytes| {
                        message.feed(bytes, &mut reported);
                        bytes.len()
                    })
                })
            });
            match ahead.await {
                Some(length) => seen += length,
                None => break,
            }
        }
        let ended = response.body().trailers().and_then(grpc_status);
        let failed = ended.and_then(Result::err).map(Failed::by_server);
        let lost = || {
            let error = response.body_mut().take_error();
            error.map(interrupted).map(Failed::here)
        };
        if let Some(Failed { status, by_server }) = failed.or_else(lost) {
            let status = with_head(status, response.headers());
            return Err(Failed { status, by_server });
        }
    }
    Ok((response, reported))
}

/// The output of `future`, or an error if the deadline passes first. `last` is the error of the previous attempt. `enter`
/// makes a context current while the future is polled.
async fn within<F>(
    mut alarm: Pin<&mut Alarm>,
    last: Option<&str>,
    mut future: Pin<&mut F>,
    enter: impl Fn() -> Option<ContextGuard> + Send + Sync,
) -> Result<F::Output, Status>
where
    F: Future<Output: Send> + Send,
{
    poll_fn(|context| {
        let _entered = enter();
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        let passed = alarm.as_mut().poll(context);
        passed.map(|deadline| Err(exceeded(deadline, last)))
    })
    .await
}
