//! OTLP JSON encoding.

use std::error::Error;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use serde::Serialize;
use serde_json::Value;

use super::delivery::Signal;

/// Encodes a message on one line, according to OTLP's JSON mapping.
///
/// The `serde` implementation of the messages writes absent fields as `null`, which some receivers reject in place of a
/// number, so `null` entries are removed. NaN and infinities also become `null`, and are therefore removed too.
pub(super) fn encode(message: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(message)?;
    remove_nulls(&mut value);
    Ok(value.to_string())
}

/// Like [`encode`], for an export request that is encoded as protobuf.
pub(super) fn from_protobuf(signal: Signal, export: &[u8]) -> Result<String, Box<dyn Error>> {
    Ok(match signal {
        Signal::Traces => encode(&ExportTraceServiceRequest::decode(export)?),
        Signal::Metrics => encode(&ExportMetricsServiceRequest::decode(export)?),
        Signal::Logs => encode(&ExportLogsServiceRequest::decode(export)?),
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
