//! The configuration of a layer.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::StringValue;

use super::metrics::Meters;
use super::names::Names;
use super::peer::PeerSource;
use super::quality::AnswerQuality;
use super::server::Server;
use super::slow::SlowCalls;
use super::tracer::Tracers;
use crate::wire::Rpc;

/// The settings of a layer, shared by all its calls.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) server: Option<Server>,
    pub(super) database: StringValue,
    pub(super) tracers: Tracers,
    pub(super) meters: Meters,
    pub(super) peer: Option<PeerSource>,
    /// 0 disables `db.query.text`.
    pub(super) query_text_limit: usize,
    pub(super) metric_collections: MetricCollections,
    pub(super) detailed_metrics: bool,
    pub(super) log_calls: bool,
    pub(super) slow_calls: Option<SlowCalls>,
    pub(super) names: Names,
    pub(super) quality: Option<AnswerQuality>,
    pub(super) attempts: AttemptSpans,
    /// The timeout of unary calls without their own.
    pub(super) timeout: Option<Duration>,
    /// Whether another `OtelLayer` may be below this one.
    pub(super) may_nest: bool,
}

impl Settings {
    /// Whether calls may be logged.
    pub(super) fn logs(&self) -> bool {
        self.log_calls || self.slow_calls.is_some()
    }

    /// The timeout that applies to a call of this RPC without its own timeout.
    pub(super) fn timeout_of(&self, rpc: Option<&Rpc>) -> Option<Duration> {
        let unary = rpc.is_some_and(|rpc| !rpc.client_streaming && !rpc.server_streaming);
        self.timeout.filter(|_| unary)
    }
}

/// Which attempts get a span, as children of their call's span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum AttemptSpans {
    /// The attempts of calls that are sent more than once. This is the default: nearly every call has a single span.
    #[default]
    OnRetry,
    /// All attempts.
    Always,
    /// No attempts; `milvus.resend_count` on the call's span still counts retries.
    Never,
}

type NameMap = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The names of collections in metrics: see [`OtelLayer::metric_collections`](super::OtelLayer::metric_collections).
#[derive(Clone, Default)]
pub(super) enum MetricCollections {
    #[default]
    Keep,
    Map(NameMap),
}

impl MetricCollections {
    pub(super) fn name<'a>(&self, collection: &'a StringValue) -> Option<Cow<'a, StringValue>> {
        match self {
            Self::Keep => Some(Cow::Borrowed(collection)),
            Self::Map(map) => map(collection.as_str()).map(|name| Cow::Owned(name.into())),
        }
    }
}

impl fmt::Debug for MetricCollections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Map(_) => "Map",
        })
    }
}
