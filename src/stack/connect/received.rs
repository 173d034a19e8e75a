//! The body of an answer, and the rest of a streamed request.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::{Reason, RecvStream, SendStream};
use http_body::{Body, Frame, SizeHint};
use tokio::task::AbortHandle;
use tonic::Status;

use super::health::Flight;

/// The body of an answer. Dropping it cancels the rest of the call.
#[derive(Debug)]
pub(super) struct Received {
    stream: RecvStream,
    flight: Flight,
    _upload: Option<Upload>,
    /// Whether all data has been received, so that trailers are next.
    at_trailers: bool,
}

impl Received {
    pub(super) fn new(stream: RecvStream, flight: Flight, upload: Option<Upload>) -> Self {
        Self {
            stream,
            flight,
            _upload: upload,
            at_trailers: false,
        }
    }

    fn lost(&mut self, error: h2::Error) -> Status {
        self.flight.ended();
        let lost = self.flight.health().lost(error);
        lost.after_answering().while_receiving()
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if !self.at_trailers {
            match ready!(self.stream.poll_data(context)) {
                Some(Ok(data)) => {
                    // Fails only if more is released than was received.
                    let _ = self.stream.flow_control().release_capacity(data.len());
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(self.lost(error)))),
                None => self.at_trailers = true,
            }
        }
        match ready!(self.stream.poll_trailers(context)) {
            Ok(trailers) => {
                self.flight.ended();
                Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(trailers))))
            }
            Err(error) => Poll::Ready(Some(Err(self.lost(error)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

/// A task that sends the rest of a streamed request. Dropping it stops the task.
#[derive(Debug)]
pub(super) struct Upload(AbortHandle);

impl Upload {
    pub(super) fn start(body: tonic::body::Body, stream: SendStream<Bytes>) -> Self {
        Self(tokio::spawn(upload(body, stream)).abort_handle())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn upload(mut body: tonic::body::Body, mut stream: SendStream<Bytes>) {
    loop {
        // Takes a message from the caller only when there is room to send it.
        stream.reserve_capacity(1);
        let room = poll_fn(|context| {
            if stream.poll_reset(context).is_ready() {
                return Poll::Ready(false);
            }
            if stream.capacity() > 0 {
                return Poll::Ready(true);
            }
            stream
                .poll_capacity(context)
                .map(|capacity| matches!(capacity, Some(Ok(_))))
        });
        if !room.await {
            return;
        }
        let frame = poll_fn(|context| {
            if stream.poll_reset(context).is_ready() {
                return Poll::Ready(None);
            }
            Pin::new(&mut body).poll_frame(context)
        });
        let sent = match frame.await {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => stream.send_data(data, false),
                Err(frame) => {
                    if let Ok(trailers) = frame.into_trailers() {
                        let _ = stream.send_trailers(trailers);
                    }
                    return;
                }
            },
            Some(Err(_)) => return stream.send_reset(Reason::CANCEL),
            None => {
                let _ = stream.send_data(Bytes::new(), true);
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}
