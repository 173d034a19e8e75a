//! Settings: the servers, and the connections to them.

use std::time::Duration;

use http::Uri;
use tokio::io::{AsyncRead, AsyncWrite};
use tower::{BoxError, Service, ServiceExt};

use super::ClientBuilder;
use super::limits::FOREVER;
use crate::stack::{Connector, KeepAlive};

/// Connections are not replaced, nor names looked up, more often than this.
const SHORTEST: Duration = Duration::from_millis(10);

/// # Servers and connections
impl ClientBuilder {
    /// Adds a server of the same cluster, to share the calls. `uri` must have the same scheme as the first one, and no
    /// credentials or database.
    ///
    /// Calls are also spread over all addresses of a host name: each call takes the less busy of two random
    /// connections. Servers that cannot be reached are left out, and tried again after 50 ms to 30 s.
    pub fn endpoint(mut self, uri: impl Into<String>) -> Self {
        self.more_endpoints.push(uri.into());
        self
    }

    /// Sets the number of connections to each server. Default: 1, which carries as many calls at once as the server
    /// permits (100 with many proxies); further calls wait for their turn.
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }

    /// Replaces connections at this age, give or take 10 %, so that load balancers can spread them again. Calls in
    /// flight finish first. Default: never.
    pub fn max_connection_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age.clamp(SHORTEST, FOREVER));
        self
    }

    /// Sets how often host names are looked up again, to follow servers that come and go. They are also looked up when a
    /// connection is lost. Default: 30 s; `None` means only then.
    pub fn resolve_interval(mut self, interval: impl Into<Option<Duration>>) -> Self {
        let interval = interval.into();
        self.resolve_interval = interval.map(|interval| interval.clamp(SHORTEST, FOREVER));
        self
    }

    /// Sets when quiet connections are pinged. Default: [`KeepAlive::default`].
    pub fn keepalive(mut self, keepalive: KeepAlive) -> Self {
        self.keepalive = keepalive;
        self
    }

    /// Opens connections with this service, for example through a proxy. It gets the URI of an endpoint and returns a
    /// stream to it; the client adds TLS and HTTP/2. The service looks names up itself, so
    /// [`resolve_interval`](Self::resolve_interval) does not apply. It also decides how its stream is protected, so
    /// credentials are sent to `http://` endpoints as well.
    ///
    /// Through an HTTP proxy with the CONNECT method, using [hyper-util](https://docs.rs/hyper-util) and its features
    /// `client-legacy`, `client-proxy` and `tokio`:
    ///
    /// ```no_run
    /// use hyper_util::client::legacy::connect::HttpConnector;
    /// use hyper_util::client::legacy::connect::proxy::Tunnel;
    /// use hyper_util::rt::TokioIo;
    /// use milvus_otel::Client;
    /// use tower::ServiceExt;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut tcp = HttpConnector::new();
    /// tcp.set_nodelay(true);
    /// let proxy = Tunnel::new("http://proxy.example.com:3128".parse()?, tcp);
    /// // `Tunnel::with_auth` adds the header `proxy-authorization`.
    /// let client = Client::builder("https://in01.example.com")
    ///     .connector(proxy.map_response(TokioIo::into_inner))
    ///     .connect()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn connector<C, T>(mut self, connector: C) -> Self
    where
        C: Service<Uri, Response = T> + Clone + Send + Sync + 'static,
        C::Future: Send + 'static,
        C::Error: Into<BoxError>,
        T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let connector = connector
            .map_response(|stream| Box::new(stream) as _)
            .map_err(Into::into);
        self.connector = Some(Connector::new(connector));
        self
    }
}
