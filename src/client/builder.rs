//! What a client can be told before it connects.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tonic::body::Body;
use tower::{BoxError, Layer, Service};

use super::channel::Channel;
use super::settings::{Settings, database_header, without_password};
use super::{Client, environment};
use crate::error::{Error, Result};
use crate::otel::OtelLayer;
use crate::stack::{
    CallMetadata, Connections, Destination, Endpoint, Peer, RetryPolicy, Route, Transport,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(60);

/// Settings of a [`Client`]; made by [`Client::builder`] or [`ClientBuilder::from_env`].
#[must_use = "a builder does nothing until it connects"]
pub struct ClientBuilder {
    uri: String,
    token: Option<String>,
    database: Option<String>,
    timeout: Option<Duration>,
    connect_timeout: Duration,
    retry: RetryPolicy,
    otel: OtelLayer,
    layers: Vec<Box<dyn FnOnce(Transport) -> Transport + Send>>,
    service: Option<Transport>,
    #[cfg(feature = "tls")]
    tls: super::Tls,
}

impl ClientBuilder {
    pub(super) fn new(uri: String) -> Self {
        Self {
            uri,
            token: None,
            database: None,
            timeout: Some(TIMEOUT),
            connect_timeout: CONNECT_TIMEOUT,
            retry: RetryPolicy::default(),
            otel: OtelLayer::new(),
            layers: Vec::new(),
            service: None,
            #[cfg(feature = "tls")]
            tls: super::Tls::new(),
        }
    }

    /// Settings that begin with URI, token and database from the environment: `MILVUS_URI`, `MILVUS_TOKEN` and
    /// `MILVUS_DATABASE`, as [`Client::from_env`] documents them. What is set here afterwards wins.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) names the variable whose value cannot be used.
    pub fn from_env() -> Result<Self> {
        let environment = environment::read(environment::variable)?;
        Ok(Self {
            token: environment.token,
            database: environment.database,
            ..Self::new(environment.uri)
        })
    }

    /// Authorizes calls by an API key, or by `user:password`. Default: what the URI says, else nothing.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Authorizes calls by user name and password.
    pub fn user(self, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
        self.token(format!("{}:{}", user.as_ref(), password.as_ref()))
    }

    /// Works in this database. Default: what the URI says, else Milvus' own (`default`).
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// How long a call may take, all its attempts and the wait for [layers](Self::layer) of yours included; operations
    /// can set their own. Default 60 s.
    ///
    /// The server is told too, and stops working on a call whose time is up. Streams have no limit unless asked for.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long making a connection may take, from name lookup to Milvus' first answer. Default 10 s.
    ///
    /// The addresses of a host share it, so that the next one is tried when nobody answers at the first. IPv4 and IPv6
    /// are tried side by side from 300 ms on.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// When failed calls are sent again. Default: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How calls are traced: an [`OtelLayer`] with settings of its own. Server and database are filled in.
    pub fn otel(mut self, layer: OtelLayer) -> Self {
        self.otel = layer;
        self
    }

    /// What an `https://` connection trusts and shows. Default: [`Tls::new`](super::Tls::new).
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: super::Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Puts a tower layer around the connection, below tracing, retries and authorization: it sees every attempt, with
    /// all its metadata, as it goes on the wire. The layer added last is the outermost.
    pub fn layer<L, S, B>(mut self, layer: L) -> Self
    where
        L: Layer<Transport, Service = S> + Send + 'static,
        S: Service<http::Request<Body>, Response = http::Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.layers
            .push(Box::new(move |inner| Transport::new(layer.layer(inner))));
        self
    }

    /// Sends calls to this service instead of the network: a fake in a test, a channel of your own.
    ///
    /// The URI then only names the server in spans and errors.
    pub fn service<S, B>(mut self, service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.service = Some(Transport::new(service));
        self
    }

    /// Connects, and introduces the client to the server.
    ///
    /// # Errors
    ///
    /// As [`Client::connect`]; each names its cause, and none is waited for longer than it takes to show.
    pub async fn connect(mut self) -> Result<Client> {
        // Whoever connects wants to know now; later calls connect again by themselves.
        let policy = std::mem::replace(&mut self.retry, RetryPolicy::never());
        let client = self.build("connect")?;
        client.introduce().await?;
        Ok(Client::new(client.inner.settings.with_policy(policy)))
    }

    /// A client that connects with its first call, and is not introduced to the server. No runtime is needed to make it.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for settings that cannot work.
    pub fn connect_lazy(self) -> Result<Client> {
        self.build("connect_lazy")
    }

    fn build(self, operation: &'static str) -> Result<Client> {
        let refuse = |what: String| Error::invalid_argument(operation, what);
        let (endpoint, extras) = Endpoint::parse(&self.uri).map_err(|why| {
            refuse(format!(
                "the uri {:?} cannot be used: {why}",
                without_password(&self.uri)
            ))
        })?;
        let token = self.token.or(extras.token);
        let database = self.database.or(extras.database);
        if let Some(database) = &database {
            database_header(database).map_err(refuse)?;
        }
        let endpoint = Arc::new(endpoint);
        let (address, port) = endpoint.server();
        let pool = match port {
            Some(port) => format!("{address}:{port}"),
            None => address.clone(),
        };
        let peer = Arc::new(Peer::new(self.otel.connection_metrics(&pool)));
        let route = match self.service {
            Some(service) => Route::Transport(service),
            None => {
                let channel = Channel {
                    endpoint: &endpoint,
                    connect_timeout: self.connect_timeout,
                    #[cfg(feature = "tls")]
                    tls: self.tls,
                };
                Route::Channel(channel.connect_lazy(&peer).map_err(refuse)?)
            }
        };
        let route = self.layers.into_iter().fold(route, |route, layer| {
            Route::Transport(layer(match route {
                Route::Channel(channel) => Transport::new(channel),
                Route::Transport(transport) => transport,
            }))
        });
        let connected_to = Arc::clone(&peer);
        let otel = self.otel.server(address, port).tracked_peer(connected_to);
        let settings = Settings {
            connections: Connections::new(
                route,
                Destination::new(Arc::clone(&endpoint), peer, self.connect_timeout),
            ),
            collections: Arc::default(),
            effects: Arc::default(),
            endpoint,
            otel,
            metadata: Arc::new(CallMetadata::new(token.as_deref())),
            policy: Arc::new(self.retry),
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            database: None,
            placing: Arc::default(),
            server: Arc::default(),
        };
        Ok(Client::new(match database {
            Some(database) => settings.in_database(database),
            None => settings,
        }))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("uri", &without_password(&self.uri))
            .field("token", &self.token.as_ref().map(|_| "<redacted>"))
            .field("database", &self.database)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_a_password() {
        let builder =
            ClientBuilder::new("http://root:hunter2@host:1/library".into()).token("root:hunter3");
        let shown = format!("{builder:?}");
        assert!(
            !shown.contains("hunter") && shown.contains("host:1/library"),
            "{shown}"
        );
        let error = ClientBuilder::new("ftp://root:hunter2@host".into())
            .connect_lazy()
            .unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter"), "{error}");
        assert!(error.is_invalid_argument());
    }

    #[tokio::test]
    async fn a_database_that_no_header_can_carry_is_refused() {
        let error = ClientBuilder::new("host".into())
            .database("a\nb")
            .connect_lazy()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "connect_lazy: the database \"a\\nb\" cannot be sent: it holds a control character"
        );
    }
}
