//! Metrics to their destinations.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, InstrumentKind, MeterProviderBuilder, PeriodicReader, Stream,
    Temporality,
};

use super::{Destination, Wiring};
use crate::init::console::{self, ConsoleMetrics};
use crate::init::counted::Counted;
use crate::init::delivery::{Counts, Signal};
use crate::init::env::Env;
use crate::init::error::Error;
use crate::init::file::FileExporter;
use crate::init::otlp::Otlp;
use crate::init::runtime::Exports;

impl Wiring<'_> {
    /// Adds a reader that sends metrics there.
    pub(in super::super) fn metrics(
        &mut self,
        destination: Destination,
        settings: MetricSettings,
        provider: MeterProviderBuilder,
    ) -> Result<MeterProviderBuilder, Error> {
        const SIGNAL: Signal = Signal::Metrics;
        let MetricSettings {
            temporality,
            interval,
            limit,
            ..
        } = settings;
        let cumulative = temporality == Temporality::Cumulative;
        let Some(exports) = self.runtime.exports(limit) else {
            return Ok(provider);
        };
        Ok(match destination {
            Destination::Otlp => {
                let otlp = Otlp::resolve(self.env, SIGNAL, self.coded)?;
                let counts = self.count(SIGNAL, otlp.endpoint.shown(), cumulative);
                let inner = {
                    let _runtime = exports.enter();
                    otlp.metric_exporter(temporality, Arc::clone(&counts))?
                };
                provider.with_reader(reader(inner, counts, exports, interval))
            }
            Destination::Console => {
                let counts = self.count(SIGNAL, console::DESTINATION.to_owned(), cumulative);
                let inner = ConsoleMetrics { temporality };
                provider.with_reader(reader(inner, counts, exports, interval))
            }
            Destination::File => {
                let path = self.coded.file.as_deref();
                let Some(file) = self.files.open(self.env, SIGNAL, path)? else {
                    return Ok(provider);
                };
                let counts = self.count(SIGNAL, file.shown(), cumulative);
                let inner = FileExporter::new(file, temporality);
                provider.with_reader(reader(inner, counts, exports, interval))
            }
        })
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

/// When and how metrics are collected, the same for every destination.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct MetricSettings {
    temporality: Temporality,
    interval: Duration,
    limit: Duration,
    exponential: bool,
}

impl MetricSettings {
    pub(in super::super) fn resolve(env: &mut Env) -> Self {
        Self {
            temporality: temporality(env),
            interval: env
                .millis("OTEL_METRIC_EXPORT_INTERVAL")
                .unwrap_or(Duration::from_secs(60)),
            limit: env
                .timeout("OTEL_METRIC_EXPORT_TIMEOUT")
                .unwrap_or(Duration::from_secs(30)),
            exponential: exponential(env),
        }
    }

    /// Histograms with buckets that grow exponentially, if the environment asks for them.
    pub(in super::super) fn aggregate(
        self,
        provider: MeterProviderBuilder,
    ) -> MeterProviderBuilder {
        if !self.exponential {
            return provider;
        }
        provider.with_view(|instrument: &Instrument| {
            if instrument.kind() != InstrumentKind::Histogram {
                return None;
            }
            // The specification's defaults.
            let aggregation = Aggregation::Base2ExponentialHistogram {
                max_size: 160,
                max_scale: 20,
                record_min_max: true,
            };
            Stream::builder().with_aggregation(aggregation).build().ok()
        })
    }
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

fn exponential(env: &mut Env) -> bool {
    const NAME: &str = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
    const EXPLICIT: &str = "explicit_bucket_histogram";
    const EXPONENTIAL: &str = "base2_exponential_bucket_histogram";
    let Some(value) = env.get(NAME) else {
        return false;
    };
    match value.to_ascii_lowercase().as_str() {
        EXPLICIT => false,
        EXPONENTIAL => true,
        _ => {
            env.warn(
                NAME,
                format!("expected {EXPLICIT} or {EXPONENTIAL}, got {value:?}, {EXPLICIT} is used"),
            );
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporality_by_name() {
        let mut env = Env::fixed([("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Delta")]);
        assert_eq!(temporality(&mut env), Temporality::Delta);
        assert_eq!(temporality(&mut Env::fixed([])), Temporality::Cumulative);
    }

    #[test]
    fn aggregation_by_name() {
        let aggregation = |value| {
            let mut env = Env::fixed([(
                "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
                value,
            )]);
            (exponential(&mut env), env.into_warnings().len())
        };
        assert_eq!(aggregation("base2_exponential_bucket_histogram"), (true, 0));
        assert_eq!(aggregation("Explicit_Bucket_Histogram"), (false, 0));
        assert_eq!(aggregation("linear"), (false, 1));
    }
}
