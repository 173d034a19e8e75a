//! Metrics, flattened.

use std::time::SystemTime;

use super::value::{Attributes, Value};

/// One export of one instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The instrument's name.
    pub name: String,
    /// The instrument's description.
    pub description: String,
    /// The unit in UCUM notation, e.g. `s`.
    pub unit: String,
    /// The kind of aggregation.
    pub kind: MetricKind,
    /// `None` for gauges and summaries, which have no temporality.
    pub temporality: Option<Temporality>,
    /// Whether a sum can only grow; false for every other kind.
    pub monotonic: bool,
    /// One point per set of attributes.
    pub points: Vec<Point>,
    /// `service.name` of the resource.
    pub service: String,
    /// The resource's attributes.
    pub resource: Attributes,
    /// Name of the meter.
    pub scope_name: String,
    /// Version of the meter.
    pub scope_version: String,
    /// Attributes of the meter.
    pub scope_attributes: Attributes,
    /// The meter's schema URL, or the resource's when the meter has none.
    pub schema_url: String,
}

impl Metric {
    /// The point whose attributes include all of `wanted`.
    pub fn point(&self, wanted: &[(&str, Value)]) -> Option<&Point> {
        self.points.iter().find(|point| {
            wanted
                .iter()
                .all(|(key, value)| point.attributes.get(*key) == Some(value))
        })
    }
}

/// The aggregation of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// The last value.
    Gauge,
    /// A counter, up-down or monotonic.
    Sum,
    /// Buckets with explicit bounds.
    Histogram,
    /// Buckets with exponential bounds.
    ExponentialHistogram,
    /// Quantiles computed by the sender.
    Summary,
}

/// Whether points count from the start or from the last export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temporality {
    /// Since the last export.
    Delta,
    /// Since the start.
    Cumulative,
}

/// The value of one set of attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The attributes this point aggregates.
    pub attributes: Attributes,
    /// When counting began.
    pub start: SystemTime,
    /// When the point was collected.
    pub time: SystemTime,
    /// The measured value.
    pub value: PointValue,
    /// Single measurements with their span.
    pub exemplars: Vec<Exemplar>,
}

/// The value of a point.
#[derive(Clone, Debug, PartialEq)]
pub enum PointValue {
    /// A point without a value, sent as "no recorded value".
    None,
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// A distribution over explicit bounds; `counts` has one more element than `bounds`.
    Histogram {
        /// How many measurements.
        count: u64,
        /// Their sum, where it makes sense.
        sum: Option<f64>,
        /// The smallest.
        min: Option<f64>,
        /// The largest.
        max: Option<f64>,
        /// Upper bounds of all buckets but the last.
        bounds: Vec<f64>,
        /// Measurements per bucket.
        counts: Vec<u64>,
    },
    /// A distribution over exponential bounds.
    Exponential {
        /// How many measurements.
        count: u64,
        /// Their sum, where it makes sense.
        sum: Option<f64>,
        /// Resolution: the base is 2^(2^-scale).
        scale: i32,
        /// Measurements too close to zero for a bucket.
        zero_count: u64,
        /// Positive measurements: index of the first bucket, and counts from there.
        positive: (i32, Vec<u64>),
        /// Negative measurements: index of the first bucket, and counts from there.
        negative: (i32, Vec<u64>),
    },
    /// Quantiles computed by the sender.
    Summary {
        /// How many measurements.
        count: u64,
        /// Their sum.
        sum: f64,
        /// Quantile and value.
        quantiles: Vec<(f64, f64)>,
    },
}

impl PointValue {
    /// How many measurements a distribution holds; `None` for plain numbers.
    pub fn count(&self) -> Option<u64> {
        match self {
            Self::Histogram { count, .. }
            | Self::Exponential { count, .. }
            | Self::Summary { count, .. } => Some(*count),
            Self::None | Self::Int(_) | Self::Double(_) => None,
        }
    }

    /// The number, or the sum of a distribution.
    pub fn total(&self) -> Option<f64> {
        match self {
            Self::None => None,
            // Counters in tests stay far below 2^53.
            Self::Int(number) => Some(*number as f64),
            Self::Double(number) => Some(*number),
            Self::Histogram { sum, .. } | Self::Exponential { sum, .. } => *sum,
            Self::Summary { sum, .. } => Some(*sum),
        }
    }
}

/// A single measurement kept as an example.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    /// The trace it was measured in, empty when there was none.
    pub trace_id: String,
    /// The span it was measured in, empty when there was none.
    pub span_id: String,
    /// The measurement.
    pub value: PointValue,
    /// Attributes that the metric's view dropped.
    pub attributes: Attributes,
}
