//! Spans.

use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};

use super::{Object, line};

/// A line of `TracesData`.
pub(in super::super) fn traces(resources: &[ResourceSpans]) -> String {
    line(|o| {
        o.objects("resourceSpans", resources, |o, of_resource| {
            o.resource(of_resource.resource.as_ref());
            o.objects("scopeSpans", &of_resource.scope_spans, |o, of_scope| {
                o.scope(of_scope.scope.as_ref());
                o.objects("spans", &of_scope.spans, span);
                o.text("schemaUrl", &of_scope.schema_url);
            });
            o.text("schemaUrl", &of_resource.schema_url);
        });
    })
}

fn span(o: &mut Object<'_>, span: &Span) {
    o.hex("traceId", &span.trace_id);
    o.hex("spanId", &span.span_id);
    o.text("traceState", &span.trace_state);
    o.hex("parentSpanId", &span.parent_span_id);
    o.number("flags", span.flags);
    o.text("name", &span.name);
    o.number("kind", span.kind);
    o.long("startTimeUnixNano", span.start_time_unix_nano);
    o.long("endTimeUnixNano", span.end_time_unix_nano);
    o.attributes("attributes", &span.attributes);
    o.number("droppedAttributesCount", span.dropped_attributes_count);
    o.objects("events", &span.events, event);
    o.number("droppedEventsCount", span.dropped_events_count);
    o.objects("links", &span.links, link);
    o.number("droppedLinksCount", span.dropped_links_count);
    if let Some(status) = &span.status {
        o.object("status", |o| {
            o.text("message", &status.message);
            o.number("code", status.code);
        });
    }
}

fn event(o: &mut Object<'_>, event: &Event) {
    o.long("timeUnixNano", event.time_unix_nano);
    o.text("name", &event.name);
    o.attributes("attributes", &event.attributes);
    o.number("droppedAttributesCount", event.dropped_attributes_count);
}

fn link(o: &mut Object<'_>, link: &Link) {
    o.hex("traceId", &link.trace_id);
    o.hex("spanId", &link.span_id);
    o.text("traceState", &link.trace_state);
    o.attributes("attributes", &link.attributes);
    o.number("droppedAttributesCount", link.dropped_attributes_count);
    o.number("flags", link.flags);
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    use opentelemetry_proto::tonic::common::v1::{
        AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList,
    };
    use opentelemetry_proto::tonic::resource::v1::Resource;
    use opentelemetry_proto::tonic::trace::v1::{ScopeSpans, Status, TracesData};

    fn attribute(key: &str, value: Option<Value>) -> KeyValue {
        KeyValue {
            key: key.into(),
            value: Some(AnyValue { value }),
            ..Default::default()
        }
    }

    /// Every kind of value there is.
    fn attributes() -> Vec<KeyValue> {
        let of = |value| AnyValue { value: Some(value) };
        vec![
            attribute("text", Some(Value::StringValue("a\"b".into()))),
            attribute("no text", Some(Value::StringValue(String::new()))),
            attribute("flag", Some(Value::BoolValue(false))),
            attribute("int", Some(Value::IntValue(i64::MIN))),
            attribute("double", Some(Value::DoubleValue(0.1))),
            attribute("bytes", Some(Value::BytesValue(vec![0, 255, 7]))),
            attribute(
                "list",
                Some(Value::ArrayValue(ArrayValue {
                    values: vec![of(Value::IntValue(0)), of(Value::BoolValue(true))],
                })),
            ),
            attribute(
                "empty",
                Some(Value::ArrayValue(ArrayValue { values: vec![] })),
            ),
            attribute(
                "map",
                Some(Value::KvlistValue(KeyValueList {
                    values: vec![attribute("inner", Some(Value::IntValue(7)))],
                })),
            ),
            attribute("nothing", None),
        ]
    }

    #[test]
    fn every_field_survives() {
        let full = Span {
            trace_id: vec![0xab; 16],
            span_id: vec![1; 8],
            trace_state: "a=b".into(),
            parent_span_id: vec![2; 8],
            flags: 257,
            name: "search books".into(),
            kind: 3,
            start_time_unix_nano: 1_760_000_000_000_000_001,
            end_time_unix_nano: u64::MAX,
            attributes: attributes(),
            dropped_attributes_count: 1,
            events: vec![Event {
                time_unix_nano: 5,
                name: "retry".into(),
                attributes: attributes(),
                dropped_attributes_count: 2,
            }],
            dropped_events_count: 3,
            links: vec![Link {
                trace_id: vec![3; 16],
                span_id: vec![4; 8],
                trace_state: "c=d".into(),
                attributes: attributes(),
                dropped_attributes_count: 4,
                flags: 1,
            }],
            dropped_links_count: 5,
            status: Some(Status {
                message: "collection not found".into(),
                code: 2,
            }),
        };
        let sent = vec![ResourceSpans {
            resource: Some(Resource {
                attributes: attributes(),
                dropped_attributes_count: 6,
                entity_refs: vec![],
            }),
            scope_spans: vec![ScopeSpans {
                scope: Some(InstrumentationScope {
                    name: "milvus-otel".into(),
                    version: "0.1.0".into(),
                    attributes: attributes(),
                    dropped_attributes_count: 7,
                }),
                spans: vec![full, Span::default()],
                schema_url: "https://example.com/scope".into(),
            }],
            schema_url: "https://example.com/resource".into(),
        }];
        let line = traces(&sent);
        assert_eq!(line.matches('\n').count(), 1);
        let read: TracesData = serde_json::from_str(&line).unwrap();
        assert_eq!(read.resource_spans, sent);
    }
}
