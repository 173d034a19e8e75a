//! A copy of every span on its way to the exporter, in the words of the collector's store.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry::{Array, Context, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use serde_json::{Map, Value as Json, json};

#[derive(Debug, Clone, Default)]
pub(crate) struct Tee {
    spans: Arc<Mutex<Vec<SpanData>>>,
    resource: Arc<Mutex<Option<Resource>>>,
}

impl SpanProcessor for Tee {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        self.spans.lock().unwrap().push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        *self.resource.lock().unwrap() = Some(resource.clone());
    }
}

impl Tee {
    pub(crate) fn rows(&self) -> Vec<Json> {
        let resource = self.resource.lock().unwrap().clone().unwrap();
        let resource: Map<_, _> = resource
            .iter()
            .map(|(key, value)| (key.to_string(), json(value)))
            .collect();
        let spans = self.spans.lock().unwrap();
        spans.iter().map(|span| row(&resource, span)).collect()
    }
}

fn row(resource: &Map<String, Json>, span: &SpanData) -> Json {
    let scope = &span.instrumentation_scope;
    let parent = match span.parent_span_id {
        SpanId::INVALID => String::new(),
        parent => parent.to_string(),
    };
    let events = span.events.iter().map(|event| {
        let at = nanos(event.timestamp);
        json!([event.name, at, attributes(&event.attributes)])
    });
    let links = span.links.iter().map(|link| {
        let to = &link.span_context;
        json!([
            to.trace_id().to_string(),
            to.span_id().to_string(),
            attributes(&link.attributes)
        ])
    });
    json!({
        "resource": resource,
        "scope": [
            scope.name(),
            scope.version().unwrap_or_default(),
            scope.schema_url().unwrap_or_default(),
        ],
        "trace_id": span.span_context.trace_id().to_string(),
        "span_id": span.span_context.span_id().to_string(),
        "parent": parent,
        "trace_state": span.span_context.trace_state().header(),
        "name": span.name,
        "kind": match span.span_kind {
            SpanKind::Internal => 1,
            SpanKind::Server => 2,
            SpanKind::Client => 3,
            SpanKind::Producer => 4,
            SpanKind::Consumer => 5,
        },
        "start": nanos(span.start_time),
        "end": nanos(span.end_time),
        "attrs": attributes(&span.attributes),
        "events": events.collect::<Vec<_>>(),
        "links": links.collect::<Vec<_>>(),
        "status": match &span.status {
            Status::Unset => json!([0, ""]),
            Status::Ok => json!([1, ""]),
            Status::Error { description } => json!([2, description]),
        },
    })
}

fn attributes(attributes: &[KeyValue]) -> Json {
    let pairs = attributes.iter();
    pairs
        .map(|pair| (pair.key.to_string(), json(&pair.value)))
        .collect::<Map<_, _>>()
        .into()
}

fn json(value: &Value) -> Json {
    match value {
        Value::Bool(flag) => json!(flag),
        Value::I64(number) => json!(number),
        Value::F64(number) => json!(number),
        Value::String(text) => json!(text.as_str()),
        Value::Array(Array::Bool(flags)) => json!(flags),
        Value::Array(Array::I64(numbers)) => json!(numbers),
        Value::Array(Array::F64(numbers)) => json!(numbers),
        Value::Array(Array::String(texts)) => texts
            .iter()
            .map(|text| text.as_str())
            .collect::<Vec<_>>()
            .into(),
        other => panic!("a new kind of value: {other:?}"),
    }
}

pub(crate) fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_nanos()).unwrap()
}
