//! Connections to a collector that detect a receiver of another protocol.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tower::{BoxError, Service};

/// The protocol that the exporter uses on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClientProtocol {
    pub(super) tls: bool,
    /// gRPC over HTTP/2 if true, HTTP/1.1 otherwise.
    pub(super) grpc: bool,
}

/// Why the latest connection failed, if the receiver's behavior reveals it.
///
/// hyper reports only a malformed frame or a broken pipe, so the reason is passed on outside of hyper.
#[derive(Debug, Clone, Default)]
pub(super) struct Mismatch(Arc<Mutex<Option<Reason>>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) text: &'static str,
    /// Whether a retry on a new connection would fail as well.
    pub(super) permanent: bool,
}

impl Mismatch {
    pub(super) fn get(&self) -> Option<Reason> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, reason: Option<Reason>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = reason;
    }
}

/// Opens TCP connections, or Unix socket connections if `socket` is set.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    tcp: HttpConnector,
    #[cfg(unix)]
    socket: Option<std::path::PathBuf>,
    protocol: ClientProtocol,
    mismatch: Mismatch,
}

impl Connector {
    pub(super) fn new(
        #[cfg(unix)] socket: Option<std::path::PathBuf>,
        protocol: ClientProtocol,
        mismatch: Mismatch,
    ) -> Self {
        let mut tcp = HttpConnector::new();
        // The caller adds TLS, so the scheme may be `https`.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Self {
            tcp,
            #[cfg(unix)]
            socket,
            protocol,
            mismatch,
        }
    }

    fn watch(self, stream: impl Socket + 'static) -> TokioIo<SniffedStream> {
        TokioIo::new(SniffedStream {
            stream: Box::pin(stream),
            protocol: self.protocol,
            mismatch: self.mismatch,
            has_read: false,
        })
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<SniffedStream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        self.mismatch.set(None);
        let this = self.clone();
        #[cfg(unix)]
        if let Some(path) = self.socket.clone() {
            return Box::pin(async move {
                let stream = tokio::net::UnixStream::connect(path).await?;
                Ok(this.watch(stream))
            });
        }
        let connecting = self.tcp.call(uri);
        Box::pin(async move { Ok(this.watch(connecting.await?.into_inner())) })
    }
}

trait Socket: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Socket for T {}

/// A connection whose first received bytes are checked for the expected protocol.
pub(super) struct SniffedStream {
    stream: Pin<Box<dyn Socket>>,
    protocol: ClientProtocol,
    mismatch: Mismatch,
    has_read: bool,
}

const NO_TLS: &str = "the receiver does not speak TLS: use http://";
const TLS: &str = "the receiver speaks TLS: use https://";
const HTTP1: &str = "the receiver speaks HTTP/1, not gRPC: OTLP over gRPC usually has port 4317; for OTLP over HTTP, set \
                     OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf";
const HTTP2: &str = "the receiver speaks HTTP/2 only, as gRPC does: OTLP over HTTP usually has port 4318; for OTLP over \
                     gRPC, set OTEL_EXPORTER_OTLP_PROTOCOL=grpc";
const OTHER: &str =
    "the receiver does not speak HTTP: OTLP usually has port 4317 (gRPC) or 4318 (HTTP)";

/// Returns why a receiver that sends these bytes first is not a collector of the expected protocol.
fn mismatch_reason(first: &[u8], protocol: ClientProtocol) -> Option<&'static str> {
    const TLS_ALERT: u8 = 0x15;
    const TLS_HANDSHAKE: u8 = 0x16;
    const SETTINGS: u8 = 4;
    match (first, protocol) {
        ([], _) | ([TLS_ALERT | TLS_HANDSHAKE, ..], ClientProtocol { tls: true, .. }) => None,
        (_, ClientProtocol { tls: true, .. }) => Some(NO_TLS),
        ([TLS_ALERT | TLS_HANDSHAKE, 3, ..], _) => Some(TLS),
        ([b'H', b'T', b'T', b'P', ..], ClientProtocol { grpc, .. }) => grpc.then_some(HTTP1),
        // Some web servers respond to a malformed request with an HTML page and no status line.
        ([b'<', ..], ClientProtocol { grpc: true, .. }) => Some(HTTP1),
        // An HTTP/2 server sends a SETTINGS frame first; the frame type follows the length of three bytes.
        ([_, _, _, SETTINGS, ..], ClientProtocol { grpc, .. }) => (!grpc).then_some(HTTP2),
        // Too few bytes to decide.
        ([_] | [_, _] | [_, _, _], _) => None,
        _ => Some(OTHER),
    }
}

/// The likely reason why a receiver closed the connection before it sent anything.
fn closed_reason(protocol: ClientProtocol) -> &'static str {
    match protocol {
        ClientProtocol { tls: true, .. } => {
            "the receiver closed the connection during the TLS handshake; if it does not use TLS, use http://"
        }
        ClientProtocol { grpc: true, .. } => {
            "the receiver closed the connection without an answer; if it uses TLS, use https://, and if it is one for \
             OTLP over HTTP, set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
        }
        ClientProtocol { grpc: false, .. } => {
            "the receiver closed the connection without an answer; if it uses TLS, use https://, and if it is one for \
             OTLP over gRPC, set OTEL_EXPORTER_OTLP_PROTOCOL=grpc"
        }
    }
}

impl Connection for SniffedStream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for SniffedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(this.stream.as_mut().poll_read(cx, buffer))?;
        if !std::mem::replace(&mut this.has_read, true) {
            let first = &buffer.filled()[before..];
            if first.is_empty() {
                this.mismatch.set(Some(Reason {
                    text: closed_reason(this.protocol),
                    permanent: false,
                }));
            } else if let Some(text) = mismatch_reason(first, this.protocol) {
                this.mismatch.set(Some(Reason {
                    text,
                    permanent: true,
                }));
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, text)));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for SniffedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
        match ready!(self.stream.as_mut().poll_write(cx, bytes)) {
            // A receiver that closed the connection may have sent data first. HTTP/2 stops reading after a failed
            // write, so report this write as successful; the next read then shows how the connection ended.
            Err(error)
                if !self.has_read
                    && matches!(
                        error.kind(),
                        BrokenPipe | ConnectionReset | ConnectionAborted
                    ) =>
            {
                Poll::Ready(Ok(bytes.len()))
            }
            other => Poll::Ready(other),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_reveal_the_protocol() {
        let plain = |grpc| ClientProtocol { tls: false, grpc };
        let (grpc, http) = (plain(true), plain(false));
        let tls = ClientProtocol {
            tls: true,
            grpc: true,
        };
        for (first, protocol, expected) in [
            (&b"\x00\x00\x06\x04"[..], grpc, None),
            (b"\x00\x00\x06\x04", http, Some(HTTP2)),
            (b"HTTP/1.1 400 Bad Request", grpc, Some(HTTP1)),
            (b"<!DOCTYPE HTML>", grpc, Some(HTTP1)),
            (b"HTTP/1.1 200 OK", http, None),
            (b"\x15\x03\x01\x00", grpc, Some(TLS)),
            (b"\x15\x03\x01\x00", http, Some(TLS)),
            (b"\x16\x03\x03\x00", tls, None),
            (b"HTTP/1.1 400", tls, Some(NO_TLS)),
            (b"SSH-2.0-OpenSSH", http, Some(OTHER)),
            (b"\x00", grpc, None),
        ] {
            assert_eq!(
                mismatch_reason(first, protocol),
                expected,
                "{first:?} {protocol:?}"
            );
        }
    }
}
