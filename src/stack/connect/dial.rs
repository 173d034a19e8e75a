//! Opens a connection to one address.

use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tower::util::BoxCloneSyncService;
use tower::{BoxError, ServiceExt};

use super::activity::{Activity, Stream};
use super::endpoint::Endpoint;
use super::progress::{Progress, Step};
use super::sniffed::{SniffedStream, Socket};

/// How long the system keeps trying to deliver bytes, and how often it probes an idle connection.
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);
const PROBES: Duration = Duration::from_secs(10);

/// An address of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Unix(PathBuf),
    /// The user's connector resolves the name itself.
    Connector,
}

impl Address {
    pub(super) fn socket(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(address) => Some(*address),
            _ => None,
        }
    }
}

/// The user's connector.
pub(crate) type Connector = BoxCloneSyncService<Uri, Box<dyn Stream>, BoxError>;

/// Opens connections.
#[derive(Clone, Default)]
pub(crate) struct Dialer {
    pub(crate) connector: Option<Connector>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<TlsSettings>,
}

/// The TLS settings of connections.
#[cfg(feature = "tls")]
#[derive(Clone)]
pub(crate) struct TlsSettings {
    pub(crate) config: Arc<rustls::ClientConfig>,
    /// The name expected in the certificate, instead of the endpoint's host.
    pub(crate) server_name: Option<rustls::pki_types::ServerName<'static>>,
}

impl Dialer {
    /// Opens a connection, including TLS.
    pub(super) async fn dial(
        &self,
        endpoint: &Arc<Endpoint>,
        address: &Address,
        progress: &Arc<Progress>,
        activity: &Arc<Activity>,
    ) -> io::Result<Box<dyn Stream>> {
        progress.reach(Step::Connecting);
        let socket = match address {
            Address::Tcp(address) => Socket::Tcp(tcp(*address).await?),
            #[cfg(unix)]
            Address::Unix(path) => Socket::Unix(UnixStream::connect(path).await?),
            Address::Connector => Socket::Other(self.by_connector(endpoint).await?),
        };
        progress.reach(Step::Accepted);
        let stream = SniffedStream::new(
            socket,
            Arc::clone(endpoint),
            Arc::clone(progress),
            Arc::clone(activity),
        );
        #[cfg(feature = "tls")]
        if let (
            Some(tls),
            Endpoint::Tcp {
                host, tls: true, ..
            },
        ) = (&self.tls, &**endpoint)
        {
            return tls.handshake(host, stream).await;
        }
        Ok(Box::new(stream))
    }

    async fn by_connector(&self, endpoint: &Endpoint) -> io::Result<Box<dyn Stream>> {
        let uri: Uri = endpoint.to_string().parse().map_err(io::Error::other)?;
        let Some(connector) = self.connector.clone() else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let connected = connector.oneshot(uri).await;
        connected.map_err(|error| match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        })
    }
}

async fn tcp(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let socket = SockRef::from(&stream);
    // These detect a dead host without HTTP/2 pings, which servers count. Not all systems have these settings.
    let probes = TcpKeepalive::new().with_time(PROBES);
    #[cfg(not(any(target_os = "openbsd", target_os = "redox", target_os = "solaris")))]
    let probes = probes.with_interval(PROBES);
    let _ = socket.set_tcp_keepalive(&probes);
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    let _ = socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
    Ok(stream)
}

#[cfg(feature = "tls")]
impl TlsSettings {
    async fn handshake(&self, host: &str, stream: SniffedStream) -> io::Result<Box<dyn Stream>> {
        let name = match &self.server_name {
            Some(name) => name.clone(),
            None => rustls::pki_types::ServerName::try_from(host.to_owned())
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?,
        };
        let connector = tokio_rustls::TlsConnector::from(Arc::clone(&self.config));
        let stream = connector.connect(name, stream).await?;
        if stream.get_ref().1.alpn_protocol() != Some(ALPN_HTTP2) {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "the server does not offer HTTP/2 over TLS (ALPN)",
            ));
        }
        Ok(Box::new(stream))
    }
}

/// The name of HTTP/2 in TLS.
#[cfg(feature = "tls")]
pub(crate) const ALPN_HTTP2: &[u8] = b"h2";

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialer")
            .field("connector", &self.connector.is_some())
            .finish_non_exhaustive()
    }
}
