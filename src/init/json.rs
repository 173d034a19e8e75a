//! OTLP's messages as JSON.

use std::error::Error;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use serde::Serialize;
use serde_json::Value;

use super::delivery::Signal;

/// The message as the protocol's JSON mapping has it, on one line.
///
/// The messages' own `serde` writes `null` for what is absent, which some receivers refuse where a number belongs, so
/// these entries are left out. A double that is not a number or infinite also becomes `null`, and is left out with
/// them.
pub(super) fn text(message: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(message)?;
    remove_nulls(&mut value);
    Ok(value.to_string())
}

/// The same of an export that is encoded as protobuf.
pub(super) fn of_export(signal: Signal, export: &[u8]) -> Result<String, Box<dyn Error>> {
    Ok(match signal {
        Signal::Traces => text(&ExportTraceServiceRequest::decode(export)?),
        Signal::Metrics => text(&ExportMetricsServiceRequest::decode(export)?),
        Signal::Logs => text(&ExportLogsServiceRequest::decode(export)?),
    }?)
}

fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            entries.retain(|_, value| !value.is_null());
            entries.values_mut().for_each(remove_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}
