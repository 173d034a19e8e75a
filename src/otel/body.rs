//! The answer of a call, read as it passes by.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower::BoxError;

use super::call::Call;
use super::facts::Answer;
use super::outcome::Outcome;
use crate::wire::Message;

pin_project! {
    /// The body of an answer. Its end ends the call's span; dropping it before ends it as cancelled.
    #[derive(Debug)]
    pub struct ResponseBody<B> {
        #[pin]
        inner: B,
        watch: Option<Watch>,
    }
}

/// What is needed until the answer is over.
#[derive(Debug)]
struct Watch {
    call: Call,
    message: Option<Message>,
    answer: Answer,
    received_bytes: u64,
    http: http::StatusCode,
}

impl<B> ResponseBody<B> {
    pub(super) fn new(inner: B, call: Option<Call>, http: http::StatusCode) -> Self {
        let watch = call.map(|call| Watch {
            message: call
                .rpc()
                .filter(|_| call.wants_answer())
                .map(|rpc| Message::new(rpc.response)),
            answer: Answer::default(),
            received_bytes: 0,
            call,
            http,
        });
        Self { inner, watch }
    }
}

impl Watch {
    fn data(&mut self, bytes: &[u8]) {
        self.received_bytes += bytes.len() as u64;
        if let Some(message) = &mut self.message {
            message.feed(bytes, &mut self.answer);
        }
    }

    fn end(self, outcome: Outcome) {
        let cut_short = || {
            // Of a stream, no message at all is fine.
            let unary = self.call.rpc().is_some_and(|rpc| !rpc.server_streaming);
            unary
                && self
                    .message
                    .as_ref()
                    .is_some_and(|message| !message.is_done())
        };
        let outcome = match outcome {
            Outcome::Success if self.answer.status.is_error() => {
                Outcome::Milvus(self.answer.status.clone())
            }
            Outcome::Success if cut_short() => Outcome::of(&tonic::Status::internal(
                "the answer ended before its message did",
            )),
            outcome => outcome,
        };
        self.call.end(&outcome, &self.answer, self.received_bytes);
    }
}

impl<B> Body for ResponseBody<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        let this = self.project();
        let frame = ready!(this.inner.poll_frame(context));
        let frame =
            frame.map(|frame| frame.map_err(|error| tonic::Status::from_error(error.into())));
        if let Some(mut watch) = this.watch.take() {
            match &frame {
                Some(Ok(frame)) => match (frame.data_ref(), frame.trailers_ref()) {
                    (Some(bytes), _) => {
                        watch.data(bytes);
                        *this.watch = Some(watch);
                    }
                    (None, Some(trailers)) => {
                        let outcome = Outcome::of_headers(trailers)
                            .unwrap_or_else(|| Outcome::of_http(watch.http));
                        watch.end(outcome);
                    }
                    (None, None) => *this.watch = Some(watch),
                },
                Some(Err(status)) => watch.end(Outcome::of(status)),
                None => {
                    let outcome = Outcome::of_http(watch.http);
                    watch.end(outcome);
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        // Without this, a reader that trusts the inner body would leave the span to be dropped.
        self.watch.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
