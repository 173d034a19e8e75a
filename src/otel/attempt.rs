//! Spans of a call's attempts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::request::Parts;
use opentelemetry::trace::{SpanBuilder, SpanKind, SpanRef, Status as SpanStatus, TraceContextExt};
use opentelemetry::{Context, ContextGuard, KeyValue};

use super::attributes as key;
use super::layer::OtelLayer;
use super::outcome::Outcome;
use super::parent_context::Traced;
use super::peer::PeerSource;
use super::propagation;
use super::settings::{AttemptSpans, Settings};
use crate::error::{CallRecord, Clock, MilvusStatus, PeerAddress, one_line};
use crate::wire::Rpc;

/// Creates the spans of attempts.
#[derive(Debug, Clone)]
pub(crate) struct AttemptTracer {
    settings: Arc<Settings>,
}

/// An attempt in flight.
#[derive(Debug)]
pub(crate) struct Attempt {
    number: u32,
    backoff: Duration,
    started: Instant,
    /// The context of the call, which is the parent of its attempts, and its clock; `None` if nothing is recorded.
    call: Option<(Context, Clock)>,
    rpc: Option<&'static Rpc>,
    /// The address of the connection at the start, if a function tells it.
    mark: Option<Option<SocketAddr>>,
    /// The server that it was sent to.
    peer: Option<Arc<PeerAddress>>,
    /// Whether the request must be marked for another `OtelLayer` below.
    marks_request: bool,
    /// The context with the attempt's span, if it has one.
    own: Option<Context>,
}

impl OtelLayer {
    /// The tracer for the retry layer below, which makes the attempts.
    pub(crate) fn attempts(&self) -> AttemptTracer {
        AttemptTracer {
            settings: Arc::new(self.settings.clone()),
        }
    }
}

impl AttemptTracer {
    /// Starts an attempt. Its span starts here if it is a retry or if all attempts have spans.
    pub(crate) fn start(
        &self,
        record: &CallRecord,
        rpc: Option<&'static Rpc>,
        number: u32,
        backoff: Duration,
    ) -> Attempt {
        let started = Instant::now();
        let mark = self.settings.peer.as_ref().map(PeerSource::mark);
        let call = match self.settings.attempts {
            AttemptSpans::Never => None,
            AttemptSpans::OnRetry | AttemptSpans::Always => record.context(),
        };
        let call = call.filter(|(call, _)| call.span().is_recording());
        let mut attempt = Attempt {
            number,
            backoff,
            started,
            call,
            rpc,
            mark,
            peer: None,
            marks_request: self.settings.may_nest && record.is_observed(),
            own: None,
        };
        if number > 1 || self.settings.attempts == AttemptSpans::Always {
            attempt.own = self.span(&attempt);
        }
        attempt
    }

    /// Ends an attempt that received a response, whether or not `status` is an error.
    pub(crate) fn answered(
        &self,
        mut attempt: Attempt,
        status: &MilvusStatus,
        will_be_retried: bool,
    ) {
        let outcome = if status.is_error() {
            Outcome::Milvus(status.clone())
        } else {
            Outcome::Success
        };
        self.end(&mut attempt, &outcome, will_be_retried);
    }

    /// Ends an attempt that failed with a gRPC status. `by_server`: the server sent the status.
    pub(crate) fn failed(
        &self,
        mut attempt: Attempt,
        status: &tonic::Status,
        by_server: bool,
        will_be_retried: bool,
    ) {
        let outcome = Outcome::from_status(status, by_server);
        self.end(&mut attempt, &outcome, will_be_retried);
    }

    fn end(&self, attempt: &mut Attempt, outcome: &Outcome, will_be_retried: bool) {
        let ended = Instant::now();
        // The first attempt gets a span only if another one follows, which is not known earlier.
        if attempt.own.is_none() && will_be_retried {
            attempt.own = self.span(attempt);
        }
        let Some(context) = attempt.own.take() else {
            return;
        };
        let span = context.span();
        if span.is_recording() {
            span.set_attribute(KeyValue::new(key::RPC_STATUS_CODE, outcome.grpc_code()));
            let peer = self.settings.peer.as_ref().zip(attempt.mark);
            let peer = match &attempt.peer {
                Some(peer) => Some((peer.address.clone(), peer.port)),
                None => peer.and_then(|(peer, mark)| peer.since(mark)),
            };
            if let Some((address, port)) = peer {
                span.set_attribute(KeyValue::new(key::NETWORK_PEER_ADDRESS, address));
                span.set_attribute(KeyValue::new(key::NETWORK_PEER_PORT, i64::from(port)));
            }
            match outcome {
                // For gRPC, any response is a success, even if it contains a Milvus error.
                Outcome::Milvus(status) => {
                    span.set_attribute(KeyValue::new(
                        key::DB_RESPONSE_STATUS_CODE,
                        status.number().to_string(),
                    ));
                }
                Outcome::Grpc { .. } | Outcome::Dropped => {
                    span.set_attribute(KeyValue::new(key::ERROR_TYPE, outcome.grpc_code()));
                    // The server's message may quote the filter, and only the call has the filter to redact it.
                    let has_filter = attempt.rpc.is_none_or(|rpc| rpc.has_filter);
                    let quotes = has_filter && outcome.is_by_server();
                    let message = if quotes { "" } else { outcome.message() };
                    span.set_status(SpanStatus::error(one_line(message).into_owned()));
                }
                Outcome::Success => {}
            }
        }
        attempt.end_span(&span, ended);
    }

    fn span(&self, attempt: &Attempt) -> Option<Context> {
        let (call, clock) = attempt.call.as_ref()?;
        let method = attempt.rpc.map_or("_OTHER", |rpc| rpc.method);
        let mut attributes = vec![
            KeyValue::new(key::RPC_SYSTEM_NAME, "grpc"),
            KeyValue::new(key::RPC_METHOD, method),
            KeyValue::new(key::MILVUS_ATTEMPT, i64::from(attempt.number)),
        ];
        if let Some(server) = &self.settings.server {
            server.push_to(&mut attributes);
        }
        if attempt.number > 1 {
            attributes.push(KeyValue::new(
                key::MILVUS_ATTEMPT_BACKOFF,
                attempt.backoff.as_secs_f64(),
            ));
        }
        let name = if attempt.rpc.is_some() {
            method
        } else {
            "grpc"
        };
        let span = SpanBuilder::from_name(name)
            .with_kind(SpanKind::Client)
            .with_start_time(clock.at(attempt.started))
            .with_attributes(attributes);
        self.settings.tracers.tracer()?.start(span, call)?.context()
    }
}

impl Attempt {
    /// Writes the attempt's context into the headers if it has a span; otherwise they already contain the call's. Marks
    /// the request for another `OtelLayer` below. Call this after the request was copied for the next attempt, because
    /// the copy must not have the mark.
    pub(crate) fn inject(&self, parts: &mut Parts) {
        if let Some(own) = &self.own {
            propagation::inject(own, &mut parts.headers);
        }
        if self.marks_request {
            parts.extensions.insert(Traced);
        }
    }

    /// The attempt was sent to this server.
    pub(crate) fn sent_to(&mut self, peer: Option<Arc<PeerAddress>>) {
        self.peer = peer;
    }

    /// Makes the attempt's span current.
    pub(crate) fn enter(&self) -> Option<ContextGuard> {
        self.own.as_ref().map(|own| own.clone().attach())
    }

    fn end_span(&self, span: &SpanRef<'_>, ended: Instant) {
        if let Some((_, clock)) = &self.call {
            span.end_with_timestamp(clock.at(ended));
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if let Some(context) = self.own.take() {
            let ended = Instant::now();
            let span = context.span();
            span.set_attribute(KeyValue::new(
                key::RPC_STATUS_CODE,
                Outcome::Dropped.grpc_code(),
            ));
            span.set_attribute(KeyValue::new(key::ERROR_TYPE, Outcome::Dropped.grpc_code()));
            span.set_status(SpanStatus::error(Outcome::Dropped.message().to_owned()));
            self.end_span(&span, ended);
        }
    }
}
