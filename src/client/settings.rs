//! The settings and shared state of a client.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::HeaderValue;

use super::cache::Collections;
use super::version::Server;
use crate::filter::TemplateSupport;
use crate::otel::OtelLayer;
use crate::stack::{self, CallMetadata, Connections, Effects, Endpoint, RetryPolicy, Stack};

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
    pub(super) policy: Arc<RetryPolicy>,
    pub(super) timeout: Option<Duration>,
    pub(super) connect_timeout: Duration,
    pub(super) database: Option<String>,
    /// How the server receives the values of filters; set by the answer to `Connect`.
    pub(super) template_support: Arc<OnceLock<TemplateSupport>>,
    /// Set when the version of the server is known.
    pub(super) server: Arc<OnceLock<Server>>,
}

impl Settings {
    /// Builds the stack of a client with these settings.
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

    /// The settings for another database. A name that is not a valid header is sent only in requests.
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

/// The value of the metadata `dbname`, or why the name cannot be sent.
pub(super) fn database_header(database: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(database)
        .map_err(|_| format!("the database name {database:?} contains a control character"))
}

/// The URI without its credentials.
pub(super) fn without_password(uri: &str) -> String {
    match (uri.find("://"), uri.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            format!("{}://<redacted>{}", &uri[..scheme], &uri[at..])
        }
        (None, Some(at)) => format!("<redacted>{}", &uri[at..]),
        _ => uri.to_owned(),
    }
}
