//! The builder of a client.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use tonic::body::Body;
use tower::{BoxError, Layer, Service};
use zeroize::Zeroizing;

use super::{Client, environment};
use crate::error::Result;
use crate::otel::OtelLayer;
use crate::stack::{
    ConcurrencyLimit, Connector, KeepAlive, RetryBudget, RetryPolicy, Transport, without_password,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(60);
const RESOLVE_INTERVAL: Duration = Duration::from_secs(30);
/// The most that Milvus' proxy sends by default: `proxy.grpc.serverMaxSendSize` in its milvus.yaml.
const MAX_RESPONSE: usize = 256 << 20;

/// # Connecting
impl Client {
    /// Connects with default settings.
    ///
    /// `uri` is `http://host:port`, `https://host:port` (feature `tls`), `unix:/path/to/socket` or `host:port`. The
    /// default port is 19530, or 443 with `https`. The URI may contain user, password and database:
    /// `https://user:password@host:19530/database`. Credentials need TLS, unless the server is on this machine: see
    /// [`ClientBuilder::allow_plaintext_credentials`].
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
    /// [`is_unauthenticated`](crate::Error::is_unauthenticated) if the server rejects the credentials, or requires
    /// some; [`is_invalid_argument`](crate::Error::is_invalid_argument) if the URI cannot be used.
    pub async fn connect(uri: impl Into<String>) -> Result<Self> {
        Self::builder(uri).connect().await
    }

    /// Connects to the server that environment variables name, with otherwise default settings.
    ///
    /// | variable | what it is | unset or empty |
    /// |---|---|---|
    /// | `MILVUS_URI` | the URI for [`connect`](Self::connect) | `http://localhost:19530` |
    /// | `MILVUS_TOKEN` | an API key, or `user:password` | user and password of the URI, if it has them |
    /// | `MILVUS_DATABASE` | the database | the database of the URI, or `default` |
    /// | `MILVUS_ALLOW_PLAINTEXT_CREDENTIALS` | `true`: [send credentials unencrypted] to other machines; or `false` | `false` |
    ///
    /// `MILVUS_TOKEN` and `MILVUS_DATABASE` take precedence over the URI. Use [`ClientBuilder::from_env`] to change other
    /// settings.
    ///
    /// [send credentials unencrypted]: ClientBuilder::allow_plaintext_credentials
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
    /// See [`connect`](Self::connect). The error names the variable that cannot be used, and shows its value unless it
    /// may be a secret.
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
    pub(super) uri: Zeroizing<String>,
    pub(super) token: Option<Zeroizing<String>>,
    pub(super) plaintext_credentials: bool,
    pub(super) database: Option<String>,
    pub(super) timeout: Option<Duration>,
    pub(super) connect_timeout: Duration,
    pub(super) keepalive: KeepAlive,
    pub(super) more_endpoints: Vec<String>,
    pub(super) connections: usize,
    pub(super) max_age: Option<Duration>,
    pub(super) resolve_interval: Option<Duration>,
    pub(super) connector: Option<Connector>,
    pub(super) max_response: usize,
    pub(super) retry: RetryPolicy,
    pub(super) retry_budget: RetryBudget,
    pub(super) concurrency: Option<ConcurrencyLimit>,
    pub(super) otel: OtelLayer,
    pub(super) layers: Vec<Box<dyn FnOnce(Transport) -> Transport + Send>>,
    pub(super) service: Option<Transport>,
    #[cfg(feature = "tls")]
    pub(super) tls: super::Tls,
}

impl ClientBuilder {
    pub(super) fn new(uri: String) -> Self {
        Self {
            uri: Zeroizing::new(uri),
            token: None,
            plaintext_credentials: false,
            database: None,
            timeout: Some(TIMEOUT),
            connect_timeout: CONNECT_TIMEOUT,
            keepalive: KeepAlive::default(),
            more_endpoints: Vec::new(),
            connections: 1,
            max_age: None,
            resolve_interval: Some(RESOLVE_INTERVAL),
            connector: None,
            max_response: MAX_RESPONSE,
            retry: RetryPolicy::default(),
            retry_budget: RetryBudget::default(),
            concurrency: None,
            otel: OtelLayer::new(),
            layers: Vec::new(),
            service: None,
            #[cfg(feature = "tls")]
            tls: super::Tls::new(),
        }
    }

    /// Takes the URI, token, database and permission for plaintext from the environment variables that
    /// [`Client::from_env`] documents. Setters called afterwards take precedence.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) names the variable whose value cannot be used.
    pub fn from_env() -> Result<Self> {
        let environment = environment::read(environment::variable)?;
        let mut builder = Self::new(String::new());
        builder.uri = environment.uri;
        builder.token = environment.token;
        builder.database = environment.database;
        builder.plaintext_credentials = environment.plaintext_credentials;
        Ok(builder)
    }

    /// Replaces the URI, for example that of the environment. Every form that [`Client::connect`] accepts is allowed.
    ///
    /// ```no_run
    /// # async fn example(uri: &str) -> milvus_otel::Result<()> {
    /// use milvus_otel::ClientBuilder;
    ///
    /// // The credentials of `MILVUS_TOKEN`, for another server.
    /// let client = ClientBuilder::from_env()?.uri(uri).connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn uri(mut self, uri: impl Into<String>) -> Self {
        self.uri = Zeroizing::new(uri.into());
        self
    }

    /// Sets the database of the client. Default: the database in the URI, or Milvus' own (`default`). Milvus Lite 2.5
    /// ignores it, and works in its only database.
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// Sets how calls are traced and measured. The client sets the layer's server and database.
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

    /// Adds a tower layer around the connection, below tracing, retries and authorization. It receives every attempt,
    /// with all its metadata. The layer added last is the outermost. A layer must not move the call into a task of its
    /// own: the task could send it after the client has reported that it was not sent.
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
    /// The URI then supplies only the credentials and the database, and the server's address in spans and errors.
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
