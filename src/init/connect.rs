//! Connections to a collector, which notice a receiver that speaks another protocol.

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

/// What this side speaks on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Speaks {
    pub(super) tls: bool,
    /// gRPC over HTTP/2, otherwise HTTP/1.1.
    pub(super) grpc: bool,
}

/// Why the newest connection did not work, if its receiver has shown that.
///
/// hyper reports such a connection as a malformed frame or a broken pipe, so the reason takes another way.
#[derive(Debug, Clone, Default)]
pub(super) struct Mismatch(Arc<Mutex<Option<Reason>>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) text: &'static str,
    /// Whether the next connection will not work either.
    pub(super) lasting: bool,
}

impl Mismatch {
    pub(super) fn get(&self) -> Option<Reason> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, why: Option<Reason>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }
}

/// Opens TCP connections, or Unix ones if it has a path.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    tcp: HttpConnector,
    #[cfg(unix)]
    socket: Option<std::path::PathBuf>,
    speaks: Speaks,
    mismatch: Mismatch,
}

impl Connector {
    pub(super) fn new(
        #[cfg(unix)] socket: Option<std::path::PathBuf>,
        speaks: Speaks,
        mismatch: Mismatch,
    ) -> Self {
        let mut tcp = HttpConnector::new();
        // TLS is added outside, so `https` is no mistake here.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Self {
            tcp,
            #[cfg(unix)]
            socket,
            speaks,
            mismatch,
        }
    }

    fn watch(self, stream: impl Socket + 'static) -> TokioIo<SniffedStream> {
        TokioIo::new(SniffedStream {
            stream: Box::pin(stream),
            speaks: self.speaks,
            mismatch: self.mismatch,
            heard: false,
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

/// A connection whose first bytes are looked at.
pub(super) struct SniffedStream {
    stream: Pin<Box<dyn Socket>>,
    speaks: Speaks,
    mismatch: Mismatch,
    heard: bool,
}

const NO_TLS: &str = "the receiver does not speak TLS: use http://";
const TLS: &str = "the receiver speaks TLS: use https://";
const HTTP1: &str = "the receiver speaks HTTP/1, not gRPC: OTLP over gRPC usually has port 4317; for OTLP over HTTP, set \
                     OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf";
const HTTP2: &str = "the receiver speaks HTTP/2 only, as gRPC does: OTLP over HTTP usually has port 4318; for OTLP over \
                     gRPC, set OTEL_EXPORTER_OTLP_PROTOCOL=grpc";
const OTHER: &str =
    "the receiver does not speak HTTP: OTLP usually has port 4317 (gRPC) or 4318 (HTTP)";

/// Why a receiver that begins with these bytes cannot be used.
fn mismatch(first: &[u8], speaks: Speaks) -> Option<&'static str> {
    const TLS_ALERT: u8 = 0x15;
    const TLS_HANDSHAKE: u8 = 0x16;
    const SETTINGS: u8 = 4;
    match (first, speaks) {
        ([], _) | ([TLS_ALERT | TLS_HANDSHAKE, ..], Speaks { tls: true, .. }) => None,
        (_, Speaks { tls: true, .. }) => Some(NO_TLS),
        ([TLS_ALERT | TLS_HANDSHAKE, 3, ..], _) => Some(TLS),
        ([b'H', b'T', b'T', b'P', ..], Speaks { grpc, .. }) => grpc.then_some(HTTP1),
        // Some web servers answer what they cannot read with a page alone.
        ([b'<', ..], Speaks { grpc: true, .. }) => Some(HTTP1),
        // HTTP/2 begins with this frame, whose type follows its length.
        ([_, _, _, SETTINGS, ..], Speaks { grpc, .. }) => (!grpc).then_some(HTTP2),
        // Too few bytes to tell.
        ([_] | [_, _] | [_, _, _], _) => None,
        _ => Some(OTHER),
    }
}

/// Why a receiver closes a connection before it has sent anything.
fn closed(speaks: Speaks) -> &'static str {
    match speaks {
        Speaks { tls: true, .. } => {
            "the receiver closed the connection during the TLS handshake; if it does not use TLS, use http://"
        }
        Speaks { grpc: true, .. } => {
            "the receiver closed the connection without an answer; if it uses TLS, use https://, and if it is one for \
             OTLP over HTTP, set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
        }
        Speaks { grpc: false, .. } => {
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
        if !std::mem::replace(&mut this.heard, true) {
            let first = &buffer.filled()[before..];
            if first.is_empty() {
                this.mismatch.set(Some(Reason {
                    text: closed(this.speaks),
                    lasting: false,
                }));
            } else if let Some(text) = mismatch(first, this.speaks) {
                this.mismatch.set(Some(Reason {
                    text,
                    lasting: true,
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
            // A receiver that hung up may have said why. HTTP/2 stops reading after a failed write, so this one passes
            // for done, and reading tells how the connection ended.
            Err(error)
                if !self.heard
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
    fn the_first_bytes_tell_the_protocol() {
        let plain = |grpc| Speaks { tls: false, grpc };
        let (grpc, http) = (plain(true), plain(false));
        let tls = Speaks {
            tls: true,
            grpc: true,
        };
        for (first, speaks, expected) in [
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
            assert_eq!(mismatch(first, speaks), expected, "{first:?} {speaks:?}");
        }
    }
}
