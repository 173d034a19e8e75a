//! The tower stack that every call goes through.
//!
//! Its types have to be named in two places: a struct that holds the result of [`Client::raw`](crate::Client::raw) has a
//! field of type `MilvusServiceClient<Stack>`, and a layer for
//! [`ClientBuilder::layer`](crate::ClientBuilder::layer) wraps a [`Transport`].

pub(crate) mod backoff;
mod connect;
mod connections;
mod deadline;
mod effects;
mod metadata;
mod replayable;
mod retry;
mod service;

use std::sync::Arc;
use std::time::Duration;

use tower::Layer;

pub(crate) use backoff::RetryPolicy;
pub(crate) use connect::{Channels, Connector, Destination, Endpoint, Peer, failure_of};
pub(crate) use connections::{Connections, Route};
pub use connections::{Transport, TransportError};
use deadline::Deadlined;
pub(crate) use effects::{Effects, LastWrite, Names, Pass};
pub(crate) use metadata::CallMetadata;
use metadata::Metadata;
pub(crate) use retry::IDEMPOTENCY_KEY;
use retry::Retry;
pub use service::{ResponseBody, ResponseFuture, Stack};

use crate::otel::OtelLayer;

/// Builds the stack, from the innermost layer to the outermost.
pub(crate) fn build(
    otel: &OtelLayer,
    policy: &Arc<RetryPolicy>,
    timeout: Option<Duration>,
    metadata: &Arc<CallMetadata>,
    connections: Connections,
    effects: &Arc<Effects>,
) -> Stack {
    let otel = otel
        .clone()
        .timeout(timeout)
        .may_nest(!connections.is_channel());
    let attempts = Metadata::new(connections, Arc::clone(metadata));
    let retries = Retry::new(
        attempts,
        Arc::clone(policy),
        timeout,
        otel.attempts(),
        Arc::clone(effects),
    );
    Stack(otel.layer(retries))
}
