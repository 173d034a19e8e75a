//! The attributes that spans and metrics of one call share.

use std::borrow::Cow;

use opentelemetry::{KeyValue, StringValue, Value};

use super::attributes as key;
use super::facts::Facts;
use super::outcome::Outcome;
use super::server::Server;
use crate::wire::Rpc;

/// The attributes that identify a call.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) rpc: Option<&'static Rpc>,
    /// The authority of the request URI, if no server is configured.
    pub(super) authority: Option<Server>,
    pub(super) namespace: Option<StringValue>,
}

/// The attributes of the metrics of calls with the same outcome. Each kind of metric uses a part of one list.
#[derive(Debug, Default)]
pub(super) struct MetricLabels {
    all: Vec<KeyValue>,
    server: std::ops::Range<usize>,
    operation: usize,
    target: usize,
}

impl MetricLabels {
    /// The attributes of RPC metrics.
    pub(super) fn rpc(&self) -> &[KeyValue] {
        &self.all[..self.server.end]
    }

    /// The attributes of database metrics.
    pub(super) fn db(&self) -> &[KeyValue] {
        &self.all[self.server.start..]
    }

    /// The attributes of the number of calls in flight: server, system, operation.
    pub(super) fn in_flight(&self) -> &[KeyValue] {
        &self.all[self.server.start..self.operation]
    }

    /// The attributes of counters of attempts and rows: server, system, operation, namespace, collection.
    pub(super) fn counted(&self) -> &[KeyValue] {
        &self.all[self.server.start..self.target]
    }
}

impl Labels {
    pub(super) fn new(
        configured: Option<&Server>,
        database: &StringValue,
        uri: &http::Uri,
        rpc: Option<&'static Rpc>,
        facts: &mut Facts,
    ) -> Self {
        let by_default = rpc.is_some_and(|rpc| rpc.has_database && facts.complete);
        let namespace = facts
            .database
            .take()
            .or_else(|| by_default.then(|| database.clone()));
        let authority = uri.authority().filter(|_| configured.is_none());
        Self {
            rpc,
            authority: authority.map(|authority| Server {
                address: authority.host().to_owned().into(),
                port: authority.port_u16(),
            }),
            namespace,
        }
    }

    /// The configured server, or else the authority of the request.
    pub(super) fn server<'a>(&'a self, configured: Option<&'a Server>) -> Option<&'a Server> {
        configured.or(self.authority.as_ref())
    }

    /// The span name, `{operation} {target}`.
    pub(super) fn span_name(
        &self,
        configured: Option<&Server>,
        facts: &Facts,
    ) -> Cow<'static, str> {
        let Some(rpc) = self.rpc else {
            return Cow::Borrowed("grpc");
        };
        let operation = rpc.operation;
        match (facts.collection(), &self.namespace, self.server(configured)) {
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

    /// The attributes of a span at its start.
    pub(super) fn span(
        &self,
        configured: Option<&Server>,
        uri: &http::Uri,
        facts: &Facts,
    ) -> Vec<KeyValue> {
        let mut labels = Vec::with_capacity(18);
        labels.push(KeyValue::new(key::DB_SYSTEM_NAME, "milvus"));
        labels.extend(
            self.rpc
                .map(|rpc| KeyValue::new(key::DB_OPERATION_NAME, rpc.operation)),
        );
        labels.extend(
            self.namespace
                .clone()
                .map(|namespace| KeyValue::new(key::DB_NAMESPACE, namespace)),
        );
        labels.extend(
            facts
                .collection()
                .cloned()
                .map(|name| KeyValue::new(key::DB_COLLECTION_NAME, name)),
        );
        labels.push(KeyValue::new(key::RPC_SYSTEM_NAME, "grpc"));
        labels.push(self.method());
        if self.rpc.is_none() {
            let path = uri.path().trim_start_matches('/').to_owned();
            labels.push(KeyValue::new(key::RPC_METHOD_ORIGINAL, path));
        }
        self.push_server(configured, &mut labels);
        labels
    }

    /// The attributes of the metrics of calls with this outcome. RPC metrics do not count a Milvus error as an error,
    /// because the RPC itself succeeded.
    ///
    /// The list contains the attributes of the RPC, then those of the server, then those of the database. RPC metrics
    /// use the first two parts, database metrics the last two.
    pub(super) fn metrics(
        &self,
        configured: Option<&Server>,
        (namespace, collection): (Option<StringValue>, Option<StringValue>),
        outcome: &Outcome,
        error: Option<&Cow<'static, str>>,
    ) -> MetricLabels {
        let mut all = Vec::with_capacity(12);
        let error = error.cloned().map(error_value);
        if let Some(error) = error
            .clone()
            .filter(|_| !matches!(outcome, Outcome::Milvus(_)))
        {
            all.push(KeyValue::new(key::ERROR_TYPE, error));
        }
        all.push(KeyValue::new(key::RPC_SYSTEM_NAME, "grpc"));
        all.push(self.method());
        all.push(KeyValue::new(key::RPC_STATUS_CODE, outcome.grpc_code()));
        let start = all.len();
        self.push_server(configured, &mut all);
        let server = start..all.len();
        all.push(KeyValue::new(key::DB_SYSTEM_NAME, "milvus"));
        all.extend(
            self.rpc
                .map(|rpc| KeyValue::new(key::DB_OPERATION_NAME, rpc.operation)),
        );
        let operation = all.len();
        all.extend(namespace.map(|name| KeyValue::new(key::DB_NAMESPACE, name)));
        all.extend(collection.map(|name| KeyValue::new(key::DB_COLLECTION_NAME, name)));
        let target = all.len();
        if let (Some(error), Some(code)) = (error, outcome.status_code()) {
            all.push(KeyValue::new(key::DB_RESPONSE_STATUS_CODE, code));
            all.push(KeyValue::new(key::ERROR_TYPE, error));
        }
        MetricLabels {
            all,
            server,
            operation,
            target,
        }
    }

    fn push_server(&self, configured: Option<&Server>, labels: &mut Vec<KeyValue>) {
        if let Some(server) = self.server(configured) {
            server.push_to(labels);
        }
    }

    fn method(&self) -> KeyValue {
        KeyValue::new(key::RPC_METHOD, self.rpc.map_or("_OTHER", |rpc| rpc.method))
    }
}

/// The value of `error.type`.
pub(super) fn error_value(error: Cow<'static, str>) -> Value {
    Value::String(error.into())
}

fn join(operation: &str, target: &str) -> Cow<'static, str> {
    let mut name = String::with_capacity(operation.len() + 1 + target.len());
    name.push_str(operation);
    name.push(' ');
    name.push_str(target);
    name.into()
}
