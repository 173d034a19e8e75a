//! A [Milvus](https://milvus.io) client in which every call is an [OpenTelemetry](https://opentelemetry.io) span, and
//! whose traces go on inside Milvus.
//!
//! What you add is this: telemetry, if the application has none yet, and the client.
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
//! One trace. The function's span is the root; under it hang the spans of this client, and under each of those what
//! Milvus did about it, if Milvus is [set up to send its spans](#if-milvus-spans-are-missing):
//!
//! ```text
//! set_up                               your function
//! ├ connect localhost:19530            CLIENT, this crate
//! ├ has_collection books               CLIENT
//! │ └ MilvusService/HasCollection      SERVER, Milvus
//! │   └ Proxy-HasCollection ...
//! └ Client::create_collection books    INTERNAL, over the calls it takes:
//!   ├ create_collection books ...      CLIENT
//!   ├ Client::create_index books ...
//!   └ Client::load_collection books ...
//! ```
//!
//! A call's span is named after its operation and collection and carries what the semantic conventions (1.45) ask of
//! database and RPC clients; [`otel`] has the list. It covers all attempts, which are spans below it where there is
//! more than one, and ends once, also when the call is refused, times out or is dropped. Where a call fails the span
//! does, with Milvus' code in `error.type`, although Milvus reports most failures in answers that to gRPC are
//! successes. Credentials, vectors and entities never appear in telemetry. Filter literals are replaced by `?`, except
//! in filters that use bound parameters; bound values never appear. When an operation polls, for example until a
//! collection is loaded, only the first and the last poll have spans.
//!
//! The same calls are measured: `db.client.operation.duration`, `rpc.client.call.duration` and others.
//!
//! The parent is the current OpenTelemetry context or else the current `tracing` span. The client's spans do not come
//! from `tracing`, so no log filter switches them off. Your `tracing` spans it does: a span that is disabled cannot be
//! a parent, and a filter over the whole subscriber, such as `registry().with(EnvFilter::from_default_env())` with
//! `RUST_LOG` unset, disables all but errors. Put the filter on the layer that writes the log instead:
//! `fmt::layer().with_filter(EnvFilter::from_default_env())`. Without an OpenTelemetry SDK nothing is recorded, and a
//! trace context that was received is still passed on; [`otel::status`] says what is missing.
//!
//! # Connecting
//!
//! [`Client::connect`] takes a URI; [`Client::from_env`] takes URI, token and database from the environment;
//! [`Client::builder`] takes credentials, a database, TLS, timeouts and layers beside the URI. A [`Client`] is cheap to
//! clone, and its clones share one connection.
//!
//! ```no_run
//! # async fn example() -> milvus_otel::Result<()> {
//! use std::time::Duration;
//! use milvus_otel::Client;
//!
//! let client = Client::builder("http://milvus.example:19530")
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
//! Each is a method of [`Client`]. Its arguments are required; optional ones are set by methods of the operation that
//! it returns, such as `timeout`. The operation is a future: `.await` sends it. The module [`ops`] lists the operations
//! and the RPCs that they send.
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
//! client.load_collection("books").progress(|percent| println!("{percent} %")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//!
//! There is one [`Error`]. Its predicates say what to do about it, [`Error::code`] what exactly Milvus said, and its
//! text is one line for a log that ends in the trace and span to look at:
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
//! A call has 60 s, all its attempts included, unless the [client](ClientBuilder::timeout) or the operation says
//! otherwise. It is tried again where that is harmless: a read after a cause that may pass, a change only if it cannot
//! have happened. [`RetryPolicy`](client::RetryPolicy) has the table, the limits, and a switch for changes that may be
//! repeated.
//!
//! # Telemetry
//!
//! The module [`init`](init/index.html) is for applications without an OpenTelemetry set-up: one call gives OTLP
//! export, the resource, W3C propagation, the bridge from `tracing`, and a guard whose `shutdown` sends what is left.
//!
//! Where there is a set-up, the client uses its global providers and propagator, and nothing needs to be done but to
//! have a propagator: Milvus learns of the trace by the `traceparent` header.
//!
//! ```no_run
//! # use opentelemetry_sdk::propagation::TraceContextPropagator;
//! opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
//! ```
//!
//! [`OtelLayer`] is the same instrumentation for gRPC clients of your own. It has the switches too: other providers,
//! filters, names of collections in metrics, spans of attempts; [`ClientBuilder::otel`] takes one.
//!
//! ## If Milvus' spans are missing
//!
//! Milvus sends none by default. In its `milvus.yaml`, `trace.exporter: otlp`, `trace.otlp.endpoint: host:port` and,
//! for a receiver without TLS, `trace.otlp.secure: false` make it do so; `trace.sampleFraction: 0` is enough to have
//! every trace that a client started. Milvus Lite makes no spans. The README has the list of what else to look at.
//!
//! # Other RPCs
//!
//! RPCs without a method of their own, such as those for databases, users and flushing, can be sent with
//! [`Client::send`], which takes the requests of [`proto`] as they are. They are traced, authorized, retried and given
//! a deadline like all others. [`Client::raw`] is the generated client, which also has the streaming RPCs. The
//! difference: a failure that Milvus reports is an error of `send`, but a field of the answer of `raw`, because gRPC
//! takes such an answer for a success.
//!
//! ```no_run
//! # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
//! use milvus_otel::proto::milvus::CreateDatabaseRequest;
//!
//! let request = CreateDatabaseRequest {
//!     db_name: "library".into(),
//!     ..Default::default()
//! };
//! client.send(request).await?;
//! client.in_database("library").create_collection("books", 768).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Versions
//!
//! OpenTelemetry's globals exist once per version of the `opentelemetry` crate: an SDK of another version than this
//! crate's records nothing of it, without any error. To have the same versions, use the crates that this one exports:
//! [`opentelemetry`], [`tonic`], [`prost`] and [`tracing_opentelemetry`], with the feature `otlp` also
//! `opentelemetry_sdk`. A new incompatible version of one of them is one of this crate. [`otel::status`] tells at run
//! time what is missing, `docs/opentelemetry-versions.md` which crates are on which version.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `otlp` | on | the module [`init`](init/index.html): the OpenTelemetry SDK, OTLP exporters, the bridge from `tracing` |
//! | `tls` | on | `https://` to Milvus and to the collector: rustls with ring and the system's certificate authorities |
//! | `bound-metrics` | off | the duration metrics at a quarter of their cost, by an experimental API of OpenTelemetry: see `docs/performance.md` |
//! | `half-2` | off | vectors of `half::f16` and `half::bf16` (version 2 of `half`) in columns and searches |
//!
//! With `default-features = false` the OpenTelemetry API is left, and no SDK, exporter or TLS is compiled.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod client;
pub mod data;
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
#[doc(inline)]
pub use otel::OtelLayer;
#[doc(inline)]
pub use schema::{Field, Schema};
#[doc(inline)]
pub use search::{Consistency, Hit, QueryVector};
