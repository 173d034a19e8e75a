//! Client spans and trace propagation for every gRPC call to Milvus, as a [`tower`] layer.
//!
//! [`Client`](crate::Client) has [`OtelLayer`] built in. Put it on a tonic-generated Milvus client of your own to get
//! the same telemetry there. Only the OpenTelemetry API is used: without an SDK nothing is recorded and little is
//! spent, and an incoming trace context is still passed on to Milvus.

mod attempt;
mod attributes;
mod body;
mod call;
mod composite;
mod facts;
mod future;
mod labels;
mod layer;
mod links;
mod metrics;
mod outcome;
mod peer;
mod propagation;
mod query_text;
mod service;
mod tracer;

pub(crate) use attempt::{Attempt, AttemptTracer};
pub use body::ResponseBody;
pub(crate) use composite::{Composite, record_polls, unsampled};
pub use future::ResponseFuture;
pub use layer::{AttemptSpans, OtelLayer};
pub use links::Links;
pub(crate) use metrics::ConnectionMetrics;
pub use service::Otel;
