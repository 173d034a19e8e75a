//! Where a client connects, and what went wrong when it could not.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tower::Service;

use crate::otel::ConnectionMetrics;

/// The port Milvus serves gRPC on.
const DEFAULT_PORT: u16 = 19530;

/// A server's address, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Tcp { host: String, port: u16, tls: bool },
    Unix { path: String },
}

/// What a URI says besides the address. No Debug: it holds a password.
#[derive(Default)]
pub(crate) struct UriExtras {
    /// `user:password` from before the host.
    pub(crate) token: Option<String>,
    /// The path: a database.
    pub(crate) database: Option<String>,
}

impl Endpoint {
    /// Reads `http://`, `https://`, `tcp://`, `unix:` or a bare `host:port`; the error says what is wrong with it.
    pub(crate) fn parse(uri: &str) -> Result<(Self, UriExtras), String> {
        if let Some(path) = uri
            .strip_prefix("unix://")
            .or_else(|| uri.strip_prefix("unix:"))
        {
            return match path {
                "" => Err("it names no socket: write unix:/path/to/milvus.sock".to_owned()),
                path => Ok((
                    Self::Unix {
                        path: path.to_owned(),
                    },
                    UriExtras::default(),
                )),
            };
        }
        let with_scheme = if uri.contains("://") {
            uri.to_owned()
        } else {
            format!("http://{uri}")
        };
        let parsed: Uri = with_scheme.parse().map_err(|error| format!("{error}"))?;
        let tls = match parsed.scheme_str() {
            Some("http" | "tcp") => false,
            Some("https") => true,
            other => {
                return Err(format!(
                    "its scheme is {:?}: use http, https or unix",
                    other.unwrap_or_default()
                ));
            }
        };
        let authority = parsed.authority().ok_or("it names no host")?;
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        if host.is_empty() {
            return Err("it names no host".to_owned());
        }
        let port = authority
            .port_u16()
            .unwrap_or(if tls { 443 } else { DEFAULT_PORT });
        let extras = UriExtras {
            token: authority
                .as_str()
                .rsplit_once('@')
                .map(|(token, _)| token.to_owned()),
            database: Some(parsed.path().trim_matches('/').to_owned())
                .filter(|path| !path.is_empty()),
        };
        Ok((Self::Tcp { host, port, tls }, extras))
    }

    /// `server.address` and `server.port`.
    pub(crate) fn server(&self) -> (String, Option<u16>) {
        match self {
            Self::Tcp { host, port, .. } => (host.clone(), Some(*port)),
            Self::Unix { path } => (path.clone(), None),
        }
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self, Self::Tcp { tls: true, .. })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port, tls } => {
                let scheme = if *tls { "https" } else { "http" };
                if host.contains(':') {
                    write!(f, "{scheme}://[{host}]:{port}")
                } else {
                    write!(f, "{scheme}://{host}:{port}")
                }
            }
            Self::Unix { path } => write!(f, "unix:{path}"),
        }
    }
}

/// What is known of the other side, and who waits for it.
#[derive(Debug)]
pub(crate) struct Peer {
    known: Mutex<Known>,
    metrics: ConnectionMetrics,
}

#[derive(Debug, Default)]
struct Known {
    address: Option<SocketAddr>,
    mismatch: Option<&'static str>,
    /// Connections that are open: one, or for a moment two.
    open: u32,
    /// Requests waiting for a connection, and how often such waits ended: a wait that ended has not to end again.
    waiting: u32,
    waits: u64,
}

impl Peer {
    pub(crate) fn new(metrics: ConnectionMetrics) -> Self {
        Self {
            known: Mutex::default(),
            metrics,
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address last connected to.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.known().address
    }

    /// Why the two sides do not understand each other, if they do not.
    pub(crate) fn mismatch(&self) -> Option<&'static str> {
        self.known().mismatch
    }

    /// To be held by a request for as long as it is on its way; counts while there is no connection.
    pub(crate) fn wait(self: &Arc<Self>) -> Option<Waiting> {
        let mut known = self.known();
        if known.open > 0 {
            return None;
        }
        known.waiting += 1;
        let wait = known.waits;
        drop(known);
        self.metrics.pending(1);
        Some(Waiting {
            peer: Arc::clone(self),
            wait,
        })
    }

    fn connected(&self, address: Option<SocketAddr>, took: Duration) {
        let mut known = self.known();
        known.address = address;
        known.mismatch = None;
        known.open += 1;
        known.waits += 1;
        let waited = std::mem::take(&mut known.waiting);
        drop(known);
        self.metrics.connected(took);
        self.metrics.pending(-i64::from(waited));
    }

    fn closed(&self) {
        let mut known = self.known();
        known.open = known.open.saturating_sub(1);
        drop(known);
        self.metrics.closed();
    }

    fn mismatched(&self, why: &'static str) {
        self.known().mismatch = Some(why);
    }
}

/// A request that waits for a connection.
#[derive(Debug)]
pub(crate) struct Waiting {
    peer: Arc<Peer>,
    wait: u64,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut known = self.peer.known();
        if known.waits == self.wait {
            known.waiting = known.waiting.saturating_sub(1);
            drop(known);
            self.peer.metrics.pending(-1);
        }
    }
}

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
        let started = Instant::now();
        let stream = match &*self.endpoint {
            Endpoint::Tcp { host, port, .. } => {
                let stream = tcp(host, *port).await?;
                self.peer
                    .connected(stream.peer_addr().ok(), started.elapsed());
                Socket::Tcp(stream)
            }
            #[cfg(unix)]
            Endpoint::Unix { path } => {
                let stream = UnixStream::connect(path).await?;
                self.peer.connected(None, started.elapsed());
                Socket::Unix(stream)
            }
            #[cfg(not(unix))]
            Endpoint::Unix { .. } => return Err(io::ErrorKind::Unsupported.into()),
        };
        Ok(TokioIo::new(Watched {
            stream,
            tls: self.endpoint.is_tls(),
            heard: false,
            peer: self.peer,
        }))
    }
}

/// Tries every address of `host` in turn.
async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut failed = io::Error::new(io::ErrorKind::NotFound, format!("{host} has no address"));
    for address in tokio::net::lookup_host((host, port)).await? {
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

/// A connection whose first bytes are looked at: a server that speaks another protocol shows it there, and all that
/// HTTP/2 would say is that a frame is malformed.
#[derive(Debug)]
pub(crate) struct Watched {
    stream: Socket,
    tls: bool,
    heard: bool,
    peer: Arc<Peer>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.peer.closed();
    }
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

/// Calls a method of whichever stream it is.
macro_rules! on_socket {
    ($socket:expr, $stream:ident => $call:expr) => {
        match $socket {
            Socket::Tcp($stream) => $call,
            #[cfg(unix)]
            Socket::Unix($stream) => $call,
        }
    };
}

fn mismatch(first: &[u8], tls: bool) -> Option<&'static str> {
    match (first, tls) {
        ([], true) => {
            Some("the server closed the connection during the TLS handshake; it may want http://")
        }
        ([], false) => {
            Some("the server closed the connection at once; it may want TLS: use https://")
        }
        ([0x15 | 0x16, ..], true) => None,
        (_, true) => Some("the server does not speak TLS: use http://"),
        ([0x15 | 0x16, 3, ..], false) => Some("the server speaks TLS: use https://"),
        ([b'H', b'T', b'T', b'P', ..], false) => {
            Some("the server speaks HTTP/1, not gRPC: Milvus' gRPC port is 19530 by default")
        }
        (_, false) => None,
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = ready!(
            on_socket!(&mut this.stream, stream => Pin::new(stream).poll_read(context, buffer))
        );
        if !this.heard {
            let first = &buffer.filled()[before..];
            this.heard = true;
            if let Some(why) = mismatch(first, this.tls) {
                this.peer.mismatched(why);
                if read.is_ok() && !first.is_empty() {
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, why)));
                }
            }
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        on_socket!(&mut self.stream, stream => Pin::new(stream).poll_write(context, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_socket!(&mut self.stream, stream => Pin::new(stream).poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_socket!(&mut self.stream, stream => Pin::new(stream).poll_shutdown(context))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        on_socket!(&mut self.stream, stream => Pin::new(stream).poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        on_socket!(&self.stream, stream => stream.is_write_vectored())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_read_as_milvus_users_write_them() {
        let tcp = |host: &str, port, tls| Endpoint::Tcp {
            host: host.into(),
            port,
            tls,
        };
        for (uri, expected) in [
            ("http://localhost:19530", tcp("localhost", 19530, false)),
            ("localhost:19531", tcp("localhost", 19531, false)),
            ("milvus", tcp("milvus", 19530, false)),
            ("tcp://10.0.0.1", tcp("10.0.0.1", 19530, false)),
            (
                "https://in01.example.com",
                tcp("in01.example.com", 443, true),
            ),
            ("http://[::1]:19530", tcp("::1", 19530, false)),
            (
                "unix:/run/milvus.sock",
                Endpoint::Unix {
                    path: "/run/milvus.sock".into(),
                },
            ),
            (
                "unix:///run/milvus.sock",
                Endpoint::Unix {
                    path: "/run/milvus.sock".into(),
                },
            ),
        ] {
            assert_eq!(
                Endpoint::parse(uri).map(|(endpoint, _)| endpoint),
                Ok(expected),
                "{uri}"
            );
        }
    }

    #[test]
    fn a_uri_may_name_user_and_database() {
        let (endpoint, extras) = Endpoint::parse("https://root:Mil@vus@host:1/library").unwrap();
        assert_eq!(endpoint.to_string(), "https://host:1");
        assert_eq!(extras.token.as_deref(), Some("root:Mil@vus"));
        assert_eq!(extras.database.as_deref(), Some("library"));
    }

    #[test]
    fn a_uri_that_leads_nowhere_says_why() {
        for (uri, why) in [
            ("unix:", "no socket"),
            ("ftp://host", "ftp"),
            ("http://", ""),
            ("http://a b", "invalid"),
        ] {
            let error = Endpoint::parse(uri).err().unwrap();
            assert!(error.contains(why), "{uri}: {error}");
        }
    }

    #[test]
    fn the_first_bytes_tell_the_protocol() {
        for (first, tls, mismatched) in [
            (&b"\x00\x00\x06\x04"[..], false, false),
            (b"\x15\x03\x01\x00", false, true),
            (b"HTTP/1.1 400", false, true),
            (b"", false, true),
            (b"\x16\x03\x03\x00", true, false),
            (b"\x00\x00\x06\x04", true, true),
        ] {
            assert_eq!(
                mismatch(first, tls).is_some(),
                mismatched,
                "{first:?} tls={tls}"
            );
        }
    }
}
