//! The SDK's types for traces: a sampler of the application's own, an id generator and a propagator.

use super::child::in_own_process;
use super::collector::{collector, span_names};
use super::to;
use milvus_otel::Client;
use milvus_otel::init;
use opentelemetry::trace::{
    Link, SpanKind, TraceContextExt as _, TraceId, TraceState, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_aws::trace::{XrayIdGenerator, XrayPropagator};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};
use testkit::Fake;
use testkit::fake::Received;

/// Records no health checks.
#[derive(Debug, Clone)]
struct NoHealthChecks;

impl ShouldSample for NoHealthChecks {
    fn should_sample(
        &self,
        _: Option<&Context>,
        _: TraceId,
        name: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        SamplingResult {
            decision: match name {
                "GET /health" => SamplingDecision::Drop,
                _ => SamplingDecision::RecordAndSample,
            },
            attributes: Vec::new(),
            trace_state: TraceState::NONE,
        }
    }
}

#[test]
fn a_sampler_of_the_application_decides() {
    let below = Sampler::ParentBased(Box::new(NoHealthChecks));
    for (settings, expected) in [
        (
            to(String::new()).sampler(NoHealthChecks),
            &["below", "GET /books"][..],
        ),
        (to(String::new()).sampler(below), &["GET /books"]),
    ] {
        let receiver = collector();
        let settings = settings.endpoint(receiver.grpc_endpoint());
        let telemetry = settings.build().unwrap();
        let tracer = telemetry.tracer_provider().unwrap().tracer("test");
        let check = Context::new().with_span(tracer.start("GET /health"));
        drop(tracer.start_with_context("below", &check));
        drop(check);
        drop(tracer.start("GET /books"));
        telemetry.shutdown().unwrap();
        assert_eq!(span_names(&receiver), expected);
    }
}

/// A call below a span, with X-Ray's ids and propagator; returns what Milvus received and the trace id of the span.
fn call_with_xray() -> (Received, TraceId) {
    let receiver = collector();
    let telemetry = init::otlp("tests")
        .endpoint(receiver.grpc_endpoint())
        .id_generator(XrayIdGenerator::default())
        .propagator(XrayPropagator::default())
        .build()
        .unwrap();
    let fake = Fake::scripted();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let client = Client::builder("http://milvus.test").service(fake.service());
        let client = client.connect_lazy().unwrap();
        client.has_collection("books").await.unwrap();
    });
    telemetry.shutdown().unwrap();
    let span = &receiver.spans()[0];
    assert_eq!(span.name, "has_collection books");
    let call = fake.calls_of("HasCollection").remove(0);
    (call, TraceId::from_hex(&span.trace_id).unwrap())
}

#[test]
fn a_span_is_exported_with_an_id_of_the_generator_and_a_propagator_is_added_to_w3c() {
    in_own_process!(
        "a_span_is_exported_with_an_id_of_the_generator_and_a_propagator_is_added_to_w3c"
    );
    let (call, trace) = call_with_xray();
    // X-Ray's ids begin with the time, in seconds.
    let seconds = u64::from(u32::from_be_bytes(
        trace.to_bytes()[..4].try_into().unwrap(),
    ));
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(now.abs_diff(seconds) < 600, "{trace}");
    let header = call.header("x-amzn-trace-id").unwrap();
    let hex = trace.to_string();
    assert!(
        header.starts_with(&format!("Root=1-{}-{};Parent=", &hex[..8], &hex[8..])),
        "{header}"
    );
    assert!(call.traceparent().unwrap().contains(&hex));
}

#[test]
fn an_added_propagator_replaces_w3c_if_the_environment_lists_none() {
    in_own_process!(
        "an_added_propagator_replaces_w3c_if_the_environment_lists_none",
        "OTEL_PROPAGATORS" = "none"
    );
    let (call, _) = call_with_xray();
    assert!(call.header("x-amzn-trace-id").is_some());
    assert_eq!(call.traceparent(), None);
}
