//! Where a client connects, and what went wrong when it could not.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tower::Service;

use super::peer::Peer;
use crate::otel::Counted;

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
        if uri.is_empty() || uri.ends_with("://") {
            return Err("it names no host: write http://host:19530".to_owned());
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
        let address = authority
            .as_str()
            .rsplit_once('@')
            .map_or(authority.as_str(), |(_, address)| address);
        let port = match address.strip_prefix(authority.host()) {
            Some("") => {
                if tls {
                    443
                } else {
                    DEFAULT_PORT
                }
            }
            _ => authority
                .port_u16()
                .ok_or_else(|| format!("its port is not a number up to {}", u16::MAX))?,
        };
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
        let (stream, counted) = match &*self.endpoint {
            Endpoint::Tcp { host, port, .. } => {
                let stream = tcp(host, *port).await?;
                let address = stream.peer_addr().ok();
                let counted = self.peer.connected(address, started.elapsed());
                (Socket::Tcp(stream), counted)
            }
            #[cfg(unix)]
            Endpoint::Unix { path } => {
                let stream = UnixStream::connect(path).await?;
                let counted = self.peer.connected(None, started.elapsed());
                (Socket::Unix(stream), counted)
            }
            #[cfg(not(unix))]
            Endpoint::Unix { .. } => return Err(io::ErrorKind::Unsupported.into()),
        };
        Ok(TokioIo::new(Watched {
            stream,
            endpoint: self.endpoint,
            heard: false,
            peer: self.peer,
            _counted: counted,
        }))
    }
}

/// Tries every address of `host` in turn.
async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let unknown = |why: &dyn fmt::Display| {
        let what = format!("the host name {host:?} leads to no address ({why})");
        io::Error::new(io::ErrorKind::NotFound, what)
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

/// A connection whose first bytes are looked at: a server that speaks another protocol shows it there, and all that
/// HTTP/2 would say is that a frame is malformed.
#[derive(Debug)]
pub(crate) struct Watched {
    stream: Socket,
    endpoint: Arc<Endpoint>,
    heard: bool,
    peer: Arc<Peer>,
    _counted: Option<Counted>,
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

const NO_TLS: &str = "the server does not speak TLS: use http://";
const TLS: &str = "the server speaks TLS: use https://";
const HTTP1: &str = "the server speaks HTTP/1, not gRPC: Milvus' gRPC port is 19530 by default";
const NO_GRPC: &str = "the server does not speak gRPC: Milvus' gRPC port is 19530 by default";

/// What a connection fails with when the server speaks something else; no call can have reached it.
pub(super) const OTHER_PROTOCOLS: [&str; 4] = [NO_TLS, TLS, HTTP1, NO_GRPC];

/// What a server's first bytes say against it.
fn other_protocol(first: &[u8], tls: bool) -> Option<&'static str> {
    const TLS_ALERT: u8 = 0x15;
    const TLS_HANDSHAKE: u8 = 0x16;
    const HTTP2_SETTINGS: u8 = 4;
    match (first, tls) {
        ([] | [TLS_ALERT | TLS_HANDSHAKE, ..], true) | ([], false) => None,
        (_, true) => Some(NO_TLS),
        ([TLS_ALERT | TLS_HANDSHAKE, 3, ..], false) => Some(TLS),
        ([b'H', b'T', b'T', b'P', ..], false) => Some(HTTP1),
        // HTTP/2 begins with this frame, whose type stands behind its length.
        ([_, _, _, HTTP2_SETTINGS, ..] | [_] | [_, _] | [_, _, _], false) => None,
        (_, false) => Some(NO_GRPC),
    }
}

impl Watched {
    /// Remembers that the connection ended before the server said anything.
    fn closed_unheard(&self) {
        self.peer.mismatched(match &*self.endpoint {
            Endpoint::Unix { .. } => "the server closed the connection without an answer",
            Endpoint::Tcp { tls: true, .. } => {
                "the server closed the connection during the TLS handshake; if it does not use TLS, connect to http://"
            }
            Endpoint::Tcp { tls: false, .. } => {
                "the server closed the connection without an answer; if it uses TLS, connect to https://"
            }
        });
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
            if first.is_empty() {
                this.closed_unheard();
                return Poll::Ready(read);
            }
            this.heard = true;
            if let Some(other) = other_protocol(first, this.endpoint.is_tls()) {
                // A call that comes too late for this error hears that the connection is closed, and no more.
                this.peer.mismatched(other);
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, other)));
            }
            this.peer.heard();
        }
        Poll::Ready(read)
    }
}

/// What a write comes to. When the other side has hung up it may have said why before, and that is still to be read,
/// but HTTP/2 reads no more after a failed write: so that one passes for done, and reading tells how it ended.
fn written(result: Poll<io::Result<usize>>, length: usize) -> Poll<io::Result<usize>> {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    match result {
        Poll::Ready(Err(error))
            if matches!(
                error.kind(),
                BrokenPipe | ConnectionReset | ConnectionAborted
            ) =>
        {
            Poll::Ready(Ok(length))
        }
        other => other,
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result =
            on_socket!(&mut self.stream, stream => Pin::new(stream).poll_write(context, bytes));
        written(result, bytes.len())
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
        let result = on_socket!(&mut self.stream, stream => Pin::new(stream).poll_write_vectored(context, slices));
        written(result, slices.iter().map(|slice| slice.len()).sum())
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
            ("http://", "no host"),
            ("", "no host"),
            ("http://host:99999", "port"),
            ("http://host:", "port"),
            ("http://u:p@host:x1", ""),
            ("http://a b", "invalid"),
        ] {
            let error = Endpoint::parse(uri).err().unwrap();
            assert!(error.contains(why), "{uri}: {error}");
        }
    }

    #[test]
    fn the_first_bytes_tell_the_protocol() {
        for (first, tls, why) in [
            (&b"\x00\x00\x06\x04"[..], false, None),
            (b"\x00", false, None),
            (b"\x15\x03\x01\x00", false, Some("https://")),
            (b"HTTP/1.1 400", false, Some("HTTP/1")),
            (b"SSH-2.0-OpenSSH", false, Some("not speak gRPC")),
            (b"\x16\x03\x03\x00", true, None),
            (b"\x00\x00\x06\x04", true, Some("http://")),
        ] {
            let other = other_protocol(first, tls);
            match why {
                None => assert_eq!(other, None, "{first:?} tls={tls}"),
                Some(why) => assert!(other.unwrap().contains(why), "{first:?} tls={tls}"),
            }
        }
    }
}
