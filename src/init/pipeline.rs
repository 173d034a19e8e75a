//! Providers, processors and exporters, from start to shutdown.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};
use opentelemetry_sdk::trace::{
    BatchConfig, BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, SpanExporter,
    TracerProviderBuilder,
};

use super::console::{self, ConsoleMetrics, ConsoleSpans};
use super::counted::{Accepting, Counted};
use super::delivery::{Counts, Delivery, Signal};
use super::env::Env;
use super::error::Error;
use super::otlp::{Coded, Otlp};
use super::runtime::{ExportRuntime, Exports};
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
        let mut provider = SdkMeterProvider::builder().with_resource(resource);
        let temporality = temporality(env);
        let interval = env
            .millis("OTEL_METRIC_EXPORT_INTERVAL")
            .unwrap_or(Duration::from_secs(60));
        let limit = env
            .millis("OTEL_METRIC_EXPORT_TIMEOUT")
            .unwrap_or(Duration::from_secs(30));
        for destination in destinations {
            let Some(exports) = runtime.exports(limit) else {
                continue;
            };
            let mut count = |name: String| {
                let cumulative = temporality == Temporality::Cumulative;
                let count = Arc::new(Counts::new(Signal::Metrics, name, cumulative));
                counts.push(Arc::clone(&count));
                count
            };
            match destination {
                Destination::Otlp => {
                    let otlp = Otlp::resolve(env, Signal::Metrics, coded)?;
                    let counts = count(otlp.endpoint.shown());
                    let inner = {
                        let _runtime = exports.enter();
                        otlp.metric_exporter(temporality, Arc::clone(&counts))?
                    };
                    provider = provider.with_reader(reader(inner, counts, exports, interval));
                }
                Destination::Console => {
                    let counts = count(console::DESTINATION.to_owned());
                    let inner = ConsoleMetrics { temporality };
                    provider = provider.with_reader(reader(inner, counts, exports, interval));
                }
            }
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
            Some(error) => Err(Error::stopped(error.to_string())),
            None => Ok(()),
        }
    }

    /// Sends what is waiting, ends every thread, and tells what arrived.
    pub(super) fn shutdown(self, timeout: Duration) -> Result<Vec<Delivery>, Error> {
        let limit = timeout.saturating_add(GRACE);
        let results = self.on_threads(
            timeout,
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
            Some(error) => Err(Error::stopped(error.to_string())),
            None => Ok(deliveries),
        }
    }

    /// Does both providers' blocking work side by side. What is not done after `timeout` is abandoned and so fails;
    /// the wait for that to happen is bounded too.
    fn on_threads(
        &self,
        timeout: Duration,
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
        let mut abandoned = false;
        while results.len() < total {
            match finished.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(result) => results.push(result),
                Err(RecvTimeoutError::Timeout) if !abandoned => {
                    abandoned = true;
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

/// Where `OTEL_TRACES_EXPORTER` and `OTEL_METRICS_EXPORTER` can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination {
    Otlp,
    Console,
}

impl Destination {
    fn list(env: &mut Env, signal: Signal) -> Vec<Self> {
        let name = format!("OTEL_{}_EXPORTER", signal.variable());
        let listed = env.list(&name).unwrap_or_default();
        if listed.iter().any(|exporter| exporter == "none") {
            return Vec::new();
        }
        let mut destinations = Vec::new();
        for exporter in listed {
            let known = match exporter.as_str() {
                "otlp" => Self::Otlp,
                "console" => Self::Console,
                _ => {
                    env.warn(
                        &name,
                        format!(
                            "no exporter {exporter:?} here (otlp, console and none are), ignored"
                        ),
                    );
                    continue;
                }
            };
            if !destinations.contains(&known) {
                destinations.push(known);
            }
        }
        if destinations.is_empty() {
            destinations.push(Self::Otlp);
        }
        destinations
    }

    fn trace(
        self,
        env: &mut Env,
        coded: &Coded,
        runtime: &ExportRuntime,
        counts: &mut Vec<Arc<Counts>>,
        provider: TracerProviderBuilder,
    ) -> Result<TracerProviderBuilder, Error> {
        let limit = env
            .millis("OTEL_BSP_EXPORT_TIMEOUT")
            .unwrap_or(Duration::from_secs(30));
        let Some(exports) = runtime.exports(limit) else {
            return Ok(provider);
        };
        let mut count = |name: String| {
            let count = Arc::new(Counts::new(Signal::Traces, name, false));
            counts.push(Arc::clone(&count));
            count
        };
        Ok(match self {
            Self::Otlp => {
                let otlp = Otlp::resolve(env, Signal::Traces, coded)?;
                let counts = count(otlp.endpoint.shown());
                let inner = {
                    let _runtime = exports.enter();
                    otlp.span_exporter(Arc::clone(&counts))?
                };
                provider.with_span_processor(processor(env, inner, counts, exports))
            }
            Self::Console => {
                let counts = count(console::DESTINATION.to_owned());
                provider.with_span_processor(processor(env, ConsoleSpans, counts, exports))
            }
        })
    }
}

fn processor<E: SpanExporter + 'static>(
    env: &mut Env,
    inner: E,
    counts: Arc<Counts>,
    exports: Exports,
) -> Accepting<BatchSpanProcessor> {
    let exporter = Counted {
        inner,
        counts: Arc::clone(&counts),
        exports,
    };
    Accepting {
        inner: BatchSpanProcessor::builder(exporter)
            .with_batch_config(batch_config(env))
            .build(),
        counts,
        limits: sampling::value_limits(env),
    }
}

fn reader<E: PushMetricExporter>(
    inner: E,
    counts: Arc<Counts>,
    exports: Exports,
    interval: Duration,
) -> PeriodicReader<Counted<E>> {
    let exporter = Counted {
        inner,
        counts,
        exports,
    };
    PeriodicReader::builder(exporter)
        .with_interval(interval)
        .build()
}

fn batch_config(env: &mut Env) -> BatchConfig {
    const QUEUE: &str = "OTEL_BSP_MAX_QUEUE_SIZE";
    const BATCH: &str = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE";
    let delay = env
        .millis("OTEL_BSP_SCHEDULE_DELAY")
        .unwrap_or(Duration::from_secs(5));
    let size = |number: Option<u64>, default| {
        number.map_or(default, |n| usize::try_from(n).unwrap_or(usize::MAX))
    };
    // The queue is allocated in full at the start: a slip of the hand must not take all memory.
    let queue = size(env.number(QUEUE, 1), 2048).min(1 << 20);
    let mut batch = size(env.number(BATCH, 1), 512);
    if batch > queue {
        if env.get(BATCH).is_some() {
            env.warn(BATCH, format!("is larger than the queue, {queue} is used"));
        }
        batch = queue;
    }
    BatchConfigBuilder::default()
        .with_scheduled_delay(delay)
        .with_max_queue_size(queue)
        .with_max_export_batch_size(batch)
        .build()
}

fn temporality(env: &mut Env) -> Temporality {
    const NAME: &str = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
    let Some(value) = env.get(NAME) else {
        return Temporality::Cumulative;
    };
    match value.to_ascii_lowercase().as_str() {
        "cumulative" => Temporality::Cumulative,
        "delta" => Temporality::Delta,
        "lowmemory" => Temporality::LowMemory,
        _ => {
            env.warn(
                NAME,
                format!(
                    "expected cumulative, delta or lowmemory, got {value:?}, cumulative is used"
                ),
            );
            Temporality::Cumulative
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exporters_by_name() {
        let list = |value| {
            let mut env = Env::fixed([("OTEL_TRACES_EXPORTER", value)]);
            let destinations = Destination::list(&mut env, Signal::Traces);
            (destinations, env.into_warnings().len())
        };
        assert_eq!(list(""), (vec![Destination::Otlp], 0));
        assert_eq!(list("none"), (vec![], 0));
        let both = vec![Destination::Console, Destination::Otlp];
        assert_eq!(list("console, OTLP"), (both, 0));
        assert_eq!(list("zipkin"), (vec![Destination::Otlp], 1));
    }

    #[test]
    fn a_batch_never_exceeds_the_queue() {
        let mut env = Env::fixed([
            ("OTEL_BSP_MAX_QUEUE_SIZE", "100"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "200"),
        ]);
        batch_config(&mut env);
        let warnings = env.into_warnings();
        assert_eq!(warnings[0].variable(), "OTEL_BSP_MAX_EXPORT_BATCH_SIZE");

        let mut env = Env::fixed([("OTEL_BSP_MAX_QUEUE_SIZE", "100")]);
        batch_config(&mut env);
        assert_eq!(env.into_warnings(), [], "the default batch just follows");
    }

    #[test]
    fn temporality_by_name() {
        let mut env = Env::fixed([("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Delta")]);
        assert_eq!(temporality(&mut env), Temporality::Delta);
        assert_eq!(temporality(&mut Env::fixed([])), Temporality::Cumulative);
    }
}
