//! What a user configures.

use std::net::SocketAddr;
use std::sync::Arc;

use opentelemetry::trace::{Span, Tracer, TracerProvider};
use opentelemetry::{InstrumentationScope, StringValue};
use tower::Layer;

use super::attributes::SCHEMA_URL;
use super::peer::PeerSource;
use super::service::Otel;
use super::tracer::Tracers;

/// Starts a CLIENT span for every call, and sends its context to Milvus as W3C `traceparent`.
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
/// context, or else the current `tracing` span. It works with the providers that are installed when a call is made,
/// so it may be built before them. Telemetry never changes what a call returns, but errors come out as
/// [`tonic::Status`], which is what tonic's generated clients would have turned them into.
#[derive(Debug, Clone)]
pub struct OtelLayer {
    pub(super) settings: Settings,
}

/// What is the same for every call.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) server: Option<Server>,
    pub(super) database: StringValue,
    pub(super) tracers: Tracers,
    pub(super) peer: Option<PeerSource>,
}

/// Where calls go, as configured: never what the network says.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) address: StringValue,
    pub(super) port: Option<u16>,
}

impl Default for OtelLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl OtelLayer {
    /// A layer that uses the global tracer provider and propagator.
    pub fn new() -> Self {
        Self {
            settings: Settings {
                server: None,
                database: "default".into(),
                tracers: Tracers::global(),
                peer: None,
            },
        }
    }

    /// Where calls go: `server.address` and `server.port` of every span.
    ///
    /// tonic's channel does not tell; without this, spans carry the address only when requests name their authority.
    #[must_use]
    pub fn server(mut self, address: impl Into<String>, port: impl Into<Option<u16>>) -> Self {
        self.settings.server = Some(Server {
            address: shared(address),
            port: port.into(),
        });
        self
    }

    /// The database of calls that name none: `db.namespace`. Milvus' own default is `default`.
    #[must_use]
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.settings.database = shared(database);
        self
    }

    /// How to learn which address the connection in use leads to: `network.peer.address` and `network.peer.port`.
    ///
    /// tonic's channel does not tell; a connector of one's own can. [`Client`](crate::Client) has one.
    #[must_use]
    pub fn peer(mut self, ask: impl Fn() -> Option<SocketAddr> + Send + Sync + 'static) -> Self {
        self.settings.peer = Some(PeerSource::new(ask));
        self
    }

    /// Uses this provider instead of the global one.
    #[must_use]
    pub fn tracer_provider<P>(mut self, provider: &P) -> Self
    where
        P: TracerProvider,
        P::Tracer: Tracer<Span: Span + Send + Sync + 'static> + Send + Sync + 'static,
    {
        self.settings.tracers = Tracers::fixed(provider.tracer_with_scope(scope()));
        self
    }
}

impl<S> Layer<S> for OtelLayer {
    type Service = Otel<S>;

    fn layer(&self, inner: S) -> Otel<S> {
        Otel {
            inner,
            settings: Arc::new(self.settings.clone()),
        }
    }
}

/// The scope of everything this crate emits.
pub(super) fn scope() -> InstrumentationScope {
    InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_schema_url(SCHEMA_URL)
        .build()
}

/// A string that costs a reference count to put on a span.
fn shared(text: impl Into<String>) -> StringValue {
    Arc::<str>::from(text.into()).into()
}
