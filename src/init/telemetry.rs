//! The guard that keeps telemetry going and ends it.

use std::sync::Arc;
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
use super::globals::Claim;
use super::notice::tell;
use super::pipeline::Pipeline;
use super::selection::Selection;

/// Running telemetry. Keep it until the end of `main`, then call [`shutdown`](Self::shutdown).
///
/// Dropping it shuts down too, also while a panic or an early return unwinds; what could not be delivered is then
/// told by a `tracing` warning, or on the standard error when no subscriber of the application is there to show one.
///
/// What is still in the queues is lost, at most the last 5 s of spans, 1 s of log records and 60 s of metrics with the
/// default intervals, when a process ends without either:
/// - by `std::process::exit`: shut down before;
/// - by a signal: see [`shutdown_on_signal`](Self::shutdown_on_signal), or catch the signal as shown there;
/// - by `std::process::abort`, `panic = "abort"` or `SIGKILL`: nothing can be done but a call of [`flush`](Self::flush)
///   at moments that matter;
/// - with the guard in a `static`, which Rust never drops: keep it in `main`.
///
/// Shutting down works wherever it is called: on a thread of any runtime, in a task, or without a runtime. It blocks
/// the calling thread until the collector has answered, usually some milliseconds, never longer than
/// [`shutdown_timeout`](super::Builder::shutdown_timeout) and one second. A collector that runs in the same process
/// must therefore not depend on that thread.
#[must_use = "telemetry ends when its guard is dropped"]
#[derive(Debug)]
pub struct Telemetry {
    pub(super) pipeline: Option<Arc<Pipeline>>,
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
    /// decides before it: where one disables a span that is to be exported, that is said once on the standard error,
    /// with the span's name. See [filters](super#filters). Does nothing when telemetry is disabled.
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
        match &self.pipeline {
            Some(pipeline) => pipeline.deliveries(),
            None => Vec::new(),
        }
    }

    /// Exports all spans ended, metrics recorded and log records written so far, and waits for the answers.
    ///
    /// # Errors
    /// When an export failed, the collector rejected a part of it, or it is still under way after the shutdown timeout;
    /// it goes on then.
    pub fn flush(&self) -> Result<(), Error> {
        match &self.pipeline {
            Some(pipeline) => pipeline.flush(self.shutdown_timeout),
            None => Ok(()),
        }
    }

    /// From now on, shuts telemetry down when SIGTERM or SIGINT (Ctrl-C) ends the process, so that the last spans are
    /// not lost. The process then ends by that signal as it would have without this, and its status says so (143 and
    /// 130 in a shell). A second signal ends it at once.
    ///
    /// For programs that do not handle these signals themselves: as soon as the telemetry is delivered the process
    /// ends, whatever the rest of it is doing. Spans that are open then are not exported. A program that handles
    /// signals, as a web server does to finish its requests, must not call this. It shuts down after its last request
    /// instead; with axum:
    ///
    /// ```no_run
    /// use milvus_otel::init;
    /// use tokio::signal::unix::{SignalKind, signal};
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let telemetry = init::otlp("book-search").install()?;
    ///     let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    ///     let mut terminate = signal(SignalKind::terminate())?; // from Kubernetes and Docker
    ///     let mut interrupt = signal(SignalKind::interrupt())?; // Ctrl-C
    ///     let served = axum::serve(listener, axum::Router::new())
    ///         .with_graceful_shutdown(async move {
    ///             tokio::select! {
    ///                 _ = terminate.recv() => {}
    ///                 _ = interrupt.recv() => {}
    ///             }
    ///         })
    ///         .await;
    ///     telemetry.shutdown_or_warn();
    ///     Ok(served?)
    /// }
    /// ```
    ///
    /// # Errors
    /// When the handlers or their thread cannot be installed.
    #[cfg(unix)]
    pub fn shutdown_on_signal(&self) -> Result<(), Error> {
        let Some(pipeline) = &self.pipeline else {
            return Ok(());
        };
        // Telemetry that was shut down before the signal has nothing left to do.
        let pipeline = Arc::downgrade(pipeline);
        let (timeout, quiet) = (self.shutdown_timeout, self.quiet);
        super::signals::before_the_end(move || {
            if let Some(pipeline) = pipeline.upgrade()
                && let Err(error) = pipeline.shutdown(timeout).1
            {
                tell(&error, quiet);
            }
        })
        .map_err(Error::signals)
    }

    /// Exports what is left, ends the export threads, and returns what was delivered.
    ///
    /// Spans that have not ended by now are not exported: let go of them first.
    ///
    /// # Errors
    /// When anything since the start was not delivered or was rejected: which signal, how much of it, to which
    /// endpoint, and why.
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
        let Some(pipeline) = self.pipeline.take() else {
            return (Vec::new(), Ok(()));
        };
        let ended = pipeline.shutdown(self.shutdown_timeout);
        if let Some(replaced) = self.claim.take().and_then(|claim| claim.replaced()) {
            tell(&replaced, self.quiet);
        }
        ended
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.end_or_warn();
    }
}
