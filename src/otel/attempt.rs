//! Spans of the attempts that a call is made of.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use opentelemetry::trace::{SpanBuilder, SpanKind, Status as SpanStatus, TraceContextExt};
use opentelemetry::{Context, ContextGuard, KeyValue};

use super::attributes as key;
use super::layer::{AttemptSpans, OtelLayer, Settings};
use super::outcome::Outcome;
use super::propagation;
use crate::error::{CallRecord, MilvusStatus, one_line};
use crate::wire::Rpc;

/// Makes the spans of attempts.
#[derive(Debug, Clone)]
pub(crate) struct AttemptTracer {
    settings: Arc<Settings>,
}

/// An attempt on its way.
#[derive(Debug)]
pub(crate) struct Attempt {
    number: u32,
    backoff: Duration,
    started: Instant,
    started_at: SystemTime,
    /// The call's context, below which attempts hang; `None` when nothing is recorded.
    call: Option<Context>,
    rpc: Option<&'static Rpc>,
    /// The attempt's own context, where it has one from its start.
    own: Option<Context>,
}

impl OtelLayer {
    /// For the layer below that makes attempts.
    pub(crate) fn attempts(&self) -> AttemptTracer {
        AttemptTracer {
            settings: Arc::new(self.settings.clone()),
        }
    }
}

impl AttemptTracer {
    /// Begins an attempt. From the second on, and for all of them where asked for, it has a span from its start.
    pub(crate) fn start(
        &self,
        record: &CallRecord,
        rpc: Option<&'static Rpc>,
        number: u32,
        backoff: Duration,
    ) -> Attempt {
        let call = match self.settings.attempts {
            AttemptSpans::Never => None,
            AttemptSpans::OnRetry | AttemptSpans::Always => record.context(),
        };
        let call = call.filter(|call| call.span().is_recording());
        let mut attempt = Attempt {
            number,
            backoff,
            started: Instant::now(),
            started_at: SystemTime::now(),
            call,
            rpc,
            own: None,
        };
        if number > 1 || self.settings.attempts == AttemptSpans::Always {
            attempt.own = self.span(&attempt);
        }
        attempt
    }

    /// Ends an attempt that was answered; an answer that says it failed counts as one.
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

    /// Ends an attempt that was not answered.
    pub(crate) fn failed(
        &self,
        mut attempt: Attempt,
        status: &tonic::Status,
        will_be_retried: bool,
    ) {
        self.end(&mut attempt, &Outcome::of(status), will_be_retried);
    }

    fn end(&self, attempt: &mut Attempt, outcome: &Outcome, will_be_retried: bool) {
        // Only now is it known that the first attempt is not the only one.
        if attempt.own.is_none() && will_be_retried {
            attempt.own = self.span(attempt);
        }
        let Some(context) = attempt.own.take() else {
            return;
        };
        let span = context.span();
        if span.is_recording() {
            span.set_attribute(KeyValue::new(key::RPC_STATUS_CODE, outcome.grpc_code()));
            if let Some((address, port)) = self.settings.peer.as_ref().and_then(|peer| peer.peer())
            {
                span.set_attribute(KeyValue::new(key::NETWORK_PEER_ADDRESS, address));
                span.set_attribute(KeyValue::new(key::NETWORK_PEER_PORT, i64::from(port)));
            }
            match outcome {
                // To gRPC, an answer is a success, whatever Milvus says in it.
                Outcome::Milvus(status) => {
                    span.set_attribute(KeyValue::new(
                        key::DB_RESPONSE_STATUS_CODE,
                        status.number().to_string(),
                    ));
                }
                Outcome::Grpc { .. } | Outcome::Dropped => {
                    span.set_attribute(KeyValue::new(key::ERROR_TYPE, outcome.grpc_code()));
                    // Servers quote filters, and only the call's own span knows which text that is.
                    let quotes = attempt.rpc.is_none_or(|rpc| rpc.has_filter);
                    let message = if quotes { "" } else { outcome.message() };
                    span.set_status(SpanStatus::error(one_line(message).into_owned()));
                }
                Outcome::Success => {}
            }
        }
        span.end_with_timestamp(attempt.started_at + attempt.started.elapsed());
    }

    fn span(&self, attempt: &Attempt) -> Option<Context> {
        let call = attempt.call.as_ref()?;
        let method = attempt.rpc.map_or("_OTHER", |rpc| rpc.method);
        let mut attributes = vec![
            KeyValue::new(key::RPC_SYSTEM_NAME, "grpc"),
            KeyValue::new(key::RPC_METHOD, method),
            KeyValue::new(key::MILVUS_ATTEMPT, i64::from(attempt.number)),
        ];
        if let Some(server) = &self.settings.server {
            attributes.push(KeyValue::new(key::SERVER_ADDRESS, server.address.clone()));
            attributes.extend(
                server
                    .port
                    .map(|port| KeyValue::new(key::SERVER_PORT, i64::from(port))),
            );
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
            .with_start_time(attempt.started_at)
            .with_attributes(attributes);
        self.settings.tracers.tracer()?.start(span, call)?.context()
    }
}

impl Attempt {
    /// Sends the attempt's own context, where it has one; otherwise the call's is there already.
    pub(crate) fn inject(&self, headers: &mut http::HeaderMap) {
        if let Some(own) = &self.own {
            propagation::inject(own, headers);
        }
    }

    /// Makes the attempt's span the current one.
    pub(crate) fn enter(&self) -> Option<ContextGuard> {
        self.own.as_ref().map(|own| own.clone().attach())
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if let Some(context) = self.own.take() {
            let span = context.span();
            span.set_attribute(KeyValue::new(
                key::RPC_STATUS_CODE,
                Outcome::Dropped.grpc_code(),
            ));
            span.set_attribute(KeyValue::new(key::ERROR_TYPE, Outcome::Dropped.grpc_code()));
            span.set_status(SpanStatus::error(Outcome::Dropped.message().to_owned()));
            span.end_with_timestamp(self.started_at + self.started.elapsed());
        }
    }
}
