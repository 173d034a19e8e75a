//! Telemetry in one call: spans, metrics and logs over OTLP, W3C context, and an end in which nothing is lost.
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
//! telemetry.shutdown_or_warn();
//! # Ok(())
//! # }
//! ```
//!
//! # Beside an application's own subscriber
//!
//! [`Builder::install`] makes `tracing` spans go to the collector and shows nothing. An application that also logs
//! composes [`Telemetry::layer`] with what it has. The filter of the log belongs on the layer that writes it:
//!
//! ```no_run
//! use milvus_otel::init;
//! use tracing_subscriber::{EnvFilter, fmt, prelude::*};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let telemetry = init::otlp("book-search").endpoint("http://localhost:4317").build()?;
//! tracing_subscriber::registry()
//!     .with(telemetry.layer())
//!     .with(fmt::layer().with_filter(EnvFilter::from_default_env()))
//!     .init();
//! # telemetry.shutdown_or_warn();
//! # Ok(())
//! # }
//! ```
//!
//! # Filters
//!
//! Two filters decide which `tracing` spans are exported.
//!
//! The first is this module's: spans and events up to [`Builder::level`], `INFO` by default, and spans of requests at any
//! level: those that declare a field `otel.kind` or `otel.name`, and those of the targets `otel::tracing`
//! (`axum-tracing-opentelemetry` and its siblings) and `tower_http::trace`. [`Builder::level_for`] and `OTEL_RUST_FILTER`
//! say otherwise for single targets. What `h2`, `hyper`, `tonic`, `tower`, `opentelemetry` and their like say of
//! themselves is never exported.
//!
//! The second is a filter of the application over its whole subscriber, where it has one:
//!
//! ```no_run
//! # use milvus_otel::init;
//! # use tracing_subscriber::{EnvFilter, fmt, prelude::*};
//! # fn compose(telemetry: &init::Telemetry) {
//! tracing_subscriber::registry()
//!     .with(EnvFilter::from_default_env()) // decides for both layers
//!     .with(telemetry.layer())
//!     .with(fmt::layer())
//!     .init();
//! # }
//! ```
//!
//! With `RUST_LOG` unset this `EnvFilter` enables errors only, so every `info_span!` and `#[instrument]` is disabled. **A
//! span that is disabled cannot be a parent**: the calls to Milvus in it are recorded, as they do not depend on `tracing`,
//! but each is the root of a trace of its own. The first time a span that the first filter wants is disabled by the
//! second, a line on the standard error names the span and `RUST_LOG`, unless `OTEL_LOG_LEVEL` is `error` or `none`. To
//! repair it, put the filter on the layer that writes the log, as above.
//!
//! What is not noticed: a filter that decides by the values of a span's fields, one that is changed at run time, and any
//! where this module's layer is inside a `reload::Layer`. `tracing_subscriber::fmt().finish()` takes no layer that has a
//! filter, as this module's: begin with `registry()`.
//!
//! [`otel::status`](crate::otel::status) says at any place whether there is a parent.
//!
//! # The end
//!
//! Spans are sent in batches, so the last of them are still waiting when `main` ends.
//! [`Telemetry::shutdown_or_warn`] sends them and warns about what could not be delivered; [`Telemetry::shutdown`]
//! returns that as an error; dropping the guard does the former. All work on any thread: exporters run on a small runtime
//! of their own, whose threads are never traced, so that exporting makes no spans.
//!
//! [`Telemetry`] says what is lost when a process ends in another way, and `Telemetry::shutdown_on_signal` takes care of
//! SIGTERM and Ctrl-C.
//!
//! # Logs
//!
//! [`Builder::logs`] or `OTEL_LOGS_EXPORTER` exports `tracing` events as log records too, each with the ids of the span it
//! was written in. They stay events of that span as well. The same layer does it, so nothing else is to be composed.
//!
//! # A file instead of a collector
//!
//! [`Builder::file`] or the exporter `otlp_file` adds each batch as one line of OTLP's JSON to a file, the format of the
//! Collector's file exporter. All signals may share a file.
//!
//! # When the collector does not answer
//!
//! Nothing waits for it: what ends or is written goes into a queue of fixed size, and what finds the queue full is dropped.
//! An export that a collector refuses for the moment, or does not answer, is tried again up to three times within its
//! timeout. [`Telemetry::deliveries`] counts what was accepted, delivered and failed at any time; the first failure of an
//! outage is a `tracing` warning, its end an info; shutdown says what was lost in all.
//!
//! # When the collector takes only a part
//!
//! Metrics are exported unless something says otherwise, but not every receiver takes them: Jaeger takes traces only. If a
//! receiver has no service for a signal (gRPC's UNIMPLEMENTED, HTTP's 404 or 405) that nobody asked for by name, one
//! warning says so, the signal is no longer exported, and [`Telemetry::flush`] and [`Telemetry::shutdown`] succeed;
//! [`Delivery::unsupported`] counts what was dropped. It is an error if the signal was asked for by name, with
//! [`Builder::metrics`] or [`Builder::logs`], its `OTEL_*_EXPORTER=otlp` or its own endpoint variable, and always for
//! traces.
//!
//! What a collector rejects of a batch that it otherwise takes (OTLP's `partial_success`) is counted in
//! [`Delivery::rejected`], and shutdown reports it with the collector's reason.
//!
//! # The resource
//!
//! Every span, metric and log record carries the resource that sent it: `service.name`, `service.instance.id` (a new UUID for each start, unless the
//! environment or the code gives one), `host.name`, `host.arch`, `os.type`, `process.pid`, `process.executable.name` and
//! `.path`, `process.runtime.name`, `telemetry.sdk.*`, and what was given. Never the command line, which may carry secrets.

#![doc = include_str!("../docs/environment.md")]

mod builder;
mod connect;
mod console;
mod counts;
mod delivery;
mod destination;
mod endpoint;
mod env;
mod error;
mod exporter;
mod file;
mod globals;
mod json;
mod layer;
mod log_records;
mod notice;
mod otlp;
mod pipeline;
mod propagation;
mod resource;
mod response;
mod runtime;
mod sampling;
mod selection;
mod send;
mod settings;
#[cfg(unix)]
mod signals;
mod spans;
mod telemetry;
mod tls;
mod unsupported;
mod variable;
mod variables;
mod veto;

pub use builder::Builder;
pub use delivery::{Delivery, Signal};
pub use env::Warning;
pub use error::Error;
pub use settings::{Compression, Protocol};
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
