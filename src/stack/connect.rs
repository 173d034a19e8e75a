//! Makes connections, and says what kept one from being made.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tower::Service;

use super::endpoint::Endpoint;
use super::peer::Peer;
use super::watched::{Socket, Watched};

/// Makes connections to one endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    endpoint: Arc<Endpoint>,
    peer: Arc<Peer>,
}

impl Connector {
    pub(crate) fn new(endpoint: Arc<Endpoint>, peer: Arc<Peer>) -> Self {
        Self { endpoint, peer }
    }

    async fn connect(self) -> io::Result<TokioIo<Watched>> {
        self.peer.connecting();
        let started = Instant::now();
        let (stream, address) = match &*self.endpoint {
            Endpoint::Tcp { host, port, .. } => {
                let stream = tcp(host, *port).await?;
                let address = stream.peer_addr().ok();
                (Socket::Tcp(stream), address)
            }
            #[cfg(unix)]
            Endpoint::Unix { path } => (Socket::Unix(UnixStream::connect(path).await?), None),
            #[cfg(not(unix))]
            Endpoint::Unix { .. } => return Err(io::ErrorKind::Unsupported.into()),
        };
        let counted = self.peer.connected(address, started.elapsed());
        let watched = Watched::new(stream, self.endpoint, self.peer, counted);
        Ok(TokioIo::new(watched))
    }
}

/// A host name that leads nowhere, and why.
#[derive(Debug)]
pub(super) struct UnknownHost(String);

impl fmt::Display for UnknownHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownHost {}

/// Tries every address of `host` in turn.
async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let unknown = |why: &dyn fmt::Display| {
        let what = format!("the host name {host:?} leads to no address ({why})");
        io::Error::new(io::ErrorKind::NotFound, UnknownHost(what))
    };
    let addresses = tokio::net::lookup_host((host, port)).await;
    let mut failed = unknown(&"none is listed");
    for address in addresses.map_err(|error| unknown(&error))? {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Watched>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        Box::pin(self.clone().connect())
    }
}
