//! The service that [`OtelLayer`](super::OtelLayer) makes.

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tower::{BoxError, Service};

use super::body::ResponseBody;
use super::call::{Call, Observers, Request};
use super::future::ResponseFuture;
use super::layer::Settings;
use super::links::Links;
use super::propagation;
use crate::error::CallRecord;
use crate::proto;
use crate::wire::Outgoing;

/// Traces the calls that go through `S`: see [`OtelLayer`](super::OtelLayer).
#[derive(Debug, Clone)]
pub struct Otel<S> {
    pub(super) inner: S,
    pub(super) settings: Arc<Settings>,
}

impl<S, B> Service<http::Request<tonic::body::Body>> for Otel<S>
where
    S: Service<http::Request<tonic::body::Body>, Response = http::Response<B>>,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Response = http::Response<ResponseBody<B>>;
    type Error = tonic::Status;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), tonic::Status>> {
        self.inner
            .poll_ready(context)
            .map_err(|error| tonic::Status::from_error(error.into()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let Self { inner, settings } = self;
        send(settings, request.map(Outgoing::new), None, |request| {
            inner.call(request.map(Outgoing::into_body))
        })
    }
}

impl<S> Otel<S> {
    /// The same for a stack that needs no box around the body, and makes attempts that `record` counts.
    pub(crate) fn send<F>(
        &self,
        request: http::Request<Outgoing>,
        record: &Arc<CallRecord>,
        inner: impl FnOnce(&S, http::Request<Outgoing>) -> F,
    ) -> ResponseFuture<F> {
        send(&self.settings, request, Some(record), |request| {
            inner(&self.inner, request)
        })
    }
}

/// Sends a request by `inner`, and tells of the call.
fn send<F>(
    settings: &Arc<Settings>,
    mut request: http::Request<Outgoing>,
    record: Option<&Arc<CallRecord>>,
    inner: impl FnOnce(http::Request<Outgoing>) -> F,
) -> ResponseFuture<F> {
    let parent = propagation::parent();
    if parent.is_telemetry_suppressed() {
        propagation::inject(&parent, request.headers_mut());
        return ResponseFuture::new(inner(request), None);
    }
    let Some(observers) = Observers::of(settings) else {
        propagation::inject(&parent, request.headers_mut());
        if let Some(record) = record {
            record.traced(&parent);
        }
        return ResponseFuture::new(inner(request), None);
    };
    request.body_mut().look();
    let known = Request {
        uri: request.uri(),
        rpc: proto::rpc(request.uri().path()),
        body: request.body(),
        links: request
            .extensions()
            .get::<Links>()
            .or_else(|| parent.get::<Links>())
            .map(Links::links)
            .unwrap_or_default(),
        record: record.cloned(),
    };
    let call = Call::start(settings, observers, &parent, known);
    let context = call.context().unwrap_or(&parent);
    propagation::inject(context, request.headers_mut());
    if let Some(record) = record {
        record.traced(context);
    }
    let entered = call.enter();
    let future = inner(request);
    drop(entered);
    ResponseFuture::new(future, Some(call))
}
