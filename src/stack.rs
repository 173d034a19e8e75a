//! The tower stack every call goes through, for those who name its types.
//!
//! [`Client::raw`](crate::Client::raw) is a generated client on a [`Stack`]: a struct that keeps one names the type
//! `MilvusServiceClient<Stack>`. A layer for [`ClientBuilder::layer`](crate::ClientBuilder::layer) stands around a
//! [`Transport`].

mod backoff;
mod cause;
mod connect;
mod connections;
mod deadline;
mod endpoint;
mod kept;
mod metadata;
mod names;
mod opaque;
mod peer;
mod retry;
mod verdict;
mod watched;

use std::sync::Arc;
use std::time::Duration;

use tower::ServiceBuilder;
use tower::layer::layer_fn;

pub use backoff::RetryPolicy;
pub(crate) use cause::{Destination, is_lasting, reach};
pub(crate) use connect::Connector;
pub(crate) use connections::{Connections, Route};
pub use connections::{Transport, TransportError};
use deadline::Deadlined;
pub(crate) use deadline::set_timeout;
pub(crate) use endpoint::Endpoint;
pub(crate) use metadata::CallMetadata;
use metadata::Metadata;
pub use opaque::{ResponseBody, ResponseFuture, Stack};
pub(crate) use peer::Peer;
pub(crate) use retry::IDEMPOTENCY_KEY;
use retry::Retry;

use crate::otel::OtelLayer;

/// Puts the stack together: what a call goes through, outermost first.
pub(crate) fn build(
    otel: &OtelLayer,
    policy: &Arc<RetryPolicy>,
    timeout: Option<Duration>,
    metadata: &Arc<CallMetadata>,
    connections: Connections,
) -> Stack {
    Stack(
        ServiceBuilder::new()
            .layer(otel.clone().counting_attempts())
            .layer(layer_fn(|inner| {
                Retry::new(inner, Arc::clone(policy), timeout, otel.attempts())
            }))
            .layer(layer_fn(|inner| Metadata::new(inner, Arc::clone(metadata))))
            .service(connections),
    )
}
