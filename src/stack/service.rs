//! The public service of the stack, which hides the types of its layers.

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
use crate::proto;
use crate::wire::{Deadline, Limited, Outgoing, Replay};

type Layers = Otel<Retry<Metadata<Connections>>>;

/// The service behind [`Client`](crate::Client): every call through it is traced, retried and authorized.
///
/// It is cheap to clone, and any tonic-generated client can use it. [`Client::raw`](crate::Client::raw) returns Milvus'
/// client on it.
#[derive(Debug, Clone)]
pub struct Stack(pub(super) Layers);

impl Stack {
    /// Sends the encoded request of a typed operation.
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

    /// Always ready: calls wait for the connection themselves, so that the wait is part of the span and the deadline.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> ResponseFuture {
        let (parts, body) = request.into_parts();
        let rpc = proto::rpc(parts.uri.path());
        let record = Arc::new(CallRecord::new(rpc, Deadline::of(&parts.headers)));
        let body = Outgoing::new(body);
        let inner = self.0.send(parts, body, &record, |retry, parts, body| {
            Box::pin(retry.send(parts, body, &record)) as Boxed
        });
        ResponseFuture {
            inner: Sending { inner },
        }
    }
}

/// The future of [`Retry::send`].
type Boxed = Pin<Box<dyn Future<Output = Result<Answer, Status>> + Send>>;

pin_project! {
    /// The future of an answer's head.
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
    /// The future of a [`Stack`]. Dropping it cancels the call.
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
    /// The body of a [`Stack`]'s answer.
    #[derive(Debug)]
    pub struct ResponseBody {
        #[pin]
        inner: otel::ResponseBody<Deadlined<Replay<Limited<tonic::body::Body>>>>,
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
