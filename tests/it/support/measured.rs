//! What was measured, in a form that tests compare as data.

use std::collections::BTreeMap;

use milvus_otel::OtelLayer;
use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};

/// A meter provider of this test's own, and what was exported from it.
pub(crate) struct Meters {
    pub(crate) provider: SdkMeterProvider,
    exporter: InMemoryMetricExporter,
}

/// An instrument as it was exported, with its time series.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) unit: String,
    pub(crate) about: String,
    /// Name, version and schema URL.
    pub(crate) scope: (String, Option<String>, Option<String>),
    pub(crate) series: Vec<Series>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    pub(crate) attributes: BTreeMap<String, String>,
    /// How many values were recorded; 0 for what is not a histogram.
    pub(crate) count: u64,
    pub(crate) sum: f64,
    pub(crate) boundaries: Vec<f64>,
}

impl Meters {
    pub(crate) fn new() -> Self {
        let exporter = InMemoryMetricExporter::default();
        let reader = PeriodicReader::builder(exporter.clone())
            .with_interval(std::time::Duration::from_secs(3600))
            .build();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        Self { provider, exporter }
    }

    pub(crate) fn on(&self, layer: OtelLayer) -> OtelLayer {
        layer.meter_provider(&self.provider)
    }

    /// Everything measured so far, by instrument.
    pub(crate) fn read(&self) -> BTreeMap<String, Measured> {
        self.exporter.reset();
        self.provider.force_flush().unwrap();
        let exported = self.exporter.get_finished_metrics().unwrap();
        let measured = exported.last().map(measured).unwrap_or_default();
        let named = |measured: Measured| (measured.name.clone(), measured);
        measured.into_iter().map(named).collect()
    }

    /// The time series of one instrument; empty where nothing was recorded.
    pub(crate) fn series(&self, name: &str) -> Vec<Series> {
        let measured = self.read().remove(name);
        measured.map_or_else(Vec::new, |measured| measured.series)
    }

    /// The only time series of an instrument.
    pub(crate) fn only(&self, name: &str) -> Series {
        let mut series = self.series(name);
        assert_eq!(series.len(), 1, "{name}: {series:#?}");
        series.remove(0)
    }

    /// The sum over all time series of an instrument.
    pub(crate) fn total(&self, name: &str) -> f64 {
        self.series(name).iter().map(|series| series.sum).sum()
    }
}

fn measured(exported: &ResourceMetrics) -> Vec<Measured> {
    let mut out = Vec::new();
    for scope in exported.scope_metrics() {
        for metric in scope.metrics() {
            let (kind, series) = match metric.data() {
                AggregatedMetrics::F64(data) => series(data, |value| value),
                AggregatedMetrics::U64(data) => series(data, |value| value as f64),
                AggregatedMetrics::I64(data) => series(data, |value| value as f64),
            };
            let named = scope.scope();
            out.push(Measured {
                name: metric.name().to_owned(),
                kind,
                unit: metric.unit().to_owned(),
                about: metric.description().to_owned(),
                scope: (
                    named.name().to_owned(),
                    named.version().map(str::to_owned),
                    named.schema_url().map(str::to_owned),
                ),
                series,
            });
        }
    }
    out
}

fn series<T: Copy>(data: &MetricData<T>, number: impl Fn(T) -> f64) -> (&'static str, Vec<Series>) {
    match data {
        MetricData::Histogram(histogram) => {
            let series = histogram.data_points().map(|point| Series {
                attributes: texts(point.attributes()),
                count: point.count(),
                sum: number(point.sum()),
                boundaries: point.bounds().collect(),
            });
            ("histogram", series.collect())
        }
        MetricData::Sum(sum) => {
            let series = sum.data_points().map(|point| Series {
                attributes: texts(point.attributes()),
                count: 0,
                sum: number(point.value()),
                boundaries: Vec::new(),
            });
            let kind = if sum.is_monotonic() {
                "counter"
            } else {
                "up-down counter"
            };
            (kind, series.collect())
        }
        MetricData::Gauge(_) | MetricData::ExponentialHistogram(_) => {
            panic!("made by none of ours")
        }
    }
}

fn texts<'a>(pairs: impl Iterator<Item = &'a KeyValue>) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for pair in pairs {
        let before = out.insert(pair.key.to_string(), pair.value.to_string());
        assert_eq!(before, None, "{} is there twice", pair.key);
    }
    out
}
