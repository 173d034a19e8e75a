//! Client spans, metrics and trace propagation for every gRPC call to Milvus, as a tower layer.
//!
//! [`Client`](crate::Client) has [`OtelLayer`] built in. Add it to a tonic-generated Milvus client to get the same
//! telemetry there. It uses only the OpenTelemetry API: without an SDK, nothing is recorded, the cost per call is
//! small, and an incoming trace context is still passed on to Milvus.
//!
//! # Spans
//!
//! The span of a call is named after the RPC in snake case and the collection: `search books`. If the RPC has no
//! collection, the database follows: `show_collections default`. Attributes follow the semantic conventions 1.45;
//! attributes that the conventions do not define start with `milvus.`.
//!
//! | attribute | example | when |
//! |---|---|---|
//! | `db.system.name` | `milvus` | always |
//! | `db.operation.name` | `create_collection` | Milvus RPCs |
//! | `db.namespace` | `default` | the RPC targets a database |
//! | `db.collection.name` | `books` | the RPC targets one collection |
//! | `db.query.text` | `year > ?` | the request has a filter |
//! | `milvus.search.nq`, `milvus.search.top_k`, ... | `1`, `10` | searches |
//! | `milvus.search.params.ef`, `milvus.search.params.nprobe`, ... | `64`, `16` | searches that set them |
//! | `milvus.timeout` | `60.0` | the call has a timeout |
//! | `milvus.rows.sent` | `1000` | inserts and upserts |
//! | `rpc.system.name` | `grpc` | always |
//! | `rpc.method` | `milvus.proto.milvus.MilvusService/Search` | always; `_OTHER` for RPCs that are not part of Milvus |
//! | `rpc.method_original` | `my.Service/Method` | `rpc.method` is `_OTHER` |
//! | `server.address`, `server.port` | `localhost`, `19530` | if known: see [`OtelLayer::server`] |
//! | `network.peer.address`, `network.peer.port` | `127.0.0.1`, `19530` | at the end, if known: see [`OtelLayer::peer`] |
//! | `rpc.status_code` | `OK` | at the end |
//! | `db.response.returned_rows`, `milvus.rows.inserted`, ... | `10` | at the end, if the response contains it |
//! | `milvus.resend_count` | `2` | at the end, if the call was retried |
//! | `db.response.status_code` | `100`, `UNAVAILABLE` | on failure: the Milvus error code, or else the gRPC code |
//! | `error.type` | `CollectionNotFound`, `UNAVAILABLE` | on failure: the name of the Milvus error code, or else the gRPC code |
//!
//! Attributes of the request are set when the span starts, so samplers can use them. The span ends when the response
//! body ends; for a streaming RPC, it covers the whole stream. If a call is retried, its span has a child span for each
//! attempt: see [`AttemptSpans`]. When an operation polls, for example until a collection is loaded, only the first and
//! the last poll have spans.
//!
//! # Operation names
//!
//! Spans and metrics of calls name the RPC in snake case (`db.operation.name`), because that is known for every client.
//! Spans over several calls (`milvus.operation.name`) and errors ([`Error::operation`](crate::Error::operation)) name
//! the method that was called. The names usually agree, but not always: `Client::list_collections`, for example, sends
//! `show_collections`. [`Error::rpc`](crate::Error::rpc) links an error to its span.
//!
//! # Security
//!
//! Filter literals are replaced by `?`, except in filters that use bound parameters; bound values never appear.
//! Credentials, vectors and rows never appear. Parts of a server's error message that may quote a literal or a bound
//! value are removed before the message is recorded.
//!
//! # Metrics
//!
//! `db.client.operation.duration`, `rpc.client.call.duration`, `db.client.response.returned_rows`, connections
//! (`db.client.connection.*`), and `milvus.client.*`: retries, rate limits, rows written.
//! [`OtelLayer::detailed_metrics`] adds message sizes and calls in flight; [`OtelLayer::answer_quality`] adds the
//! scores of search hits. If you have many collections, see [`OtelLayer::metric_collections`] and
//! [`OtelLayer::max_metric_collections`].
//!
//! # Logs
//!
//! None by default: see [`OtelLayer::log_calls`] and [`OtelLayer::slow_calls`].
//!
//! # Propagation
//!
//! The context of the span is sent to Milvus in the format of the global propagator. Install one (`init` does);
//! otherwise, the spans of the Milvus server are not part of the trace. `traceparent` is only sent with the flags 00 or
//! 01, because Milvus up to at least 2.6 ignores the header otherwise. No span is created in a context in which
//! telemetry is suppressed.

mod attempt;
mod attributes;
mod body;
mod call;
mod composite;
mod current_operation;
mod facts;
mod future;
mod headers;
mod labels;
mod layer;
mod links;
mod metrics;
mod names;
mod operation;
mod outcome;
mod parent_context;
mod peer;
#[cfg(feature = "otlp")]
mod probe;
mod propagation;
mod quality;
mod query_text;
mod redaction;
mod scores;
mod series;
mod server;
mod service;
mod settings;
mod shared;
mod slow;
mod status;
mod tracer;
mod w3c;

pub(crate) use attempt::{Attempt, AttemptTracer};
pub use body::ResponseBody;
pub(crate) use composite::{Composite, WrittenCounts, record_polls, unsampled};
pub use future::ResponseFuture;
pub use layer::OtelLayer;
pub use links::Links;
pub(crate) use metrics::{ConnectionMetrics, CountGuard, LimitMetrics};
pub(crate) use operation::StreamSpan;
pub use parent_context::ParentContext;
pub use quality::{AnswerQuality, WeakScore};
#[cfg(any(test, fuzzing))]
pub(crate) use query_text::without_literals;
pub use service::Otel;
pub use settings::AttemptSpans;
pub use slow::SlowCalls;
pub use status::{Parent, Provider, Status, status};
