//! The providers, from start to shutdown.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::logs::{LogProcessor, SdkLoggerProvider};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{SdkTracerProvider, ShouldSample};

use super::counts::Counts;
use super::delivery::{Delivery, Signal};
use super::destination::{ExporterFactory, MetricSettings};
use super::env::Env;
use super::error::Error;
use super::extensions::{AddReader, Extensions, View};
use super::log_chain::LogChain;
use super::runtime::ExportRuntime;
use super::sampling;
use super::settings::Overrides;

/// How long a shutdown may take after its deadline.
const GRACE: Duration = Duration::from_secs(1);

/// What is needed to build a [`Pipeline`].
pub(super) struct Plan {
    pub(super) overrides: Overrides,
    pub(super) resource: Resource,
    pub(super) sampler: Option<Box<dyn ShouldSample>>,
    pub(super) extensions: Extensions,
}

#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) traces: SdkTracerProvider,
    pub(super) metrics: Option<SdkMeterProvider>,
    pub(super) logs: Option<SdkLoggerProvider>,
    /// Whether the sampler is known to record no new trace.
    pub(super) never_samples: bool,
    counts: Vec<Arc<Counts>>,
    runtime: ExportRuntime,
}

impl Pipeline {
    pub(super) fn start(env: &mut Env, plan: Plan) -> Result<Self, Error> {
        let extensions = plan.extensions;
        let runtime = ExportRuntime::start().map_err(Error::runtime)?;
        let sampler = plan.sampler;
        let sampler = sampler.unwrap_or_else(|| sampling::sampler(env).into());
        let never_samples = sampling::is_off(&*sampler);
        let mut traces = SdkTracerProvider::builder()
            .with_resource(plan.resource.clone())
            .with_sampler(sampler)
            .with_span_limits(sampling::span_limits(env));
        if let Some(add) = extensions.id_generator {
            traces = add(traces);
        }
        let mut factory = ExporterFactory::new(env, &plan.overrides, &runtime);
        for destination in factory.destinations(Signal::Traces, true) {
            traces = factory.traces(destination, traces)?;
        }
        // Behind the exporters, here and for metrics, because the SDK shuts down one after the other: one that never
        // returns then costs no telemetry. Spans are the same in any order, as each processor receives a copy.
        for add in extensions.span_processors {
            traces = add(traces);
        }
        let metrics = meter_provider(
            &mut factory,
            plan.resource.clone(),
            extensions.readers,
            &extensions.views,
        )?;
        let logs = logger_provider(&mut factory, plan.resource, extensions.log_processors)?;
        Ok(Self {
            traces: traces.build(),
            metrics,
            logs,
            never_samples,
            counts: factory.counts,
            runtime,
        })
    }

    pub(super) fn exports_spans(&self) -> bool {
        let traces = |delivery: &Delivery| delivery.signal == Signal::Traces;
        self.deliveries().iter().any(traces)
    }

    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        self.counts.iter().map(|counts| counts.snapshot()).collect()
    }

    /// Exports everything queued, waiting for at most `timeout`.
    pub(super) fn flush(&self, timeout: Duration) -> Result<(), Error> {
        let before = self.deliveries();
        let (traces, metrics, logs) =
            (self.traces.clone(), self.metrics.clone(), self.logs.clone());
        let mut work: Vec<Work> = vec![Box::new(move || traces.force_flush())];
        work.extend(metrics.map(|metrics| Box::new(move || metrics.force_flush()) as Work));
        work.extend(logs.map(|logs| Box::new(move || logs.force_flush()) as Work));
        let results = self.run_on_threads(timeout, AtDeadline::Continue, work);
        let failed: Vec<_> = self
            .deliveries()
            .into_iter()
            .zip(before)
            .filter(|(now, then)| now.failed + now.rejected > then.failed + then.rejected)
            .map(|(now, _)| now)
            .collect();
        if !failed.is_empty() {
            return Err(Error::undelivered(failed));
        }
        match results.into_iter().find_map(Result::err) {
            Some(error) => Err(Error::unfinished("flushed", error)),
            None => Ok(()),
        }
    }

    /// Exports everything queued, ends all threads, and returns how much was delivered.
    pub(super) fn shutdown(&self, timeout: Duration) -> (Vec<Delivery>, Result<(), Error>) {
        let limit = timeout.saturating_add(GRACE);
        let (traces, metrics, logs) =
            (self.traces.clone(), self.metrics.clone(), self.logs.clone());
        let mut work: Vec<Work> = vec![Box::new(move || traces.shutdown_with_timeout(limit))];
        work.extend(
            metrics.map(|metrics| Box::new(move || metrics.shutdown_with_timeout(limit)) as Work),
        );
        work.extend(logs.map(|logs| Box::new(move || logs.shutdown_with_timeout(limit)) as Work));
        let results = self.run_on_threads(timeout, AtDeadline::Abandon, work);
        let deliveries = self.deliveries();
        let lost: Vec<_> = deliveries
            .iter()
            .filter(|delivery| delivery.lost() > 0)
            .cloned()
            .collect();
        if !lost.is_empty() {
            return (deliveries, Err(Error::undelivered(lost)));
        }
        // It is not an error if the application has already shut a provider down.
        let is_failure = |error: &OTelSdkError| !matches!(error, OTelSdkError::AlreadyShutdown);
        let result = match results.into_iter().filter_map(Result::err).find(is_failure) {
            Some(error) => Err(Error::unfinished("shut down", error)),
            None => Ok(()),
        };
        (deliveries, result)
    }

    /// Runs the providers' blocking work concurrently, for at most `timeout`. With [`AtDeadline::Abandon`], overdue
    /// exports are then made to fail, and the wait for that is limited to `GRACE`.
    fn run_on_threads(
        &self,
        timeout: Duration,
        at_deadline: AtDeadline,
        work: Vec<Work>,
    ) -> Vec<OTelSdkResult> {
        let (done, finished) = channel();
        let mut spawned: Vec<_> = work
            .into_iter()
            .map(|work| run_on_thread(done.clone(), work))
            .collect();
        let mut results: Vec<_> = spawned.iter_mut().filter_map(Option::take).collect();
        let total = spawned.len();
        let mut deadline = Instant::now() + timeout;
        let mut may_abandon = at_deadline == AtDeadline::Abandon;
        while results.len() < total {
            match finished.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(result) => results.push(result),
                Err(RecvTimeoutError::Timeout) if may_abandon => {
                    may_abandon = false;
                    self.runtime.abandon();
                    deadline = Instant::now() + GRACE;
                }
                Err(_) => {
                    results.push(Err(OTelSdkError::Timeout(timeout)));
                    break;
                }
            }
        }
        results
    }
}

fn meter_provider(
    factory: &mut ExporterFactory<'_>,
    resource: Resource,
    readers: Vec<AddReader>,
    views: &[View],
) -> Result<Option<SdkMeterProvider>, Error> {
    let destinations = factory.destinations(Signal::Metrics, true);
    if destinations.is_empty() && readers.is_empty() {
        return Ok(None);
    }
    let settings = MetricSettings::resolve(factory.env);
    if !readers.is_empty() {
        settings.warn_readers(factory.env);
    }
    let provider = SdkMeterProvider::builder().with_resource(resource);
    let mut provider = settings.with_views(provider, views);
    for destination in destinations {
        provider = factory.metrics(destination, settings, provider)?;
    }
    for add in readers {
        provider = add(provider);
    }
    Ok(Some(provider.build()))
}

fn logger_provider(
    factory: &mut ExporterFactory<'_>,
    resource: Resource,
    added: Vec<Box<dyn LogProcessor>>,
) -> Result<Option<SdkLoggerProvider>, Error> {
    let mut exporters = Vec::new();
    let destinations = factory.destinations(Signal::Logs, false);
    if destinations.is_empty() && added.is_empty() {
        return Ok(None);
    }
    for destination in destinations {
        exporters.extend(factory.logs(destination)?);
    }
    let provider = SdkLoggerProvider::builder()
        .with_resource(resource)
        .with_log_processor(LogChain { added, exporters });
    Ok(Some(provider.build()))
}

type Work = Box<dyn FnOnce() -> OTelSdkResult + Send>;

/// What to do with exports that are still running at the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtDeadline {
    Continue,
    Abandon,
}

/// Runs `work` on a new thread, which sends the result to `done`; returns an error only if the thread cannot be
/// started.
fn run_on_thread(done: Sender<OTelSdkResult>, work: Work) -> Option<OTelSdkResult> {
    std::thread::Builder::new()
        .name("milvus-otel-shutdown".to_owned())
        .spawn(move || {
            let _suppressed = Context::enter_telemetry_suppressed_scope();
            // The receiver is gone after the deadline.
            let _ = done.send(work());
        })
        .err()
        .map(|error| Err(OTelSdkError::InternalFailure(error.to_string())))
}
