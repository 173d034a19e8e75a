//! The tower layer and its settings.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::{Span, Tracer, TracerProvider};
use tower::Layer;

use super::attributes as key;
use super::metrics::{ConnectionMetrics, LimitMetrics, Meters};
use super::names::{self, Names};
use super::peer::PeerSource;
use super::quality::AnswerQuality;
use super::query_text;
use super::server::Server;
use super::service::Otel;
use super::settings::{AttemptSpans, MetricCollections, Settings};
use super::shared::shared;
use super::slow::SlowCalls;
use super::tracer::Tracers;
use crate::scope::scope;

/// Starts a CLIENT span for every call, sends its context to Milvus as W3C `traceparent`, and records metrics.
///
/// Works on any service that accepts tonic's requests, such as a channel or a stack of layers on top of one.
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
/// Make this the outermost layer, so that the caller's span is the parent of the call's span. The parent is the active
/// OpenTelemetry context, or else the current `tracing` span.
///
/// With `with_context_activation(false)`, tracing-opentelemetry does not activate the context of its `tracing` spans.
/// If there is both an active OpenTelemetry span and a current `tracing` span then, the parent is the `tracing` span if
/// both belong to the same trace, and the OpenTelemetry span otherwise. As a consequence, an OpenTelemetry span that
/// was started with the `tracing` span's context as its parent is skipped.
///
/// The layer uses the providers that are installed when a call is made, so it can be built before they are installed.
/// Telemetry does not change the result of a call, except that errors have the type [`tonic::Status`], to which tonic's
/// generated clients would convert them anyway.
///
/// The [module](crate::otel) describes the spans and metrics; `docs/telemetry.md` lists all attributes and metrics.
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
    /// Creates a layer that uses the global providers and propagator.
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

    /// The server that calls are sent to: `server.address` and `server.port`.
    ///
    /// tonic's channel does not expose its address. Without this setting, spans and metrics have these attributes only
    /// if the request URI contains an authority.
    #[must_use]
    pub fn server(mut self, address: impl Into<String>, port: impl Into<Option<u16>>) -> Self {
        self.settings.server = Some(Server {
            address: shared(&address.into()),
            port: port.into(),
        });
        self
    }

    /// The database (`db.namespace`) of calls that do not specify one. Default: `default`, as in Milvus.
    #[must_use]
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.settings.database = shared(&database.into());
        self
    }

    /// A function that returns the remote address of the current connection: `network.peer.address` and
    /// `network.peer.port`.
    ///
    /// tonic's channel does not expose this address, but a custom connector can; [`Client`](crate::Client) has one. The
    /// function is called at the start and at the end of each call. If the address changed in between, the span does
    /// not have these attributes.
    #[must_use]
    pub fn peer(mut self, ask: impl Fn() -> Option<SocketAddr> + Send + Sync + 'static) -> Self {
        self.settings.peer = Some(PeerSource::new(ask));
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

    /// The maximum length of `db.query.text`, in bytes; 0 omits the attribute. Default: 1024.
    ///
    /// Literals are always replaced by `?`, unless the filter uses bound parameters.
    #[must_use]
    pub fn query_text_limit(mut self, bytes: usize) -> Self {
        self.settings.query_text_limit = bytes;
        self
    }

    /// Maps the name of a collection to the name that metrics use; `None` omits the name. Default: the name itself.
    ///
    /// Each name adds time series. If you create a collection per tenant or per day, map its name to a common one:
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

    /// The maximum number of collection names in metrics. Default: 200. Further collections, and their databases, are
    /// recorded as `_OTHER`, so that their metrics still have the operation, the error and the server.
    ///
    /// By default, an SDK keeps 2000 time series per instrument and merges the rest into one without their attributes.
    /// To stay below that, the layer also limits the series with a name to five times this maximum, over all operations
    /// and errors. Clones of the layer share these limits.
    #[must_use]
    pub fn max_metric_collections(mut self, names: usize) -> Self {
        self.settings.names = Names::new(names);
        self
    }

    /// Also records message sizes and calls in flight, at a cost of less than half a microsecond per call. Default:
    /// off.
    #[must_use]
    pub fn detailed_metrics(mut self, measured: bool) -> Self {
        self.settings.detailed_metrics = measured;
        self
    }

    /// Also records the quality of search results, by collection and metric type: for each query vector, the best score
    /// and its difference to the last hit's score, and the number of query vectors without a hit. A drift of these
    /// figures indicates that recall or the queries have changed. Only the scores of the hits are read. Default: off.
    #[must_use]
    pub fn answer_quality(mut self, quality: AnswerQuality) -> Self {
        self.settings.quality = Some(quality);
        self
    }

    /// Emits a `tracing` event for every finished call, with the attributes of its span: `milvus.client.call` at DEBUG
    /// for success, `db.client.operation.exception` at WARN for failure. The target is `milvus_otel::call`. Default:
    /// off.
    #[must_use]
    pub fn log_calls(mut self, logged: bool) -> Self {
        self.settings.log_calls = logged;
        self
    }

    /// Emits a `tracing` event for every slow call, successful or not: `milvus.client.slow_call` at WARN, with the
    /// target `milvus_otel::slow_call`. The event contains the attributes of the request, the server's cost figures and
    /// the trace ID. Default: off.
    ///
    /// A duration is a threshold for all operations; [`SlowCalls`] provides other rules.
    #[must_use]
    pub fn slow_calls(mut self, slow: impl Into<SlowCalls>) -> Self {
        self.settings.slow_calls = Some(slow.into());
        self
    }

    /// Which attempts get their own spans. This only has an effect in [`Client`](crate::Client), which retries calls
    /// below this layer. Default: [`AttemptSpans::OnRetry`].
    #[must_use]
    pub fn attempt_spans(mut self, when: AttemptSpans) -> Self {
        self.settings.attempts = when;
        self
    }

    /// The timeout that is applied below this layer to calls without their own.
    pub(crate) fn timeout(mut self, timeout: Option<Duration>) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Whether there may be another `OtelLayer` below this one. If not, requests are not marked for it.
    pub(crate) fn may_nest(mut self, may_nest: bool) -> Self {
        self.settings.may_nest = may_nest;
        self
    }

    /// The metrics for the connector of a channel; `pool` is the channel's name in them.
    pub(crate) fn connection_metrics(&self, pool: &str) -> ConnectionMetrics {
        let pool = KeyValue::new(key::DB_CLIENT_CONNECTION_POOL_NAME, pool.to_owned());
        let used = KeyValue::new(key::DB_CLIENT_CONNECTION_STATE, "used");
        ConnectionMetrics {
            meters: self.settings.meters.clone(),
            pool: [pool.clone()],
            used: [pool, used],
        }
    }

    /// The metrics of the client's concurrency limit.
    pub(crate) fn limit_metrics(&self, pool: &str) -> LimitMetrics {
        let pool = KeyValue::new(key::DB_CLIENT_CONNECTION_POOL_NAME, pool.to_owned());
        LimitMetrics {
            meters: self.settings.meters.clone(),
            pool: [pool],
        }
    }
}

impl<S> Layer<S> for OtelLayer {
    type Service = Otel<S>;

    fn layer(&self, inner: S) -> Otel<S> {
        let mut settings = self.settings.clone();
        settings.meters = settings.meters.for_layer();
        Otel {
            inner,
            settings: Arc::new(settings),
        }
    }
}
