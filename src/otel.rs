//! Client spans and trace propagation for every gRPC call to Milvus, as a tower layer.
//!
//! [`Client`](crate::Client) has [`OtelLayer`] built in. Put it on a tonic-generated Milvus client of your own to get
//! the same telemetry there. Only the OpenTelemetry API is used: without an SDK nothing is recorded and little is
//! spent, and an incoming trace context is still passed on to Milvus.
//!
//! # What a span carries
//!
//! Its name is the RPC in snake case, and the collection: `search books`, or the database for an RPC that names no
//! collection: `show_collections default`. The rest follows semantic conventions 1.45; what those have no word for is `milvus.*`.
//!
//! | attribute | example | when |
//! |---|---|---|
//! | `db.system.name` | `milvus` | always |
//! | `db.operation.name` | `create_collection` | the RPC is one of Milvus' |
//! | `db.namespace` | `default` | it addresses a database |
//! | `db.collection.name` | `books` | it addresses one collection |
//! | `db.query.text` | `year > ?` | it has a filter: without the literals |
//! | `milvus.search.nq`, `milvus.search.top_k`, ... | `1`, `10` | it is a search |
//! | `milvus.search.params.ef`, `milvus.search.params.nprobe`, ... | `64`, `16` | it is a search that says it |
//! | `milvus.timeout` | `60.0` | it has a timeout |
//! | `milvus.rows.sent` | `1000` | it is an insert or upsert |
//! | `rpc.system.name` | `grpc` | always |
//! | `rpc.method` | `milvus.proto.milvus.MilvusService/Search` | always; `_OTHER` for an RPC that is none of Milvus' |
//! | `rpc.method_original` | `my.Service/Method` | `rpc.method` is `_OTHER` |
//! | `server.address`, `server.port` | `localhost`, `19530` | they are known: see [`OtelLayer::server`] |
//! | `network.peer.address`, `network.peer.port` | `127.0.0.1`, `19530` | at the end, if known: see [`OtelLayer::peer`] |
//! | `rpc.status_code` | `OK` | at the end |
//! | `db.response.returned_rows`, `milvus.rows.inserted`, ... | `10` | at the end, if the answer says it |
//! | `milvus.resend_count` | `2` | at the end, if it was sent again |
//! | `db.response.status_code` | `100`, `UNAVAILABLE` | it failed: Milvus' code, else the gRPC code |
//! | `error.type` | `CollectionNotFound`, `UNAVAILABLE` | it failed: Milvus' name of its code, else the gRPC code |
//!
//! What the request says is there when the span starts, for samplers to decide by. The status of a failed span says what
//! the server said, without what it may quote of the filter. The end of the answer's body ends the span, so for a streaming
//! RPC it covers the whole stream. A call that is sent more than once has a span for each attempt below its own:
//! [`AttemptSpans`].
//!
//! # What is measured
//!
//! `db.client.operation.duration`, `rpc.client.call.duration`, `db.client.response.returned_rows`, the connections
//! (`db.client.connection.*`), and `milvus.client.*`: retries, rate limits, rows written; with
//! [`OtelLayer::detailed_metrics`] also message sizes and calls in flight, with [`OtelLayer::answer_quality`] the scores
//! of searches. Where collections are many, see [`OtelLayer::metric_collections`] and
//! [`OtelLayer::max_metric_collections`].
//!
//! # What is logged
//!
//! Nothing, unless asked for: [`OtelLayer::log_calls`], [`OtelLayer::slow_calls`].
//!
//! # What Milvus is sent
//!
//! The context of the span, by the global propagator: install one (`init` does), or Milvus starts no spans below ours.
//! `traceparent` is sent with the flags 00 or 01 whatever others are set, as Milvus up to at least 2.6 ignores the
//! header otherwise. In a context where telemetry is suppressed no span is made.

mod attempt;
mod attributes;
mod body;
mod call;
mod composite;
mod facts;
mod future;
mod given;
mod labels;
mod layer;
mod links;
mod metrics;
mod names;
mod operation;
mod outcome;
mod peer;
mod propagation;
mod quality;
mod query_text;
mod redaction;
mod series;
mod service;
mod slow;
mod status;
mod tracer;
mod w3c;

pub(crate) use attempt::{Attempt, AttemptTracer};
pub use body::ResponseBody;
pub(crate) use composite::{Composite, record_polls, unsampled};
pub use future::ResponseFuture;
pub use given::ParentContext;
pub use layer::{AttemptSpans, OtelLayer};
pub use links::Links;
pub(crate) use metrics::{ConnectionMetrics, Counted};
pub(crate) use operation::StreamSpan;
pub(crate) use peer::TrackedPeer;
pub use quality::{AnswerQuality, WeakScore};
#[cfg(any(test, fuzzing))]
pub(crate) use query_text::without_literals;
pub use service::Otel;
pub use slow::SlowCalls;
pub use status::{Parent, Provider, Status, status};
