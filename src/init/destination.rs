//! Where spans and metrics are sent, and how they are batched on the way.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{MeterProviderBuilder, PeriodicReader, Temporality};
use opentelemetry_sdk::trace::{
    BatchConfig, BatchConfigBuilder, BatchSpanProcessor, SpanExporter, TracerProviderBuilder,
};

use super::console::{self, ConsoleMetrics, ConsoleSpans};
use super::counted::{Accepting, Counted};
use super::delivery::{Counts, Signal};
use super::env::Env;
use super::error::Error;
use super::otlp::{Coded, Otlp};
use super::runtime::{ExportRuntime, Exports};
use super::sampling;

/// Where `OTEL_TRACES_EXPORTER` and `OTEL_METRICS_EXPORTER` can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    Otlp,
    Console,
}

impl Destination {
    pub(super) fn list(env: &mut Env, signal: Signal) -> Vec<Self> {
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

    /// Adds a processor that sends spans here.
    pub(super) fn trace(
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

    /// Adds a reader that sends metrics here.
    pub(super) fn meter(
        self,
        env: &mut Env,
        coded: &Coded,
        settings: MetricSettings,
        runtime: &ExportRuntime,
        counts: &mut Vec<Arc<Counts>>,
        provider: MeterProviderBuilder,
    ) -> Result<MeterProviderBuilder, Error> {
        let temporality = settings.temporality;
        let Some(exports) = runtime.exports(settings.limit) else {
            return Ok(provider);
        };
        let mut count = |name: String| {
            let cumulative = temporality == Temporality::Cumulative;
            let count = Arc::new(Counts::new(Signal::Metrics, name, cumulative));
            counts.push(Arc::clone(&count));
            count
        };
        Ok(match self {
            Self::Otlp => {
                let otlp = Otlp::resolve(env, Signal::Metrics, coded)?;
                let counts = count(otlp.endpoint.shown());
                let inner = {
                    let _runtime = exports.enter();
                    otlp.metric_exporter(temporality, Arc::clone(&counts))?
                };
                provider.with_reader(reader(inner, counts, exports, settings.interval))
            }
            Self::Console => {
                let counts = count(console::DESTINATION.to_owned());
                let inner = ConsoleMetrics { temporality };
                provider.with_reader(reader(inner, counts, exports, settings.interval))
            }
        })
    }
}

/// When and how metrics are collected, the same for every destination.
#[derive(Debug, Clone, Copy)]
pub(super) struct MetricSettings {
    temporality: Temporality,
    interval: Duration,
    limit: Duration,
}

impl MetricSettings {
    pub(super) fn resolve(env: &mut Env) -> Self {
        Self {
            temporality: temporality(env),
            interval: env
                .millis("OTEL_METRIC_EXPORT_INTERVAL")
                .unwrap_or(Duration::from_secs(60)),
            limit: env
                .millis("OTEL_METRIC_EXPORT_TIMEOUT")
                .unwrap_or(Duration::from_secs(30)),
        }
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
