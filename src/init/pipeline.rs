//! The providers, from start to shutdown.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, TracerProviderBuilder};

use super::delivery::{Counts, Delivery, Signal};
use super::destination::{Destination, MetricSettings};
use super::env::Env;
use super::error::Error;
use super::otlp::Coded;
use super::runtime::ExportRuntime;
use super::sampling;

/// How long after its deadline a shutdown may take to wind up.
const GRACE: Duration = Duration::from_secs(1);

/// What is needed to build a [`Pipeline`].
pub(super) struct Plan {
    pub(super) coded: Coded,
    pub(super) resource: Resource,
    pub(super) sampler: Option<Sampler>,
    pub(super) metrics: bool,
    /// Adds the caller's own span processors.
    pub(super) processors: Vec<AddProcessor>,
}

pub(super) type AddProcessor =
    Box<dyn FnOnce(TracerProviderBuilder) -> TracerProviderBuilder + Send + Sync>;

#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) traces: SdkTracerProvider,
    pub(super) metrics: Option<SdkMeterProvider>,
    counts: Vec<Arc<Counts>>,
    runtime: ExportRuntime,
}

impl Pipeline {
    pub(super) fn start(env: &mut Env, plan: Plan) -> Result<Self, Error> {
        let runtime = ExportRuntime::start().map_err(Error::runtime)?;
        let mut counts = Vec::new();
        let sampler = plan.sampler.unwrap_or_else(|| sampling::sampler(env));
        let mut traces = SdkTracerProvider::builder()
            .with_resource(plan.resource.clone())
            .with_sampler(sampler)
            .with_span_limits(sampling::span_limits(env));
        for add in plan.processors {
            traces = add(traces);
        }
        for destination in Destination::list(env, Signal::Traces) {
            traces = destination.trace(env, &plan.coded, &runtime, &mut counts, traces)?;
        }
        let metrics = if plan.metrics {
            Self::meter_provider(env, &plan.coded, plan.resource, &runtime, &mut counts)?
        } else {
            None
        };
        Ok(Self {
            traces: traces.build(),
            metrics,
            counts,
            runtime,
        })
    }

    fn meter_provider(
        env: &mut Env,
        coded: &Coded,
        resource: Resource,
        runtime: &ExportRuntime,
        counts: &mut Vec<Arc<Counts>>,
    ) -> Result<Option<SdkMeterProvider>, Error> {
        let destinations = Destination::list(env, Signal::Metrics);
        if destinations.is_empty() {
            return Ok(None);
        }
        let settings = MetricSettings::resolve(env);
        let mut provider = SdkMeterProvider::builder().with_resource(resource);
        for destination in destinations {
            provider = destination.meter(env, coded, settings, runtime, counts, provider)?;
        }
        Ok(Some(provider.build()))
    }

    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        self.counts.iter().map(|counts| counts.snapshot()).collect()
    }

    /// Sends what is waiting, for at most `timeout`.
    pub(super) fn flush(&self, timeout: Duration) -> Result<(), Error> {
        let before = self.deliveries();
        let results = self.on_threads(
            timeout,
            Overdue::GoesOn,
            |traces| traces.force_flush(),
            |metrics| metrics.force_flush(),
        );
        let failed: Vec<_> = self
            .deliveries()
            .into_iter()
            .zip(before)
            .filter(|(now, then)| now.failed > then.failed)
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

    /// Sends what is waiting, ends every thread, and tells what arrived.
    pub(super) fn shutdown(self, timeout: Duration) -> Result<Vec<Delivery>, Error> {
        let limit = timeout.saturating_add(GRACE);
        let results = self.on_threads(
            timeout,
            Overdue::IsAbandoned,
            move |traces| traces.shutdown_with_timeout(limit),
            move |metrics| metrics.shutdown_with_timeout(limit),
        );
        let deliveries = self.deliveries();
        let lost: Vec<_> = deliveries
            .iter()
            .filter(|delivery| delivery.lost() > 0)
            .cloned()
            .collect();
        if !lost.is_empty() {
            return Err(Error::undelivered(lost));
        }
        // An application that shut a provider down by itself has its telemetry all the same.
        let wrong = |error: &OTelSdkError| !matches!(error, OTelSdkError::AlreadyShutdown);
        match results.into_iter().filter_map(Result::err).find(wrong) {
            Some(error) => Err(Error::unfinished("shut down", error)),
            None => Ok(deliveries),
        }
    }

    /// Does both providers' blocking work side by side, for at most `timeout`; if what is overdue is abandoned, its
    /// exports fail, and the wait for that to happen is bounded too.
    fn on_threads(
        &self,
        timeout: Duration,
        overdue: Overdue,
        for_traces: impl FnOnce(&SdkTracerProvider) -> OTelSdkResult + Send + 'static,
        for_metrics: impl FnOnce(&SdkMeterProvider) -> OTelSdkResult + Send + 'static,
    ) -> Vec<OTelSdkResult> {
        let (done, finished) = channel();
        let traces = self.traces.clone();
        let mut awaited = vec![on_thread(done.clone(), move || for_traces(&traces))];
        if let Some(metrics) = self.metrics.clone() {
            awaited.push(on_thread(done, move || for_metrics(&metrics)));
        }
        let mut results: Vec<_> = awaited.iter_mut().filter_map(Option::take).collect();
        let total = awaited.len();
        let mut deadline = Instant::now() + timeout;
        let mut may_abandon = overdue == Overdue::IsAbandoned;
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

/// What becomes of exports that are under way at the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overdue {
    GoesOn,
    IsAbandoned,
}

/// Runs `work` on a thread of its own and sends its result; returns an error only if there can be no such thread.
fn on_thread(
    done: Sender<OTelSdkResult>,
    work: impl FnOnce() -> OTelSdkResult + Send + 'static,
) -> Option<OTelSdkResult> {
    std::thread::Builder::new()
        .name("milvus-otel-shutdown".to_owned())
        .spawn(move || {
            let _suppressed = Context::enter_telemetry_suppressed_scope();
            // Nobody listens after the deadline.
            let _ = done.send(work());
        })
        .err()
        .map(|error| Err(OTelSdkError::InternalFailure(error.to_string())))
}
