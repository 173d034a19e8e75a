//! Builds the HTTP/2 channels of a client.

use std::sync::Arc;
use std::time::Duration;

use tonic::transport;

use crate::stack::{Channels, Connector, Endpoint, Peer};

/// Milvus accepts at most one ping in 5 s.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// The settings of a client's channels.
pub(super) struct Channel<'a> {
    pub(super) endpoint: &'a Arc<Endpoint>,
    pub(super) connect_timeout: Duration,
    #[cfg(feature = "tls")]
    pub(super) tls: super::Tls,
}

impl Channel<'_> {
    /// Returns channels that connect with their first call, or which setting cannot be used and why.
    pub(super) fn connect_lazy(self, peer: &Arc<Peer>) -> Result<Channels, String> {
        let channel = transport::Endpoint::from_shared(channel_uri(self.endpoint))
            .map_err(|error| error.to_string())?
            .connect_timeout(self.connect_timeout)
            .http2_keep_alive_interval(KEEPALIVE)
            .keep_alive_while_idle(true)
            .user_agent(concat!("milvus-otel/", env!("CARGO_PKG_VERSION")))
            .map_err(|error| error.to_string())?;
        let connector = Connector::new(
            Arc::clone(self.endpoint),
            Arc::clone(peer),
            self.connect_timeout,
        );
        let channel = self.with_tls(channel)?;
        Ok(Channels::new(channel, connector))
    }

    #[cfg(feature = "tls")]
    fn with_tls(self, channel: transport::Endpoint) -> Result<transport::Endpoint, String> {
        if !self.endpoint.is_tls() {
            return Ok(channel);
        }
        let unusable = |why: &str| format!("the TLS settings cannot be used: {why}");
        let config = self.tls.config().map_err(unusable)?;
        let channel = channel.tls_config(config);
        channel.map_err(|error| unusable(&root_cause(&error)))
    }

    #[cfg(not(feature = "tls"))]
    fn with_tls(self, channel: transport::Endpoint) -> Result<transport::Endpoint, String> {
        if self.endpoint.is_tls() {
            let endpoint = self.endpoint;
            return Err(format!(
                "{endpoint} requires the feature \"tls\" of milvus-otel"
            ));
        }
        Ok(channel)
    }
}

/// The URI that determines the scheme, the `:authority` and the name that TLS expects.
fn channel_uri(endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Tcp { .. } => endpoint.to_string(),
        Endpoint::Unix { .. } => "http://localhost".to_owned(),
    }
}

#[cfg(feature = "tls")]
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut root = error;
    while let Some(cause) = root.source() {
        root = cause;
    }
    root.to_string()
}
