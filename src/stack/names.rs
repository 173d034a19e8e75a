//! Looks up the addresses of a host, and tells a name that does not exist from a lookup that failed.

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

/// Looks names up as the system does.
#[derive(Debug, Clone)]
pub(super) struct Resolver {
    peer: Arc<Peer>,
}

impl Resolver {
    /// `peer` is told how far it is.
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
                return Err(UnknownHost::error(name.as_str(), &"none is listed"));
            }
            peer.found();
            Ok(addresses.into_iter())
        })
    }
}

/// A host name that leads nowhere, and why.
#[derive(Debug)]
pub(super) struct UnknownHost(String);

impl UnknownHost {
    fn error(host: &str, why: &dyn fmt::Display) -> io::Error {
        let what = format!("the host name {host:?} leads to no address ({why})");
        io::Error::new(io::ErrorKind::NotFound, Self(what))
    }
}

impl fmt::Display for UnknownHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownHost {}

/// What the system says of names that do not exist or have no address: `EAI_NONAME` and `EAI_NODATA` in the words of
/// glibc, musl, macOS and the BSDs. The standard library keeps the words and not the number.
const NO_SUCH_NAME: [&str; 6] = [
    "Name or service not known",
    "No address associated with hostname",
    "Name does not resolve",
    "Name has no usable address",
    "nodename nor servname provided, or not known",
    "hostname nor servname provided, or not known",
];

/// The same on Windows, which gives the number.
const WSAHOST_NOT_FOUND: i32 = 11001;
const WSANO_DATA: i32 = 11004;

/// Only of a name that is known not to exist is it said that it leads nowhere; any other failure, as of a name server
/// that does not answer (`EAI_AGAIN`), may pass.
fn unresolved(host: &str, error: &io::Error) -> io::Error {
    let words = error.to_string();
    let unknown = NO_SUCH_NAME.iter().any(|known| words.ends_with(known))
        || cfg!(windows) && matches!(error.raw_os_error(), Some(WSAHOST_NOT_FOUND | WSANO_DATA));
    if unknown {
        UnknownHost::error(host, &words)
    } else {
        let what = format!("the host name {host:?} could not be looked up ({words})");
        io::Error::new(error.kind(), what)
    }
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
    fn only_a_name_that_does_not_exist_is_unknown() {
        for (words, unknown) in [
            ("Name or service not known", true),
            ("No address associated with hostname", true),
            ("Name does not resolve", true),
            ("nodename nor servname provided, or not known", true),
            ("Temporary failure in name resolution", false),
            ("Try again", false),
            ("Non-recoverable failure in name resolution", false),
            ("Memory allocation failure", false),
        ] {
            let said = format!("failed to lookup address information: {words}");
            let error = unresolved("milvus.test", &io::Error::other(said.as_str()));
            let inner = error.get_ref().unwrap();
            assert_eq!(inner.is::<UnknownHost>(), unknown, "{words}");
            let what = if unknown {
                "leads to no address"
            } else {
                "could not be looked up"
            };
            let wanted = format!("the host name \"milvus.test\" {what} ({said})");
            assert_eq!(error.to_string(), wanted);
        }
    }

    /// The system answers without asking anybody: no label has more than 63 letters.
    #[tokio::test]
    async fn an_impossible_name_is_unknown_here() {
        let name = format!("{}.invalid", "x".repeat(64)).parse().unwrap();
        let error = resolver().call(name).await.unwrap_err();
        assert!(error.get_ref().unwrap().is::<UnknownHost>(), "{error}");
    }

    #[tokio::test]
    async fn who_waits_in_vain_hears_whether_it_was_for_the_name() {
        let mut resolver = resolver();
        let peer = Arc::clone(&resolver.peer);
        let silence = || peer.silence(Duration::from_secs(1));
        let lookup = resolver.call("localhost".parse().unwrap());
        assert_eq!(silence(), "no name server said within 1s where that is");
        assert!(lookup.await.unwrap().next().is_some());
        assert_eq!(silence(), "nobody accepted the connection within 1s");
    }
}
