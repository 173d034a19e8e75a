//! The state of one call. Its span starts and ends here, exactly once in any case.

mod ended;
mod logged;
mod started;

use std::net::SocketAddr;
use std::sync::Arc;

use opentelemetry::trace::{Link, TraceContextExt};
use opentelemetry::{Context, ContextGuard};

use self::started::span;
use super::facts::{AnswerFacts, Facts};
use super::labels::Labels;
use super::metrics::Instruments;
use super::outcome::Outcome;
use super::peer::PeerSource;
use super::settings::Settings;
use super::tracer::{self, LiveTracer};
use crate::error::{CallRecord, Clock};
use crate::wire::{Outgoing, Reader, Rpc, message_end, timeout};

/// The state of a call in flight.
#[derive(Debug)]
pub(super) struct InFlightCall {
    settings: Arc<Settings>,
    labels: Labels,
    facts: Facts,
    /// The caller's context with the call's span in it. Without a span, it is the caller's context or `None`.
    span: Option<Context>,
    /// Whether the span is recorded. Otherwise, the context is only passed on.
    recording: bool,
    instruments: Option<Arc<Instruments>>,
    record: Option<Arc<CallRecord>>,
    /// The address of the connection at the start, if a function tells it.
    mark: Option<Option<SocketAddr>>,
    clock: Clock,
    sent_bytes: u64,
    received_bytes: u64,
    /// The length of the response message, from its header.
    message_end: Option<u64>,
    /// Reads the response while it is received.
    reader: Option<Reader>,
    answer: AnswerFacts,
    ended: bool,
}

/// The start of a call.
#[derive(Debug)]
pub(super) enum StartedCall {
    /// The call is recorded. Boxed, because it moves from the service to the future to the body.
    Recorded(Box<InFlightCall>),
    /// A sampler dropped the call: only a context is passed on, if it differs from the caller's.
    Passed(Option<Context>),
}

impl StartedCall {
    /// The context to send with the request, unless it is the caller's.
    pub(super) fn context(&self) -> Option<&Context> {
        match self {
            Self::Recorded(call) => call.span.as_ref(),
            Self::Passed(context) => context.as_ref(),
        }
    }

    /// Makes the call's span current, so that spans of the services below become its children.
    pub(super) fn enter(&self) -> Option<ContextGuard> {
        self.context().map(|span| span.clone().attach())
    }

    pub(super) fn recorded(self) -> Option<Box<InFlightCall>> {
        match self {
            Self::Recorded(call) => Some(call),
            Self::Passed(_) => None,
        }
    }
}

/// A call before it is sent.
pub(super) struct CallRequest<'a> {
    /// The clock, which starts with the call.
    pub(super) clock: Clock,
    /// The number of the page, if the call fetches a page of a stream.
    pub(super) page: Option<u32>,
    pub(super) uri: &'a http::Uri,
    pub(super) rpc: Option<&'static Rpc>,
    pub(super) body: &'a Outgoing,
    pub(super) headers: &'a http::HeaderMap,
    pub(super) links: Vec<Link>,
    pub(super) record: Option<Arc<CallRecord>>,
}

/// The recipients of a call's telemetry.
pub(super) struct Observers<'a> {
    settings: &'a Arc<Settings>,
    tracer: Option<LiveTracer<'a>>,
    instruments: Option<Arc<Instruments>>,
}

impl<'a> Observers<'a> {
    /// Returns `None` if there are none: no SDK is installed and logs are off, or telemetry is suppressed in `parent`.
    pub(super) fn of(settings: &'a Arc<Settings>, parent: &Context) -> Option<Self> {
        if parent.is_telemetry_suppressed() {
            return None;
        }
        let (tracer, instruments) = (settings.tracers.tracer(), settings.meters.instruments());
        let any = tracer.is_some() || instruments.is_some() || settings.logs();
        any.then_some(Self {
            settings,
            tracer,
            instruments,
        })
    }
}

impl InFlightCall {
    /// Starts a call.
    pub(super) fn start(
        observers: Observers<'_>,
        parent: &Context,
        request: CallRequest<'_>,
    ) -> StartedCall {
        let Observers {
            settings,
            tracer,
            instruments,
        } = observers;
        let mut facts = Facts::default();
        if let Some(rpc) = request.rpc {
            facts.read(rpc, request.body);
        }
        let labels = Labels::new(
            settings.server.as_ref(),
            &settings.database,
            request.uri,
            request.rpc,
            &mut facts,
        );
        let span = tracer.and_then(|tracer| {
            let timeout = match &request.record {
                Some(record) => record.deadline().map(|deadline| deadline.timeout()),
                None => timeout(request.headers),
            };
            let timeout = timeout.or_else(|| settings.timeout_of(request.rpc));
            let mut span = span(
                settings,
                &labels,
                request.uri,
                &facts,
                timeout,
                request.page,
            );
            span.start_time = Some(request.clock.start());
            if !request.links.is_empty() {
                span.links = Some(request.links);
            }
            tracer.start(span, parent)
        });
        let recording = matches!(span, Some(tracer::StartedSpan::Recording(_)));
        let mut span = span.and_then(tracer::StartedSpan::context);
        if !recording {
            if instruments.is_none() && !settings.logs() {
                return StartedCall::Passed(span);
            }
            // The call may end outside the caller's context, but its logs still belong to it.
            if span.is_none() && settings.logs() {
                span = Some(parent.clone());
            }
        }
        let call = Box::new(Self {
            sent_bytes: request.body.pieces().map(|piece| piece.len() as u64).sum(),
            received_bytes: 0,
            message_end: None,
            reader: request.rpc.map(|rpc| Reader::new(rpc.response)),
            answer: match (&settings.quality, request.rpc.map(|rpc| rpc.operation)) {
                (Some(_), Some("search" | "hybrid_search")) => AnswerFacts::with_scores(),
                _ => AnswerFacts::default(),
            },
            settings: Arc::clone(settings),
            mark: settings
                .peer
                .as_ref()
                .filter(|_| recording)
                .map(PeerSource::mark),
            record: request.record,
            labels,
            facts,
            span,
            recording,
            instruments,
            clock: request.clock,
            ended: false,
        });
        call.in_flight(1);
        StartedCall::Recorded(call)
    }

    /// Reads the next bytes of the response.
    pub(super) fn received(&mut self, bytes: &[u8]) {
        if self.received_bytes == 0 {
            self.message_end = message_end(bytes);
        }
        self.received_bytes += bytes.len() as u64;
        if let Some(reader) = &mut self.reader {
            reader.feed(bytes, &mut self.answer);
        }
    }

    /// Ends the call with an error of the inner service. `is_status`: the error was a gRPC status, possibly from the
    /// server.
    pub(super) fn end_failed(mut self: Box<Self>, status: &tonic::Status, is_status: bool) {
        let record = self.record.as_deref();
        let by_server = record.map_or(is_status, CallRecord::quotes_server);
        self.finish(&Outcome::from_status(status, by_server));
    }

    /// Ends the call without a response message.
    pub(super) fn end(mut self: Box<Self>, outcome: &Outcome) {
        self.finish(outcome);
    }

    /// Ends the call at the end of the response body.
    pub(super) fn end_answered(mut self: Box<Self>, outcome: Outcome) {
        // A stream may have no messages.
        let unary = self.labels.rpc.is_some_and(|rpc| !rpc.server_streaming);
        let outcome = match outcome {
            Outcome::Success if self.answer.status.is_error() => {
                Outcome::Milvus(std::mem::take(&mut self.answer.status))
            }
            Outcome::Success
                if unary && self.reader.as_ref().is_some_and(|reader| !reader.is_done()) =>
            {
                Outcome::from_client(&tonic::Status::internal(
                    "the answer ended before its message was complete",
                ))
            }
            outcome => outcome,
        };
        if matches!(outcome, Outcome::Success)
            && self.labels.rpc.is_some_and(|rpc| rpc.returns_rows)
            && self.reader.as_ref().is_some_and(Reader::is_complete)
        {
            self.answer.ended();
        }
        self.finish(&outcome);
    }

    fn in_flight(&self, change: i64) {
        if let Some(instruments) = self
            .instruments
            .as_ref()
            .filter(|_| self.settings.detailed_metrics)
        {
            let series = self.series(instruments, &Outcome::Success, None);
            instruments.active.add(change, series.labels.in_flight());
        }
    }

    fn finish(&mut self, outcome: &Outcome) {
        self.ended = true;
        let duration = self.clock.elapsed();
        let attempts = self.record.as_ref().map_or(0, |record| record.attempts());
        let error = outcome.error_type();
        if let Some(instruments) = &self.instruments {
            self.measure(instruments, outcome, error.as_ref(), duration);
        }
        let slow = self.settings.slow_calls.as_ref();
        let slow = slow.and_then(|slow| slow.exceeded(self.operation(), duration));
        if self.settings.log_calls || slow.is_some() {
            let _entered = self.entered();
            if self.settings.log_calls {
                self.log(outcome, error.as_ref(), duration, attempts);
            }
            if let Some(threshold) = slow {
                self.log_slow(outcome, duration, threshold, attempts);
            }
        }
        if let Some(context) = self.span.as_ref().filter(|_| self.recording) {
            let span = context.span();
            self.describe(&span, outcome, error.as_ref(), attempts);
            span.end_with_timestamp(self.clock.start() + duration);
        }
    }
}

impl Drop for InFlightCall {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        // The caller received the whole message and dropped the body: decoding failed.
        let unary = self.labels.rpc.is_some_and(|rpc| !rpc.server_streaming);
        let has_all = self
            .message_end
            .is_some_and(|end| self.received_bytes >= end);
        self.finish(&if unary && has_all {
            Outcome::from_client(&tonic::Status::internal("the answer could not be decoded"))
        } else {
            Outcome::Dropped
        });
    }
}
