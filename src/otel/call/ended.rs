//! What is told of a call that ended: by span, metrics and log.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::{SpanRef, Status as SpanStatus};
use opentelemetry::{KeyValue, Value};

use super::Call;
use crate::error::one_line;
use crate::otel::attributes as key;
use crate::otel::labels;
use crate::otel::metrics::Instruments;
use crate::otel::outcome::Outcome;
use crate::otel::query_text;
use crate::otel::series::{Identity, Series};

impl Call {
    /// Puts on the span what became known since it started.
    pub(super) fn describe(
        &self,
        span: &SpanRef<'_>,
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

    pub(super) fn measure(
        &self,
        instruments: &Instruments,
        outcome: &Outcome,
        error: Option<&str>,
        duration: Duration,
    ) {
        let answer = &self.answer;
        let series = self.series(instruments, outcome, error);
        let labels = &series.labels;
        let seconds = duration.as_secs_f64();
        series
            .db_duration
            .record(&instruments.db_duration, seconds, labels.db());
        series
            .rpc_duration
            .record(&instruments.rpc_duration, seconds, labels.rpc());
        if self.settings.detailed_metrics {
            self.in_flight(-1);
            series
                .request_size
                .record(&instruments.request_size, self.sent_bytes, labels.rpc());
            if self.received_bytes > 0 {
                series.response_size.record(
                    &instruments.response_size,
                    self.received_bytes,
                    labels.rpc(),
                );
            }
        }
        if let Some(rows) = answer.returned_rows {
            let rows = u64::try_from(rows).unwrap_or_default();
            series
                .returned_rows
                .record(&instruments.returned_rows, rows, labels.db());
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

    /// What calls like this one are measured in, if they end so.
    pub(super) fn series(
        &self,
        instruments: &Instruments,
        outcome: &Outcome,
        error: Option<&str>,
    ) -> Arc<Series> {
        let collection = self
            .facts
            .collection()
            .and_then(|name| self.settings.metric_collections.name(name));
        let of = Identity {
            rpc: self.labels.rpc,
            authority: self.labels.authority.as_ref(),
            namespace: self.labels.namespace.as_ref().map(|name| name.as_str()),
            collection: collection.as_deref().map(|name| name.as_str()),
            error,
        };
        instruments.series.get(&of, || {
            let collection = collection.as_deref().cloned();
            self.labels
                .metrics(&self.settings, collection, outcome, error)
        })
    }

    pub(super) fn log(&self, outcome: &Outcome, duration: Duration, attempts: u32) {
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
        let message = self.unquoted(outcome);
        match one_line(&message) {
            Cow::Borrowed(line) if line.len() == message.len() => message,
            line => line.into_owned(),
        }
    }

    fn unquoted(&self, outcome: &Outcome) -> String {
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
