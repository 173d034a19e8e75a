//! The start of a call's span.

use std::time::Duration;

use opentelemetry::trace::{SpanBuilder, SpanKind};
use opentelemetry::{KeyValue, Value};

use crate::otel::attributes as key;
use crate::otel::facts::Facts;
use crate::otel::labels::Labels;
use crate::otel::settings::Settings;

/// Builds the span with the attributes of the request, so that samplers can use them.
pub(super) fn span(
    settings: &Settings,
    labels: &Labels,
    uri: &http::Uri,
    facts: &Facts,
    timeout: Option<Duration>,
    page: Option<u32>,
) -> SpanBuilder {
    let mut set = Attributes(labels.span(settings.server.as_ref(), uri, facts));
    set.value(
        key::DB_QUERY_TEXT,
        facts.query_text(settings.query_text_limit),
    );
    if !facts.more_collections.is_empty() {
        let first = facts.collection.iter();
        let names: Vec<_> = first.chain(&facts.more_collections).cloned().collect();
        set.value(
            key::MILVUS_COLLECTION_NAMES,
            Some(Value::Array(names.into())),
        );
    }
    if !facts.partitions.is_empty() {
        let names = Value::Array(facts.partitions.clone().into());
        set.value(key::MILVUS_PARTITION_NAMES, Some(names));
    }
    set.value(key::MILVUS_ROWS_SENT, facts.sent_rows);
    set.value(key::MILVUS_SEARCH_QUERIES, facts.queries);
    set.value(key::MILVUS_SEARCH_TOP_K, facts.top_k);
    set.value(key::MILVUS_SEARCH_DIMENSION, facts.dimension);
    set.value(key::MILVUS_OUTPUT_FIELDS, facts.output_fields);
    set.value(key::MILVUS_IDS, facts.keys);
    set.value(key::MILVUS_SEARCH_FIELD, facts.field.clone());
    set.value(key::MILVUS_SEARCH_METRIC, facts.metric.clone());
    set.value(key::MILVUS_CONSISTENCY, facts.consistency);
    for (key, number) in facts.parameters.iter() {
        set.value(key, Some(number));
    }
    if let Some(rare) = facts.rare() {
        set.value(key::MILVUS_SEARCH_GROUP_BY, rare.group_by.clone());
        set.value(key::MILVUS_SEARCH_RANKER, rare.ranker.clone());
        set.value(key::MILVUS_INDEX_TYPE, rare.index_type.clone());
        set.value(key::MILVUS_INDEX_METRIC, rare.index_metric.clone());
        set.value(key::MILVUS_COLLECTION_KEY_TYPE, rare.schema.key_type);
        set.value(key::MILVUS_COLLECTION_DIMENSION, rare.schema.dimension);
    }
    let page = page.filter(|_| labels.rpc.is_some_and(|rpc| rpc.returns_rows));
    set.value(key::MILVUS_PAGE_NUMBER, page.map(i64::from));
    set.value(
        key::MILVUS_TIMEOUT,
        timeout.map(|timeout| timeout.as_secs_f64()),
    );
    SpanBuilder {
        name: labels.span_name(settings.server.as_ref(), facts),
        span_kind: Some(SpanKind::Client),
        attributes: Some(set.0),
        ..SpanBuilder::default()
    }
}

/// The attributes of a span.
struct Attributes(Vec<KeyValue>);

impl Attributes {
    fn value(&mut self, key: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.push(KeyValue::new(key, value));
        }
    }
}
