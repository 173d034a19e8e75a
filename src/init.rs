//! Telemetry in one call: spans and metrics over OTLP, W3C context, and an end in which nothing is lost.
//!
//! The client needs none of this: it uses whatever global providers it finds. This module is for applications that have
//! no OpenTelemetry set-up yet, and does what the specification asks of one.
//!
//! ```no_run
//! use milvus_otel::init;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let telemetry = init::otlp("book-search")
//!     .service_version("1.2.3")
//!     .attribute("deployment.environment.name", "dev")
//!     .install()?;
//!
//! // ... the application, the Milvus client, `tracing` spans ...
//!
//! telemetry.shutdown()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Beside an application's own subscriber
//!
//! [`Builder::install`] makes `tracing` spans go to the collector and shows nothing. An application that also logs
//! composes [`Telemetry::layer`] with what it has:
//!
//! ```no_run
//! use milvus_otel::init;
//! use tracing_subscriber::prelude::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let telemetry = init::otlp("book-search").endpoint("http://localhost:4317").build()?;
//! tracing_subscriber::registry()
//!     .with(telemetry.layer())
//!     .with(tracing_subscriber::fmt::layer())
//!     .init();
//! # telemetry.shutdown()?;
//! # Ok(())
//! # }
//! ```
//!
//! # The end
//!
//! Spans are sent in batches, so the last of them are still here when `main` ends. [`Telemetry::shutdown`] sends them and
//! says what could not be delivered; dropping the guard sends them and complains on its own. Both work on any thread:
//! exporters run on a small runtime of their own, whose threads are never traced, so that exporting makes no spans.
//!
//! # Environment
//!
//! Code beats the environment, the environment beats the default. `[SIGNAL_]` stands for nothing, `TRACES_` or `METRICS_`;
//! the signal's own variable wins. A value that cannot be used is named in [`Telemetry::warnings`] and ignored, except
//! for certificates: going on without them would trust whom nobody meant to trust.
//!
//! | variable | default |
//! |---|---|
//! | `OTEL_SDK_DISABLED` | `false`; when `true` nothing is recorded, received context is still passed on |
//! | `OTEL_SERVICE_NAME` | `milvus-client`, unless [`fn@otlp`] names it |
//! | `OTEL_RESOURCE_ATTRIBUTES` | none; `key=value,key=value`, percent-encoded |
//! | `OTEL_PROPAGATORS` | `tracecontext,baggage`; or `none` |
//! | `OTEL_TRACES_EXPORTER`, `OTEL_METRICS_EXPORTER` | `otlp`; or `console`, both with a comma, or `none` |
//! | `OTEL_EXPORTER_OTLP_[SIGNAL_]PROTOCOL` | `grpc`; or `http/protobuf` |
//! | `OTEL_EXPORTER_OTLP_[SIGNAL_]ENDPOINT` | `http://localhost:4317` for gRPC, `http://localhost:4318` for HTTP |
//! | `OTEL_EXPORTER_OTLP_[SIGNAL_]INSECURE` | `false`: a gRPC endpoint without a scheme is `https` |
//! | `OTEL_EXPORTER_OTLP_[SIGNAL_]HEADERS` | none; `key=value,key=value`, values percent-encoded |
//! | `OTEL_EXPORTER_OTLP_[SIGNAL_]TIMEOUT` | `10000` ms for one export with its retries |
//! | `OTEL_EXPORTER_OTLP_[SIGNAL_]COMPRESSION` | `none`; or `gzip` |
//! | `OTEL_EXPORTER_OTLP_[SIGNAL_]CERTIFICATE` | the system's authorities (feature `tls`); a PEM file |
//! | `OTEL_EXPORTER_OTLP_[SIGNAL_]CLIENT_CERTIFICATE`, `_CLIENT_KEY` | none (feature `tls`); PEM files |
//! | `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` | `cumulative`; or `delta`, `lowmemory` |
//! | `OTEL_TRACES_SAMPLER` | `parentbased_always_on`; the specification's six |
//! | `OTEL_TRACES_SAMPLER_ARG` | `1`, for the samplers by ratio |
//! | `OTEL_BSP_SCHEDULE_DELAY` | `5000` ms |
//! | `OTEL_BSP_MAX_QUEUE_SIZE` | `2048` spans; what finds it full is dropped and counted |
//! | `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` | `512` spans, or the queue's size if that is smaller |
//! | `OTEL_BSP_EXPORT_TIMEOUT` | `30000` ms |
//! | `OTEL_METRIC_EXPORT_INTERVAL` | `60000` ms |
//! | `OTEL_METRIC_EXPORT_TIMEOUT` | `30000` ms |
//! | `OTEL_ATTRIBUTE_COUNT_LIMIT` | `128` per span, event and link |
//! | `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, `OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`, `OTEL_LINK_ATTRIBUTE_COUNT_LIMIT` | the general one |
//! | `OTEL_SPAN_EVENT_COUNT_LIMIT`, `OTEL_SPAN_LINK_COUNT_LIMIT` | `128` |
//! | `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`, `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT` | none; in characters |
//!
//! The Rust SDK by itself leaves out `OTEL_SDK_DISABLED`, the exporters, the propagators, certificates, percent-encoding
//! in resource attributes, both export timeouts and the general and length limits; they are added here.
//! `OTEL_CONFIG_FILE`, `OTEL_LOG_LEVEL`, `OTEL_METRICS_EXEMPLAR_FILTER`, default histogram aggregation and the signal of
//! logs are honoured by nobody.
//!
//! # The resource
//!
//! Every span and metric says who sent it: `service.name`, `service.instance.id` (a new UUID for each start, unless the
//! environment or the code gives one), `host.name`, `host.arch`, `os.type`, `process.pid`, `process.executable.name` and
//! `.path`, `process.runtime.name`, `telemetry.sdk.*`, and what was given. Never the command line, which may carry secrets.

mod builder;
mod console;
mod counted;
mod delivery;
mod destination;
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

/// Telemetry of the service called `service_name`, whatever `OTEL_SERVICE_NAME` says.
pub fn otlp(service_name: impl Into<String>) -> Builder {
    Builder::new(Some(service_name.into()))
}

/// Telemetry of a service that the environment names: `OTEL_SERVICE_NAME`, else `service.name` in
/// `OTEL_RESOURCE_ATTRIBUTES`, else `milvus-client`.
pub fn from_env() -> Builder {
    Builder::new(None)
}
