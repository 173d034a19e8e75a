//! Converts OTLP's metric messages to flat metrics.

use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Exemplar as WireExemplar, ExponentialHistogramDataPoint,
    HistogramDataPoint, Metric as WireMetric, NumberDataPoint, ResourceMetrics, SummaryDataPoint,
    exemplar, exponential_histogram_data_point::Buckets, metric::Data, number_data_point,
};

use super::decode::Origin;
use super::metric::{Exemplar, Metric, MetricKind, Point, PointValue, Temporality};
use super::span::time;
use super::value::{attributes, hex};

/// Flattens the metrics of one export.
pub(crate) fn metrics(export: Vec<ResourceMetrics>) -> Vec<Metric> {
    let mut metrics = Vec::new();
    for group in export {
        let resource = Origin::resource(group.resource, group.schema_url);
        for scoped in group.scope_metrics {
            let origin = resource.scope(scoped.scope, scoped.schema_url);
            metrics.extend(
                scoped
                    .metrics
                    .into_iter()
                    .filter_map(|wire| metric(wire, &origin)),
            );
        }
    }
    metrics
}

/// `None` for a metric without data.
fn metric(wire: WireMetric, origin: &Origin) -> Option<Metric> {
    let (kind, temporality, monotonic, points) = match wire.data? {
        Data::Gauge(data) => (
            MetricKind::Gauge,
            None,
            false,
            all(data.data_points, number),
        ),
        Data::Sum(data) => (
            MetricKind::Sum,
            temporality(data.aggregation_temporality),
            data.is_monotonic,
            all(data.data_points, number),
        ),
        Data::Histogram(data) => (
            MetricKind::Histogram,
            temporality(data.aggregation_temporality),
            false,
            all(data.data_points, histogram),
        ),
        Data::ExponentialHistogram(data) => (
            MetricKind::ExponentialHistogram,
            temporality(data.aggregation_temporality),
            false,
            all(data.data_points, exponential),
        ),
        Data::Summary(data) => (
            MetricKind::Summary,
            None,
            false,
            all(data.data_points, summary),
        ),
    };
    Some(Metric {
        name: wire.name,
        description: wire.description,
        unit: wire.unit,
        kind,
        temporality,
        monotonic,
        points,
        service: origin.service.clone(),
        resource: origin.resource.clone(),
        scope_name: origin.scope_name.clone(),
        scope_version: origin.scope_version.clone(),
        scope_attributes: origin.scope_attributes.clone(),
        schema_url: origin.schema_url.clone(),
    })
}

fn all<T>(points: Vec<T>, one: impl Fn(T) -> Point) -> Vec<Point> {
    points.into_iter().map(one).collect()
}

fn temporality(number: i32) -> Option<Temporality> {
    match AggregationTemporality::try_from(number) {
        Ok(AggregationTemporality::Delta) => Some(Temporality::Delta),
        Ok(AggregationTemporality::Cumulative) => Some(Temporality::Cumulative),
        Ok(AggregationTemporality::Unspecified) | Err(_) => None,
    }
}

fn number(wire: NumberDataPoint) -> Point {
    Point {
        attributes: attributes(wire.attributes),
        start: time(wire.start_time_unix_nano),
        time: time(wire.time_unix_nano),
        value: match wire.value {
            Some(number_data_point::Value::AsInt(number)) => PointValue::Int(number),
            Some(number_data_point::Value::AsDouble(number)) => PointValue::Double(number),
            None => PointValue::None,
        },
        exemplars: exemplars(wire.exemplars),
    }
}

fn histogram(wire: HistogramDataPoint) -> Point {
    Point {
        attributes: attributes(wire.attributes),
        start: time(wire.start_time_unix_nano),
        time: time(wire.time_unix_nano),
        value: PointValue::Histogram {
            count: wire.count,
            sum: wire.sum,
            min: wire.min,
            max: wire.max,
            bounds: wire.explicit_bounds,
            counts: wire.bucket_counts,
        },
        exemplars: exemplars(wire.exemplars),
    }
}

fn exponential(wire: ExponentialHistogramDataPoint) -> Point {
    let buckets = |buckets: Option<Buckets>| {
        let buckets = buckets.unwrap_or_default();
        (buckets.offset, buckets.bucket_counts)
    };
    Point {
        attributes: attributes(wire.attributes),
        start: time(wire.start_time_unix_nano),
        time: time(wire.time_unix_nano),
        value: PointValue::Exponential {
            count: wire.count,
            sum: wire.sum,
            scale: wire.scale,
            zero_count: wire.zero_count,
            positive: buckets(wire.positive),
            negative: buckets(wire.negative),
        },
        exemplars: exemplars(wire.exemplars),
    }
}

fn summary(wire: SummaryDataPoint) -> Point {
    Point {
        attributes: attributes(wire.attributes),
        start: time(wire.start_time_unix_nano),
        time: time(wire.time_unix_nano),
        value: PointValue::Summary {
            count: wire.count,
            sum: wire.sum,
            quantiles: wire
                .quantile_values
                .iter()
                .map(|at| (at.quantile, at.value))
                .collect(),
        },
        exemplars: Vec::new(),
    }
}

fn exemplars(wire: Vec<WireExemplar>) -> Vec<Exemplar> {
    wire.into_iter()
        .map(|wire| Exemplar {
            trace_id: hex(&wire.trace_id),
            span_id: hex(&wire.span_id),
            value: match wire.value {
                Some(exemplar::Value::AsInt(number)) => PointValue::Int(number),
                Some(exemplar::Value::AsDouble(number)) => PointValue::Double(number),
                None => PointValue::None,
            },
            attributes: attributes(wire.filtered_attributes),
        })
        .collect()
}
