//! Recognises, by its first bytes, a server that uses another protocol.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use super::activity::{Activity, Stream};
use super::endpoint::Endpoint;
use super::progress::{Progress, Step};

/// A connection that checks the first bytes it receives. If the server uses another protocol, reading fails with a message
/// that names it; HTTP/2 would only report a malformed frame.
pub(super) struct SniffedStream {
    stream: Socket,
    endpoint: Arc<Endpoint>,
    received: bool,
    progress: Arc<Progress>,
    activity: Arc<Activity>,
}

impl SniffedStream {
    pub(super) fn new(
        stream: Socket,
        endpoint: Arc<Endpoint>,
        progress: Arc<Progress>,
        activity: Arc<Activity>,
    ) -> Self {
        Self {
            stream,
            endpoint,
            received: false,
            progress,
            activity,
        }
    }

    /// Counts what was written, and hides from HTTP/2 that a write failed because the server has closed the connection.
    /// HTTP/2 stops reading after a failed write, but the server may have sent the reason first. The next read returns
    /// that, or fails too.
    fn written(&self, result: Poll<io::Result<usize>>, length: usize) -> Poll<io::Result<usize>> {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
        let result = ready!(result);
        match (&result, &self.stream) {
            (Ok(length), _) => self.activity.write(*length),
            // Perhaps a part was sent.
            (Err(_), Socket::Other(_)) => self.activity.write(1),
            (Err(_), _) => {}
        }
        Poll::Ready(match result {
            Err(error)
                if matches!(
                    error.kind(),
                    BrokenPipe | ConnectionReset | ConnectionAborted
                ) =>
            {
                Ok(length)
            }
            other => other,
        })
    }
}

pub(super) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    /// From the user's connector.
    Other(Box<dyn Stream>),
}

/// Calls a method of the inner stream.
macro_rules! on_socket {
    ($socket:expr, $stream:ident => $call:expr) => {
        match $socket {
            Socket::Tcp($stream) => $call,
            #[cfg(unix)]
            Socket::Unix($stream) => $call,
            Socket::Other($stream) => $call,
        }
    };
}

const NO_TLS: &str = "the server does not speak TLS: use http://";
const TLS: &str = "the server speaks TLS: use https://";
const HTTP1: &str = "the server speaks HTTP/1, not gRPC: Milvus' gRPC port is 19530 by default";
const NO_GRPC: &str = "the server does not speak gRPC: Milvus' gRPC port is 19530 by default";

/// The errors of a connection to a server that uses another protocol. No call can have reached it.
pub(super) const OTHER_PROTOCOLS: [&str; 4] = [NO_TLS, TLS, HTTP1, NO_GRPC];

/// The error for the first bytes of a server, unless they fit the protocol.
fn other_protocol(first: &[u8], tls: bool) -> Option<&'static str> {
    const TLS_ALERT: u8 = 0x15;
    const TLS_HANDSHAKE: u8 = 0x16;
    const HTTP2_SETTINGS: u8 = 4;
    match (first, tls) {
        ([] | [TLS_ALERT | TLS_HANDSHAKE, ..], true) | ([], false) => None,
        (_, true) => Some(NO_TLS),
        ([TLS_ALERT | TLS_HANDSHAKE, 3, ..], false) => Some(TLS),
        ([b'H', b'T', b'T', b'P', ..], false) => Some(HTTP1),
        // HTTP/2 begins with this frame. Its type follows three bytes of length.
        ([_, _, _, HTTP2_SETTINGS, ..] | [_] | [_, _] | [_, _, _], false) => None,
        (_, false) => Some(NO_GRPC),
    }
}

impl SniffedStream {
    /// Records that the server closed the connection without sending anything.
    fn closed_without_response(&self) {
        self.progress.mismatched(match &*self.endpoint {
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

impl AsyncRead for SniffedStream {
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
        if !this.received {
            let first = &buffer.filled()[before..];
            if first.is_empty() {
                this.closed_without_response();
                return Poll::Ready(read);
            }
            this.received = true;
            if let Some(other) = other_protocol(first, this.endpoint.is_tls()) {
                this.progress.mismatched(other);
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, other)));
            }
            this.progress.reach(Step::Responsive);
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for SniffedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result =
            on_socket!(&mut self.stream, stream => Pin::new(stream).poll_write(context, bytes));
        self.written(result, bytes.len())
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
        self.written(result, slices.iter().map(|slice| slice.len()).sum())
    }

    fn is_write_vectored(&self) -> bool {
        on_socket!(&self.stream, stream => stream.is_write_vectored())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_reveal_the_protocol() {
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
