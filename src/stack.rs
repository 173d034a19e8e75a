//! The tower stack that every call goes through.
//!
//! You may need to name its types in two places: a struct that holds the result of [`Client::raw`](crate::Client::raw)
//! has a field of type `MilvusServiceClient<Stack>`, and a layer for
//! [`ClientBuilder::layer`](crate::ClientBuilder::layer) wraps a [`Transport`].

mod concurrency;
mod connect;
mod connections;
mod credentials;
mod deadline;
mod effects;
mod metadata;
mod retry;
mod service;

use std::sync::Arc;

use tower::Layer;

pub use concurrency::ConcurrencyLimit;
pub(crate) use concurrency::Permits;
pub use connect::KeepAlive;
#[cfg(feature = "tls")]
pub(crate) use connect::{ALPN_HTTP2, TlsSettings};
pub(crate) use connect::{
    Connector, Destination, Dialer, Endpoint, Greeting, Introduction, PoolSettings, Pools,
    Resolver, failure_of, without_password,
};
pub(crate) use connections::{Connections, Route};
pub use connections::{Transport, TransportError};
pub(crate) use credentials::Holder;
use deadline::Deadlined;
pub(crate) use effects::{Effects, LastWrite, Names, Pass};
pub(crate) use metadata::CallMetadata;
use metadata::Metadata;
use retry::Retry;
pub(crate) use retry::{IDEMPOTENCY_KEY, RemainingBudget, Rules};
pub use retry::{RetryBudget, RetryPolicy};
pub use service::{ResponseBody, ResponseFuture, Stack};

use crate::otel::OtelLayer;

/// Builds the stack, from the innermost layer to the outermost.
pub(crate) fn build(
    otel: &OtelLayer,
    rules: Rules,
    metadata: &Arc<CallMetadata>,
    connections: Connections,
    effects: &Arc<Effects>,
) -> Stack {
    let otel = otel
        .clone()
        .timeout(rules.timeout)
        .may_nest(!connections.is_direct());
    let attempts = Metadata::new(connections, Arc::clone(metadata));
    let retries = Retry::new(attempts, rules, otel.attempts(), Arc::clone(effects));
    Stack(otel.layer(retries))
}
