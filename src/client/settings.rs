//! What a connected client keeps to make its stack of.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::HeaderValue;

use super::collections::Collections;
use super::server::Server;
use crate::filter::Placing;
use crate::otel::OtelLayer;
use crate::stack::{self, CallMetadata, Connections, Effects, Endpoint, RetryPolicy, Stack};

pub(super) struct Settings {
    pub(super) connections: Connections,
    /// What is known of collections, and what this connection changed: of all databases.
    pub(super) collections: Arc<Collections>,
    pub(super) effects: Arc<Effects>,
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) otel: OtelLayer,
    pub(super) metadata: Arc<CallMetadata>,
    pub(super) policy: Arc<RetryPolicy>,
    pub(super) timeout: Option<Duration>,
    pub(super) connect_timeout: Duration,
    pub(super) database: Option<String>,
    /// Where the server wants the values of filters; known once it has answered `Connect`.
    pub(super) placing: Arc<OnceLock<Placing>>,
    /// Known once the server has told its version.
    pub(super) server: Arc<OnceLock<Server>>,
}

impl Settings {
    pub(super) fn stack(&self) -> Stack {
        stack::build(
            &self.otel,
            &self.policy,
            self.timeout,
            &self.metadata,
            self.connections.clone(),
            &self.effects,
        )
    }

    /// The same in another database. A name that no header can carry is sent in the requests only.
    pub(super) fn in_database(&self, database: String) -> Self {
        let header = database_header(&database).ok();
        Self {
            connections: self.connections.clone(),
            collections: Arc::clone(&self.collections),
            effects: Arc::clone(&self.effects),
            endpoint: Arc::clone(&self.endpoint),
            otel: self.otel.clone().database(database.as_str()),
            metadata: Arc::new(self.metadata.in_database(header)),
            policy: Arc::clone(&self.policy),
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            database: Some(database),
            placing: Arc::clone(&self.placing),
            server: Arc::clone(&self.server),
        }
    }

    pub(super) fn with_policy(&self, policy: RetryPolicy) -> Self {
        Self {
            connections: self.connections.clone(),
            collections: Arc::clone(&self.collections),
            effects: Arc::clone(&self.effects),
            endpoint: Arc::clone(&self.endpoint),
            otel: self.otel.clone(),
            metadata: Arc::clone(&self.metadata),
            policy: Arc::new(policy),
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            database: self.database.clone(),
            placing: Arc::clone(&self.placing),
            server: Arc::clone(&self.server),
        }
    }
}

/// The name as `dbname` metadata; the error says why not.
pub(super) fn database_header(database: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(database).map_err(|_| {
        format!("the database {database:?} cannot be sent: it holds a control character")
    })
}

/// A URI as it may be shown.
pub(super) fn without_password(uri: &str) -> String {
    match (uri.find("://"), uri.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            format!("{}://<redacted>{}", &uri[..scheme], &uri[at..])
        }
        (None, Some(at)) => format!("<redacted>{}", &uri[at..]),
        _ => uri.to_owned(),
    }
}
