//! The processor in front of the queue of spans.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::{Array, Context, KeyValue, StringValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

use super::counts::Counts;

/// The maximum lengths of string attributes, in characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ValueLimits {
    /// Of spans.
    pub(super) span: Option<usize>,
    /// Of events and links.
    pub(super) other: Option<usize>,
}

/// Counts sampled spans as they end, and truncates their attributes, before the queue accepts or drops them.
#[derive(Debug)]
pub(super) struct CountingSpanProcessor<P> {
    pub(super) inner: P,
    pub(super) counts: Arc<Counts>,
    pub(super) limits: ValueLimits,
}

impl<P: SpanProcessor> SpanProcessor for CountingSpanProcessor<P> {
    fn on_start(&self, span: &mut Span, cx: &Context) {
        self.inner.on_start(span, cx);
    }

    fn on_end(&self, mut span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        self.counts.accept(1);
        if let Some(limit) = self.limits.span {
            truncate_values(&mut span.attributes, limit);
        }
        if let Some(limit) = self.limits.other {
            for event in &mut span.events.events {
                truncate_values(&mut event.attributes, limit);
            }
            for link in &mut span.links.links {
                truncate_values(&mut link.attributes, limit);
            }
        }
        self.inner.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

fn truncate_values(attributes: &mut [KeyValue], limit: usize) {
    for attribute in attributes {
        match &mut attribute.value {
            Value::String(text) => truncate(text, limit),
            Value::Array(Array::String(texts)) => {
                texts.iter_mut().for_each(|text| truncate(text, limit));
            }
            _ => {}
        }
    }
}

pub(super) fn truncate(text: &mut StringValue, limit: usize) {
    // A character is at least one byte, so the length in bytes is enough for most strings.
    if text.as_str().len() <= limit {
        return;
    }
    if let Some((end, _)) = text.as_str().char_indices().nth(limit) {
        *text = text.as_str()[..end].to_owned().into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_truncated_at_character_boundaries() {
        let mut attributes = [
            KeyValue::new("short", "ab"),
            KeyValue::new("long", "aéîöu"),
            KeyValue::new("number", 12345),
            KeyValue::new(
                "list",
                Value::Array(Array::String(vec!["abcd".into(), "é".into()])),
            ),
        ];
        truncate_values(&mut attributes, 3);
        assert_eq!(attributes[0].value.as_str(), "ab");
        assert_eq!(attributes[1].value.as_str(), "aéî");
        assert_eq!(attributes[2].value, Value::I64(12345));
        assert_eq!(attributes[3].value.to_string(), r#"["abc","é"]"#);
    }
}
