//! The run of a row: its clients, what they return, and what is recorded about it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use milvus_otel::client::RetryPolicy;
use milvus_otel::{Client, ClientBuilder, Result};
use opentelemetry::Context;
use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, Span, SpanData, SpanProcessor};

use crate::seen::{Seen, Spans, Written};
use crate::support::measured::Meters;
use crate::support::spans::Recorder;

/// What the name of an attempt's span begins with.
const ATTEMPT: &str = "milvus.proto.milvus.";

/// The metrics of what is open.
const OPEN: [&str; 3] = [
    "db.client.connection.count",
    "db.client.connection.pending_requests",
    "milvus.client.queued_requests",
];
/// How long connections may take to end after their client.
const SETTLED: Duration = Duration::from_secs(20);

/// The run of a row.
pub(crate) struct Case {
    recorder: Recorder,
    ends: Ends,
    meters: Meters,
    seen: Mutex<Seen>,
    begun: Mutex<Option<Instant>>,
}

/// Counts the spans that began and ended, those of dropped calls included.
#[derive(Debug, Clone, Default)]
struct Ends(Arc<[AtomicUsize; 2]>);

impl SpanProcessor for Ends {
    fn on_start(&self, _: &mut Span, _: &Context) {
        self.0[0].fetch_add(1, Ordering::SeqCst);
    }

    fn on_end(&self, _: SpanData) {
        self.0[1].fetch_add(1, Ordering::SeqCst);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl Case {
    pub(crate) fn new() -> Self {
        let ends = Ends::default();
        let provider = SdkTracerProvider::builder().with_span_processor(ends.clone());
        Self {
            recorder: Recorder::on(provider),
            ends,
            meters: Meters::new(),
            seen: Mutex::default(),
            begun: Mutex::default(),
        }
    }

    /// A client whose spans and metrics are recorded. Retries wait 20 ms at most, so that rows are quick.
    pub(crate) fn builder(&self, uri: impl Into<String>) -> ClientBuilder {
        let wait = Duration::from_millis(20);
        let policy = RetryPolicy::default().max_backoff(wait);
        let layer = self.meters.on(self.recorder.layer());
        Client::builder(uri).otel(layer).retry(policy)
    }

    /// The same, connected by its first call.
    pub(crate) fn client(&self, uri: impl Into<String>) -> Client {
        self.builder(uri).connect_lazy().unwrap()
    }

    /// A client that makes at most this many attempts.
    pub(crate) fn trying(&self, uri: impl Into<String>, attempts: u32) -> Client {
        let wait = Duration::from_millis(20);
        let policy = RetryPolicy::default()
            .max_attempts(attempts)
            .max_backoff(wait);
        self.builder(uri).retry(policy).connect_lazy().unwrap()
    }

    /// The time of the row is counted from here, not from its beginning.
    pub(crate) fn begin(&self) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        *begun = Some(Instant::now());
    }

    /// Notes the result of a call, and the time.
    pub(crate) fn returned<T>(&self, result: Result<T>) -> Option<T> {
        let mut seen = self.seen();
        match result {
            Ok(value) => {
                seen.ok();
                Some(value)
            }
            Err(error) => {
                seen.failed(&error);
                None
            }
        }
    }

    /// A call that changes nothing.
    pub(crate) async fn read(&self, client: &Client) {
        self.returned(client.has_collection("a").await);
    }

    /// A call that must not be made twice.
    pub(crate) async fn change(&self, client: &Client) {
        self.returned(client.rename_collection("a", "b").await);
    }

    /// Both with a time limit.
    pub(crate) async fn read_within(&self, client: &Client, timeout: Duration) {
        self.returned(client.has_collection("a").timeout(timeout).await);
    }

    pub(crate) async fn change_within(&self, client: &Client, timeout: Duration) {
        self.returned(client.rename_collection("a", "b").timeout(timeout).await);
    }

    pub(crate) fn requests(&self, requests: usize) {
        self.seen().requests = Some(requests);
    }

    pub(crate) fn connections(&self, connections: usize) {
        self.seen().connections = Some(connections);
    }

    pub(crate) fn written(&self, written: Written) {
        self.seen().written = Some(written);
    }

    /// See [`Seen::say`].
    pub(crate) fn say(&self, result: impl Into<String>) {
        self.seen().say(result.into());
    }

    /// What no row may show.
    pub(crate) fn broken(&self, what: impl Into<String>) {
        self.seen().broken.push(what.into());
    }

    /// The row cannot be run on this machine, and the developer has allowed that: see [`testkit::require`].
    pub(crate) fn skip(&self) {
        self.seen().skipped = true;
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the clients of the row have ended, and checks that the metrics of what is open are back at zero.
    pub(crate) async fn settled(&self) {
        let until = Instant::now() + SETTLED;
        for name in OPEN {
            let open = || self.meters.total(name) as i64;
            while open() != 0 && Instant::now() < until {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let left = open();
            if left != 0 {
                self.broken(format!("{name} is {left} at the end"));
            }
        }
    }

    /// Everything, with what spans and metrics say.
    pub(crate) fn end(&self, begun: Instant) -> Seen {
        let elapsed = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed = elapsed.unwrap_or(begun).elapsed();
        let mut seen = self.seen().clone();
        seen.elapsed = elapsed;
        let [started, ended] = [0, 1].map(|side| self.ends.0[side].load(Ordering::SeqCst));
        if started != ended {
            let what = format!("{started} spans were started, {ended} ended");
            seen.broken.push(what);
        }
        let spans = self.recorder.spans();
        let (most, resent) = count(&spans, &mut seen);
        seen.attempts = seen.attempts.max(most).max(usize::from(seen.calls() > 0));
        let durations = self.meters.series("db.client.operation.duration");
        let measured: u64 = durations.iter().map(|series| series.count).sum();
        if measured != seen.spans.calls as u64 {
            let what = format!(
                "{measured} calls were measured, {} have a span",
                seen.spans.calls
            );
            seen.broken.push(what);
        }
        let retries = self.meters.total("milvus.client.retries") as usize;
        if retries != resent {
            let what = format!("spans have {resent} retries, metrics {retries}");
            seen.broken.push(what);
        }
        seen.rate_limited = self.meters.total("milvus.client.rate_limited") as usize;
        seen
    }
}

/// Counts the spans. Returns the attempts of the call that had most, and those that were not the first of their call.
fn count(spans: &[SpanData], seen: &mut Seen) -> (usize, usize) {
    let (mut most, mut resent) = (0, 0);
    let is_attempt = |span: &&SpanData| span.name.starts_with(ATTEMPT);
    let mut attempts = std::collections::HashMap::<SpanId, usize>::new();
    for span in spans.iter().filter(is_attempt) {
        *attempts.entry(span.parent_span_id).or_default() += 1;
    }
    let mut counted = Spans {
        attempts: attempts.values().sum(),
        ..Spans::default()
    };
    for span in spans.iter().filter(|span| !is_attempt(span)) {
        if span.span_kind != SpanKind::Client {
            continue;
        }
        counted.calls += 1;
        counted.failed += usize::from(matches!(span.status, Status::Error { .. }));
        let made = attempts.remove(&span.span_context.span_id());
        let made = made.unwrap_or(1);
        most = most.max(made);
        resent += made - 1;
    }
    if !attempts.is_empty() {
        let what = format!("{} spans of attempts belong to no call", attempts.len());
        seen.broken.push(what);
    }
    seen.spans = counted;
    (most, resent)
}
