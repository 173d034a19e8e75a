//! Converts OTLP's nested messages to flat records.

use std::collections::HashSet;

use opentelemetry_proto::tonic::common::v1::{InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{
    ResourceSpans, Span as WireSpan, Status as WireStatus,
};

use super::log::Log;
use super::span::{Event, Kind, Link, Span, Status, time};
use super::value::{Attributes, Value, attributes, hex};

/// The resource and scope of spans, metrics or logs.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) service: String,
    pub(crate) resource: Attributes,
    pub(crate) scope_name: String,
    pub(crate) scope_version: String,
    pub(crate) scope_attributes: Attributes,
    pub(crate) schema_url: String,
}

impl Origin {
    pub(crate) fn resource(resource: Option<Resource>, schema_url: String) -> Self {
        let resource = attributes(resource.unwrap_or_default().attributes);
        Self {
            service: resource
                .get("service.name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            resource,
            scope_name: String::new(),
            scope_version: String::new(),
            scope_attributes: Attributes::new(),
            schema_url,
        }
    }

    pub(crate) fn scope(&self, scope: Option<InstrumentationScope>, schema_url: String) -> Self {
        let scope = scope.unwrap_or_default();
        Self {
            scope_name: scope.name,
            scope_version: scope.version,
            scope_attributes: attributes(scope.attributes),
            schema_url: if schema_url.is_empty() {
                self.schema_url.clone()
            } else {
                schema_url
            },
            ..self.clone()
        }
    }
}

/// Flattens the spans of one export.
pub(crate) fn spans(export: Vec<ResourceSpans>) -> Vec<Span> {
    let mut spans = Vec::new();
    for group in export {
        let resource = Origin::resource(group.resource, group.schema_url);
        for scoped in group.scope_spans {
            let origin = resource.scope(scoped.scope, scoped.schema_url);
            spans.extend(scoped.spans.into_iter().map(|wire| span(wire, &origin)));
        }
    }
    spans
}

fn span(wire: WireSpan, origin: &Origin) -> Span {
    Span {
        trace_id: hex(&wire.trace_id),
        span_id: hex(&wire.span_id),
        parent_span_id: id(&wire.parent_span_id),
        name: wire.name,
        kind: Kind::from_wire(wire.kind),
        start: time(wire.start_time_unix_nano),
        end: time(wire.end_time_unix_nano),
        repeated_keys: repeated(&wire.attributes),
        attributes: attributes(wire.attributes),
        status: wire.status.map(status).unwrap_or_default(),
        events: wire
            .events
            .into_iter()
            .map(|event| Event {
                name: event.name,
                time: time(event.time_unix_nano),
                attributes: attributes(event.attributes),
            })
            .collect(),
        links: wire
            .links
            .into_iter()
            .map(|link| Link {
                trace_id: hex(&link.trace_id),
                span_id: hex(&link.span_id),
                trace_state: link.trace_state,
                attributes: attributes(link.attributes),
            })
            .collect(),
        trace_state: wire.trace_state,
        flags: wire.flags,
        dropped_attributes: wire.dropped_attributes_count,
        service: origin.service.clone(),
        resource: origin.resource.clone(),
        scope_name: origin.scope_name.clone(),
        scope_version: origin.scope_version.clone(),
        scope_attributes: origin.scope_attributes.clone(),
        schema_url: origin.schema_url.clone(),
    }
}

fn status(wire: WireStatus) -> Status {
    match wire.code {
        1 => Status::Ok,
        2 => Status::Error(wire.message),
        _ => Status::Unset,
    }
}

fn repeated(pairs: &[KeyValue]) -> Vec<String> {
    let mut seen = HashSet::new();
    pairs
        .iter()
        .filter(|pair| !seen.insert(&pair.key))
        .map(|pair| pair.key.clone())
        .collect()
}

/// Flattens the log records of one export.
pub(crate) fn logs(export: Vec<ResourceLogs>) -> Vec<Log> {
    let mut logs = Vec::new();
    for group in export {
        let resource = Origin::resource(group.resource, group.schema_url);
        for scoped in group.scope_logs {
            let origin = resource.scope(scoped.scope, scoped.schema_url);
            logs.extend(
                scoped
                    .log_records
                    .into_iter()
                    .map(|wire| log(wire, &origin)),
            );
        }
    }
    logs
}

fn log(wire: LogRecord, origin: &Origin) -> Log {
    Log {
        time: time(wire.time_unix_nano),
        observed: time(wire.observed_time_unix_nano),
        severity: wire.severity_number,
        severity_text: wire.severity_text,
        body: wire.body.map(Value::from),
        event_name: wire.event_name,
        attributes: attributes(wire.attributes),
        trace_id: id(&wire.trace_id),
        span_id: id(&wire.span_id),
        flags: wire.flags,
        service: origin.service.clone(),
        resource: origin.resource.clone(),
        scope_name: origin.scope_name.clone(),
        scope_version: origin.scope_version.clone(),
        scope_attributes: origin.scope_attributes.clone(),
        schema_url: origin.schema_url.clone(),
    }
}

/// An id; `None` if it is empty or all zero.
pub(crate) fn id(bytes: &[u8]) -> Option<String> {
    bytes.iter().any(|byte| *byte != 0).then(|| hex(bytes))
}
