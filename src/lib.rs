//! A client for [Milvus](https://milvus.io) with [OpenTelemetry](https://opentelemetry.io) built in. Every call is a
//! span, and the trace continues inside Milvus.
//!
//! A complete program sets up telemetry, unless the application already has it, and connects a client:
//!
//! ```no_run
//! # #[cfg(feature = "otlp")]
//! # mod example {
//! use milvus_otel::{Client, init};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let telemetry = init::otlp("book-search").install()?;
//!     let result = set_up().await;
//!     telemetry.shutdown_or_warn();
//!     Ok(result?)
//! }
//!
//! #[tracing::instrument]
//! async fn set_up() -> milvus_otel::Result<()> {
//!     let client = Client::from_env().await?;
//!     if !client.has_collection("books").await? {
//!         client.create_collection("books", 768).await?;
//!     }
//!     Ok(())
//! }
//! # }
//! # fn main() {}
//! ```
//!
//! # What you see
//!
//! The program above produces one trace. Its root is the span of the function. The spans of the client are its
//! children, and those of Milvus are children of the client's, if Milvus [sends its
//! spans](#if-milvus-spans-are-missing):
//!
//! ```text
//! set_up                               your function
//! ├ connect localhost:19530            CLIENT, this crate
//! ├ has_collection books               CLIENT
//! │ └ MilvusService/HasCollection      SERVER, Milvus
//! │   └ Proxy-HasCollection ...
//! └ Client::create_collection books    INTERNAL, with several calls:
//!   ├ create_collection books ...      CLIENT
//!   ├ Client::create_index books ...
//!   └ Client::load_collection books ...
//! ```
//!
//! The span of a call is named after its operation and collection. It has the attributes that the semantic conventions
//! (1.45) require of database and RPC clients; [`otel`] lists them. It covers all attempts, which have spans of their
//! own if there are several. It ends exactly once, even if the call is refused, times out or is dropped. Milvus reports
//! most failures in answers that gRPC considers a success; their spans fail nevertheless, with the code of Milvus in
//! `error.type`. When an operation polls, for example until a collection is loaded, only the first and the last poll
//! have spans.
//!
//! Credentials, vectors and rows never appear in telemetry. Filter literals are replaced by `?`, except in filters that
//! use bound parameters; bound values never appear.
//!
//! The calls are also measured, by `db.client.operation.duration`, `rpc.client.call.duration` and others.
//!
//! The parent of a span is the current OpenTelemetry context, or else the current `tracing` span. The spans of the
//! client do not come from `tracing`, so log filters do not disable them. They can disable your `tracing` spans, which
//! then cannot be parents: a filter for the whole subscriber, such as `registry().with(EnvFilter::from_default_env())`,
//! disables all but errors if `RUST_LOG` is not set. Add the filter to the layer that writes the log instead:
//! `fmt::layer().with_filter(EnvFilter::from_default_env())`.
//!
//! Without an OpenTelemetry SDK nothing is recorded, but a received trace context is still propagated. [`otel::status`]
//! reports what is missing.
//!
//! # Connecting
//!
//! [`Client::connect`] takes a URI. [`Client::from_env`] reads the URI, a token and a database from the environment.
//! [`Client::builder`] also sets credentials, the database, TLS, timeouts and layers. A [`Client`] is cheap to clone,
//! and its clones share its connections. Credentials are sent only over TLS, over Unix sockets and to this machine,
//! unless [`ClientBuilder::allow_plaintext_credentials`] permits more, and [`Client::set_token`] replaces them.
//!
//! ```no_run
//! # async fn example() -> milvus_otel::Result<()> {
//! use std::time::Duration;
//! use milvus_otel::Client;
//!
//! let client = Client::builder("https://milvus.example:19530")
//!     .user("ada", "a password")
//!     .database("library")
//!     .timeout(Duration::from_secs(5))
//!     .connect()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Operations
//!
//! Operations are methods of [`Client`]. Required values are arguments; optional ones, such as a timeout, are set by
//! methods of the operation that is returned. The operation is a lazy future: `.await` sends the request. The module
//! [`ops`] lists all operations and their RPCs.
//!
//! The names that most programs need are at the root of the crate. All others are in modules: data types and functions
//! in [`schema`], columns and vectors in [`data`], rankers, highlighters and aggregations in [`search`], results and
//! options of operations in [`ops`].
//!
//! ```no_run
//! # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
//! use milvus_otel::{Field, Index, Metric, Schema};
//!
//! let schema = Schema::builder()
//!     .field(Field::int64("id").primary_key())
//!     .field(Field::varchar("title", 512))
//!     .field(Field::float_vector("embedding", 768))
//!     .build()?;
//! client
//!     .create_collection("books", schema)
//!     .index("embedding", Index::hnsw(Metric::Cosine, 16, 200))
//!     .await?;
//! client.load_collection("books").progress(|progress| println!("{} %", progress.percent())).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//!
//! All operations return the same [`Error`]. Its predicates tell what to do, and [`Error::code`] is the exact code of
//! Milvus. Its text is one line for a log, and ends with the ids of the trace and span:
//!
//! ```no_run
//! # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
//! match client.describe_collection("books").await {
//!     Ok(books) => println!("{} fields", books.schema.fields().len()),
//!     Err(error) if error.is_not_found() => client.create_collection("books", 768).await?,
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Timeouts and retries
//!
//! A call has a timeout of 60 s, including all attempts, unless the [client](ClientBuilder::timeout) or the operation
//! sets another. It is retried only if that is safe: reads after transient errors, changes only if they cannot have
//! happened. Calls that were not sent, or that a rate limit rejected, are retried until the timeout; if the server
//! fails, a [`RetryBudget`](client::RetryBudget) keeps retries from adding to its load.
//! [`RetryPolicy`](client::RetryPolicy) has the rules and limits, for a client, a [handle](Client::with_retry) or a
//! single operation, and a switch to retry idempotent changes. [A separate
//! page](https://github.com/milvus-otel/milvus-otel/blob/main/docs/resilience.md) lists the outcome of each fault, and
//! explains what an error means for your next step.
//!
//! # Telemetry
//!
//! Applications that do not use OpenTelemetry yet can set it up with the module [`init`](init/index.html). One call
//! sets up OTLP export, the resource, W3C propagation and the bridge from `tracing`. It returns a guard, whose
//! `shutdown` exports the remaining data.
//!
//! In other applications, the client uses the global providers and the global propagator. There must be a propagator,
//! because Milvus receives the trace context in the `traceparent` header:
//!
//! ```no_run
//! # use opentelemetry_sdk::propagation::TraceContextPropagator;
//! opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
//! ```
//!
//! [`OtelLayer`] is the same instrumentation for other gRPC clients of Milvus. It also has the settings: providers,
//! filters, the names of collections in metrics, spans of attempts. [`ClientBuilder::otel`] sets the layer of a client.
//!
//! ## If Milvus' spans are missing
//!
//! Milvus sends no spans by default. To enable them, set `trace.exporter: otlp` and `trace.otlp.endpoint: host:port` in
//! its `milvus.yaml`, and `trace.otlp.secure: false` for a receiver without TLS. `trace.sampleFraction: 0` is enough
//! for all traces that clients start. Milvus Lite has no spans. [`doctor::check`](doctor/fn.check.html) finds these and
//! other causes.
//!
//! # Other RPCs
//!
//! [`Client`] has a method for everything that pymilvus' `MilvusClient` does. [`Client::send`] sends any request of
//! [`proto`], for RPCs without a method of their own. They have tracing, credentials, retries and a deadline like all
//! others. [`Client::raw`] is the generated gRPC client, which also has the streaming RPCs. A failure that Milvus
//! reports is an error of `send`, but for `raw` it is a field of the response, because gRPC considers such a response a
//! success.
//!
//! ```no_run
//! # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
//! use milvus_otel::proto::Request;
//! use milvus_otel::proto::milvus::GetIndexStatisticsRequest;
//!
//! let answer = client.send(GetIndexStatisticsRequest::on("books")).await?;
//! println!("{:?}", answer.index_descriptions);
//! # Ok(())
//! # }
//! ```
//!
//! # Versions
//!
//! Each version of the `opentelemetry` crate has its own globals. An SDK of another version than that of this crate
//! therefore records nothing, without an error. To use the same versions, use the crates that this crate exports:
//! [`opentelemetry`], [`tonic`], [`prost`], [`tracing_opentelemetry`], and with the feature `otlp` `opentelemetry_sdk`.
//! A new incompatible version of one of them is a new incompatible version of this crate. [`otel::status`] reports
//! missing parts at run time. `docs/opentelemetry-versions.md` lists which crates use which version.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `otlp` | on | the module [`init`](init/index.html): the OpenTelemetry SDK, OTLP exporters, the bridge from `tracing` |
//! | `tls` | on | `https://` to Milvus and the collector, with rustls, ring and the system's certificate authorities |
//! | `bound-metrics` | off | duration metrics at a quarter of the cost, through an experimental API of OpenTelemetry: see `docs/performance.md` |
//! | `config-file` | off | `OTEL_CONFIG_FILE`: OpenTelemetry's configuration file for `init` |
//! | `derive` | off | the derive macro `Collection`: schema and indexes of a collection from a struct |
//! | `half-2` | off | vectors of `half::f16` and `half::bf16` (version 2 of `half`) in columns and searches |
//! | `arrow-60` | off | `RecordBatch` of Arrow (version 60) in inserts and results: see `data::arrow` |
//!
//! With `default-features = false`, only the OpenTelemetry API is compiled, without an SDK, exporters and TLS.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod client;
pub mod data;
#[cfg(feature = "otlp")]
pub mod doctor;
pub mod error;
pub mod filter;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzz;
pub mod index;
#[cfg(feature = "otlp")]
pub mod init;
pub mod ops;
pub mod otel;
pub mod proto;
pub mod schema;
mod scope;
pub mod search;
pub mod stack;
mod wire;

pub use opentelemetry;
#[cfg(feature = "otlp")]
pub use opentelemetry_sdk;
pub use prost;
pub use tonic;
pub use tracing_opentelemetry;

// The names that most programs need. All others are in their modules alone.
#[doc(inline)]
pub use client::{Client, ClientBuilder};
#[doc(inline)]
pub use data::{Id, Row};
#[doc(inline)]
pub use error::{Error, ErrorKind, Result};
#[doc(inline)]
pub use filter::Filter;
#[doc(inline)]
pub use index::{Index, Metric};
/// Implements the trait [`Collection`](trait@Collection) for a struct, which has an example.
#[cfg(feature = "derive")]
#[doc(inline)]
pub use milvus_otel_derive::Collection;
#[doc(inline)]
pub use ops::Collection;
#[doc(inline)]
pub use otel::OtelLayer;
#[doc(inline)]
pub use schema::{Field, Schema};
#[doc(inline)]
pub use search::{Consistency, Hit, QueryVector};
