//! A Milvus client in which every call is an OpenTelemetry span.

#[cfg(feature = "otlp")]
pub mod init;
pub mod proto;
mod wire;
