//! The future of a call's response headers.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower::BoxError;

use super::body::ResponseBody;
use super::call::StartedCall;
use super::outcome::Outcome;

pin_project! {
    /// The future of [`Otel`](super::Otel). Dropping it ends the span as cancelled.
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        call: Option<StartedCall>,
    }
}

impl<F> ResponseFuture<F> {
    pub(super) fn new(inner: F, call: Option<StartedCall>) -> Self {
        Self { inner, call }
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<http::Response<B>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<http::Response<ResponseBody<B>>, tonic::Status>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let entered = this.call.as_ref().and_then(StartedCall::enter);
        let answer = ready!(this.inner.poll(context));
        drop(entered);
        let mut call = this.call.take().and_then(StartedCall::recorded);
        Poll::Ready(match answer {
            Err(error) => {
                let error: BoxError = error.into();
                let is_status = error.is::<tonic::Status>();
                let status = tonic::Status::from_error(error);
                if let Some(call) = call {
                    call.end_failed(&status, is_status);
                }
                Err(status)
            }
            Ok(response) => {
                if let Some(started) = call.take() {
                    // A response without a message has the gRPC status in its headers. An HTTP status other than 200 is
                    // not from a gRPC server but, for example, an error page of a proxy, whose body is not read to the
                    // end.
                    let status = response.status();
                    let outcome = Outcome::from_headers(response.headers()).or_else(|| {
                        (status != http::StatusCode::OK).then(|| Outcome::from_http(status))
                    });
                    match outcome {
                        Some(outcome) => started.end(&outcome),
                        None => call = Some(started),
                    }
                }
                let http = response.status();
                Ok(response.map(|body| ResponseBody::new(body, call, http)))
            }
        })
    }
}
