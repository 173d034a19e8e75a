//! Spans as OTLP JSON, the format in the page.

use serde_json::{Value as Json, json};

use crate::receiver::{Attributes, Span, Status, Value, nanos};

/// `TracesData` with one entry per run of spans that share resource and scope.
pub(crate) fn traces_data(spans: &[Span]) -> Json {
    let groups: Vec<Json> = spans
        .chunk_by(same_origin)
        .map(|group| {
            let first = &group[0];
            json!({
                "resource": { "attributes": attributes(&first.resource) },
                "scopeSpans": [{
                    "scope": {
                        "name": first.scope_name,
                        "version": first.scope_version,
                        "attributes": attributes(&first.scope_attributes),
                    },
                    "spans": group.iter().map(span).collect::<Vec<_>>(),
                    "schemaUrl": first.schema_url,
                }],
            })
        })
        .collect();
    json!({ "resourceSpans": groups })
}

fn same_origin(a: &Span, b: &Span) -> bool {
    a.scope_name == b.scope_name
        && a.scope_version == b.scope_version
        && a.schema_url == b.schema_url
        && a.scope_attributes == b.scope_attributes
        && a.resource == b.resource
}

fn span(span: &Span) -> Json {
    let mut json = json!({
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "flags": span.flags,
        "name": span.name,
        "kind": span.kind.to_wire(),
        "startTimeUnixNano": nanos(span.start).to_string(),
        "endTimeUnixNano": nanos(span.end).to_string(),
    });
    let mut set = |key: &str, value: Json| json[key] = value;
    if let Some(parent) = &span.parent_span_id {
        set("parentSpanId", json!(parent));
    }
    if !span.trace_state.is_empty() {
        set("traceState", json!(span.trace_state));
    }
    if !span.attributes.is_empty() {
        set("attributes", attributes(&span.attributes));
    }
    if span.dropped_attributes > 0 {
        set("droppedAttributesCount", json!(span.dropped_attributes));
    }
    match &span.status {
        Status::Unset => {}
        Status::Ok => set("status", json!({ "code": 1 })),
        Status::Error(message) => set("status", json!({ "code": 2, "message": message })),
    }
    if !span.events.is_empty() {
        let events = span.events.iter().map(|event| {
            json!({
                "timeUnixNano": nanos(event.time).to_string(),
                "name": event.name,
                "attributes": attributes(&event.attributes),
            })
        });
        set("events", events.collect());
    }
    if !span.links.is_empty() {
        let links = span.links.iter().map(|link| {
            json!({
                "traceId": link.trace_id,
                "spanId": link.span_id,
                "traceState": link.trace_state,
                "attributes": attributes(&link.attributes),
            })
        });
        set("links", links.collect());
    }
    json
}

fn attributes(attributes: &Attributes) -> Json {
    attributes
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": any_value(value) }))
        .collect()
}

fn any_value(value: &Value) -> Json {
    match value {
        Value::Empty => json!({}),
        Value::String(text) => json!({ "stringValue": text }),
        Value::Bool(flag) => json!({ "boolValue": flag }),
        Value::Int(number) => json!({ "intValue": number.to_string() }),
        Value::Double(number) if number.is_finite() => json!({ "doubleValue": number }),
        // JSON has no such numbers; the protobuf mapping uses the strings NaN, Infinity and -Infinity.
        Value::Double(number) if number.is_nan() => json!({ "doubleValue": "NaN" }),
        Value::Double(number) => {
            json!({ "doubleValue": if *number > 0.0 { "Infinity" } else { "-Infinity" } })
        }
        Value::Bytes(bytes) => json!({ "bytesValue": base64(bytes) }),
        Value::Array(values) => {
            json!({ "arrayValue": { "values": values.iter().map(any_value).collect::<Vec<_>>() } })
        }
        Value::Map(entries) => json!({ "kvlistValue": { "values": attributes(entries) } }),
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0, |group, byte| group << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let used = digit <= chunk.len();
            text.push(if used {
                char::from(DIGITS[group >> (18 - 6 * digit) & 63])
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn spans_read_from_the_page_equal_the_originals() {
        let lines = include_str!("../../tests/fixtures/sample.otlp.jsonl");
        let mut spans = crate::jsonl::spans(BufReader::new(lines.as_bytes())).unwrap();
        let odd = [
            ("bytes", Value::Bytes(vec![0, 255, 7, 9])),
            (
                "map",
                Value::Map(Attributes::from([(
                    "inner".into(),
                    Value::Array(vec![Value::Int(i64::MIN)]),
                )])),
            ),
        ];
        spans[3]
            .attributes
            .extend(odd.map(|(key, value)| (key.to_owned(), value)));
        spans[3].trace_state = "vendor=x".into();
        let json = traces_data(&spans).to_string();
        let again = crate::jsonl::spans(BufReader::new(json.as_bytes())).unwrap();
        assert_eq!(again, spans);
    }

    #[test]
    fn numbers_that_json_cannot_represent_are_strings() {
        let written = |number| any_value(&Value::Double(number)).to_string();
        assert_eq!(written(0.5), r#"{"doubleValue":0.5}"#);
        assert_eq!(written(f64::NAN), r#"{"doubleValue":"NaN"}"#);
        assert_eq!(written(f64::NEG_INFINITY), r#"{"doubleValue":"-Infinity"}"#);
    }

    #[test]
    fn base64_pads_to_four() {
        assert_eq!(base64(b""), "");
        assert_eq!(base64(b"M"), "TQ==");
        assert_eq!(base64(b"Mi"), "TWk=");
        assert_eq!(base64(b"Mil"), "TWls");
        assert_eq!(base64(b"Milvus"), "TWlsdnVz");
    }
}
