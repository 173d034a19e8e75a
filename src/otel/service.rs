//! The service that [`OtelLayer`](super::OtelLayer) creates.

use std::sync::Arc;
use std::task::{self, Poll};

use bytes::Bytes;
use http::request::Parts;
use opentelemetry::Context;
use tower::{BoxError, Service};

use super::body::ResponseBody;
use super::call::{CallRequest, InFlightCall, Observers};
use super::current_operation::CurrentOperation;
use super::future::ResponseFuture;
use super::links::Links;
use super::parent_context::{ParentContext, Traced};
use super::propagation;
use super::settings::Settings;
use crate::error::{CallRecord, Clock};
use crate::proto;
use crate::wire::Outgoing;

/// A service that traces the calls of the inner service `S`: see [`OtelLayer`](super::OtelLayer).
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

    fn poll_ready(&mut self, context: &mut task::Context<'_>) -> Poll<Result<(), tonic::Status>> {
        self.inner
            .poll_ready(context)
            .map_err(|error| tonic::Status::from_error(error.into()))
    }

    fn call(&mut self, mut request: http::Request<tonic::body::Body>) -> Self::Future {
        let Self { inner, settings } = self;
        if request.extensions().get::<Traced>().is_some() {
            return ResponseFuture::new(inner.call(request), None);
        }
        let parent = parent(request.extensions());
        let Some(observers) = Observers::of(settings, &parent) else {
            propagation::inject(&parent, request.headers_mut());
            return ResponseFuture::new(inner.call(request), None);
        };
        let clock = Clock::now();
        let (parts, body) = request.into_parts();
        let body = Outgoing::new(body);
        observe(
            observers,
            &parent,
            clock,
            parts,
            body,
            None,
            |parts, body| inner.call(http::Request::from_parts(parts, body.into_body())),
        )
    }
}

impl<S> Otel<S> {
    /// Like [`Service::call`], for a stack that does not box the body and makes several attempts, which `record`
    /// counts.
    pub(crate) fn send<F>(
        &self,
        mut parts: Parts,
        body: Outgoing,
        record: &Arc<CallRecord>,
        inner: impl FnOnce(&S, Parts, Outgoing) -> F,
    ) -> ResponseFuture<F> {
        let parent = parent(&parts.extensions);
        if parts.extensions.get::<Traced>().is_some() {
            record.traced(&parent, record.began(), true);
            return ResponseFuture::new(inner(&self.inner, parts, body), None);
        }
        let Some(observers) = Observers::of(&self.settings, &parent) else {
            propagation::inject(&parent, &mut parts.headers);
            if !parent.is_telemetry_suppressed() {
                record.traced(&parent, record.began(), false);
            }
            return ResponseFuture::new(inner(&self.inner, parts, body), None);
        };
        let inner = |parts, body| inner(&self.inner, parts, body);
        observe(
            observers,
            &parent,
            record.began(),
            parts,
            body,
            Some(record),
            inner,
        )
    }
}

/// The parent context of a call.
fn parent(extensions: &http::Extensions) -> Context {
    let explicit = extensions.get::<ParentContext>();
    explicit.map_or_else(propagation::parent, |ParentContext(context)| {
        context.clone()
    })
}

/// Sends a request with `inner`, and observes the call, which started at `clock`.
fn observe<F>(
    observers: Observers<'_>,
    parent: &Context,
    clock: Clock,
    mut parts: Parts,
    mut body: Outgoing,
    record: Option<&Arc<CallRecord>>,
    inner: impl FnOnce(Parts, Outgoing) -> F,
) -> ResponseFuture<F> {
    let operation = parent.get::<CurrentOperation>();
    let clock = operation.map_or(clock, |operation| operation.clock.within(clock));
    // This is where the message of a generated client is encoded.
    body.read_ready();
    let request = CallRequest {
        page: operation.and_then(|operation| operation.page),
        clock,
        uri: &parts.uri,
        rpc: record.map_or_else(|| proto::rpc(parts.uri.path()), |record| record.rpc()),
        body: &body,
        headers: &parts.headers,
        links: parts
            .extensions
            .get::<Links>()
            .or_else(|| parent.get::<Links>())
            .map(Links::links)
            .unwrap_or_default(),
        record: record.cloned(),
    };
    let call = InFlightCall::start(observers, parent, request);
    let context = call.context().unwrap_or(parent);
    propagation::inject(context, &mut parts.headers);
    match record {
        Some(record) => record.traced(context, clock, true),
        None => drop(parts.extensions.insert(Traced)),
    }
    let entered = call.enter();
    let future = inner(parts, body);
    drop(entered);
    ResponseFuture::new(future, Some(call))
}
