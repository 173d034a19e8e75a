//! The quick example, run as its readers run it, with a file beside the collector to know what it sent.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tee::nanos;
use serde_json::{Map, Value as Json, json};
use testkit::receiver::{Attributes, Kind, Span, Status, Value};

/// Runs it against this server and collector; returns what it sent.
pub(crate) fn run(uri: &str, collector: &str, protocol: &str, compression: &str) -> Vec<Json> {
    let example = PathBuf::from(std::env::var_os("QUICK_SETUP").unwrap());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rotel");
    std::fs::create_dir_all(&folder).unwrap();
    let name = format!("{protocol}-{compression}").replace('/', "-");
    let file = folder.join(format!("{name}.jsonl"));
    let _ = std::fs::remove_file(&file);
    let output = Command::new(example)
        .current_dir(&folder)
        .env("MILVUS_URI", uri)
        .env("OTEL_SERVICE_NAME", "quick-setup-judged")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{collector}"))
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
        .env("OTEL_EXPORTER_OTLP_COMPRESSION", compression)
        .env("OTEL_TRACES_EXPORTER", "otlp,otlp_file")
        .env("OTEL_EXPORTER_OTLP_FILE_PATH", &file)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let spans = testkit::jsonl::read_spans(&file).unwrap();
    spans.iter().map(row).collect()
}

fn row(span: &Span) -> Json {
    let events = span.events.iter();
    let events =
        events.map(|event| json!([event.name, nanos(event.time), attributes(&event.attributes)]));
    let links = span.links.iter();
    let links =
        links.map(|link| json!([link.trace_id, link.span_id, attributes(&link.attributes)]));
    json!({
        "resource": attributes(&span.resource),
        "scope": [span.scope_name, span.scope_version, span.schema_url],
        "trace_id": span.trace_id,
        "span_id": span.span_id,
        "parent": span.parent_span_id.as_deref().unwrap_or_default(),
        "trace_state": span.trace_state,
        "name": span.name,
        "kind": match span.kind {
            Kind::Unspecified => 0,
            Kind::Internal => 1,
            Kind::Server => 2,
            Kind::Client => 3,
            Kind::Producer => 4,
            Kind::Consumer => 5,
        },
        "start": nanos(span.start),
        "end": nanos(span.end),
        "attrs": attributes(&span.attributes),
        "events": events.collect::<Vec<_>>(),
        "links": links.collect::<Vec<_>>(),
        "status": match &span.status {
            Status::Unset => json!([0, ""]),
            Status::Ok => json!([1, ""]),
            Status::Error(description) => json!([2, description]),
        },
    })
}

fn attributes(attributes: &Attributes) -> Json {
    let pairs = attributes.iter();
    pairs
        .map(|(key, value)| (key.clone(), json(value)))
        .collect::<Map<_, _>>()
        .into()
}

fn json(value: &Value) -> Json {
    match value {
        Value::String(text) => json!(text),
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => json!(number),
        Value::Double(number) => json!(number),
        Value::Array(values) => values.iter().map(json).collect::<Vec<_>>().into(),
        other => panic!("no attribute of ours: {other:?}"),
    }
}
