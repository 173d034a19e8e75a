//! Sets up OpenTelemetry in one call: spans, metrics and logs over OTLP, W3C propagation, and a shutdown that loses
//! nothing.
//!
//! The client does not depend on this module: it uses the global providers, whichever code installed them. The module
//! is for applications that do not set up OpenTelemetry themselves. It follows the specification, including its
//! environment variables.
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
//! # With your own subscriber
//!
//! [`Builder::install`] installs a `tracing` subscriber that exports spans and prints nothing. An application that also
//! logs adds [`Telemetry::layer`] to its own subscriber. Put the log's filter on the layer that writes the log:
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
//! The first is this module's own filter. It exports spans and events up to [`Builder::level`], `INFO` by default, and
//! request spans at any level: those with a field `otel.kind` or `otel.name`, and those of the targets `otel::tracing`
//! (`axum-tracing-opentelemetry` and related crates) and `tower_http::trace`. [`Builder::level_for`] and
//! `OTEL_RUST_FILTER` set levels for individual targets. Spans and events of the crates that carry the export (`h2`,
//! `hyper`, `tonic`, `tower`, `opentelemetry` and others) are never exported.
//!
//! The second is the filter that the application applies to its whole subscriber, if any:
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
//! With `RUST_LOG` unset, this `EnvFilter` enables errors only, so every `info_span!` and `#[instrument]` is disabled.
//! **A disabled span cannot be a parent**: calls to Milvus inside it are still recorded, because they do not depend on
//! `tracing`, but each starts a new trace. The first time the second filter disables a span that the first would
//! export, a message on stderr names the span and `RUST_LOG`, unless `OTEL_LOG_LEVEL` is `error` or `none`. To fix it,
//! put the filter on the layer that writes the log, as above.
//!
//! This check does not detect filters on the values of span fields, filters that change at run time, or any filter if
//! this module's layer is inside a `reload::Layer`. `tracing_subscriber::fmt().finish()` does not accept layers with a
//! filter, such as this module's: start with `registry()`.
//!
//! [`otel::status`](crate::otel::status) reports whether the current context has a parent span.
//!
//! # Shutdown
//!
//! Spans are sent in batches, so the last ones are still queued when `main` ends. [`Telemetry::shutdown_or_warn`] sends
//! them and warns about losses; [`Telemetry::shutdown`] returns losses as an error; dropping the guard does the same as
//! `shutdown_or_warn`. All three work on any thread, because exporters run on a small separate runtime, whose threads
//! are never traced.
//!
//! [`Telemetry`] describes what is lost if the process ends in any other way. `Telemetry::shutdown_on_signal` handles
//! SIGTERM and Ctrl-C.
//!
//! # Logs
//!
//! [`Builder::logs`] or `OTEL_LOGS_EXPORTER` also exports `tracing` events as log records with the ids of their span.
//! They remain events of that span as well. [`Telemetry::layer`] does both.
//!
//! A log that a collector reads from files or from the standard output needs the trace ids in each line. With
//! `json-subscriber` 0.3 and its features `env-filter` and `tracing-opentelemetry-0-34`, the application's log is a JSON
//! object per line, with the ids in `openTelemetry.traceId` and `openTelemetry.spanId`:
//!
//! ```no_run
//! use milvus_otel::init;
//! use tracing_subscriber::{EnvFilter, prelude::*};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let telemetry = init::otlp("book-search").build()?;
//! let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
//! let logs = json_subscriber::layer()
//!     .with_current_span(false)
//!     .with_span_list(false)
//!     .with_opentelemetry_ids(true)
//!     // The ids are those of the innermost span that the filter enables: here also that of the HTTP request.
//!     .with_filter(filter.add_directive("otel::tracing=trace".parse()?));
//! tracing_subscriber::registry()
//!     .with(telemetry.layer()) // before the log, which takes the ids from it
//!     .with(logs)
//!     .init();
//! # telemetry.shutdown_or_warn();
//! # Ok(())
//! # }
//! ```
//!
//! # Extensions
//!
//! The builder takes the SDK's own types, in addition to the exporters:
//!
//! | method | type | example |
//! |---|---|---|
//! | [`Builder::metric_reader`] | `MetricReader` | Prometheus scrapes the process (`opentelemetry-prometheus`) |
//! | [`Builder::view`] | a function from `Instrument` to `Stream` | other buckets, fewer attributes |
//! | [`Builder::span_processor`] | `SpanProcessor` | attributes for all spans; a second destination |
//! | [`Builder::log_processor`] | `LogProcessor` | attributes for all log records; a second destination |
//! | [`Builder::resource_detector`] | `ResourceDetector` | ids of the container, the pod, the cloud instance |
//! | [`Builder::sampler`] | `ShouldSample` | a sampler of your own, in place of that of `OTEL_TRACES_SAMPLER` |
//! | [`Builder::id_generator`] | `IdGenerator` | trace ids that AWS X-Ray accepts |
//! | [`Builder::propagator`] | `TextMapPropagator` | b3 or X-Ray beside W3C trace context |
//!
//! [`Telemetry::flush`] and [`Telemetry::shutdown`] reach readers and processors after the exporters, on threads without
//! a Tokio runtime, on which nothing is traced. One that does not return in time is reported as an error and costs no
//! telemetry of the exporters.
//!
//! # A file instead of a collector
//!
//! [`Builder::file`] or the exporter `otlp_file` appends each batch to a file as a line of OTLP JSON, the format of the
//! Collector's file exporter. Signals may share a file.
//!
//! # When the collector does not answer
//!
//! The application never waits for the collector: spans and log records go into queues of fixed size and are dropped if
//! the queue is full. An export that fails for a temporary reason is retried up to three times within its timeout.
//! [`Telemetry::deliveries`] counts what was accepted, delivered and lost so far. The first failure of an outage is
//! reported as a `tracing` event at level WARN, its end at level INFO, and the total loss at shutdown.
//!
//! # When the collector does not accept everything
//!
//! Metrics are exported by default, but not every receiver accepts them: Jaeger accepts traces only. If a receiver does
//! not support a signal (gRPC UNIMPLEMENTED, HTTP 404 or 405) that is only enabled by default, a single warning is
//! reported, the signal is no longer exported, and [`Telemetry::flush`] and [`Telemetry::shutdown`] succeed;
//! [`Delivery::unsupported`] counts the dropped items. A missing service is an error for traces and for a signal that
//! was requested explicitly, with [`Builder::metrics`], [`Builder::logs`], its `OTEL_*_EXPORTER=otlp` or its own
//! endpoint variable.
//!
//! Items that a collector rejects from a batch it otherwise accepts (OTLP `partial_success`) are counted in
//! [`Delivery::rejected`], and shutdown reports them with the collector's reason.
//!
//! # The resource
//!
//! Every span, metric and log record carries a resource that describes its source: `service.name`,
//! `service.instance.id` (a new UUID for each start, unless the environment or the code sets one), `host.name`,
//! `host.arch`, `os.type`, `process.pid`, `process.executable.name` and `.path`, `process.runtime.name`,
//! `telemetry.sdk.*`, and the attributes from code and environment. The command line is omitted because it may contain
//! secrets. [`Builder::resource_detector`] adds others.
//!
//! # A configuration file
//!
//! With the feature `config-file`, `OTEL_CONFIG_FILE` names a YAML file in OpenTelemetry's [declarative configuration]
//! format, which replaces the environment variables. Settings made in code take precedence over it. [Keys] lists what it
//! may contain. A file that cannot be read, or a key that is not supported, is an error that names the key; the keys
//! without effect are reported in [`Telemetry::warnings`]. Without the feature, a process with this variable gets an
//! error.
//!
//! [declarative configuration]: https://opentelemetry.io/docs/languages/sdk-configuration/declarative-configuration/
//! [Keys]: https://github.com/milvus-otel/milvus-otel/blob/main/docs/config-file.md

#![doc = include_str!("../docs/environment.md")]

mod builder;
#[cfg(feature = "config-file")]
mod config_file;
mod configuration;
mod connect;
mod console;
mod counts;
mod delivery;
mod destination;
mod detectors;
mod endpoint;
mod env;
mod error;
mod exporter;
mod extensions;
mod file;
#[cfg(feature = "config-file")]
mod file_settings;
mod globals;
mod json;
mod layer;
mod log_chain;
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
mod unselected;
mod unsupported;
mod variable;
mod variables;
mod veto;

pub use builder::Builder;
pub use delivery::{Delivery, Signal};
pub use env::Warning;
pub use error::Error;
pub(crate) use sampling::is_off_by_environment;
pub use settings::{Compression, Protocol};
pub use telemetry::Telemetry;
pub(crate) use unselected::unselected_spans;
pub(crate) use veto::disabled_span;

/// Returns a builder of telemetry for the service `service_name`, which takes precedence over `OTEL_SERVICE_NAME`.
pub fn otlp(service_name: impl Into<String>) -> Builder {
    Builder::new(Some(service_name.into()))
}

/// Returns a builder of telemetry for the service named by the environment: `OTEL_SERVICE_NAME`, else `service.name` in
/// `OTEL_RESOURCE_ATTRIBUTES`, else `milvus-client`.
pub fn from_env() -> Builder {
    Builder::new(None)
}
