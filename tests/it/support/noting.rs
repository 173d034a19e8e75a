//! A sampler that writes down what it is given to decide by, and takes everything.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use opentelemetry::trace::{Link, SpanKind, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

/// A span as it starts.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) name: String,
    pub(crate) kind: SpanKind,
    pub(crate) attributes: BTreeMap<String, String>,
}

/// Clones share what was written down.
#[derive(Debug, Clone, Default)]
pub(crate) struct Noting(Arc<Mutex<Vec<Start>>>);

impl Noting {
    pub(crate) fn starts(&self) -> Vec<Start> {
        self.0.lock().unwrap().clone()
    }
}

impl ShouldSample for Noting {
    fn should_sample(
        &self,
        _: Option<&Context>,
        _: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let shown = |pair: &KeyValue| (pair.key.to_string(), pair.value.to_string());
        self.0.lock().unwrap().push(Start {
            name: name.to_owned(),
            kind: kind.clone(),
            attributes: attributes.iter().map(shown).collect(),
        });
        SamplingResult {
            decision: SamplingDecision::RecordAndSample,
            attributes: Vec::new(),
            trace_state: TraceState::NONE,
        }
    }
}
