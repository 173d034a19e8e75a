//! The response body of a call, which is read while it passes through.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower::BoxError;

use super::call::InFlightCall;
use super::outcome::Outcome;

pin_project! {
    /// The body of a response. The call's span ends with it. Dropping the body earlier ends the span as cancelled.
    #[derive(Debug)]
    pub struct ResponseBody<B> {
        #[pin]
        inner: B,
        call: Option<Box<InFlightCall>>,
        http: http::StatusCode,
    }
}

impl<B> ResponseBody<B> {
    pub(super) fn new(inner: B, call: Option<Box<InFlightCall>>, http: http::StatusCode) -> Self {
        Self { inner, call, http }
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
        let Some(call) = this.call else {
            return Poll::Ready(frame);
        };
        let ended = match &frame {
            Some(Ok(frame)) => match (frame.data_ref(), frame.trailers_ref()) {
                (Some(bytes), _) => {
                    call.received(bytes);
                    None
                }
                (None, trailers) => trailers.map(Outcome::from_headers),
            },
            Some(Err(status)) => Some(Some(Outcome::from_client(status))),
            None => Some(None),
        };
        if let Some(outcome) = ended
            && let Some(call) = this.call.take()
        {
            call.end_answered(outcome.unwrap_or_else(|| Outcome::from_http(*this.http)));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        // While the call is open, the reader must poll the end of the body, or the span would end as cancelled.
        self.call.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
