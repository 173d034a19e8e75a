//! Telemetry in one call: spans and metrics over OTLP, W3C context, and an end in which nothing is lost.
//!
//! An application that has its own OpenTelemetry set-up needs none of this: the client uses whatever global providers it
//! finds.

mod builder;
mod console;
mod counted;
mod delivery;
mod endpoint;
mod env;
mod error;
mod http_client;
mod layer;
mod otlp;
mod pipeline;
mod propagation;
mod resource;
mod runtime;
mod sampling;
mod telemetry;
mod tls;

pub use builder::Builder;
pub use delivery::{Delivery, Signal};
pub use endpoint::Protocol;
pub use env::Warning;
pub use error::Error;
pub use otlp::Compression;
pub use telemetry::Telemetry;

/// Telemetry of the service called `service_name`.
pub fn otlp(service_name: impl Into<String>) -> Builder {
    Builder::new(Some(service_name.into()))
}

/// Telemetry of a service that the environment names: `OTEL_SERVICE_NAME`, else `service.name` in
/// `OTEL_RESOURCE_ATTRIBUTES`, else `milvus-client`.
pub fn from_env() -> Builder {
    Builder::new(None)
}
