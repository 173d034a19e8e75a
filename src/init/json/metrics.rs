//! Metrics.

use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogramDataPoint, HistogramDataPoint, Metric, NumberDataPoint,
    ResourceMetrics, exemplar, number_data_point,
};

use super::{Object, line};

/// A line of `MetricsData`.
pub(in super::super) fn metrics(resources: &[ResourceMetrics]) -> String {
    line(|o| {
        o.objects("resourceMetrics", resources, |o, of_resource| {
            o.resource(of_resource.resource.as_ref());
            o.objects("scopeMetrics", &of_resource.scope_metrics, |o, of_scope| {
                o.scope(of_scope.scope.as_ref());
                o.objects("metrics", &of_scope.metrics, metric);
                o.text("schemaUrl", &of_scope.schema_url);
            });
            o.text("schemaUrl", &of_resource.schema_url);
        });
    })
}

fn metric(o: &mut Object<'_>, metric: &Metric) {
    o.text("name", &metric.name);
    o.text("description", &metric.description);
    o.text("unit", &metric.unit);
    match &metric.data {
        Some(Data::Gauge(gauge)) => o.object("gauge", |o| {
            o.objects("dataPoints", &gauge.data_points, number);
        }),
        Some(Data::Sum(sum)) => o.object("sum", |o| {
            o.objects("dataPoints", &sum.data_points, number);
            o.number("aggregationTemporality", sum.aggregation_temporality);
            o.flag("isMonotonic", sum.is_monotonic);
        }),
        Some(Data::Histogram(data)) => o.object("histogram", |o| {
            o.objects("dataPoints", &data.data_points, histogram);
            o.number("aggregationTemporality", data.aggregation_temporality);
        }),
        Some(Data::ExponentialHistogram(data)) => o.object("exponentialHistogram", |o| {
            o.objects("dataPoints", &data.data_points, exponential);
            o.number("aggregationTemporality", data.aggregation_temporality);
        }),
        // The SDK makes no summaries: they are for what other systems have measured.
        Some(Data::Summary(_)) | None => {}
    }
    o.attributes("metadata", &metric.metadata);
}

fn number(o: &mut Object<'_>, point: &NumberDataPoint) {
    o.attributes("attributes", &point.attributes);
    o.long("startTimeUnixNano", point.start_time_unix_nano);
    o.long("timeUnixNano", point.time_unix_nano);
    match point.value {
        Some(number_data_point::Value::AsDouble(value)) => o.double("asDouble", value),
        Some(number_data_point::Value::AsInt(value)) => int(o, value),
        None => {}
    }
    o.objects("exemplars", &point.exemplars, exemplar);
    o.number("flags", point.flags);
}

fn histogram(o: &mut Object<'_>, point: &HistogramDataPoint) {
    o.attributes("attributes", &point.attributes);
    o.long("startTimeUnixNano", point.start_time_unix_nano);
    o.long("timeUnixNano", point.time_unix_nano);
    o.long("count", point.count);
    optional(o, "sum", point.sum);
    o.longs("bucketCounts", &point.bucket_counts);
    o.doubles("explicitBounds", &point.explicit_bounds);
    o.objects("exemplars", &point.exemplars, exemplar);
    o.number("flags", point.flags);
    optional(o, "min", point.min);
    optional(o, "max", point.max);
}

fn exponential(o: &mut Object<'_>, point: &ExponentialHistogramDataPoint) {
    o.attributes("attributes", &point.attributes);
    o.long("startTimeUnixNano", point.start_time_unix_nano);
    o.long("timeUnixNano", point.time_unix_nano);
    o.long("count", point.count);
    optional(o, "sum", point.sum);
    o.number("scale", point.scale);
    o.long("zeroCount", point.zero_count);
    for (key, side) in [("positive", &point.positive), ("negative", &point.negative)] {
        if let Some(side) = side {
            o.object(key, |o| buckets(o, side));
        }
    }
    o.number("flags", point.flags);
    o.objects("exemplars", &point.exemplars, exemplar);
    optional(o, "min", point.min);
    optional(o, "max", point.max);
    if point.zero_threshold != 0.0 {
        o.double("zeroThreshold", point.zero_threshold);
    }
}

fn buckets(o: &mut Object<'_>, buckets: &Buckets) {
    o.number("offset", buckets.offset);
    o.longs("bucketCounts", &buckets.bucket_counts);
}

fn exemplar(o: &mut Object<'_>, sample: &Exemplar) {
    o.attributes("filteredAttributes", &sample.filtered_attributes);
    o.long("timeUnixNano", sample.time_unix_nano);
    o.hex("spanId", &sample.span_id);
    o.hex("traceId", &sample.trace_id);
    match sample.value {
        Some(exemplar::Value::AsDouble(value)) => o.double("asDouble", value),
        Some(exemplar::Value::AsInt(value)) => int(o, value),
        None => {}
    }
}

fn int(o: &mut Object<'_>, value: i64) {
    use std::fmt::Write as _;
    let _ = write!(o.key("asInt"), "\"{value}\"");
}

fn optional(o: &mut Object<'_>, key: &str, value: Option<f64>) {
    if let Some(value) = value {
        o.double(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry_proto::tonic::metrics::v1::{
        ExponentialHistogram, Gauge, Histogram, MetricsData, ScopeMetrics, Sum,
    };

    fn samples() -> Vec<Exemplar> {
        let values = [exemplar::Value::AsInt(-1), exemplar::Value::AsDouble(0.5)];
        let sample = |value| Exemplar {
            filtered_attributes: vec![],
            time_unix_nano: 9,
            span_id: vec![1; 8],
            trace_id: vec![2; 16],
            value: Some(value),
        };
        values.map(sample).to_vec()
    }

    fn named(name: &str, data: Data) -> Metric {
        Metric {
            name: name.into(),
            description: "what it counts".into(),
            unit: "s".into(),
            metadata: vec![],
            data: Some(data),
        }
    }

    #[test]
    fn every_kind_survives() {
        let points = [
            number_data_point::Value::AsInt(0),
            number_data_point::Value::AsInt(i64::MAX),
            number_data_point::Value::AsDouble(0.0),
        ]
        .map(|value| NumberDataPoint {
            attributes: vec![],
            start_time_unix_nano: 1,
            time_unix_nano: 2,
            exemplars: samples(),
            flags: 1,
            value: Some(value),
        })
        .to_vec();
        let data = [
            Data::Gauge(Gauge {
                data_points: points.clone(),
            }),
            Data::Sum(Sum {
                data_points: points,
                aggregation_temporality: 2,
                is_monotonic: true,
            }),
            Data::Histogram(Histogram {
                data_points: vec![HistogramDataPoint {
                    start_time_unix_nano: 1,
                    time_unix_nano: 2,
                    count: 3,
                    sum: Some(0.0),
                    bucket_counts: vec![0, 3],
                    explicit_bounds: vec![0.005],
                    exemplars: samples(),
                    flags: 1,
                    min: Some(0.0),
                    max: None,
                    ..HistogramDataPoint::default()
                }],
                aggregation_temporality: 1,
            }),
            Data::ExponentialHistogram(ExponentialHistogram {
                data_points: vec![ExponentialHistogramDataPoint {
                    count: 3,
                    sum: Some(1.5),
                    scale: -2,
                    zero_count: 1,
                    positive: Some(Buckets {
                        offset: -3,
                        bucket_counts: vec![1, 2],
                    }),
                    negative: Some(Buckets::default()),
                    exemplars: samples(),
                    zero_threshold: 0.25,
                    ..ExponentialHistogramDataPoint::default()
                }],
                aggregation_temporality: 2,
            }),
        ];
        let sent = vec![ResourceMetrics {
            resource: None,
            scope_metrics: vec![ScopeMetrics {
                scope: None,
                metrics: data.map(|data| named("db.client.x", data)).to_vec(),
                schema_url: "https://example.com/scope".into(),
            }],
            schema_url: "https://example.com/resource".into(),
        }];
        let read: MetricsData = serde_json::from_str(&metrics(&sent)).unwrap();
        assert_eq!(read.resource_metrics, sent);
    }
}
