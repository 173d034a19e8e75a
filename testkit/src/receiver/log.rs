//! Log records, flattened.

use std::time::SystemTime;

use super::value::{Attributes, Value};

/// A log record with the resource and scope it was exported under.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// When it happened; the epoch if unknown.
    pub time: SystemTime,
    /// When the SDK saw it.
    pub observed: SystemTime,
    /// 1-24, see the OpenTelemetry log data model; 0 if unspecified.
    pub severity: i32,
    /// The severity as text.
    pub severity_text: String,
    /// The message.
    pub body: Option<Value>,
    /// The event's name, empty for plain logs.
    pub event_name: String,
    /// The record's attributes.
    pub attributes: Attributes,
    /// The trace it was written in.
    pub trace_id: Option<String>,
    /// The span it was written in.
    pub span_id: Option<String>,
    /// W3C trace flags.
    pub flags: u32,
    /// `service.name` of the resource.
    pub service: String,
    /// The resource's attributes.
    pub resource: Attributes,
    /// Name of the logger.
    pub scope_name: String,
    /// Version of the logger.
    pub scope_version: String,
    /// Attributes of the logger.
    pub scope_attributes: Attributes,
    /// The logger's schema URL, or the resource's when the logger has none.
    pub schema_url: String,
}
