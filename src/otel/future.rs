//! A call that waits for the head of its answer.

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
                if let Some(ending) = call.take() {
                    // An answer without a message says how it went in its head. One that is not HTTP's 200 is none
                    // of gRPC's: a proxy's page, which no reader of messages gets to the end of.
                    let status = response.status();
                    let outcome = Outcome::of_headers(response.headers()).or_else(|| {
                        (status != http::StatusCode::OK).then(|| Outcome::of_http(status))
                    });
                    match outcome {
                        Some(outcome) => ending.end(&outcome),
                        None => call = Some(ending),
                    }
                }
                let http = response.status();
                Ok(response.map(|body| ResponseBody::new(body, call, http)))
            }
        })
    }
}
