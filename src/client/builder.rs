//! The builder of a client.

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

/// # Connecting
impl Client {
    /// Connects with default settings.
    ///
    /// `uri` is `http://host:port`, `https://host:port` (feature `tls`), `unix:/path/to/socket` or `host:port`. The
    /// default port is 19530, or 443 with `https`. The URI may contain user, password and database:
    /// `http://user:password@host:19530/database`.
    ///
    /// ```no_run
    /// # async fn example() -> milvus_otel::Result<()> {
    /// let client = milvus_otel::Client::connect("http://localhost:19530").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_connect`](crate::Error::is_connect) if no server answers, or it uses another protocol;
    /// [`is_unauthenticated`](crate::Error::is_unauthenticated) if the server requires other credentials;
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if the URI cannot be used.
    pub async fn connect(uri: impl Into<String>) -> Result<Self> {
        Self::builder(uri).connect().await
    }

    /// Connects to the server that environment variables name, with default settings otherwise.
    ///
    /// | variable | what it is | unset or empty |
    /// |---|---|---|
    /// | `MILVUS_URI` | the URI for [`connect`](Self::connect) | `http://localhost:19530` |
    /// | `MILVUS_TOKEN` | an API key, or `user:password` | user and password of the URI, if it has them |
    /// | `MILVUS_DATABASE` | the database | the database of the URI, or `default` |
    ///
    /// `MILVUS_TOKEN` and `MILVUS_DATABASE` take precedence over the URI. Use [`ClientBuilder::from_env`] to change other
    /// settings.
    ///
    /// ```no_run
    /// # async fn example() -> milvus_otel::Result<()> {
    /// let client = milvus_otel::Client::from_env().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`connect`](Self::connect). The error names a variable that cannot be used, and shows its value unless that may
    /// be a secret.
    pub async fn from_env() -> Result<Self> {
        ClientBuilder::from_env()?.connect().await
    }

    /// Returns a builder to connect with other settings: credentials, database, TLS, timeouts, retries, layers.
    pub fn builder(uri: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(uri.into())
    }
}

/// Settings for a new [`Client`]. Returned by [`Client::builder`] and [`ClientBuilder::from_env`].
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

    /// Takes URI, token and database from the environment variables `MILVUS_URI`, `MILVUS_TOKEN` and `MILVUS_DATABASE`, which
    /// [`Client::from_env`] documents. Setters called afterwards take precedence.
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

    /// Authorizes calls by an API key, or by `user:password`. Default: the credentials in the URI, or none.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Authorizes calls by user name and password.
    pub fn user(self, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
        self.token(format!("{}:{}", user.as_ref(), password.as_ref()))
    }

    /// Sets the database of the client. Default: the database in the URI, or Milvus' own (`default`).
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// Limits how long a call may take, including retries and waiting for your [layers](Self::layer). Operations can set
    /// their own limit. Default: 60 s.
    ///
    /// The limit is sent to the server, which stops working on a call whose time is up. Streaming RPCs have no default limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Limits how long connecting may take, from DNS lookup to Milvus' first answer. Default: 10 s.
    ///
    /// The addresses of a host share this time: if the first does not answer, the next one is tried. After 300 ms, IPv4 and
    /// IPv6 addresses are tried at the same time.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets which failed calls are sent again, and when. Default: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets how calls are traced and measured. Server and database of the layer are filled in.
    pub fn otel(mut self, layer: OtelLayer) -> Self {
        self.otel = layer;
        self
    }

    /// Sets the certificates that an `https://` connection trusts and presents. Default: [`Tls::new`](super::Tls::new).
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: super::Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Adds a tower layer around the connection, below tracing, retries and authorization. It receives every attempt, with all
    /// its metadata. The layer added last is the outermost.
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

    /// Sends calls to this service instead of the network, such as a fake in a test or your own channel.
    ///
    /// The URI is then used only as the server's address in spans and errors.
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

    /// Connects, and registers the client with the server. This is tried once, so that a mistake is reported immediately; later
    /// calls are retried.
    ///
    /// # Errors
    ///
    /// See [`Client::connect`].
    pub async fn connect(self) -> Result<Client> {
        let client = self.build("connect")?;
        client.introduce().await?;
        Ok(client)
    }

    /// Returns a client that connects with its first call, and is not registered with the server. This needs no runtime.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if a setting cannot be used.
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
            template_support: Arc::default(),
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
    fn no_output_contains_a_password() {
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
    async fn a_database_name_that_is_not_a_valid_header_is_refused() {
        let error = ClientBuilder::new("host".into())
            .database("a\nb")
            .connect_lazy()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "connect_lazy: the database name \"a\\nb\" contains a control character"
        );
    }
}
