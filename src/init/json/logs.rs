//! Log records.

use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs};

use super::{Object, any_value, line};

/// A line of `LogsData`.
pub(in super::super) fn logs(resources: &[ResourceLogs]) -> String {
    line(|o| {
        o.objects("resourceLogs", resources, |o, of_resource| {
            o.resource(of_resource.resource.as_ref());
            o.objects("scopeLogs", &of_resource.scope_logs, |o, of_scope| {
                o.scope(of_scope.scope.as_ref());
                o.objects("logRecords", &of_scope.log_records, record);
                o.text("schemaUrl", &of_scope.schema_url);
            });
            o.text("schemaUrl", &of_resource.schema_url);
        });
    })
}

fn record(o: &mut Object<'_>, record: &LogRecord) {
    o.long("timeUnixNano", record.time_unix_nano);
    o.long("observedTimeUnixNano", record.observed_time_unix_nano);
    o.number("severityNumber", record.severity_number);
    o.text("severityText", &record.severity_text);
    if let Some(body) = &record.body {
        o.object("body", |o| any_value(o, body));
    }
    o.attributes("attributes", &record.attributes);
    o.number("droppedAttributesCount", record.dropped_attributes_count);
    o.number("flags", record.flags);
    o.hex("traceId", &record.trace_id);
    o.hex("spanId", &record.span_id);
    o.text("eventName", &record.event_name);
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry_proto::tonic::common::v1::AnyValue;
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    use opentelemetry_proto::tonic::logs::v1::{LogsData, ScopeLogs};

    #[test]
    fn every_field_survives() {
        let full = LogRecord {
            time_unix_nano: 1,
            observed_time_unix_nano: u64::MAX,
            severity_number: 13,
            severity_text: "WARN".into(),
            body: Some(AnyValue {
                value: Some(Value::StringValue("search\nfailed".into())),
            }),
            attributes: vec![],
            dropped_attributes_count: 2,
            flags: 1,
            trace_id: vec![3; 16],
            span_id: vec![4; 8],
            event_name: "milvus.search".into(),
        };
        let sent = vec![ResourceLogs {
            resource: None,
            scope_logs: vec![ScopeLogs {
                scope: None,
                log_records: vec![full, LogRecord::default()],
                schema_url: "https://example.com/scope".into(),
            }],
            schema_url: "https://example.com/resource".into(),
        }];
        let read: LogsData = serde_json::from_str(&logs(&sent)).unwrap();
        assert_eq!(read.resource_logs, sent);
    }
}
