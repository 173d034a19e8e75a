//! Sends a call again, from the bytes that were encoded once, until it is answered or its time is up.

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
use super::cause::{broken_off, held_back, is_expired, reach};
use super::deadline::{Alarm, Deadline, Deadlined};
use super::effects::{Effect, Effects};
use super::kept::Kept;
use super::verdict::Failure;
use crate::error::{CallRecord, MilvusStatus, Reach, grpc_status, status_of_http, with_head};
use crate::otel::{Attempt, AttemptTracer};
use crate::proto::milvus::InsertRequest;
use crate::proto::{self, Request};
use crate::wire::{Class, Fact, Outgoing, Reader, Replay, Rpc, Sink, timeout};

/// How far into an answer its status is looked for. It stands first in what every server sends. The time of a write
/// stands last, and is looked for to the end.
const STATUS_WITHIN: usize = 64 * 1024;

/// The metadata by which a server recognises a write that it has done already.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Retries the calls that go through `S`, and holds them to their deadline.
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
    /// Sends a request, once or more often. What waits for the service below is the call, which has a span and a
    /// deadline.
    pub(super) fn send(
        &self,
        parts: Parts,
        mut body: Outgoing,
        record: &Arc<CallRecord>,
    ) -> impl Future<Output = Result<Answer, Status>> + Send + use<S> {
        body.look();
        let rpc = proto::rpc(parts.uri.path());
        let streams = rpc.is_none_or(|rpc| rpc.client_streaming || rpc.server_streaming);
        // A stream may go on for as long as it likes, unless its caller says otherwise.
        let default = self.timeout.filter(|_| !streams);
        let deadline = timeout(&parts.headers)
            .or(default)
            .and_then(Deadline::after);
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

/// A call and its attempts.
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
    /// What the call changes, until it is known whether it did.
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
        // Shared, not copied: errors are held against what the request names.
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
                    let more = self.made < self.policy.max_attempts;
                    let kept = more.then(|| Kept::unsent(parts, body));
                    (Ok(Err(Failed::below(unready))), kept)
                }
            };
            let attempt = match in_time {
                Ok(attempt) => attempt,
                Err(exceeded) => {
                    // What the attempt before failed with is not told of this one.
                    let alone = self.deadline.map(|deadline| deadline.exceeded(None));
                    let alone = alone.as_ref().unwrap_or(&exceeded);
                    self.spans.failed(span, alone, false, false);
                    return Err(exceeded);
                }
            };
            let mut by_server = false;
            let attempt = attempt.map_err(|failed| match &self.deadline {
                // tonic keeps time by the header too, and may be a moment ahead.
                Some(deadline) if is_expired(&failed.status) => deadline.exceeded(last.as_deref()),
                _ => {
                    by_server = failed.by_server;
                    self.record.failed(by_server);
                    failed.status
                }
            });
            let failure = match &attempt {
                Ok((_, said)) if !said.status.is_error() => None,
                Ok((_, said)) => Some(Failure::of_milvus(&said.status)),
                Err(status) => Some(Failure::of_status(status)),
            };
            let kept = kept.filter(|_| {
                failure.is_some_and(|failure| failure.is_retried(self.class, &self.policy))
            });
            let again = kept.is_some();
            if again && failure.is_some_and(|failure| failure.is_doubtful(self.class)) {
                self.record.doubt();
            }
            match &attempt {
                Ok((_, said)) => {
                    if said.status.is_rate_limit() {
                        self.record.rate_limit();
                    }
                    self.spans.answered(span, &said.status, again);
                }
                Err(status) => self.spans.failed(span, status, by_server, again),
            }
            let Some(kept) = kept else {
                self.note(&attempt, failure, &named);
                let (answer, _) = attempt?;
                return Ok(answer.map(|body| Deadlined::new(body, self.deadline)));
            };
            (parts, body) = kept.into_request();
            last = Some(match attempt {
                Ok((_, said)) if said.status.reason.is_empty() => said.status.detail,
                Ok((_, said)) => said.status.reason,
                Err(status) => status.message().to_owned(),
            });
            backoff = self.policy.wait(self.made);
            let wait = pin!(sleep(backoff));
            let waited = within(alarm.as_mut(), last.as_deref(), wait, || None).await;
            waited.map_err(|exceeded| self.given_up(exceeded))?;
        }
    }

    /// Notes what the call changed, and what its error says about the collections it names.
    fn note<B>(
        &mut self,
        attempt: &Result<(B, Said), Status>,
        failure: Option<Failure>,
        named: &[u8],
    ) {
        if let (Ok((_, said)), Some(rpc)) = (attempt, self.rpc) {
            self.effects.failed(rpc, named, &said.status);
        }
        let doubtful = self.record.is_doubtful()
            || failure.is_some_and(|failure| failure.is_doubtful(self.class));
        match (self.effect.take().filter(|_| !doubtful), attempt) {
            (Some(effect), Ok((_, said))) if !said.status.is_error() => effect.done(said.timestamp),
            (Some(effect), Ok((_, said))) if !said.status.may_have_happened() => effect.refused(),
            (Some(effect), Err(status)) if reach(status) == Reach::NotSent => effect.refused(),
            _ => {}
        }
    }

    /// The status of a call that ends while no request of it is on its way.
    fn given_up(&mut self, exceeded: Status) -> Status {
        let effect = self.effect.take();
        if let Some(effect) = effect.filter(|_| !self.record.is_doubtful()) {
            effect.refused();
        }
        held_back(exceeded)
    }

    /// The request, and what another attempt is made of where there may be one: it shares the encoded message.
    fn request(
        &self,
        mut parts: Parts,
        body: Outgoing,
        span: &Attempt,
    ) -> (http::Request<Body>, Option<Kept>) {
        let again = if self.made < self.policy.max_attempts {
            body.again()
        } else {
            None
        };
        let (sent, kept) = match again {
            // The request itself goes out, because it has room for the headers that are added from here on.
            Some(again) => (again, Some(Kept::new(&parts, body))),
            None => (body.into_body(), None),
        };
        span.inject(&mut parts);
        if let Some(deadline) = self.deadline {
            deadline.write(&mut parts.headers);
        }
        (http::Request::from_parts(parts, sent), kept)
    }
}

/// An insert that the server knows by its key is done once however often it is sent. Of other calls Milvus does not
/// look at the key.
fn class(rpc: Option<&Rpc>, parts: &Parts) -> Option<Class> {
    let rpc = rpc?;
    let known = rpc.path == InsertRequest::PATH && parts.headers.contains_key(IDEMPOTENCY_KEY);
    Some(if known { Class::Read } else { rpc.class })
}

/// What is read of an answer.
#[derive(Debug, Default)]
struct Said {
    status: MilvusStatus,
    /// Of a write; 0 where the server does not say.
    timestamp: u64,
}

impl Sink for Said {
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

/// An attempt that failed.
struct Failed {
    status: Status,
    /// The server said so, and may quote what it was sent.
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

    /// By the service below. What it did not get from elsewhere has a cause.
    fn below(status: Status) -> Self {
        let by_server = std::error::Error::source(&status).is_none();
        Self { status, by_server }
    }
}

/// One attempt: the head of the answer, and what it says.
async fn attempt<S>(
    inner: &mut S,
    request: http::Request<Body>,
    rpc: Option<&'static Rpc>,
) -> Result<(http::Response<Replay<Body>>, Said), Failed>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Status> + Send,
    S::Future: Send,
{
    let response = inner.call(request).await.map_err(Failed::below)?;
    match grpc_status(response.headers()) {
        Some(ended) => ended.map_err(Failed::by_server)?,
        // A proxy's page: its text must not be taken for a message.
        None if response.status() != http::StatusCode::OK => {
            let status = status_of_http(response.status());
            return Err(Failed::here(with_head(status, response.headers())));
        }
        None => {}
    }
    let mut response = response.map(Replay::new);
    let mut said = Said::default();
    if let Some(rpc) = rpc {
        let (mut message, mut seen) = (Reader::new(rpc.response), 0);
        while !message.is_done() && (rpc.writes || seen < STATUS_WITHIN) {
            let ahead = poll_fn(|context| {
                let body = Pin::new(response.body_mut());
                body.poll_ahead(context).map(|bytes| {
                    bytes.map(|bytes| {
                        message.feed(bytes, &mut said);
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
            error.map(broken_off).map(Failed::here)
        };
        if let Some(Failed { status, by_server }) = failed.or_else(lost) {
            let status = with_head(status, response.headers());
            return Err(Failed { status, by_server });
        }
    }
    Ok((response, said))
}

/// `future`, unless the deadline comes first; `last` is what the attempt before failed with, `enter` gives what is
/// current meanwhile.
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
        passed.map(|deadline| Err(deadline.exceeded(last)))
    })
    .await
}
