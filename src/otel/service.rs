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

    fn call(&mut self, mut request: http::Request<tonic::body::Body>) -> Self::Future {
        let parent = propagation::parent();
        if parent.is_telemetry_suppressed() {
            propagation::inject(&parent, request.headers_mut());
            return ResponseFuture::new(self.inner.call(request), None);
        }
        let record = self.record(request.extensions_mut());
        let Some(observers) = Observers::of(&self.settings) else {
            propagation::inject(&parent, request.headers_mut());
            if let Some(record) = record {
                record.traced(&parent);
            }
            return ResponseFuture::new(self.inner.call(request), None);
        };
        let body = std::mem::replace(request.body_mut(), tonic::body::Body::empty());
        let body = Outgoing::take(body);
        let known = Request {
            uri: request.uri(),
            rpc: proto::rpc(request.uri().path()),
            body: &body,
            links: request
                .extensions()
                .get::<Links>()
                .or_else(|| parent.get::<Links>())
                .map(Links::links)
                .unwrap_or_default(),
            record: record.clone(),
        };
        let call = Call::start(&self.settings, observers, &parent, known);
        let context = call.context().unwrap_or(&parent);
        propagation::inject(context, request.headers_mut());
        if let Some(record) = record {
            record.traced(context);
        }
        *request.body_mut() = body.into_body();
        let entered = call.enter();
        let future = self.inner.call(request);
        drop(entered);
        ResponseFuture::new(future, Some(call))
    }
}

impl<S> Otel<S> {
    /// Where the layers below write down what they do.
    fn record(&self, extensions: &mut http::Extensions) -> Option<Arc<CallRecord>> {
        let known = extensions.get::<Arc<CallRecord>>().cloned();
        if known.is_some() || !self.settings.counts_attempts {
            return known;
        }
        let record = Arc::new(CallRecord::default());
        extensions.insert(Arc::clone(&record));
        Some(record)
    }
}
