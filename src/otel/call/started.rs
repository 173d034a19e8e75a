//! The span of a call as it starts.

use opentelemetry::trace::{SpanBuilder, SpanKind};
use opentelemetry::{KeyValue, Value};

use crate::otel::attributes as key;
use crate::otel::facts::Facts;
use crate::otel::labels::Labels;
use crate::otel::layer::Settings;
use crate::otel::query_text;

/// The span as it starts: what a sampler may decide by, and what the request says besides.
pub(super) fn span(
    settings: &Settings,
    labels: &Labels,
    uri: &http::Uri,
    facts: &Facts,
) -> SpanBuilder {
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
        span_kind: Some(SpanKind::Client),
        attributes: Some(attributes),
        ..SpanBuilder::default()
    }
}
