//! The tower stack every call goes through, for those who name its types.
//!
//! [`Client::raw`](crate::Client::raw) is a generated client on a [`Stack`]: a struct that keeps one names the type
//! `MilvusServiceClient<Stack>`. A layer for [`ClientBuilder::layer`](crate::ClientBuilder::layer) stands around a
//! [`Transport`].

mod backoff;
mod cause;
mod channels;
mod connect;
mod connections;
mod deadline;
mod effects;
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

use tower::Layer;

pub use backoff::RetryPolicy;
pub(crate) use cause::{Destination, is_lasting, reach};
pub(crate) use channels::Channels;
pub(crate) use connect::Connector;
pub(crate) use connections::{Connections, Route};
pub use connections::{Transport, TransportError};
use deadline::Deadlined;
pub(crate) use deadline::set_timeout;
pub(crate) use effects::{Effects, LastWrite, Names, Pass};
pub(crate) use endpoint::Endpoint;
pub(crate) use metadata::CallMetadata;
use metadata::Metadata;
pub use opaque::{ResponseBody, ResponseFuture, Stack};
pub(crate) use peer::Peer;
pub(crate) use retry::IDEMPOTENCY_KEY;
use retry::Retry;

use crate::otel::OtelLayer;

/// Puts the stack together: what a call goes through, outermost last.
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
