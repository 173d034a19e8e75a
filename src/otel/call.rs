//! The state of one call: its span starts here and ends here, exactly once, whatever happens in between.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use opentelemetry::trace::{Link, SpanBuilder, SpanKind, Status as SpanStatus, TraceContextExt};
use opentelemetry::{Context, ContextGuard, KeyValue, Value};

use super::attributes as key;
use super::facts::{Answer, Facts};
use super::labels::{self, Labels};
use super::layer::Settings;
use super::metrics::Instruments;
use super::outcome::Outcome;
use super::query_text;
use super::tracer::LiveTracer;
use crate::error::CallRecord;
use crate::wire::{Outgoing, Reader, Rpc, message_end};

/// A call on its way.
#[derive(Debug)]
pub(super) struct Call {
    settings: Arc<Settings>,
    labels: Labels,
    facts: Facts,
    /// The caller's context with the call's span in it, where there is one.
    span: Option<Context>,
    instruments: Option<Arc<Instruments>>,
    record: Option<Arc<CallRecord>>,
    started: Instant,
    started_at: SystemTime,
    sent_bytes: u64,
    received_bytes: u64,
    /// Where the answer's message ends, as its beginning says.
    message_end: Option<u64>,
    /// Reads the answer as it comes in.
    reader: Option<Reader>,
    answer: Answer,
    ended: bool,
}

/// What became of a call that starts.
#[derive(Debug)]
pub(super) enum Started {
    /// It is recorded. In a box, because it moves from the service to the future to the body.
    Recorded(Box<Call>),
    /// A sampler decided against it: all that is left is a context to pass on.
    Passed(Context),
}

impl Started {
    /// The context to send with the request, where the call has one of its own.
    pub(super) fn context(&self) -> Option<&Context> {
        match self {
            Self::Recorded(call) => call.span.as_ref(),
            Self::Passed(context) => Some(context),
        }
    }

    /// Makes the call's span the current one, for what the services below start.
    pub(super) fn enter(&self) -> Option<ContextGuard> {
        self.context().map(|span| span.clone().attach())
    }

    pub(super) fn recorded(self) -> Option<Box<Call>> {
        match self {
            Self::Recorded(call) => Some(call),
            Self::Passed(_) => None,
        }
    }
}

/// What is known of a call before it is sent.
pub(super) struct Request<'a> {
    pub(super) uri: &'a http::Uri,
    pub(super) rpc: Option<&'static Rpc>,
    pub(super) body: &'a Outgoing,
    pub(super) links: Vec<Link>,
    pub(super) record: Option<Arc<CallRecord>>,
}

/// Who wants to know of a call.
pub(super) struct Observers<'a> {
    tracer: Option<LiveTracer<'a>>,
    instruments: Option<Arc<Instruments>>,
}

impl<'a> Observers<'a> {
    /// `None` when nobody does: no SDK is installed, and no log is asked for.
    pub(super) fn of(settings: &'a Settings) -> Option<Self> {
        let (tracer, instruments) = (settings.tracers.tracer(), settings.meters.instruments());
        let anybody = tracer.is_some() || instruments.is_some() || settings.log_calls;
        anybody.then_some(Self {
            tracer,
            instruments,
        })
    }
}

impl Call {
    /// Starts a call.
    pub(super) fn start(
        settings: &Arc<Settings>,
        observers: Observers<'_>,
        parent: &Context,
        request: Request<'_>,
    ) -> Started {
        let Observers {
            tracer,
            instruments,
        } = observers;
        let (started, started_at) = (Instant::now(), SystemTime::now());
        let facts = request
            .rpc
            .map_or_else(Facts::default, |rpc| Facts::read(rpc, request.body));
        let labels = Labels::new(settings, request.uri, request.rpc, &facts);
        let span = tracer.and_then(|tracer| {
            let mut span = span(settings, &labels, request.uri, &facts);
            span.start_time = Some(started_at);
            if !request.links.is_empty() {
                span.links = Some(request.links);
            }
            tracer.start(span, parent)
        });
        if instruments.is_none()
            && !settings.log_calls
            && let Some(context) = span
                .as_ref()
                .filter(|context| !context.span().is_recording())
        {
            return Started::Passed(context.clone());
        }
        let call = Box::new(Self {
            sent_bytes: request.body.pieces().map(|piece| piece.len() as u64).sum(),
            received_bytes: 0,
            message_end: None,
            reader: request.rpc.map(|rpc| Reader::new(rpc.response)),
            answer: Answer::default(),
            settings: Arc::clone(settings),
            record: request.record,
            labels,
            facts,
            span,
            instruments,
            started,
            started_at,
            ended: false,
        });
        call.in_flight(1);
        Started::Recorded(call)
    }

    /// Reads on in the answer.
    pub(super) fn received(&mut self, bytes: &[u8]) {
        if self.received_bytes == 0 {
            self.message_end = message_end(bytes);
        }
        self.received_bytes += bytes.len() as u64;
        if let Some(reader) = &mut self.reader {
            reader.feed(bytes, &mut self.answer);
        }
    }

    /// Ends the call before its answer had a message.
    pub(super) fn end(mut self: Box<Self>, outcome: &Outcome) {
        self.finish(outcome);
    }

    /// Ends the call with its answer.
    pub(super) fn end_answered(mut self: Box<Self>, outcome: Outcome) {
        // Of a stream, no message at all is fine.
        let unary = self.labels.rpc.is_some_and(|rpc| !rpc.server_streaming);
        let outcome = match outcome {
            Outcome::Success if self.answer.status.is_error() => {
                Outcome::Milvus(std::mem::take(&mut self.answer.status))
            }
            Outcome::Success
                if unary && self.reader.as_ref().is_some_and(|reader| !reader.is_done()) =>
            {
                Outcome::of(&tonic::Status::internal(
                    "the answer ended before its message did",
                ))
            }
            outcome => outcome,
        };
        self.finish(&outcome);
    }

    fn in_flight(&self, change: i64) {
        if let Some(instruments) = self
            .instruments
            .as_ref()
            .filter(|_| self.settings.detailed_metrics)
        {
            let labels = self
                .labels
                .metrics(&self.settings, &self.facts, &Outcome::Success, None);
            instruments.active.add(change, labels.counted());
        }
    }

    fn finish(&mut self, outcome: &Outcome) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        // One clock for span, metric and log: the system's may jump.
        let duration = self.started.elapsed();
        let attempts = self.record.as_ref().map_or(0, |record| record.attempts());
        let error = outcome.error_type();
        if let Some(instruments) = &self.instruments {
            self.measure(instruments, outcome, error.as_deref(), duration);
        }
        if self.settings.log_calls {
            self.log(outcome, duration, attempts);
        }
        if let Some(context) = &self.span {
            let span = context.span();
            if span.is_recording() {
                self.describe(&span, outcome, error.as_deref(), attempts);
            }
            span.end_with_timestamp(self.started_at + duration);
        }
    }

    /// Puts on the span what became known since it started.
    fn describe(
        &self,
        span: &opentelemetry::trace::SpanRef<'_>,
        outcome: &Outcome,
        error: Option<&str>,
        attempts: u32,
    ) {
        let answer = &self.answer;
        let set = |key: &'static str, value: Value| span.set_attribute(KeyValue::new(key, value));
        set(key::RPC_STATUS_CODE, outcome.grpc_code().into());
        if let Some((address, port)) = self.settings.peer.as_ref().and_then(|peer| peer.peer()) {
            set(key::NETWORK_PEER_ADDRESS, address.into());
            set(key::NETWORK_PEER_PORT, i64::from(port).into());
        }
        if let Some(error) = error {
            let error: Value = labels::error_value(outcome, error);
            set(key::DB_RESPONSE_STATUS_CODE, error.clone());
            set(key::ERROR_TYPE, error);
            if let Outcome::Milvus(status) = outcome
                && status.is_retriable()
            {
                set(key::MILVUS_RETRIABLE, true.into());
            }
            span.set_status(SpanStatus::error(self.message(outcome)));
        }
        if attempts > 1 {
            set(key::MILVUS_RESEND_COUNT, i64::from(attempts - 1).into());
        }
        if let Some(rows) = answer.returned_rows {
            set(key::DB_RESPONSE_RETURNED_ROWS, rows.into());
        }
        for (key, rows) in [
            (key::MILVUS_ROWS_INSERTED, answer.inserted_rows),
            (key::MILVUS_ROWS_UPSERTED, answer.upserted_rows),
            (key::MILVUS_ROWS_DELETED, answer.deleted_rows),
        ] {
            if rows > 0 {
                set(key, rows.into());
            }
        }
        for (key, cost) in &answer.costs {
            set(key, (*cost).into());
        }
    }

    fn measure(
        &self,
        instruments: &Instruments,
        outcome: &Outcome,
        error: Option<&str>,
        duration: Duration,
    ) {
        let answer = &self.answer;
        let labels = self
            .labels
            .metrics(&self.settings, &self.facts, outcome, error);
        instruments
            .db_duration
            .record(duration.as_secs_f64(), labels.db());
        instruments
            .rpc_duration
            .record(duration.as_secs_f64(), labels.rpc());
        if self.settings.detailed_metrics {
            self.in_flight(-1);
            instruments
                .request_size
                .record(self.sent_bytes, labels.rpc());
            if self.received_bytes > 0 {
                instruments
                    .response_size
                    .record(self.received_bytes, labels.rpc());
            }
        }
        if let Some(rows) = answer.returned_rows {
            instruments
                .returned_rows
                .record(u64::try_from(rows).unwrap_or_default(), labels.db());
        }
        if let Some(record) = &self.record {
            for (counter, count) in [
                (&instruments.retries, record.attempts().saturating_sub(1)),
                (&instruments.rate_limited, record.rate_limited()),
            ] {
                if count > 0 {
                    counter.add(u64::from(count), labels.counted());
                }
            }
        }
        for (counter, rows) in [
            (&instruments.rows_inserted, answer.inserted_rows),
            (&instruments.rows_upserted, answer.upserted_rows),
            (&instruments.rows_deleted, answer.deleted_rows),
        ] {
            if rows > 0 {
                counter.add(rows.unsigned_abs(), labels.counted());
            }
        }
    }

    fn log(&self, outcome: &Outcome, duration: Duration, attempts: u32) {
        let operation = self.labels.rpc.map_or("_OTHER", |rpc| rpc.operation);
        let collection = self.facts.collection().map(|name| name.as_str());
        let duration_ms = duration.as_secs_f64() * 1e3;
        // Makes log and span agree where logs are exported with the current context.
        let _entered = self.span.as_ref().map(|span| span.clone().attach());
        match outcome.error_type() {
            None => {
                tracing::debug!(target: "milvus_otel::call", operation, collection, code = "OK", duration_ms, attempts, "call finished")
            }
            Some(code) => {
                let message = self.message(outcome);
                tracing::warn!(target: "milvus_otel::call", operation, collection, %code, duration_ms, attempts, error = message, "call failed");
            }
        }
    }

    /// What went wrong, without the filter: servers quote the one they could not parse, or the part of it where they
    /// stopped, or a value bound to it, and filters hold what users look for.
    fn message(&self, outcome: &Outcome) -> String {
        if self.facts.has_unread_filter {
            // Nobody knows what of it the server quotes.
            return String::new();
        }
        let mut message = outcome.message().to_owned();
        let mut replace = |text: &str, by: &str| {
            if message.contains(text) {
                message = message.replace(text, by);
            }
        };
        for filter in &self.facts.filters {
            let shown = query_text::without_literals(filter, self.settings.query_text_limit);
            replace(filter, &shown);
        }
        for filter in &self.facts.filters {
            for text in query_text::quoted_texts(filter).chain(query_text::numbers(filter)) {
                replace(text, "?");
            }
        }
        if self.facts.has_filter_values || self.labels.rpc.is_none() {
            // What may be quoted is not known here.
            return query_text::without_literals(&message, message.len());
        }
        message
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        // Whoever has the whole answer and does not wait for its end could make nothing of it.
        let unary = self.labels.rpc.is_some_and(|rpc| !rpc.server_streaming);
        let has_all = self
            .message_end
            .is_some_and(|end| self.received_bytes >= end);
        self.finish(&if unary && has_all {
            Outcome::of(&tonic::Status::internal("the answer could not be decoded"))
        } else {
            Outcome::Dropped
        });
    }
}

/// The span as it starts: what a sampler may decide by, and what the request says besides.
fn span(settings: &Settings, labels: &Labels, uri: &http::Uri, facts: &Facts) -> SpanBuilder {
    let mut attributes = labels.span(settings, uri, facts);
    let mut set = |key: &'static str, value: Value| attributes.push(KeyValue::new(key, value));
    if settings.query_text_limit > 0 && !facts.filters.is_empty() {
        let mut filter = facts.filters.join("; ");
        let text = if facts.has_filter_values() {
            query_text::cut(&mut filter, settings.query_text_limit);
            filter
        } else {
            query_text::without_literals(&filter, settings.query_text_limit)
        };
        set(key::DB_QUERY_TEXT, text.into());
    }
    if !facts.more_collections.is_empty() {
        let names = facts
            .collection
            .iter()
            .chain(&facts.more_collections)
            .cloned()
            .collect::<Vec<_>>();
        set(key::MILVUS_COLLECTION_NAMES, Value::Array(names.into()));
    }
    if !facts.partitions.is_empty() {
        set(
            key::MILVUS_PARTITION_NAMES,
            Value::Array(facts.partitions.clone().into()),
        );
    }
    for (key, number) in [
        (key::MILVUS_ROWS_SENT, facts.sent_rows),
        (key::MILVUS_SEARCH_QUERIES, facts.queries),
        (key::MILVUS_SEARCH_TOP_K, facts.top_k),
    ] {
        if let Some(number) = number {
            set(key, number.into());
        }
    }
    for (key, text) in [
        (key::MILVUS_SEARCH_FIELD, &facts.field),
        (key::MILVUS_SEARCH_METRIC, &facts.metric),
    ] {
        if let Some(text) = text {
            set(key, text.clone().into());
        }
    }
    if let Some(consistency) = facts.consistency {
        set(key::MILVUS_CONSISTENCY, consistency.into());
    }
    SpanBuilder {
        name: labels.span_name(settings, facts),
        ..SpanBuilder::default()
    }
    .with_kind(SpanKind::Client)
    .with_attributes(attributes)
}
