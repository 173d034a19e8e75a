//! When a connection last received anything, and how much it has sent.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

/// When a connection last received anything, and how much it has sent.
#[derive(Debug)]
pub(super) struct Activity {
    began: Instant,
    /// In microseconds after `began`; 0 if nothing was received yet.
    received: AtomicU64,
    /// Woken by the first bytes.
    responded: Notify,
    /// In bytes.
    written: AtomicU64,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            received: AtomicU64::new(0),
            responded: Notify::new(),
            written: AtomicU64::new(0),
        }
    }

    /// The time in microseconds since the connection began, at least 1.
    pub(super) fn micros(&self, time: Instant) -> u64 {
        let since = time.saturating_duration_since(self.began).as_micros();
        u64::try_from(since).unwrap_or(u64::MAX).max(1)
    }

    /// The time that [`micros`](Self::micros) counts.
    pub(super) fn time(&self, micros: u64) -> Instant {
        self.began + Duration::from_micros(micros)
    }

    /// The number of bytes that the system has accepted for sending, below TLS.
    pub(super) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    pub(super) fn write(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// When bytes were last received, as [`micros`](Self::micros) counts; 0 if never.
    pub(super) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    fn receive(&self) {
        let now = self.micros(Instant::now());
        if self.received.swap(now, Ordering::Relaxed) == 0 {
            self.responded.notify_one();
        }
    }

    /// When bytes were last received, or else when the connection began.
    pub(super) fn last(&self) -> Instant {
        self.time(self.received())
    }

    /// Waits until the server has sent something.
    pub(super) async fn responded(&self) {
        while self.received() == 0 {
            self.responded.notified().await;
        }
    }
}

/// A bidirectional byte stream.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection, above TLS, that records what it receives.
pub(super) struct Observed {
    stream: Box<dyn Stream>,
    pub(super) activity: Arc<Activity>,
    /// Why the connection ended, until the next read reports it. Nothing is sent in the meantime: the request would be
    /// lost, and the client could not tell.
    error: Option<io::Error>,
}

impl Observed {
    pub(super) fn new(stream: Box<dyn Stream>, activity: Arc<Activity>) -> Self {
        Self {
            stream,
            activity,
            error: None,
        }
    }
}

impl AsyncRead for Observed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(error) = self.error.take() {
            return Poll::Ready(Err(error));
        }
        let before = buffer.filled().len();
        match ready!(Pin::new(&mut self.stream).poll_read(context, buffer)) {
            Ok(()) => {
                if buffer.filled().len() > before {
                    self.activity.receive();
                }
                Poll::Ready(Ok(()))
            }
            // Let the driver see a GOAWAY that arrived just before: `h2` forgets it after the error.
            Err(error) if self.activity.received() > 0 => {
                self.error = Some(error);
                context.waker().wake_by_ref();
                Poll::Pending
            }
            // The server is not there, or speaks another protocol.
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl AsyncWrite for Observed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.error.is_some() {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.error.is_some() {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
