//! The tower layer, with its settings.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::{Span, Tracer, TracerProvider};
use tower::Layer;

use super::attributes as key;
use super::metrics::{ConnectionMetrics, Meters};
use super::names::{self, Names};
use super::peer::{PeerSource, TrackedPeer};
use super::quality::AnswerQuality;
use super::query_text;
use super::server::Server;
use super::service::Otel;
use super::settings::{AttemptSpans, MetricCollections, Settings};
use super::shared::shared;
use super::slow::SlowCalls;
use super::tracer::Tracers;
use crate::scope::scope;

/// Starts a CLIENT span for every call, sends its context to Milvus as W3C `traceparent`, and measures the call.
///
/// Works on any service that takes tonic's requests: a channel, or what stands before one.
///
/// ```no_run
/// use milvus_otel::OtelLayer;
/// use milvus_otel::proto::milvus::{HasCollectionRequest, milvus_service_client::MilvusServiceClient};
/// use tower::Layer;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let channel = tonic::transport::Endpoint::from_static("http://localhost:19530").connect_lazy();
/// let traced = OtelLayer::new().server("localhost", 19530).layer(channel);
/// let mut client = MilvusServiceClient::new(traced);
/// let request = HasCollectionRequest { collection_name: "books".into(), ..Default::default() };
/// client.has_collection(request).await?;
/// # Ok(())
/// # }
/// ```
///
/// The layer belongs outermost, so that the span it starts becomes a child of the caller's: the active OpenTelemetry
/// context, or else the current `tracing` span. Where tracing-opentelemetry's `with_context_activation(false)` keeps
/// `tracing` spans out of the OpenTelemetry context and there are both, it is the `tracing` span if both are of one
/// trace, else the context; an OpenTelemetry span that was given the `tracing` span's context as its parent is passed
/// over then. The layer works with the providers that are installed when a call is made,
/// so it may be built before them. Telemetry never changes what a call returns, but errors come out as
/// [`tonic::Status`], which is what tonic's generated clients would have turned them into.
///
/// The [module](crate::otel) says what spans carry and what is measured, `docs/telemetry.md` lists every name.
#[derive(Debug, Clone)]
pub struct OtelLayer {
    pub(super) settings: Settings,
}

impl Default for OtelLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl OtelLayer {
    /// A layer that uses the global providers and propagator.
    pub fn new() -> Self {
        let settings = Settings {
            server: None,
            database: "default".into(),
            tracers: Tracers::global(),
            meters: Meters::default(),
            peer: None,
            query_text_limit: query_text::DEFAULT_LIMIT,
            metric_collections: MetricCollections::default(),
            detailed_metrics: false,
            log_calls: false,
            slow_calls: None,
            names: Names::new(names::DEFAULT_LIMIT),
            quality: None,
            attempts: AttemptSpans::default(),
            timeout: None,
            may_nest: true,
        };
        Self { settings }
    }

    /// Where calls go: `server.address` and `server.port` of every span.
    ///
    /// tonic's channel does not tell; without this, spans carry the address only when requests name their authority.
    #[must_use]
    pub fn server(mut self, address: impl Into<String>, port: impl Into<Option<u16>>) -> Self {
        self.settings.server = Some(Server {
            address: shared(&address.into()),
            port: port.into(),
        });
        self
    }

    /// The database of calls that name none: `db.namespace`. Milvus' own default is `default`.
    #[must_use]
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.settings.database = shared(&database.into());
        self
    }

    /// How to learn which address the connection in use leads to: `network.peer.address` and `network.peer.port`.
    ///
    /// tonic's channel does not tell; a connector of one's own can. [`Client`](crate::Client) has one. It is asked when
    /// a call begins and when it ends: where the address changed meanwhile, the span has none.
    #[must_use]
    pub fn peer(mut self, ask: impl Fn() -> Option<SocketAddr> + Send + Sync + 'static) -> Self {
        self.settings.peer = Some(PeerSource::new(ask));
        self
    }

    /// The same, where it is known which connections are made and closed.
    pub(crate) fn tracked_peer(mut self, connections: Arc<dyn TrackedPeer>) -> Self {
        self.settings.peer = Some(PeerSource::tracked(connections));
        self
    }

    /// Uses this provider for spans instead of the global one.
    #[must_use]
    pub fn tracer_provider<P>(mut self, provider: &P) -> Self
    where
        P: TracerProvider,
        P::Tracer: Tracer<Span: Span + Send + Sync + 'static> + Send + Sync + 'static,
    {
        self.settings.tracers = Tracers::fixed(provider.tracer_with_scope(scope()));
        self
    }

    /// Uses this provider for metrics instead of the global one.
    #[must_use]
    pub fn meter_provider(mut self, provider: &impl MeterProvider) -> Self {
        self.settings.meters = Meters::fixed(provider);
        self
    }

    /// How many bytes of a filter go into `db.query.text` at most; 0 leaves it out. Default 1024.
    ///
    /// Literals are always replaced by `?`, unless the filter's values come apart from it.
    #[must_use]
    pub fn query_text_limit(mut self, bytes: usize) -> Self {
        self.settings.query_text_limit = bytes;
        self
    }

    /// How metrics name a collection; `None` leaves the name out. Default: as it is.
    ///
    /// Each name is a time series of its own. Where collections are made per tenant or per day, name their kind:
    ///
    /// ```
    /// # use milvus_otel::OtelLayer;
    /// let layer = OtelLayer::new().metric_collections(|name| name.split('_').next().map(str::to_owned));
    /// ```
    #[must_use]
    pub fn metric_collections(
        mut self,
        name: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.settings.metric_collections = MetricCollections::Map(Arc::new(name));
        self
    }

    /// How many collections metrics name; default 200. Those that come after them, and the databases they are in, are
    /// `_OTHER`, so that operation, error and server are told of them too.
    ///
    /// An SDK keeps 2000 time series of an instrument, and says nothing at all of what comes after those. There are up
    /// to five series by name for each of the names, whatever operations and errors there are; clones of the layer
    /// share them.
    #[must_use]
    pub fn max_metric_collections(mut self, names: usize) -> Self {
        self.settings.names = Names::new(names);
        self
    }

    /// Also measures message sizes and calls in flight, for less than half a microsecond a call. Default off.
    #[must_use]
    pub fn detailed_metrics(mut self, measured: bool) -> Self {
        self.settings.detailed_metrics = measured;
        self
    }

    /// Also measures how good the answers of searches are, for each collection and metric: the best score of each query
    /// vector, how far the last hit is behind it, and how many have no hit at all. Where these drift, so does recall,
    /// or what is asked. Nothing of what was found is looked at but its score. Default off.
    #[must_use]
    pub fn answer_quality(mut self, quality: AnswerQuality) -> Self {
        self.settings.quality = Some(quality);
        self
    }

    /// Emits a `tracing` event for every finished call, with the attributes of its span: `milvus.client.call` at DEBUG
    /// for success, `db.client.operation.exception` at WARN for failure. The target is `milvus_otel::call`. Default
    /// off.
    #[must_use]
    pub fn log_calls(mut self, logged: bool) -> Self {
        self.settings.log_calls = logged;
        self
    }

    /// Emits a `tracing` event for every slow call, whatever came of it: `milvus.client.slow_call` at WARN, target
    /// `milvus_otel::slow_call`. It has what the request asked for, what it cost the server, and the id of the trace.
    /// Default off.
    ///
    /// A duration is a threshold for all operations; [`SlowCalls`] has others.
    #[must_use]
    pub fn slow_calls(mut self, slow: impl Into<SlowCalls>) -> Self {
        self.settings.slow_calls = Some(slow.into());
        self
    }

    /// When attempts get spans of their own. Needs something below that makes attempts, as [`Client`](crate::Client)
    /// has. Default: [`AttemptSpans::OnRetry`].
    #[must_use]
    pub fn attempt_spans(mut self, when: AttemptSpans) -> Self {
        self.settings.attempts = when;
        self
    }

    /// The timeout that calls have below this layer, unless they bring one of their own.
    pub(crate) fn timeout(mut self, timeout: Option<Duration>) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Whether there may be another layer of this kind below: if there cannot, calls are spared the mark for it.
    pub(crate) fn may_nest(mut self, may_nest: bool) -> Self {
        self.settings.may_nest = may_nest;
        self
    }

    /// What the connector of a channel measures, which is called a pool.
    pub(crate) fn connection_metrics(&self, pool: &str) -> ConnectionMetrics {
        let pool = KeyValue::new(key::DB_CLIENT_CONNECTION_POOL_NAME, pool.to_owned());
        let used = KeyValue::new(key::DB_CLIENT_CONNECTION_STATE, "used");
        ConnectionMetrics {
            meters: self.settings.meters.clone(),
            pool: [pool.clone()],
            used: [pool, used],
        }
    }
}

impl<S> Layer<S> for OtelLayer {
    type Service = Otel<S>;

    fn layer(&self, inner: S) -> Otel<S> {
        let mut settings = self.settings.clone();
        settings.meters = settings.meters.of_a_layer();
        Otel {
            inner,
            settings: Arc::new(settings),
        }
    }
}
