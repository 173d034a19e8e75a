//! The stack's public face: what a raw client is made of, without what the stack is made of.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tonic::Status;
use tower::Service;

use super::retry::{Answer, Retry};
use super::{Connections, Deadlined, Metadata};
use crate::error::{CallRecord, drop_unreadable_details};
use crate::otel::{self, Otel};
use crate::wire::{Outgoing, Replay};

type Layers = Otel<Retry<Metadata<Connections>>>;

/// The service behind [`Client`](crate::Client): every call through it is traced, retried and authorized.
///
/// Cheap to clone. Wrap it in any tonic-generated client; [`Client::raw`](crate::Client::raw) does that for Milvus'.
#[derive(Debug, Clone)]
pub struct Stack(pub(super) Layers);

impl Stack {
    /// Sends what a typed operation has encoded already.
    pub(crate) fn send(
        &self,
        parts: Parts,
        body: Outgoing,
        record: &Arc<CallRecord>,
    ) -> Sending<impl Future<Output = Result<Answer, Status>> + Send + use<>> {
        let inner = self.0.send(parts, body, record, |retry, parts, body| {
            retry.send(parts, body, record)
        });
        Sending { inner }
    }
}

impl Service<http::Request<tonic::body::Body>> for Stack {
    type Response = http::Response<ResponseBody>;
    type Error = Status;
    type Future = ResponseFuture;

    /// Always ready: what waits for a connection is the call.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> ResponseFuture {
        let record = Arc::default();
        let (parts, body) = request.into_parts();
        let body = Outgoing::new(body);
        let inner = self.0.send(parts, body, &record, |retry, parts, body| {
            Box::pin(retry.send(parts, body, &record)) as Boxed
        });
        ResponseFuture {
            inner: Sending { inner },
        }
    }
}

/// The future of what makes the attempts, which has no name.
type Boxed = Pin<Box<dyn Future<Output = Result<Answer, Status>> + Send>>;

pin_project! {
    /// A call that waits for the head of its answer.
    pub(crate) struct Sending<F> {
        #[pin]
        inner: otel::ResponseFuture<F>,
    }
}

impl<F: Future<Output = Result<Answer, Status>>> Future for Sending<F> {
    type Output = Result<http::Response<ResponseBody>, Status>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = self.project().inner.poll(context);
        answer.map_ok(|mut response| {
            drop_unreadable_details(response.headers_mut());
            response.map(|inner| ResponseBody { inner })
        })
    }
}

pin_project! {
    /// A call through a [`Stack`]. Dropping it gives the call up.
    pub struct ResponseFuture {
        #[pin]
        inner: Sending<Boxed>,
    }
}

impl Future for ResponseFuture {
    type Output = Result<http::Response<ResponseBody>, Status>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().inner.poll(context)
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
