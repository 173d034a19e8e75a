//! Span and log processors beside and in front of the exporters.

use super::collector::{SOON, collector};
use super::to;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use milvus_otel::init::Telemetry;
use opentelemetry::logs::{AnyValue, LogRecord as _};
use opentelemetry::trace::Span as _;
use opentelemetry::{Context, InstrumentationScope, KeyValue};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{
    InMemoryLogExporter, LogProcessor, SdkLogRecord, SimpleLogProcessor,
};
use opentelemetry_sdk::trace::{
    InMemorySpanExporter, SimpleSpanProcessor, Span, SpanData, SpanProcessor,
};
use testkit::receiver::Value;
use tracing_subscriber::layer::SubscriberExt;

/// Adds an attribute, and notes the calls with the circumstances of its flush and shutdown.
#[derive(Debug, Clone, Default)]
struct Noting {
    calls: Arc<Mutex<Vec<String>>>,
    /// How long flush and shutdown take.
    delay: Duration,
}

impl Noting {
    fn note(&self, call: impl Into<String>) {
        self.calls.lock().unwrap().push(call.into());
    }

    fn end(&self, call: &str) -> OTelSdkResult {
        let suppressed = Context::is_current_telemetry_suppressed();
        let runtime = tokio::runtime::Handle::try_current().is_ok();
        self.note(format!("{call} {suppressed} {runtime}"));
        std::thread::sleep(self.delay);
        Ok(())
    }

    fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
}

impl SpanProcessor for Noting {
    fn on_start(&self, span: &mut Span, _context: &Context) {
        span.set_attribute(KeyValue::new("tenant", "acme"));
        self.note("start");
    }

    fn on_end(&self, span: SpanData) {
        self.note(format!("{}", span.span_context.trace_id()));
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.end("flush")
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        self.end("shutdown")
    }
}

impl LogProcessor for Noting {
    fn emit(&self, record: &mut SdkLogRecord, _scope: &InstrumentationScope) {
        let context = record.trace_context();
        let id = context.map(|context| context.trace_id.to_string());
        self.note(id.unwrap_or_default());
        record.set_body(AnyValue::from("redacted"));
        record.add_attribute("tenant", "acme");
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.end("flush")
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        self.end("shutdown")
    }
}

/// A log record in a span.
fn work(telemetry: &Telemetry) {
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("request").in_scope(|| tracing::warn!("secret"));
    });
}

/// Flush and shutdown come from threads without a runtime, on which nothing is traced.
const ENDS: [&str; 2] = ["flush true false", "shutdown true false"];

#[tokio::test]
async fn a_span_processor_adds_attributes_and_sees_finished_spans() {
    let receiver = collector();
    let (noting, copies) = (Noting::default(), InMemorySpanExporter::default());
    let telemetry = to(receiver.grpc_endpoint())
        .span_processor(noting.clone())
        .span_processor(SimpleSpanProcessor::new(copies.clone()))
        .build()
        .unwrap();
    work(&telemetry);
    telemetry.flush().unwrap();
    let copied = copies.get_finished_spans().unwrap();
    telemetry.shutdown().unwrap();
    let [span] = &receiver.spans()[..] else {
        panic!("{:?}", receiver.spans())
    };
    assert_eq!(span.attributes["tenant"], Value::from("acme"));
    let [flush, shutdown] = ENDS;
    assert_eq!(noting.calls(), ["start", &span.trace_id, flush, shutdown]);
    let [copy] = &copied[..] else {
        panic!("{copied:?}")
    };
    assert_eq!(copy.span_context.span_id().to_string(), span.span_id);
    assert!(copy.attributes.iter().any(|a| a.key.as_str() == "tenant"));
}

#[tokio::test]
async fn a_log_processor_changes_what_is_exported() {
    let receiver = collector();
    let (noting, copies) = (Noting::default(), InMemoryLogExporter::default());
    let telemetry = to(receiver.grpc_endpoint())
        .logs(true)
        .log_processor(noting.clone())
        .log_processor(SimpleLogProcessor::new(copies.clone()))
        .build()
        .unwrap();
    work(&telemetry);
    telemetry.flush().unwrap();
    let copied = copies.get_emitted_logs().unwrap();
    telemetry.shutdown().unwrap();
    let (spans, logs) = (receiver.spans(), receiver.logs());
    let [log] = &logs[..] else { panic!("{logs:?}") };
    assert_eq!(log.body, Some(Value::from("redacted")));
    assert_eq!(log.attributes["tenant"], Value::from("acme"));
    assert_eq!(log.trace_id.as_ref(), Some(&spans[0].trace_id));
    let [flush, shutdown] = ENDS;
    assert_eq!(noting.calls(), [&spans[0].trace_id, flush, shutdown]);
    let body = copied[0].record.body();
    assert_eq!(
        body,
        Some(&AnyValue::from("redacted")),
        "the second sees what the first did"
    );
    assert!(
        copied[0]
            .resource
            .iter()
            .any(|(key, _)| key.as_str() == "service.name")
    );
}

#[test]
fn processors_receive_telemetry_without_exporters() {
    let receiver = collector();
    let (spans, logs) = (Noting::default(), Noting::default());
    let telemetry = to(receiver.grpc_endpoint())
        .traces(false)
        .metrics(false)
        .span_processor(spans.clone())
        .log_processor(logs.clone())
        .build()
        .unwrap();
    work(&telemetry);
    assert_eq!(telemetry.shutdown().unwrap(), [], "nothing is exported");
    let seen = spans.calls();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert_eq!(logs.calls(), [&seen[1], ENDS[1]], "the id of the span");
    assert_eq!(receiver.requests().len(), 0);
}

/// A processor that never returns delays neither the exporters nor the end of the process.
#[test]
fn a_stuck_processor_costs_no_telemetry() {
    let receiver = collector();
    let stuck = Noting {
        delay: Duration::from_secs(600),
        ..Noting::default()
    };
    let telemetry = to(receiver.grpc_endpoint())
        .logs(true)
        .span_processor(stuck.clone())
        .log_processor(stuck)
        .shutdown_timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    work(&telemetry);
    let start = Instant::now();
    let error = telemetry.flush().unwrap_err();
    assert!(
        error.to_string().contains("could not be flushed"),
        "{error}"
    );
    assert_eq!((receiver.spans().len(), receiver.logs().len()), (1, 1));
    work(&telemetry);
    let error = telemetry.shutdown().unwrap_err();
    assert!(
        error.to_string().contains("could not be shut down"),
        "{error}"
    );
    let limit = Duration::from_millis(500 + 500 + 1000);
    assert!(start.elapsed() < limit + SOON, "{:?}", start.elapsed());
    assert_eq!((receiver.spans().len(), receiver.logs().len()), (2, 2));
}
