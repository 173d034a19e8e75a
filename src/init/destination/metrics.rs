//! Metrics to their destinations.

use std::time::Duration;

use opentelemetry_otlp::MetricExporter;
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, InstrumentKind, MeterProviderBuilder, PeriodicReader, Stream,
    Temporality,
};

use super::{Destination, Wiring};
use crate::init::delivery::Signal;
use crate::init::env::Env;
use crate::init::error::Error;
use crate::init::otlp::by_sender;

impl Wiring<'_> {
    /// Adds a reader that sends metrics there.
    pub(in super::super) fn metrics(
        &mut self,
        destination: Destination,
        settings: MetricSettings,
        provider: MeterProviderBuilder,
    ) -> Result<MeterProviderBuilder, Error> {
        let MetricSettings {
            temporality,
            interval,
            limit,
            ..
        } = settings;
        let exporter =
            self.exporter(Signal::Metrics, destination, limit, temporality, |sender| {
                let builder = MetricExporter::builder().with_temporality(temporality);
                by_sender(builder.with_http(), sender).build()
            })?;
        let Some(exporter) = exporter else {
            return Ok(provider);
        };
        let reader = PeriodicReader::builder(exporter).with_interval(interval);
        Ok(provider.with_reader(reader.build()))
    }
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
    const KNOWN: [(&str, Temporality); 3] = [
        ("cumulative", Temporality::Cumulative),
        ("delta", Temporality::Delta),
        ("lowmemory", Temporality::LowMemory),
    ];
    env.one_of(NAME, &KNOWN).unwrap_or(Temporality::Cumulative)
}

fn exponential(env: &mut Env) -> bool {
    const NAME: &str = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
    const KNOWN: [(&str, bool); 2] = [
        ("explicit_bucket_histogram", false),
        ("base2_exponential_bucket_histogram", true),
    ];
    env.one_of(NAME, &KNOWN).unwrap_or(false)
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
