//! A Milvus client in which every call is an OpenTelemetry span.

pub mod proto;
mod wire;
