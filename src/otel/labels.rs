//! The attributes that spans and metrics of one call share.

use std::borrow::Cow;
use std::sync::OnceLock;

use opentelemetry::{KeyValue, StringValue, Value};

use super::attributes as key;
use super::facts::Facts;
use super::layer::{Server, Settings};
use super::outcome::Outcome;
use crate::wire::Rpc;

/// What a call is, in attributes.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) rpc: Option<&'static Rpc>,
    /// The path of an RPC that the contract does not know, without the slash it begins with.
    unknown: Option<String>,
    server: Option<Server>,
    namespace: Option<StringValue>,
    collection: Option<StringValue>,
    /// The collection as metrics name it.
    metric_collection: Option<StringValue>,
    counted: OnceLock<Vec<KeyValue>>,
}

impl Labels {
    pub(super) fn new(
        settings: &Settings,
        uri: &http::Uri,
        rpc: Option<&'static Rpc>,
        facts: &Facts,
    ) -> Self {
        let collection = facts.collection().cloned();
        let namespace = rpc.filter(|rpc| rpc.has_database()).map(|_| {
            facts
                .database
                .clone()
                .unwrap_or_else(|| settings.database.clone())
        });
        Self {
            rpc,
            unknown: rpc
                .is_none()
                .then(|| uri.path().trim_start_matches('/').to_owned()),
            server: server(settings, uri),
            namespace,
            metric_collection: collection
                .as_ref()
                .and_then(|name| settings.metric_collections.name(name)),
            collection,
            counted: OnceLock::new(),
        }
    }

    /// `{operation} {target}`.
    pub(super) fn span_name(&self, facts: &Facts) -> Cow<'static, str> {
        let Some(rpc) = self.rpc else {
            return Cow::Borrowed("grpc");
        };
        let operation = rpc.operation;
        match (facts.collection(), &self.namespace, &self.server) {
            (Some(collection), ..) => join(operation, collection.as_str()),
            (None, Some(namespace), _) => join(operation, namespace.as_str()),
            (
                None,
                None,
                Some(Server {
                    address,
                    port: Some(port),
                }),
            ) => format!("{operation} {address}:{port}").into(),
            (
                None,
                None,
                Some(Server {
                    address,
                    port: None,
                }),
            ) => join(operation, address.as_str()),
            (None, None, None) => Cow::Borrowed(operation),
        }
    }

    /// Of a span as it starts.
    pub(super) fn span(&self) -> Vec<KeyValue> {
        let mut labels = self.common(16);
        labels.extend(
            self.namespace
                .clone()
                .map(|namespace| KeyValue::new(key::DB_NAMESPACE, namespace)),
        );
        labels.extend(
            self.collection
                .clone()
                .map(|collection| KeyValue::new(key::DB_COLLECTION_NAME, collection)),
        );
        labels.push(KeyValue::new(key::RPC_SYSTEM_NAME, "grpc"));
        self.push_method(&mut labels);
        if let Some(unknown) = &self.unknown {
            labels.push(KeyValue::new(key::RPC_METHOD_ORIGINAL, unknown.clone()));
        }
        labels
    }

    /// Of the metrics about databases.
    pub(super) fn db(&self, outcome: &Outcome, error: Option<&str>) -> Vec<KeyValue> {
        let mut labels = self.common(8);
        labels.extend(
            self.namespace
                .clone()
                .map(|namespace| KeyValue::new(key::DB_NAMESPACE, namespace)),
        );
        let collection = self.metric_collection.clone();
        labels.extend(
            collection.map(|collection| KeyValue::new(key::DB_COLLECTION_NAME, collection)),
        );
        if let Some(error) = error {
            let error = error_value(outcome, error);
            labels.push(KeyValue::new(key::DB_RESPONSE_STATUS_CODE, error.clone()));
            labels.push(KeyValue::new(key::ERROR_TYPE, error));
        }
        labels
    }

    /// Of the metrics about RPCs. To gRPC, an error that Milvus answers with is none.
    pub(super) fn rpc_labels(&self, outcome: &Outcome, error: Option<&str>) -> Vec<KeyValue> {
        let mut labels = Vec::with_capacity(6);
        labels.push(KeyValue::new(key::RPC_SYSTEM_NAME, "grpc"));
        self.push_method(&mut labels);
        labels.push(KeyValue::new(key::RPC_STATUS_CODE, outcome.grpc_code()));
        self.push_server(&mut labels);
        if let Some(error) = error.filter(|_| !matches!(outcome, Outcome::Milvus(_))) {
            labels.push(KeyValue::new(key::ERROR_TYPE, error_value(outcome, error)));
        }
        labels
    }

    /// Of the metrics that count calls in flight, attempts and rows: system, operation, server.
    pub(super) fn counted(&self) -> &[KeyValue] {
        self.counted.get_or_init(|| self.common(4))
    }

    fn common(&self, capacity: usize) -> Vec<KeyValue> {
        let mut labels = Vec::with_capacity(capacity);
        labels.push(KeyValue::new(key::DB_SYSTEM_NAME, "milvus"));
        labels.extend(
            self.rpc
                .map(|rpc| KeyValue::new(key::DB_OPERATION_NAME, rpc.operation)),
        );
        self.push_server(&mut labels);
        labels
    }

    fn push_server(&self, labels: &mut Vec<KeyValue>) {
        if let Some(server) = &self.server {
            labels.push(KeyValue::new(key::SERVER_ADDRESS, server.address.clone()));
            labels.extend(
                server
                    .port
                    .map(|port| KeyValue::new(key::SERVER_PORT, i64::from(port))),
            );
        }
    }

    fn push_method(&self, labels: &mut Vec<KeyValue>) {
        labels.push(KeyValue::new(
            key::RPC_METHOD,
            self.rpc.map_or("_OTHER", |rpc| rpc.method),
        ));
    }
}

/// `error.type` as an attribute: a constant where it is a gRPC code.
pub(super) fn error_value(outcome: &Outcome, error: &str) -> Value {
    match outcome {
        Outcome::Milvus(_) => error.to_owned().into(),
        _ => outcome.grpc_code().into(),
    }
}

fn join(operation: &str, target: &str) -> Cow<'static, str> {
    let mut name = String::with_capacity(operation.len() + 1 + target.len());
    name.push_str(operation);
    name.push(' ');
    name.push_str(target);
    name.into()
}

/// The configured endpoint, or the authority of the request where it has one.
fn server(settings: &Settings, uri: &http::Uri) -> Option<Server> {
    settings.server.clone().or_else(|| {
        let authority = uri.authority()?;
        Some(Server {
            address: authority.host().to_owned().into(),
            port: authority.port_u16(),
        })
    })
}
