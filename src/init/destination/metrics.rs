//! Adds metric readers to a meter provider.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_otlp::MetricExporter;
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, InstrumentKind, MeterProviderBuilder, PeriodicReader, Stream,
    Temporality,
};

use super::ExporterFactory;
use crate::init::delivery::Signal;
use crate::init::env::Env;
use crate::init::error::Error;
use crate::init::extensions::View;
use crate::init::otlp::with_sender;
use crate::init::settings::ExporterKind;
use crate::init::variables;

impl ExporterFactory<'_> {
    /// Adds a reader that exports metrics to `destination`.
    pub(in super::super) fn metrics(
        &mut self,
        destination: ExporterKind,
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
                with_sender(builder.with_http(), sender).build()
            })?;
        let Some(exporter) = exporter else {
            return Ok(provider);
        };
        let reader = PeriodicReader::builder(exporter).with_interval(interval);
        Ok(provider.with_reader(reader.build()))
    }
}

/// When and how metrics are collected. These settings are the same for every destination.
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
            temporality: env.value(&variables::TEMPORALITY),
            interval: env.value(&variables::METRIC_INTERVAL),
            limit: env.value(&variables::METRIC_TIMEOUT),
            exponential: env.value(&variables::EXPONENTIAL_HISTOGRAMS),
        }
    }

    /// Warns that the buckets requested for OTLP also reach the readers that were added in code: the SDK has one
    /// aggregation for all readers.
    pub(in super::super) fn warn_readers(self, env: &mut Env) {
        if self.exponential {
            let reason = "also applies to the readers added in code; opentelemetry-prometheus does not show such \
                          histograms: select explicit buckets for them with a view";
            env.warn(variables::EXPONENTIAL_HISTOGRAMS.name, reason);
        }
    }

    /// Adds the application's views, and switches the histograms that none of them matches to exponential buckets if
    /// the environment requests it.
    pub(in super::super) fn with_views(
        self,
        mut provider: MeterProviderBuilder,
        views: &[View],
    ) -> MeterProviderBuilder {
        for view in views {
            let view = Arc::clone(view);
            provider = provider.with_view(move |instrument: &Instrument| view(instrument));
        }
        if !self.exponential {
            return provider;
        }
        let views = views.to_vec();
        provider.with_view(move |instrument: &Instrument| {
            // The SDK makes a metric for every view that matches.
            let matched = views.iter().any(|view| view(instrument).is_some());
            if matched || instrument.kind() != InstrumentKind::Histogram {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporality_by_name() {
        let mut env = Env::fixed([("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Delta")]);
        assert_eq!(
            MetricSettings::resolve(&mut env).temporality,
            Temporality::Delta
        );
        assert_eq!(
            MetricSettings::resolve(&mut Env::fixed([])).temporality,
            Temporality::Cumulative
        );
    }

    #[test]
    fn aggregation_by_name() {
        let aggregation = |value| {
            let mut env = Env::fixed([(
                "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
                value,
            )]);
            (
                MetricSettings::resolve(&mut env).exponential,
                env.into_warnings().len(),
            )
        };
        assert_eq!(aggregation("base2_exponential_bucket_histogram"), (true, 0));
        assert_eq!(aggregation("Explicit_Bucket_Histogram"), (false, 0));
        assert_eq!(aggregation("linear"), (false, 1));
    }
}
