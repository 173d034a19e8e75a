//! One trace from the caller into the server, on the servers that trace themselves.

use std::collections::BTreeSet;
use std::sync::Once;
use std::time::Duration;

use milvus_otel::init::{self, Telemetry};
use milvus_otel::{Client, OtelLayer, Result};
use opentelemetry::trace::{FutureExt, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, global};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use testkit::receiver::{Kind, Span, Trace};
use testkit::{Milvus, Receiver, require};
use tracing::instrument::WithSubscriber;
use tracing_subscriber::layer::SubscriberExt;

const APPLICATION: &str = "books";
const SERVICE: &str = "milvus.proto.milvus.MilvusService/";
const SOON: Duration = Duration::from_secs(15);
/// Servers send what they have every 200 ms.
const QUIET: Duration = Duration::from_millis(1000);

/// The rest is by provider, so that tests run side by side; the propagator can only be global.
fn telemetry(receiver: &Receiver) -> Telemetry {
    static PROPAGATOR: Once = Once::new();
    PROPAGATOR.call_once(|| global::set_text_map_propagator(TraceContextPropagator::new()));
    let builder = init::otlp(APPLICATION).endpoint(receiver.grpc_endpoint());
    builder.metrics(false).global(false).build().unwrap()
}

async fn quick_setup(uri: &str, otel: OtelLayer) -> Result<()> {
    let client = Client::builder(uri).otel(otel).connect().await?;
    client.has_collection("books").await?;
    client.drop_collection("books").await?;
    client.create_collection("books", 5).await?;
    client.get_load_state("books").await?;
    client.describe_collection("books").await?;
    Ok(())
}

#[tracing::instrument(skip_all)]
async fn set_up_books(uri: &str, otel: OtelLayer) -> Result<()> {
    quick_setup(uri, otel).await
}

/// Where calls arrived at Milvus' public service.
fn arrivals(spans: &[Span]) -> Vec<&Span> {
    spans
        .iter()
        .filter(|span| span.kind == Kind::Server && span.name.contains(SERVICE))
        .collect()
}

fn calls(spans: &[Span]) -> Vec<&Span> {
    spans
        .iter()
        .filter(|span| span.kind == Kind::Client && span.service == APPLICATION)
        .collect()
}

async fn received(receiver: &Receiver) -> Vec<Span> {
    receiver
        .wait_for(SOON, |spans| {
            !calls(spans).is_empty() && arrivals(spans).len() >= calls(spans).len()
        })
        .await;
    receiver.settle(QUIET, SOON).await;
    receiver.spans()
}

/// The trace of `spans`, which are a whole run: everything in it is one tree, under the one root of this name.
fn check(spans: &[Span], root: &str, least_of_server: usize) -> Trace {
    let traces: BTreeSet<&str> = spans.iter().map(|span| span.trace_id.as_str()).collect();
    assert_eq!(traces.len(), 1, "spans from outside: {traces:?}");
    let trace = Trace::from_spans(&spans[0].trace_id, spans);
    assert!(trace.orphans().is_empty(), "{:#?}", trace.orphans());
    let roots: Vec<&str> = trace
        .roots()
        .iter()
        .map(|span| span.name.as_str())
        .collect();
    assert_eq!(roots, [root]);

    let of_server = spans
        .iter()
        .filter(|span| span.service != APPLICATION)
        .count();
    assert!(
        of_server >= least_of_server,
        "{of_server} spans of the server"
    );
    let (calls, arrivals) = (calls(spans), arrivals(spans));
    let mut parents = BTreeSet::new();
    for arrival in &arrivals {
        let parent = trace.span(arrival.parent_span_id.as_deref().unwrap());
        let parent = parent.unwrap();
        let name = arrival.name.trim_start_matches('/');
        assert_eq!(
            (parent.kind, parent.service.as_str()),
            (Kind::Client, APPLICATION),
            "{name} is below {}",
            parent.name
        );
        assert_eq!(parent.text("rpc.method"), Some(name));
        assert!(
            parents.insert(parent.span_id.as_str()),
            "{name} arrived twice"
        );
    }
    assert_eq!(arrivals.len(), calls.len());
    let rpcs: BTreeSet<&str> = calls
        .iter()
        .filter_map(|call| call.text("rpc.method")?.strip_prefix(SERVICE))
        .collect();
    for rpc in [
        "Connect",
        "HasCollection",
        "DropCollection",
        "CreateCollection",
        "CreateIndex",
        "DescribeIndex",
        "LoadCollection",
        "GetLoadingProgress",
        "GetLoadState",
        "DescribeCollection",
    ] {
        assert!(rpcs.contains(rpc), "{rpc} is not among {rpcs:?}");
    }
    trace
}

/// What is part of a call or an operation lies within it.
fn check_times(trace: &Trace, spans: &[Span]) {
    let ours = |span: &&Span| span.scope_name == "milvus-otel";
    let mut checked = 0;
    for span in spans.iter().filter(ours) {
        let parent = span.parent_span_id.as_deref().and_then(|id| trace.span(id));
        if let Some(parent) = parent.filter(ours) {
            assert!(span.start >= parent.start, "{} is early", span.name);
            assert!(span.end <= parent.end, "{} is late", span.name);
            checked += 1;
        }
    }
    assert!(checked > 5, "{checked} spans were checked");
}

async fn check_server(milvus: &Milvus, receiver: &Receiver, least_of_server: usize) {
    let telemetry = telemetry(receiver);
    let provider = telemetry.tracer_provider().unwrap();
    let otel = OtelLayer::new().tracer_provider(provider);
    receiver.settle(QUIET, SOON).await;
    assert_eq!(receiver.spans(), [], "the server makes spans of its own");

    let span = provider.tracer("application").start("quick_setup");
    let parent = Context::new().with_span(span);
    // The first finds nothing, the second a collection to drop.
    for _ in 0..2 {
        quick_setup(milvus.uri(), otel.clone())
            .with_context(parent.clone())
            .await
            .unwrap();
    }
    parent.span().end();
    telemetry.flush().unwrap();
    let spans = received(receiver).await;
    let trace = check(&spans, "quick_setup", least_of_server);
    check_times(&trace, &spans);
    let id = parent.span().span_context().trace_id().to_string();
    assert_eq!(trace.id, id);

    receiver.clear();
    let unsampled = SdkTracerProvider::builder()
        .with_sampler(Sampler::AlwaysOff)
        .build();
    let parent = Context::new().with_span(unsampled.tracer("application").start("quick_setup"));
    assert!(parent.span().span_context().is_valid());
    quick_setup(milvus.uri(), otel.clone())
        .with_context(parent)
        .await
        .unwrap();
    telemetry.flush().unwrap();
    receiver.settle(QUIET, SOON).await;
    assert_eq!(receiver.spans(), [], "spans of a trace that is not sampled");

    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    set_up_books(milvus.uri(), otel)
        .with_subscriber(subscriber)
        .await
        .unwrap();
    telemetry.flush().unwrap();
    check(
        &received(receiver).await,
        "set_up_books",
        least_of_server / 2,
    );
    telemetry.shutdown().unwrap();
}

#[tokio::test]
async fn spans_of_milvus_are_children_of_the_clients() {
    let receiver = Receiver::start().unwrap();
    let standalone = Milvus::standalone().otlp(receiver.grpc_address());
    if let Some(milvus) = require(standalone.start().await) {
        check_server(&milvus, &receiver, 100).await;
    }
}

#[tokio::test]
async fn spans_of_milvus_lite_are_children_of_the_clients() {
    let receiver = Receiver::start().unwrap();
    let lite = Milvus::lite_python().otlp(receiver.grpc_endpoint());
    if let Some(milvus) = require(lite.start().await) {
        check_server(&milvus, &receiver, 10).await;
    }
}
