//! The guard that keeps telemetry going and ends it.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tracing::Subscriber;
use tracing_subscriber::layer::{Identity, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::delivery::Delivery;
use super::env::Warning;
use super::error::Error;
use super::pipeline::Pipeline;
use super::selection::Selection;

/// Running telemetry. Keep it until the end of `main`, then call [`shutdown`](Self::shutdown).
///
/// Dropping it shuts down too, also while a panic or an early return unwinds; what could not be delivered is then
/// told by a `tracing` warning, or on the standard error when no subscriber of the application is there to show one.
/// `std::process::exit` and `abort` drop nothing: shut down before them.
///
/// Both work wherever they are called: on a thread of any runtime, in a task, or without a runtime. They block the
/// calling thread until the collector has answered, usually some milliseconds, never longer than
/// [`shutdown_timeout`](super::Builder::shutdown_timeout) and one second. A collector that runs in the same process
/// must therefore not depend on that thread.
#[must_use = "telemetry ends when its guard is dropped"]
#[derive(Debug)]
pub struct Telemetry {
    pub(super) pipeline: Option<Pipeline>,
    pub(super) claim: Option<Claim>,
    pub(super) warnings: Vec<Warning>,
    pub(super) selection: Selection,
    pub(super) shutdown_timeout: Duration,
    /// Whether `OTEL_LOG_LEVEL` keeps warnings off the standard error.
    pub(super) quiet: bool,
}

impl Telemetry {
    /// The layer that exports the application's `tracing` spans, and its events if [logs](super::Builder::logs) are
    /// wanted, for its own subscriber.
    ///
    /// It exports what the builder's [`level`](super::Builder::level) describes. A filter over the whole subscriber
    /// decides before it: where one disables a span that is to be exported, that is said once on the standard error, with
    /// the span's name. See [filters](super#filters). Does nothing when telemetry is disabled.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
    {
        let Some(tracer) = self.tracer() else {
            return None::<Identity>.boxed();
        };
        let spans = super::layer::spans(tracer, self.selection.clone(), self.quiet);
        // Not an optional layer around the other: an absent one hides from the inner what it would have let pass.
        match self.logger_provider() {
            Some(logs) => spans
                .and_then(super::layer::events(logs, self.selection.clone()))
                .boxed(),
            None => spans.boxed(),
        }
    }

    fn tracer(&self) -> Option<SdkTracer> {
        Some(self.tracer_provider()?.tracer("tracing"))
    }

    /// The provider of spans, for instrumentation that does not use the global one; `None` when disabled.
    pub fn tracer_provider(&self) -> Option<&SdkTracerProvider> {
        Some(&self.pipeline.as_ref()?.traces)
    }

    /// The provider of metrics; `None` when disabled or without an exporter.
    pub fn meter_provider(&self) -> Option<&SdkMeterProvider> {
        self.pipeline.as_ref()?.metrics.as_ref()
    }

    /// The provider of log records, for bridges from other logging crates than `tracing`; `None` when disabled or
    /// without an exporter. OpenTelemetry has no global one.
    pub fn logger_provider(&self) -> Option<&SdkLoggerProvider> {
        self.pipeline.as_ref()?.logs.as_ref()
    }

    /// The settings that were ignored. They have been shown already, as the type's documentation says of failures.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// What has been delivered so far, one entry per signal and destination.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.pipeline
            .as_ref()
            .map(Pipeline::deliveries)
            .unwrap_or_default()
    }

    /// Exports all spans ended, metrics recorded and log records written so far, and waits for the answers.
    ///
    /// # Errors
    /// When an export failed, or is still under way after the shutdown timeout; it goes on then.
    pub fn flush(&self) -> Result<(), Error> {
        match &self.pipeline {
            Some(pipeline) => pipeline.flush(self.shutdown_timeout),
            None => Ok(()),
        }
    }

    /// Exports what is left, ends the export threads, and returns what was delivered.
    ///
    /// Spans that have not ended by now are not exported: let go of them first.
    ///
    /// # Errors
    /// When anything since the start was not delivered: which signal, how much of it, to which endpoint, and why.
    ///
    /// In `main`, do not let this error replace the program's own result: use
    /// [`shutdown_or_warn`](Self::shutdown_or_warn), or look at the program's result first:
    ///
    /// ```no_run
    /// # use milvus_otel::init;
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> { Ok(()) }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let telemetry = init::otlp("nightly-import").install()?;
    /// let result = run();
    /// let exported = telemetry.shutdown();
    /// result?; // the program's own error comes first
    /// exported?; // this program also fails if its telemetry is lost
    /// # Ok(())
    /// # }
    /// ```
    pub fn shutdown(mut self) -> Result<Vec<Delivery>, Error> {
        let (deliveries, result) = self.end();
        result.map(|()| deliveries)
    }

    /// Like [`shutdown`](Self::shutdown), but warns about lost telemetry instead of returning an error, so that a
    /// collector that is down never decides what the program returns. This is what most `main` functions want:
    ///
    /// ```no_run
    /// use milvus_otel::init;
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> { Ok(()) }
    /// #[tokio::main]
    /// async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let telemetry = init::otlp("book-search").install()?;
    ///     let result = run().await;
    ///     telemetry.shutdown_or_warn();
    ///     result
    /// }
    /// ```
    ///
    /// The warning is a `tracing` event if the application has a subscriber of its own, and otherwise a line on the
    /// standard error. Returns what became of each signal, whether it was lost or not: a trace arrived if the entry of
    /// [`Signal::Traces`](super::Signal::Traces) says so.
    pub fn shutdown_or_warn(mut self) -> Vec<Delivery> {
        self.end_or_warn()
    }

    fn end_or_warn(&mut self) -> Vec<Delivery> {
        let (deliveries, result) = self.end();
        if let Err(error) = result {
            tell(&error, self.quiet);
        }
        deliveries
    }

    fn end(&mut self) -> (Vec<Delivery>, Result<(), Error>) {
        let ended = match self.pipeline.take() {
            Some(pipeline) => pipeline.shutdown(self.shutdown_timeout),
            None => (Vec::new(), Ok(())),
        };
        self.claim = None;
        ended
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.end_or_warn();
    }
}

/// Whether the process's subscriber is one of ours, which shows nothing to anybody. It stays when its guard is gone.
static OWN_SUBSCRIBER: AtomicBool = AtomicBool::new(false);

pub(super) fn subscribed() {
    OWN_SUBSCRIBER.store(true, Ordering::Release);
}

/// Says something to the person who runs the application, when no caller is left to return it to.
pub(super) fn tell(what: &dyn std::fmt::Display, quiet: bool) {
    if tracing::dispatcher::has_been_set() && !OWN_SUBSCRIBER.load(Ordering::Acquire) {
        tracing::warn!("{what}");
    } else if !quiet {
        // Who ends because nobody reads its standard error any more must not panic for it.
        let _ = writeln!(std::io::stderr(), "milvus-otel: {what}");
    }
}

static CLAIMED: AtomicBool = AtomicBool::new(false);

/// The right to the process's globals, of which there is one.
#[derive(Debug)]
pub(super) struct Claim(());

impl Claim {
    pub(super) fn new() -> Result<Self, Error> {
        match CLAIMED.swap(true, Ordering::AcqRel) {
            false => Ok(Self(())),
            true => Err(Error::already_installed()),
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        CLAIMED.store(false, Ordering::Release);
    }
}
