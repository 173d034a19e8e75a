//! The guard that keeps telemetry running and shuts it down.

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
use super::notice::report;
use super::pipeline::Pipeline;
use super::propagation::Propagation;
use super::selection::Selection;

/// Running telemetry. Keep it until the end of `main`, then call [`shutdown`](Self::shutdown).
///
/// Dropping it also shuts telemetry down, even during a panic or an early return. Telemetry that could not be delivered
/// is then reported as a `tracing` warning, or on stderr if the application has not set a subscriber.
///
/// Telemetry still in the queues is lost if the process ends without a shutdown. With the default intervals, that is at
/// most the last 5 s of spans, 1 s of log records and 60 s of metrics. This happens if the process ends:
/// - by `std::process::exit`: shut telemetry down first;
/// - by a signal: call [`shutdown_on_signal`](Self::shutdown_on_signal), or handle the signal as shown there;
/// - by `std::process::abort`, `panic = "abort"` or `SIGKILL`: the only remedy is to call [`flush`](Self::flush)
///   at important moments;
/// - with the guard in a `static`, which Rust never drops: keep it in `main`.
///
/// Shutdown works on a thread of any runtime, inside a task, or without a runtime. It blocks the calling thread until
/// the collector has responded: usually a few milliseconds, and never longer than
/// [`shutdown_timeout`](super::Builder::shutdown_timeout) plus one second. A collector that runs in the same process
/// must therefore not depend on that thread.
#[must_use = "telemetry ends when its guard is dropped"]
#[derive(Debug)]
pub struct Telemetry {
    pub(super) pipeline: Option<Arc<Pipeline>>,
    pub(super) claim: Option<Claim>,
    pub(super) warnings: Vec<Warning>,
    pub(super) propagation: Propagation,
    pub(super) selection: Selection,
    pub(super) shutdown_timeout: Duration,
    /// Whether `OTEL_LOG_LEVEL` silences warnings on stderr.
    pub(super) quiet: bool,
}

impl Telemetry {
    /// A layer for the application's own subscriber that exports its `tracing` spans, and its events if
    /// [logs](super::Builder::logs) are enabled.
    ///
    /// It exports the spans and events selected by the builder's [`level`](super::Builder::level). A filter over the
    /// whole subscriber applies first: the first time it disables a span that should be exported, a message on stderr
    /// names that span. See [filters](super#filters). The layer does nothing if telemetry is disabled.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
    {
        let Some(tracer) = self.tracer() else {
            return None::<Identity>.boxed();
        };
        let spans = super::layer::spans(tracer, self.selection.clone(), self.quiet);
        // Not `Option<Layer>` around the other layer: `None` hides spans from the inner layer that it should see.
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

    /// The tracer provider, for instrumentation that does not use the global one; `None` if telemetry is disabled.
    pub fn tracer_provider(&self) -> Option<&SdkTracerProvider> {
        Some(&self.pipeline.as_ref()?.traces)
    }

    /// The meter provider; `None` if telemetry is disabled or metrics have no exporter and no reader.
    pub fn meter_provider(&self) -> Option<&SdkMeterProvider> {
        self.pipeline.as_ref()?.metrics.as_ref()
    }

    /// The logger provider, for bridges from logging crates other than `tracing`; `None` if telemetry is disabled or
    /// logs have no exporter and no processor. OpenTelemetry for Rust has no global logger provider.
    pub fn logger_provider(&self) -> Option<&SdkLoggerProvider> {
        self.pipeline.as_ref()?.logs.as_ref()
    }

    /// The settings that were ignored. They have already been reported, as a `tracing` warning or on stderr.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// What to do if the global propagator does not write `traceparent`; `None` if `init` did not set it.
    pub(crate) fn propagator_fix(&self) -> Option<String> {
        self.propagation.fix()
    }

    /// Whether the sampler is known to record no new trace.
    pub(crate) fn never_samples(&self) -> bool {
        let pipeline = self.pipeline.as_ref();
        pipeline.is_some_and(|pipeline| pipeline.never_samples)
    }

    /// How much has been delivered and lost so far, one entry per signal and destination.
    pub fn deliveries(&self) -> Vec<Delivery> {
        match &self.pipeline {
            Some(pipeline) => pipeline.deliveries(),
            None => Vec::new(),
        }
    }

    /// Exports all spans ended, metrics recorded and log records written so far, and waits for the responses.
    ///
    /// # Errors
    /// If an export failed, the collector rejected part of it, or it is still running after the shutdown timeout. In
    /// the last case it continues in the background.
    pub fn flush(&self) -> Result<(), Error> {
        match &self.pipeline {
            Some(pipeline) => pipeline.flush(self.shutdown_timeout),
            None => Ok(()),
        }
    }

    /// From now on, shuts telemetry down when SIGTERM or SIGINT (Ctrl-C) ends the process, so that the last spans are
    /// not lost. The signal then ends the process as it would have without this call, with the usual exit status (143
    /// and 130 in a shell). A second signal ends it immediately.
    ///
    /// This is for programs that do not handle these signals themselves: the process ends as soon as the telemetry is
    /// delivered, whatever its other threads are doing. Spans that are still open are not exported. A program that
    /// handles signals itself, such as a web server that finishes its requests first, must not call this. It shuts
    /// telemetry down after its last request instead; with axum:
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
    /// If the signal handlers or their thread cannot be installed.
    #[cfg(unix)]
    pub fn shutdown_on_signal(&self) -> Result<(), Error> {
        let Some(pipeline) = &self.pipeline else {
            return Ok(());
        };
        // Telemetry that was shut down before the signal has nothing left to do.
        let pipeline = Arc::downgrade(pipeline);
        let (timeout, quiet) = (self.shutdown_timeout, self.quiet);
        super::signals::run_before_exit(move || {
            if let Some(pipeline) = pipeline.upgrade()
                && let Err(error) = pipeline.shutdown(timeout).1
            {
                report(&error, quiet);
            }
        })
        .map_err(Error::signals)
    }

    /// Exports everything still queued, ends the export threads, and returns how much was delivered.
    ///
    /// Spans that have not ended yet are not exported: drop them first.
    ///
    /// # Errors
    /// If anything since the start was not delivered or was rejected. The error names the signal, the number of items,
    /// the endpoint and the reason.
    ///
    /// In `main`, do not let this error replace the program's own result: use
    /// [`shutdown_or_warn`](Self::shutdown_or_warn), or check the program's result first:
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

    /// Like [`shutdown`](Self::shutdown), but warns about lost telemetry instead of returning an error, so that an
    /// unavailable collector never changes the program's result. This is the right choice for most `main` functions:
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
    /// The warning is a `tracing` event if the application has set a subscriber, and otherwise a line on stderr.
    /// Returns the counts for each signal, even if telemetry was lost: all spans arrived if the entries of
    /// [`Signal::Traces`](super::Signal::Traces) have no [`lost`](Delivery::lost) items.
    pub fn shutdown_or_warn(mut self) -> Vec<Delivery> {
        self.end_or_warn()
    }

    fn end_or_warn(&mut self) -> Vec<Delivery> {
        let (deliveries, result) = self.end();
        if let Err(error) = result {
            report(&error, self.quiet);
        }
        deliveries
    }

    fn end(&mut self) -> (Vec<Delivery>, Result<(), Error>) {
        let Some(pipeline) = self.pipeline.take() else {
            return (Vec::new(), Ok(()));
        };
        let ended = pipeline.shutdown(self.shutdown_timeout);
        if let Some(replaced) = self.claim.take().and_then(|claim| claim.replaced()) {
            report(&replaced, self.quiet);
        }
        ended
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.end_or_warn();
    }
}
