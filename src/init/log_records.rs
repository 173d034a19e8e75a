//! The processor in front of the queue of log records.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _, Severity};
use opentelemetry::{InstrumentationScope, Key};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogProcessor, SdkLogRecord, SdkLogger, SdkLoggerProvider};

use super::counts::Counts;
use super::env::Env;
use super::spans::truncate;
use super::variables;
use crate::scope::{EVENT_TARGETS, scope};

/// The limits of log records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecordLimits {
    attributes: usize,
    /// The maximum length of a string attribute, in characters.
    length: Option<usize>,
}

impl RecordLimits {
    pub(super) fn resolve(env: &mut Env) -> Self {
        let general = env.value(&variables::ATTRIBUTES);
        let length = env.get(&variables::LOG_VALUE_LENGTH);
        Self {
            attributes: env.get(&variables::LOG_ATTRIBUTES).unwrap_or(general),
            length: length.or_else(|| env.get(&variables::VALUE_LENGTH)),
        }
    }

    /// The attributes after applying the limits; `None` if they all fit.
    fn apply(self, record: &SdkLogRecord) -> Option<Vec<(Key, AnyValue)>> {
        let fits = |(_, value): &(Key, AnyValue)| match (value, self.length) {
            (AnyValue::String(text), Some(limit)) => text.as_str().len() <= limit,
            _ => true,
        };
        if record.attributes_iter().count() <= self.attributes && record.attributes_iter().all(fits)
        {
            return None;
        }
        let mut kept: Vec<_> = record
            .attributes_iter()
            .take(self.attributes)
            .cloned()
            .collect();
        for (_, value) in &mut kept {
            if let (AnyValue::String(text), Some(limit)) = (value, self.length) {
                truncate(text, limit);
            }
        }
        Some(kept)
    }
}

/// Counts log records and applies the limits, before the queue accepts or drops the records.
#[derive(Debug)]
pub(super) struct CountingLogProcessor<P> {
    inner: P,
    counts: Arc<Counts>,
    limits: RecordLimits,
    /// Creates empty records. Attributes cannot be removed from an existing record.
    empty_records: SdkLogger,
}

impl<P> CountingLogProcessor<P> {
    pub(super) fn new(inner: P, counts: Arc<Counts>, limits: RecordLimits) -> Self {
        Self {
            inner,
            counts,
            limits,
            empty_records: SdkLoggerProvider::builder().build().logger(""),
        }
    }

    fn with_attributes(
        &self,
        record: &SdkLogRecord,
        attributes: Vec<(Key, AnyValue)>,
    ) -> SdkLogRecord {
        let mut copy = self.empty_records.create_log_record();
        if let Some(name) = record.event_name() {
            copy.set_event_name(name);
        }
        if let Some(target) = record.target() {
            copy.set_target(target.clone());
        }
        if let Some(time) = record.timestamp() {
            copy.set_timestamp(time);
        }
        if let Some(time) = record.observed_timestamp() {
            copy.set_observed_timestamp(time);
        }
        if let Some(text) = record.severity_text() {
            copy.set_severity_text(text);
        }
        if let Some(number) = record.severity_number() {
            copy.set_severity_number(number);
        }
        if let Some(body) = record.body() {
            copy.set_body(body.clone());
        }
        if let Some(context) = record.trace_context() {
            copy.set_trace_context(context.trace_id, context.span_id, context.trace_flags);
        }
        copy.add_attributes(attributes);
        copy
    }
}

impl<P: LogProcessor> LogProcessor for CountingLogProcessor<P> {
    fn emit(&self, record: &mut SdkLogRecord, bridge: &InstrumentationScope) {
        self.counts.accept(1);
        // `tracing` events arrive without a timestamp and with the scope of the bridge. The events of Milvus calls get
        // the scope of their spans.
        if let (None, Some(observed)) = (record.timestamp(), record.observed_timestamp()) {
            record.set_timestamp(observed);
        }
        let own = record
            .target()
            .is_some_and(|target| EVENT_TARGETS.contains(&&**target));
        let own = own.then(scope);
        if let Some(own) = &own {
            record.set_target(own.name().to_owned());
        }
        let scope = own.as_ref().unwrap_or(bridge);
        if let Some(attributes) = self.limits.apply(record) {
            *record = self.with_attributes(record, attributes);
        }
        self.inner.emit(record, scope);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn event_enabled(&self, level: Severity, target: &str, name: Option<&str>) -> bool {
        self.inner.event_enabled(level, target, name)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::counts::Rules;
    use crate::init::delivery::Signal;
    use opentelemetry::trace::{SpanId, TraceId};
    use opentelemetry_sdk::logs::{InMemoryLogExporter, SimpleLogProcessor};

    #[test]
    fn the_specific_limit_precedes_the_general_one() {
        let mut env = Env::fixed([
            ("OTEL_ATTRIBUTE_COUNT_LIMIT", "7"),
            ("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "3"),
            ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "5"),
        ]);
        let limits = RecordLimits::resolve(&mut env);
        assert_eq!((limits.attributes, limits.length), (3, Some(5)));
        let default = RecordLimits::resolve(&mut Env::fixed([]));
        assert_eq!((default.attributes, default.length), (128, None));
    }

    #[test]
    fn a_record_is_counted_and_limited() {
        let memory = InMemoryLogExporter::default();
        let counts = Arc::new(Counts::new(Signal::Logs, "memory".into(), Rules::default()));
        let limits = RecordLimits {
            attributes: 2,
            length: Some(3),
        };
        let processor = CountingLogProcessor::new(
            SimpleLogProcessor::new(memory.clone()),
            Arc::clone(&counts),
            limits,
        );
        let provider = SdkLoggerProvider::builder()
            .with_log_processor(processor)
            .build();
        let logger = provider.logger("test");
        let mut record = logger.create_log_record();
        record.set_event_name("name");
        record.set_target("target");
        record.set_severity_text("WARN");
        record.set_severity_number(Severity::Warn);
        record.set_body("body".into());
        record.set_trace_context(
            TraceId::from_bytes([1; 16]),
            SpanId::from_bytes([2; 8]),
            None,
        );
        record.add_attributes([("a", "aéîöu"), ("b", "b"), ("c", "c")]);
        logger.emit(record);

        assert_eq!(counts.snapshot().accepted, 1);
        let emitted = memory.get_emitted_logs().unwrap();
        let record = &emitted[0].record;
        let attributes: Vec<_> = record.attributes_iter().cloned().collect();
        let expected = [("a", "aéî"), ("b", "b")].map(|(key, text)| (key.into(), text.into()));
        assert_eq!(attributes, expected);
        assert_eq!(record.event_name(), Some("name"));
        assert_eq!(record.target().map(AsRef::as_ref), Some("target"));
        assert_eq!(record.severity_text(), Some("WARN"));
        assert_eq!(record.severity_number(), Some(Severity::Warn));
        assert_eq!(record.body(), Some(&"body".into()));
        let context = record.trace_context().unwrap();
        assert_eq!(context.trace_id, TraceId::from_bytes([1; 16]));
        assert_eq!(context.span_id, SpanId::from_bytes([2; 8]));
        assert_eq!(record.timestamp(), record.observed_timestamp());
        assert!(record.timestamp().is_some());
    }

    #[test]
    fn an_event_of_a_call_has_the_scope_of_its_span() {
        let memory = InMemoryLogExporter::default();
        let counts = Arc::new(Counts::new(Signal::Logs, "memory".into(), Rules::default()));
        let limits = RecordLimits::resolve(&mut Env::fixed([]));
        let inner = SimpleLogProcessor::new(memory.clone());
        let provider = SdkLoggerProvider::builder()
            .with_log_processor(CountingLogProcessor::new(inner, counts, limits))
            .build();
        let bridge = provider.logger("");
        for target in [
            "milvus_otel::call",
            "milvus_otel::slow_call",
            "milvus_otel::init",
        ] {
            let mut record = bridge.create_log_record();
            record.set_target(target);
            bridge.emit(record);
        }
        let emitted = memory.get_emitted_logs().unwrap();
        let scopes = emitted.iter().map(|log| {
            let scope = &log.instrumentation;
            let target = log.record.target().map(AsRef::as_ref);
            (scope.name(), scope.version(), scope.schema_url(), target)
        });
        let url = Some("https://opentelemetry.io/schemas/1.45.0");
        let own = (
            "milvus-otel",
            Some(env!("CARGO_PKG_VERSION")),
            url,
            Some("milvus-otel"),
        );
        let other = ("", None, None, Some("milvus_otel::init"));
        assert_eq!(scopes.collect::<Vec<_>>(), [own, own, other]);
    }
}
