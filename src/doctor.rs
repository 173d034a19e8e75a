//! Answers "why is there no trace?": checks every step from a call to the backend that shows its trace.
//!
//! Call [`check`] in the application, at the place of a call whose trace is missing, because providers, propagators and
//! filters belong to the process, and the parent to the place:
//!
//! ```no_run
//! use milvus_otel::{Client, doctor, init};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let telemetry = init::otlp("book-search").install()?;
//! let client = Client::connect("http://localhost:19530").await?;
//!
//! let report = doctor::check(&client)
//!     .telemetry(&telemetry)
//!     .jaeger("http://localhost:16686")
//!     .await;
//! println!("{report}");
//! assert!(report.is_ok(), "no trace");
//! # Ok(())
//! # }
//! ```
//!
//! It calls `GetVersion` (and `ShowCollections`, if the server has no `GetVersion`) in a trace of its own, sends one
//! span, one metric and one log record to the collector, and looks for the trace in Jaeger or Tempo. It changes nothing
//! in Milvus and sets no global.
//!
//! | subject | what is checked |
//! |---|---|
//! | [`Milvus`](Subject::Milvus) | whether it answers, and its version |
//! | [`Versions`](Subject::Versions) | whether the application has several versions of OpenTelemetry |
//! | [`Provider`](Subject::Provider) | the tracer provider: there is one, of the right version, and it runs |
//! | [`Propagator`](Subject::Propagator) | whether it writes a `traceparent` that Milvus accepts |
//! | [`Sampling`](Subject::Sampling) | whether the sampler records a new trace |
//! | [`Parent`](Subject::Parent) | the span that a call made here would be a child of |
//! | [`Subscriber`](Subject::Subscriber) | the layer of tracing-opentelemetry, and filters that disable spans |
//! | [`Variables`](Subject::Variables) | settings that `init` ignored |
//! | [`Queue`](Subject::Queue) | what waits to be sent, and what was lost before the check |
//! | [`Traces`](Subject::Traces), [`Metrics`](Subject::Metrics), [`Logs`](Subject::Logs) | what the collector accepts |
//! | [`ClientSpans`](Subject::ClientSpans) | whether the trace of the call is in Jaeger or Tempo |
//! | [`MilvusSettings`](Subject::MilvusSettings) | the settings `trace.*` of Milvus |
//! | [`MilvusSpans`](Subject::MilvusSpans) | whether Milvus' own spans are in that trace, and if not, the likely causes |
//!
//! `docs/doctor.md` shows the report for each cause. The command `milvus-otel doctor` of the package
//! `milvus-otel-testkit` makes the same checks without an application.
//!
//! # Limits
//!
//! A check takes at most [`timeout`](Check::timeout), 10 s by default, and all together at most three times that, even
//! if no server answers.
//!
//! Credentials appear in no report: not those of Milvus, nor those in URLs or headers.

mod address;
mod backend;
mod collector;
mod http;
mod milvus;
mod process;
mod report;
mod run;
mod search;
mod server_spans;
mod settings;
mod spans;
mod versions;

pub use report::{Finding, Report, State, Subject};
pub use run::Check;

use crate::client::Client;

/// Checks whether calls of `client` made here are traced, and what is missing. `.await` runs the checks.
///
/// A client that cannot connect can be checked too, if it was built with
/// [`connect_lazy`](crate::ClientBuilder::connect_lazy). Parent and `tracing` subscriber are those of the place of this
/// call.
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) {
/// println!("{}", milvus_otel::doctor::check(&client).await);
/// # }
/// ```
pub fn check(client: &Client) -> Check<'static> {
    Check::new(client)
}
