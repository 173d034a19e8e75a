//! Makes connections.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
#[cfg(unix)]
use tokio::net::UnixStream;
use tower::{BoxError, Service};

use super::endpoint::Endpoint;
use super::peer::Peer;
use super::resolver::Resolver;
use super::sniffed::{SniffedStream, Socket};

/// Makes connections to one endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    endpoint: Arc<Endpoint>,
    peer: Arc<Peer>,
    dialer: HttpConnector<Resolver>,
}

impl Connector {
    /// `timeout` limits all addresses of the host together.
    pub(crate) fn new(endpoint: Arc<Endpoint>, peer: Arc<Peer>, timeout: Duration) -> Self {
        let dialer = dialer(Resolver::new(Arc::clone(&peer)), timeout);
        Self {
            endpoint,
            peer,
            dialer,
        }
    }

    async fn connect(mut self, uri: Uri) -> Result<TokioIo<SniffedStream>, BoxError> {
        self.peer.connecting();
        let started = Instant::now();
        let (stream, address) = match &*self.endpoint {
            Endpoint::Tcp { .. } => {
                let stream = self.dialer.call(uri).await?.into_inner();
                let address = stream.peer_addr().ok();
                (Socket::Tcp(stream), address)
            }
            #[cfg(unix)]
            Endpoint::Unix { path } => (Socket::Unix(UnixStream::connect(path).await?), None),
            #[cfg(not(unix))]
            Endpoint::Unix { .. } => {
                return Err(std::io::Error::from(std::io::ErrorKind::Unsupported).into());
            }
        };
        let counted = self.peer.connected(address, started.elapsed());
        let stream = SniffedStream::new(stream, self.endpoint, self.peer, counted);
        Ok(TokioIo::new(stream))
    }
}

/// Tries all addresses of a host. Each has an equal share of the timeout, so that an address without a server does not use
/// it up. After 300 ms the addresses of the other family (IPv4, IPv6) are tried at the same time ("happy eyeballs").
fn dialer<R>(resolver: R, timeout: Duration) -> HttpConnector<R> {
    let mut dialer = HttpConnector::new_with_resolver(resolver);
    dialer.enforce_http(false);
    dialer.set_nodelay(true);
    dialer.set_connect_timeout(Some(timeout));
    dialer
}

impl Service<Uri> for Connector {
    type Response = TokioIo<SniffedStream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::convert::Infallible;
    use std::net::SocketAddr;

    use hyper_util::client::legacy::connect::dns::Name;
    use tokio::net::{TcpListener, TcpSocket, TcpStream};
    use tower::service_fn;

    use super::*;

    /// Listens at `address`, but accepts no connection: its queue is full.
    async fn dead(address: SocketAddr) -> (TcpListener, TcpStream) {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()
        } else {
            TcpSocket::new_v6()
        };
        let socket = socket.unwrap();
        socket.bind(address).unwrap();
        let listener = socket.listen(0).unwrap();
        (listener, TcpStream::connect(address).await.unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_does_not_answer_leaves_time_for_the_next() {
        for dead_ones in [&["::1"][..], &["127.0.0.2"], &["127.0.0.2", "::1"]] {
            let alive = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let alive = alive.local_addr().unwrap();
            let mut addresses = Vec::new();
            let mut listeners = Vec::new();
            for each in dead_ones {
                let address = SocketAddr::new(each.parse().unwrap(), alive.port());
                listeners.push(dead(address).await);
                addresses.push(address);
            }
            addresses.push(alive);
            let resolver = service_fn(move |_: Name| {
                let addresses = addresses.clone();
                async move { Ok::<_, Infallible>(addresses.into_iter()) }
            });
            let timeout = Duration::from_secs(10);
            let uri = format!("http://milvus.test:{}", alive.port());
            let mut dialer = dialer(resolver, timeout);
            let dialing = dialer.call(uri.parse().unwrap());
            let connected = tokio::time::timeout(timeout, dialing).await;
            let stream = connected.expect("in time").unwrap().into_inner();
            assert_eq!(stream.peer_addr().unwrap(), alive);
            assert!(stream.nodelay().unwrap());
        }
    }
}
