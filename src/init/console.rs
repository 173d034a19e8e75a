//! The exporter `console`: human-readable telemetry on stdout.

use std::fmt::Write as _;
use std::io::Write as _;

use opentelemetry::logs::AnyValue;
use opentelemetry::trace::{SpanId, Status};
use opentelemetry_sdk::logs::{LogBatch, SdkLogRecord};
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::trace::SpanData;

pub(super) const DESTINATION: &str = "stdout";

/// One line per span.
pub(super) fn spans(batch: &[SpanData]) -> String {
    batch.iter().map(span_line).collect()
}

/// One line per log record.
pub(super) fn logs(batch: &LogBatch<'_>) -> String {
    batch
        .iter()
        .map(|(record, _)| record_line(record))
        .collect()
}

/// One line per metric.
pub(super) fn metrics(metrics: &ResourceMetrics) -> String {
    let mut lines = String::new();
    for metric in metrics.scope_metrics().flat_map(|scope| scope.metrics()) {
        let _ = writeln!(
            lines,
            "metric {} unit={:?} {:?}",
            metric.name(),
            metric.unit(),
            metric.data()
        );
    }
    lines
}

/// Holds the lock for the whole batch, so that other threads do not print between its lines.
pub(super) fn print(lines: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    out.write_all(lines.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| format!("cannot write to stdout: {error}"))
}

fn span_line(span: &SpanData) -> String {
    let elapsed = span
        .end_time
        .duration_since(span.start_time)
        .unwrap_or_default();
    let mut line = format!(
        "span {:?} {:?} {elapsed:?} trace={} id={}",
        span.name,
        span.span_kind,
        span.span_context.trace_id(),
        span.span_context.span_id(),
    );
    if span.parent_span_id != SpanId::INVALID {
        let _ = write!(line, " parent={}", span.parent_span_id);
    }
    if let Status::Error { description } = &span.status {
        let _ = write!(line, " error={description:?}");
    }
    for attribute in &span.attributes {
        let _ = write!(line, " {}={:?}", attribute.key, attribute.value.as_str());
    }
    line.push('\n');
    line
}

fn record_line(record: &SdkLogRecord) -> String {
    let mut line = format!("log {}", record.severity_text().unwrap_or("UNKNOWN"));
    if let Some(target) = record.target() {
        let _ = write!(line, " {target}");
    }
    if let Some(body) = record.body() {
        let _ = write!(line, " {}", format_value(body));
    }
    if let Some(context) = record.trace_context() {
        let _ = write!(line, " trace={} span={}", context.trace_id, context.span_id);
    }
    for (key, value) in record.attributes_iter() {
        let _ = write!(line, " {key}={}", format_value(value));
    }
    line.push('\n');
    line
}

fn format_value(value: &AnyValue) -> String {
    match value {
        AnyValue::String(text) => format!("{:?}", text.as_str()),
        AnyValue::Int(number) => number.to_string(),
        AnyValue::Double(number) => number.to_string(),
        AnyValue::Boolean(flag) => flag.to_string(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::KeyValue;
    use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
    use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};

    #[test]
    fn a_log_record_is_one_line() {
        use opentelemetry::logs::{LogRecord as _, Logger as _, LoggerProvider as _};
        use opentelemetry::trace::{SpanId, TraceId};
        let provider = opentelemetry_sdk::logs::SdkLoggerProvider::builder().build();
        let mut record = provider.logger("test").create_log_record();
        record.set_severity_text("WARN");
        record.set_target("app");
        record.set_body("search\nfailed".into());
        record.set_trace_context(
            TraceId::from_bytes([1; 16]),
            SpanId::from_bytes([2; 8]),
            None,
        );
        record.add_attribute("attempts", 3);
        assert_eq!(
            record_line(&record),
            format!(
                "log WARN app \"search\\nfailed\" trace={} span={} attempts=3\n",
                "01".repeat(16),
                "02".repeat(8)
            )
        );
    }

    #[test]
    fn a_span_is_one_line() {
        let memory = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(memory.clone())
            .build();
        let mut span = provider.tracer("test").start("Search books");
        span.set_attribute(KeyValue::new("db.system.name", "milvus"));
        span.set_status(Status::error("collection\nnot found"));
        span.end();
        let line = span_line(&memory.get_finished_spans().unwrap()[0]);
        assert!(
            line.starts_with("span \"Search books\" Internal "),
            "{line}"
        );
        assert!(line.contains(" db.system.name=\"milvus\""), "{line}");
        assert!(line.contains(r#" error="collection\nnot found""#), "{line}");
        assert_eq!(line.matches('\n').count(), 1, "{line}");
    }
}
