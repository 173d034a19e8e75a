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
    let mut attributes = Attributes(labels.span(settings.server.as_ref(), uri, facts));
    attributes.add(
        key::DB_QUERY_TEXT,
        facts.query_text(settings.query_text_limit),
    );
    if !facts.more_collections.is_empty() {
        let first = facts.collection.iter();
        let names: Vec<_> = first.chain(&facts.more_collections).cloned().collect();
        attributes.add(
            key::MILVUS_COLLECTION_NAMES,
            Some(Value::Array(names.into())),
        );
    }
    if !facts.partitions.is_empty() {
        let names = Value::Array(facts.partitions.clone().into());
        attributes.add(key::MILVUS_PARTITION_NAMES, Some(names));
    }
    attributes.add(key::MILVUS_ROWS_SENT, facts.sent_rows);
    attributes.add(key::MILVUS_SEARCH_QUERIES, facts.queries);
    attributes.add(key::MILVUS_SEARCH_TOP_K, facts.top_k);
    attributes.add(key::MILVUS_SEARCH_DIMENSION, facts.dimension);
    attributes.add(key::MILVUS_OUTPUT_FIELDS, facts.output_fields);
    attributes.add(key::MILVUS_IDS, facts.keys);
    attributes.add(key::MILVUS_SEARCH_FIELD, facts.field.clone());
    attributes.add(key::MILVUS_SEARCH_METRIC, facts.metric.clone());
    attributes.add(key::MILVUS_CONSISTENCY, facts.consistency);
    for (key, number) in facts.parameters.iter() {
        attributes.add(key, Some(number));
    }
    if let Some(rare) = facts.rare() {
        attributes.add(key::MILVUS_SEARCH_GROUP_BY, rare.group_by.clone());
        attributes.add(key::MILVUS_SEARCH_RANKER, rare.ranker.clone());
        attributes.add(key::MILVUS_INDEX_TYPE, rare.index_type.clone());
        attributes.add(key::MILVUS_INDEX_METRIC, rare.index_metric.clone());
        attributes.add(key::MILVUS_COLLECTION_KEY_TYPE, rare.schema.key_type);
        attributes.add(key::MILVUS_COLLECTION_DIMENSION, rare.schema.dimension);
    }
    let page = page.filter(|_| labels.rpc.is_some_and(|rpc| rpc.returns_rows));
    attributes.add(key::MILVUS_PAGE_NUMBER, page.map(i64::from));
    attributes.add(
        key::MILVUS_TIMEOUT,
        timeout.map(|timeout| timeout.as_secs_f64()),
    );
    SpanBuilder {
        name: labels.span_name(settings.server.as_ref(), facts),
        span_kind: Some(SpanKind::Client),
        attributes: Some(attributes.0),
        ..SpanBuilder::default()
    }
}

/// The attributes of a span.
struct Attributes(Vec<KeyValue>);

impl Attributes {
    fn add(&mut self, key: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.push(KeyValue::new(key, value));
        }
    }
}
