//! The `tracing` events of finished calls, named after the semantic conventions.

use std::borrow::Cow;
use std::time::Duration;

use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry::{ContextGuard, StringValue, Value};

use super::InFlightCall;
use crate::otel::attributes as key;
use crate::otel::outcome::Outcome;

/// The fields of all events.
struct Fields<'a> {
    operation: &'static str,
    namespace: Option<&'a str>,
    collection: Option<&'a str>,
    server: Option<&'a str>,
    port: Option<u16>,
    grpc: &'static str,
    code: Option<Value>,
    retries: Option<u32>,
}

impl InFlightCall {
    fn fields(&self, outcome: &Outcome, attempts: u32) -> Fields<'_> {
        let server = self.labels.server(self.settings.server.as_ref());
        Fields {
            operation: self.operation(),
            namespace: self.labels.namespace.as_ref().map(|name| name.as_str()),
            collection: self.facts.collection().map(|name| name.as_str()),
            server: server.map(|server| server.address.as_str()),
            port: server.and_then(|server| server.port),
            grpc: outcome.grpc_code(),
            code: outcome.status_code(),
            retries: attempts.checked_sub(1).filter(|retries| *retries > 0),
        }
    }

    pub(super) fn operation(&self) -> &'static str {
        self.labels.rpc.map_or("_OTHER", |rpc| rpc.operation)
    }

    /// Makes the call's span current, so that exporters link log records to it.
    pub(super) fn entered(&self) -> Option<ContextGuard> {
        self.span.as_ref().map(|span| span.clone().attach())
    }

    /// Emits the event of a call. The event of a failed call is defined by the semantic conventions.
    pub(super) fn log(
        &self,
        outcome: &Outcome,
        error: Option<&Cow<'static, str>>,
        duration: Duration,
        attempts: u32,
    ) {
        let fields = self.fields(outcome, attempts);
        let duration = duration.as_secs_f64();
        let Some(error) = error.map(|error| &**error) else {
            tracing::event!(
                name: "milvus.client.call",
                target: "milvus_otel::call",
                tracing::Level::DEBUG,
                {
                    { key::DB_SYSTEM_NAME } = "milvus",
                    { key::DB_OPERATION_NAME } = fields.operation,
                    { key::DB_NAMESPACE } = fields.namespace,
                    { key::DB_COLLECTION_NAME } = fields.collection,
                    { key::SERVER_ADDRESS } = fields.server,
                    { key::SERVER_PORT } = fields.port,
                    { key::RPC_STATUS_CODE } = fields.grpc,
                    { key::MILVUS_RESEND_COUNT } = fields.retries,
                    { key::DB_RESPONSE_RETURNED_ROWS } = self.answer.returned_rows,
                    { key::MILVUS_CALL_DURATION } = duration,
                },
                "call finished"
            );
            return;
        };
        let code = fields.code.as_ref().map(Value::as_str);
        let message = self.message(outcome);
        tracing::event!(
            name: "db.client.operation.exception",
            target: "milvus_otel::call",
            tracing::Level::WARN,
            {
                { key::EXCEPTION_TYPE } = error,
                { key::EXCEPTION_MESSAGE } = message,
                { key::DB_SYSTEM_NAME } = "milvus",
                { key::DB_OPERATION_NAME } = fields.operation,
                { key::DB_NAMESPACE } = fields.namespace,
                { key::DB_COLLECTION_NAME } = fields.collection,
                { key::DB_RESPONSE_STATUS_CODE } = code.as_deref(),
                { key::ERROR_TYPE } = error,
                { key::SERVER_ADDRESS } = fields.server,
                { key::SERVER_PORT } = fields.port,
                { key::RPC_STATUS_CODE } = fields.grpc,
                { key::MILVUS_RESEND_COUNT } = fields.retries,
                { key::MILVUS_CALL_DURATION } = duration,
            },
            "call failed"
        );
    }

    /// Emits the event of a call that took longer than `threshold`.
    pub(super) fn log_slow(
        &self,
        outcome: &Outcome,
        duration: Duration,
        threshold: Duration,
        attempts: u32,
    ) {
        let (fields, facts) = (self.fields(outcome, attempts), &self.facts);
        let rare = facts.rare();
        let code = fields.code.as_ref().map(Value::as_str);
        let filter = facts.query_text(self.settings.query_text_limit);
        let parameters = facts.parameters.iter().map(|(attribute, value)| {
            let name = attribute.rsplit('.').next().unwrap_or(attribute);
            format!("{name}={}", Value::from(value))
        });
        let parameters: Vec<String> = parameters.collect();
        let parameters = (!parameters.is_empty()).then(|| parameters.join(", "));
        let text = |text: &Option<StringValue>| text.as_ref().map(|text| text.as_str().to_owned());
        let cost = |key| {
            self.answer
                .costs
                .iter()
                .find(|(known, _)| *known == key)
                .map(|(_, cost)| *cost)
        };
        let span = self
            .span
            .as_ref()
            .map(|context| context.span().span_context().clone());
        let span = span.filter(SpanContext::is_valid);
        tracing::event!(
            name: "milvus.client.slow_call",
            target: "milvus_otel::slow_call",
            tracing::Level::WARN,
            {
                { key::MILVUS_CALL_DURATION } = duration.as_secs_f64(),
                { key::MILVUS_SLOW_THRESHOLD } = threshold.as_secs_f64(),
                trace_id = span.as_ref().map(|span| span.trace_id().to_string()),
                span_id = span.as_ref().map(|span| span.span_id().to_string()),
                { key::DB_OPERATION_NAME } = fields.operation,
                { key::DB_NAMESPACE } = fields.namespace,
                { key::DB_COLLECTION_NAME } = fields.collection,
                { key::DB_QUERY_TEXT } = filter,
                { key::DB_RESPONSE_RETURNED_ROWS } = self.answer.returned_rows,
                { key::DB_RESPONSE_STATUS_CODE } = code.as_deref(),
                { key::SERVER_ADDRESS } = fields.server,
                { key::SERVER_PORT } = fields.port,
                { key::RPC_STATUS_CODE } = fields.grpc,
                { key::MILVUS_RESEND_COUNT } = fields.retries,
                { key::MILVUS_ROWS_SENT } = facts.sent_rows,
                { key::MILVUS_IDS } = facts.keys,
                { key::MILVUS_OUTPUT_FIELDS } = facts.output_fields,
                { key::MILVUS_SEARCH_QUERIES } = facts.queries,
                { key::MILVUS_SEARCH_TOP_K } = facts.top_k,
                { key::MILVUS_SEARCH_DIMENSION } = facts.dimension,
                { key::MILVUS_SEARCH_FIELD } = text(&facts.field),
                { key::MILVUS_SEARCH_METRIC } = text(&facts.metric),
                { key::MILVUS_SEARCH_PARAMETERS } = parameters,
                { key::MILVUS_SEARCH_GROUP_BY } = rare.and_then(|rare| text(&rare.group_by)),
                { key::MILVUS_SEARCH_RANKER } = rare.and_then(|rare| text(&rare.ranker)),
                { key::MILVUS_CONSISTENCY } = facts.consistency,
                { key::MILVUS_COST_REPORTED } = cost(key::MILVUS_COST_REPORTED),
                { key::MILVUS_COST_REMOTE_BYTES } = cost(key::MILVUS_COST_REMOTE_BYTES),
                { key::MILVUS_COST_TOTAL_BYTES } = cost(key::MILVUS_COST_TOTAL_BYTES),
                { key::MILVUS_COST_CACHE_HITS } = cost(key::MILVUS_COST_CACHE_HITS),
            },
            "call was slow"
        );
    }
}
