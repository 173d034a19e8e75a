//! Makes a client from the settings.

use std::sync::Arc;

use super::settings::{Settings, database_header, exposed, pool_name};
use super::{Client, ClientBuilder};
use crate::error::{Error, Result};
use crate::stack::{
    CallMetadata, Connections, Destination, Dialer, Endpoint, Permits, PoolSettings, Pools,
    RemainingBudget, Resolver, Route, Rules, Transport, without_password,
};

/// # Starting
impl ClientBuilder {
    /// Connects, and registers the client with the server. This is tried once, so that mistakes are reported
    /// immediately; later calls are retried.
    ///
    /// # Errors
    ///
    /// See [`Client::connect`].
    pub async fn connect(self) -> Result<Client> {
        let client = self.build("connect")?;
        client.introduce().await?;
        Ok(client)
    }

    /// Returns a client that connects with its first call. This needs no runtime.
    ///
    /// Each connection is registered with its server before it is used, like those of [`connect`](Self::connect): by
    /// the RPC `Connect`, without a span. A server that does not support the RPC, or does not answer it within 2 s, is
    /// used nevertheless. With your own [`service`](Self::service), nothing is registered.
    ///
    /// ```
    /// # fn main() -> milvus_otel::Result<()> {
    /// let client = milvus_otel::Client::builder("http://localhost:19530").connect_lazy()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if a setting cannot be used.
    pub fn connect_lazy(self) -> Result<Client> {
        let client = self.build("connect_lazy")?;
        client.greet_from_now_on();
        Ok(client)
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
        let pool = pool_name(&endpoint);
        let introduction = Arc::default();
        let mut endpoints = vec![Arc::clone(&endpoint)];
        for uri in &self.more_endpoints {
            endpoints.push(Arc::new(another(uri, &endpoint).map_err(refuse)?));
        }
        let transport_is_ours = self.service.is_none() && self.connector.is_none();
        let no_credentials = (transport_is_ours && !self.plaintext_credentials)
            .then(|| exposed(endpoints.iter().map(|endpoint| &**endpoint)))
            .flatten();
        if let Some(why) = no_credentials.as_ref().filter(|_| token.is_some()) {
            return Err(refuse(why.clone()));
        }
        let route = match self.service {
            Some(service) => Route::Transport(service),
            None => {
                #[cfg(not(feature = "tls"))]
                if endpoint.is_tls() {
                    return Err(refuse(format!(
                        "{endpoint} requires the feature \"tls\" of milvus-otel"
                    )));
                }
                let dialer = Dialer {
                    connector: self.connector,
                    #[cfg(feature = "tls")]
                    tls: match endpoint.is_tls() {
                        true => Some(
                            self.tls
                                .settings()
                                .map_err(|why| refuse(format!("invalid TLS settings: {why}")))?,
                        ),
                        false => None,
                    },
                };
                Route::Pools(Pools::new(PoolSettings {
                    endpoints,
                    resolver: Resolver::default(),
                    dialer,
                    connect_timeout: self.connect_timeout,
                    keepalive: self.keepalive,
                    connections: self.connections,
                    max_age: self.max_age,
                    resolve_interval: self.resolve_interval,
                    metrics: self.otel.connection_metrics(&pool),
                    introduction: Arc::clone(&introduction),
                }))
            }
        };
        let pools = match &route {
            Route::Pools(pools) => Some(pools.clone()),
            Route::Transport(_) => None,
        };
        let route = self.layers.into_iter().fold(route, |route, layer| {
            Route::Transport(layer(match route {
                Route::Pools(pools) => Transport::new(pools),
                Route::Transport(transport) => transport,
            }))
        });
        let permits = match self.concurrency {
            Some(limit) => Permits::new(limit, self.otel.limit_metrics(&pool)),
            None => Permits::unlimited(),
        };
        let otel = self.otel.server(address, port);
        let settings = Settings {
            connections: Connections::new(
                route,
                pools,
                Destination::new(Arc::clone(&endpoint), self.connect_timeout),
                self.max_response,
            ),
            collections: Arc::default(),
            effects: Arc::default(),
            endpoint,
            otel,
            metadata: Arc::new(CallMetadata::new(
                token.as_ref().map(|token| token.as_str()),
                no_credentials.map(Arc::from),
            )),
            rules: Rules {
                policy: Arc::new(self.retry),
                budget: Arc::new(RemainingBudget::of(self.retry_budget)),
                permits,
                timeout: self.timeout,
            },
            connect_timeout: self.connect_timeout,
            database: None,
            server: Arc::default(),
            introduction,
        };
        Ok(Client::new(match database {
            Some(database) => settings.in_database(database),
            None => settings,
        }))
    }
}

/// Another endpoint of the same client.
fn another(uri: &str, first: &Endpoint) -> Result<Endpoint, String> {
    let shown = without_password(uri);
    let (endpoint, extras) = Endpoint::parse(uri)
        .map_err(|why| format!("the endpoint {shown:?} cannot be used: {why}"))?;
    if extras.token.is_some() || extras.database.is_some() {
        return Err(format!(
            "the endpoint {shown:?} has credentials or a database: put them in the first URI"
        ));
    }
    if endpoint.is_tls() != first.is_tls() {
        return Err(format!(
            "the endpoint {shown:?} must use the same scheme as {first}"
        ));
    }
    Ok(endpoint)
}
