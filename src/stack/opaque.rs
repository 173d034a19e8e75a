//! The stack's public face: what a raw client is made of, without what the stack is made of.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tonic::Status;
use tower::Service;

use super::{Connections, Deadlined, Metadata, Retry};
use crate::error::drop_unreadable_details;
use crate::otel::{self, Otel};
use crate::wire::Replay;

type Layers = Otel<Retry<Metadata<Connections>>>;

/// The service behind [`Client`](crate::Client): every call through it is traced, retried and authorized.
///
/// Cheap to clone. Wrap it in any tonic-generated client; [`Client::raw`](crate::Client::raw) does that for Milvus'.
#[derive(Debug, Clone)]
pub struct Stack(pub(super) Layers);

impl Service<http::Request<tonic::body::Body>> for Stack {
    type Response = http::Response<ResponseBody>;
    type Error = Status;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Status>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> ResponseFuture {
        ResponseFuture {
            inner: self.0.call(request),
        }
    }
}

pin_project! {
    /// A call through a [`Stack`]. Dropping it gives the call up.
    pub struct ResponseFuture {
        #[pin]
        inner: otel::ResponseFuture<<Retry<Metadata<Connections>> as Service<http::Request<tonic::body::Body>>>::Future>,
    }
}

impl Future for ResponseFuture {
    type Output = Result<http::Response<ResponseBody>, Status>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = self.project().inner.poll(context);
        answer.map_ok(|mut response| {
            drop_unreadable_details(response.headers_mut());
            response.map(|inner| ResponseBody { inner })
        })
    }
}

impl std::fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ResponseFuture")
    }
}

pin_project! {
    /// The body of an answer that came through a [`Stack`].
    #[derive(Debug)]
    pub struct ResponseBody {
        #[pin]
        inner: otel::ResponseBody<Deadlined<Replay<tonic::body::Body>>>,
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let mut frame = self.project().inner.poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &mut frame
            && let Some(trailers) = frame.trailers_mut()
        {
            drop_unreadable_details(trailers);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
