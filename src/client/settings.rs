//! The settings and shared state of a client.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use super::cache::Collections;
use super::known_server::KnownServer;
use crate::otel::OtelLayer;
use crate::stack::{
    self, CallMetadata, ConcurrencyLimit, Connections, Effects, Endpoint, Introduction, Permits,
    RetryPolicy, Rules, Stack,
};

#[derive(Clone)]
pub(super) struct Settings {
    pub(super) connections: Connections,
    /// The descriptions of collections in all databases, which all clients of the connection share.
    pub(super) collections: Arc<Collections>,
    /// The changes made through the connection.
    pub(super) effects: Arc<Effects>,
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) otel: OtelLayer,
    pub(super) metadata: Arc<CallMetadata>,
    pub(super) rules: Rules,
    pub(super) connect_timeout: Duration,
    pub(super) database: Option<String>,
    /// What the server reported about itself in its answer to `Connect`.
    pub(super) server: Arc<KnownServer>,
    /// What new connections say first.
    pub(super) introduction: Arc<Introduction>,
}

impl Settings {
    /// Builds the stack of a client with these settings.
    pub(super) fn stack(&self) -> Stack {
        stack::build(
            &self.otel,
            self.rules.clone(),
            &self.metadata,
            self.connections.clone(),
            &self.effects,
        )
    }

    /// The settings for another user.
    pub(super) fn with_token(&self, token: &str) -> Self {
        Self {
            metadata: Arc::new(self.metadata.with_token(token)),
            ..self.clone()
        }
    }

    /// The settings for another retry policy.
    pub(super) fn with_retry(&self, policy: RetryPolicy) -> Self {
        let policy = Arc::new(policy);
        Self {
            rules: Rules {
                policy,
                ..self.rules.clone()
            },
            ..self.clone()
        }
    }

    /// The settings with their own concurrency limit.
    pub(super) fn with_concurrency(&self, limit: ConcurrencyLimit) -> Self {
        let metrics = self.otel.limit_metrics(&pool_name(&self.endpoint));
        Self {
            rules: Rules {
                permits: Permits::new(limit, metrics),
                ..self.rules.clone()
            },
            ..self.clone()
        }
    }

    /// The settings for another database. A name that is not a valid header value is sent only in requests.
    pub(super) fn in_database(&self, database: String) -> Self {
        let header = database_header(&database).ok();
        Self {
            otel: self.otel.clone().database(database.as_str()),
            metadata: Arc::new(self.metadata.in_database(header)),
            database: Some(database),
            ..self.clone()
        }
    }
}

/// The name of the connections in metrics: the first server.
pub(super) fn pool_name(endpoint: &Endpoint) -> String {
    match endpoint.server() {
        (address, Some(port)) => format!("{address}:{port}"),
        (address, None) => address,
    }
}

/// The value of the metadata `dbname`, or why the name cannot be sent.
pub(super) fn database_header(database: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(database)
        .map_err(|_| format!("the database name {database:?} contains a control character"))
}

/// Why no credentials may be sent to these endpoints; `None` if nobody can read them in transit.
pub(super) fn exposed<'a>(mut endpoints: impl Iterator<Item = &'a Endpoint>) -> Option<String> {
    let exposed = endpoints.find(|endpoint| endpoint.is_exposed())?;
    Some(format!(
        "the credentials would be sent unencrypted to {exposed}: use https, or allow it with \
         ClientBuilder::allow_plaintext_credentials (MILVUS_ALLOW_PLAINTEXT_CREDENTIALS=true) if the network is trusted"
    ))
}
