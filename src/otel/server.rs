//! The server that calls are sent to.

use opentelemetry::{KeyValue, StringValue};

use super::attributes as key;

/// The configured address of the server, or the authority of a request URI; never a resolved IP address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) address: StringValue,
    pub(super) port: Option<u16>,
}

impl Server {
    /// Adds `server.address` and `server.port`.
    pub(super) fn push_to(&self, attributes: &mut Vec<KeyValue>) {
        attributes.push(KeyValue::new(key::SERVER_ADDRESS, self.address.clone()));
        let port = self.port.map(i64::from);
        attributes.extend(port.map(|port| KeyValue::new(key::SERVER_PORT, port)));
    }
}
