//! Looks up the addresses of a host, and distinguishes a name that does not exist from a failed lookup.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use tokio::net::lookup_host;
use tower::Service;

use super::peer::Peer;
use super::wordings::is_unknown_name;

/// Looks up names as the system does (hosts file, DNS), and reports the progress to a [`Peer`].
#[derive(Debug, Clone)]
pub(super) struct Resolver {
    peer: Arc<Peer>,
}

impl Resolver {
    pub(super) fn new(peer: Arc<Peer>) -> Self {
        Self { peer }
    }
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let peer = Arc::clone(&self.peer);
        peer.looking_up();
        Box::pin(async move {
            let found = lookup_host((name.as_str(), 0)).await;
            let addresses: Vec<SocketAddr> = found
                .map_err(|error| unresolved(name.as_str(), &error))?
                .collect();
            if addresses.is_empty() {
                return Err(UnknownHost::error(name.as_str(), &"it has no address"));
            }
            peer.resolved();
            Ok(addresses.into_iter())
        })
    }
}

/// A host name without an address, and why.
#[derive(Debug)]
pub(super) struct UnknownHost(String);

impl UnknownHost {
    fn error(host: &str, why: &dyn fmt::Display) -> io::Error {
        let what = format!("could not resolve host {host:?} ({why})");
        io::Error::new(io::ErrorKind::NotFound, Self(what))
    }
}

impl fmt::Display for UnknownHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownHost {}

/// The error of a failed lookup. Only [`UnknownHost`] is permanent.
fn unresolved(host: &str, error: &io::Error) -> io::Error {
    if is_unknown_name(error) {
        return UnknownHost::error(host, error);
    }
    let what = format!("could not look up host {host:?} ({error})");
    io::Error::new(error.kind(), what)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::otel::OtelLayer;

    fn resolver() -> Resolver {
        let metrics = OtelLayer::new().connection_metrics("");
        Resolver::new(Arc::new(Peer::new(metrics)))
    }

    #[test]
    fn an_unknown_name_is_a_permanent_error_of_its_own() {
        for (text, unknown, error) in [
            (
                "Name or service not known",
                true,
                "could not resolve host \"milvus.test\" (Name or service not known)",
            ),
            (
                "Try again",
                false,
                "could not look up host \"milvus.test\" (Try again)",
            ),
        ] {
            let found = unresolved("milvus.test", &io::Error::other(text));
            assert_eq!(found.get_ref().unwrap().is::<UnknownHost>(), unknown);
            assert_eq!(found.to_string(), error);
        }
    }

    /// No label of a name is longer than 63 letters, so the system answers without a name server.
    #[tokio::test]
    async fn an_impossible_name_is_unknown() {
        let name = format!("{}.invalid", "x".repeat(64)).parse().unwrap();
        let error = resolver().call(name).await.unwrap_err();
        assert!(error.get_ref().unwrap().is::<UnknownHost>(), "{error}");
    }

    #[tokio::test]
    async fn a_timeout_is_explained_by_the_step_that_took_too_long() {
        let mut resolver = resolver();
        let peer = Arc::clone(&resolver.peer);
        let reason = || peer.timeout_reason(Duration::from_secs(1));
        let lookup = resolver.call("localhost".parse().unwrap());
        assert_eq!(reason(), "DNS lookup timed out after 1s");
        assert!(lookup.await.unwrap().next().is_some());
        assert_eq!(reason(), "no connection was accepted within 1s");
    }
}
