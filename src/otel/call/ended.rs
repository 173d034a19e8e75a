//! The end of a call: span attributes and metrics.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::{SpanRef, Status as SpanStatus};
use opentelemetry::{KeyValue, StringValue, Value};

use super::InFlightCall;
use crate::error::one_line;
use crate::otel::attributes as key;
use crate::otel::labels::{self, MetricLabels};
use crate::otel::metrics::Instruments;
use crate::otel::names::OTHER;
use crate::otel::outcome::Outcome;
use crate::otel::query_text;
use crate::otel::redaction::Secrets;
use crate::otel::series::{Identity, Series};

impl InFlightCall {
    /// Sets the span's status and the attributes that are only known at the end.
    pub(super) fn describe(
        &self,
        span: &SpanRef<'_>,
        outcome: &Outcome,
        error: Option<&Cow<'static, str>>,
        attempts: u32,
    ) {
        let answer = &self.answer;
        let set = |key: &'static str, value: Value| span.set_attribute(KeyValue::new(key, value));
        set(key::RPC_STATUS_CODE, outcome.grpc_code().into());
        if let Some((address, port)) = self.peer() {
            set(key::NETWORK_PEER_ADDRESS, address.into());
            set(key::NETWORK_PEER_PORT, i64::from(port).into());
        }
        if let Some(error) = error {
            if let Some(code) = outcome.status_code() {
                set(key::DB_RESPONSE_STATUS_CODE, code);
            }
            set(key::ERROR_TYPE, labels::error_value(error.clone()));
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

    /// The remote address of the connection that the last attempt used.
    fn peer(&self) -> Option<(StringValue, u16)> {
        if let Some(peer) = self.record.as_ref().and_then(|record| record.peer()) {
            return Some((peer.address.clone(), peer.port));
        }
        self.settings.peer.as_ref()?.since(self.mark?)
    }

    pub(super) fn measure(
        &self,
        instruments: &Instruments,
        outcome: &Outcome,
        error: Option<&Cow<'static, str>>,
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
                (
                    &instruments.suppressed_retries,
                    u32::from(record.is_out_of_budget()),
                ),
                (&instruments.refused, u32::from(record.is_refused())),
            ] {
                if count > 0 {
                    counter.add(u64::from(count), labels.counted());
                }
            }
        }
        if let (Some(quality), Some(scores)) = (&self.settings.quality, &answer.scores)
            && matches!(outcome, Outcome::Success)
        {
            let collection = self.facts.collection().map(|name| name.as_str());
            let metric = self.facts.metric.clone();
            let metric = metric.map(|metric| KeyValue::new(key::MILVUS_SEARCH_METRIC, metric));
            let labels: Vec<_> = labels.counted().iter().cloned().chain(metric).collect();
            let query_count = self.facts.queries.map_or(1, i64::unsigned_abs);
            quality.measure(instruments, scores, query_count, collection, &labels);
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

    /// The time series of calls like this one with this outcome.
    pub(super) fn series(
        &self,
        instruments: &Instruments,
        outcome: &Outcome,
        error: Option<&Cow<'static, str>>,
    ) -> Arc<Series> {
        let collection = self
            .facts
            .collection()
            .and_then(|name| self.settings.metric_collections.name(name));
        let identity = Identity {
            rpc: self.labels.rpc,
            authority: self.labels.authority.as_ref(),
            namespace: self.labels.namespace.as_ref().map(|name| name.as_str()),
            collection: collection.as_deref().map(|name| name.as_str()),
            error: error.map(|error| &**error),
            milvus_code: outcome.milvus_code(),
        };
        if let Some(known) = instruments.series.find(&identity) {
            return known;
        }
        let named = self.settings.names.admit(&identity);
        let other = |name: Option<&StringValue>| name.map(|_| StringValue::from(OTHER));
        let (namespace, collection) = match (named, self.labels.namespace.as_ref()) {
            (true, namespace) => (namespace.cloned(), collection.as_deref().cloned()),
            (false, namespace) => (other(namespace), other(collection.as_deref())),
        };
        let identity = Identity {
            namespace: namespace.as_ref().map(|name| name.as_str()),
            collection: collection.as_ref().map(|name| name.as_str()),
            ..identity
        };
        instruments.series.get(&identity, || {
            let target = (namespace.clone(), collection.clone());
            let labels = self
                .labels
                .metrics(self.settings.server.as_ref(), target, outcome, error);
            self.count_from_zero(instruments, &labels);
            labels
        })
    }

    /// Initializes the counters of these calls with 0, because backends compute rates only from the first exported
    /// value on.
    fn count_from_zero(&self, instruments: &Instruments, labels: &MetricLabels) {
        let rows = match self.labels.rpc.map(|rpc| rpc.operation) {
            Some("insert") => Some(&instruments.rows_inserted),
            Some("upsert") => Some(&instruments.rows_upserted),
            Some("delete") => Some(&instruments.rows_deleted),
            _ => None,
        };
        let attempts = [&instruments.retries, &instruments.rate_limited];
        let attempts = attempts.into_iter().filter(|_| self.record.is_some());
        for counter in attempts.chain(rows) {
            counter.add(0, labels.counted());
        }
    }

    /// The error message in one line, without literals that the server quotes from the filter: they may be user data.
    pub(super) fn message(&self, outcome: &Outcome) -> String {
        let message = self.redacted(outcome);
        match one_line(&message) {
            Cow::Borrowed(line) if line.len() == message.len() => message,
            line => line.into_owned(),
        }
    }

    fn redacted(&self, outcome: &Outcome) -> String {
        if !outcome.is_by_server() {
            return outcome.message().to_owned();
        }
        if self.facts.has_unread_filter {
            // The server may quote an unread part of the filter.
            return String::new();
        }
        let bound = self.facts.rare().map_or(&[][..], |rare| &rare.bound);
        let secrets = Secrets::new(&self.facts.filters, bound);
        let message = secrets.redact(outcome.message(), self.settings.query_text_limit);
        if self.facts.has_filter_values || self.labels.rpc.is_none() {
            // Not all literals are known if there are bound values or if the RPC is unknown, so all are removed.
            return query_text::without_literals(&message, message.len());
        }
        message
    }
}
