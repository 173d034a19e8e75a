//! The parent of a call's span, and the context that is propagated to Milvus.

use crate::support::events;
use crate::support::measured;
use crate::support::spans;

use std::time::Duration;

use events::Events;
use measured::Meters;
use milvus_otel::otel::ParentContext;
use milvus_otel::proto::milvus::HasCollectionRequest;
use milvus_otel::proto::milvus::milvus_service_client::MilvusServiceClient;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::context::FutureExt as _;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::Sampler;
use spans::{Recorder, header, incoming, traceparent};
use testkit::fake::Received;
use testkit::{Fake, Reply};
use tokio::time::timeout;
use tower::Layer;
use tower::buffer::Buffer;
use tracing::instrument::WithSubscriber as _;
use tracing::{Instrument, Subscriber, info_span};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Registry};

/// A subscriber that exports `tracing` spans to the recorder.
fn bridge(recorder: &Recorder) -> impl Subscriber + Send + Sync + use<> {
    Registry::default().with(tracing_opentelemetry::layer().with_tracer(recorder.tracer()))
}

/// Makes one call in the current context, and returns the request that arrived.
async fn called(recorder: &Recorder) -> Received {
    let fake = Fake::scripted();
    assert!(
        !recorder
            .client(&fake)
            .has_collection("books")
            .await
            .unwrap()
    );
    fake.calls().remove(0)
}

/// An active OpenTelemetry span, which ends with the context.
fn active(recorder: &Recorder, name: &'static str) -> Context {
    Context::current_with_span(recorder.tracer().start(name))
}

/// Checks that the server received the context of the call's span.
fn assert_arrived(recorder: &Recorder, call: &Received) {
    let spans = recorder.spans();
    let client = spans
        .iter()
        .find(|span| span.name == "has_collection books");
    let sent = traceparent(&client.unwrap().span_context, "01");
    assert_eq!(header(call, "traceparent"), Some(sent.as_str()));
}

/// `tower::buffer` sends requests from another task, which does not have the caller's context.
#[tokio::test]
async fn a_context_in_the_extensions_of_the_request_is_the_parent() {
    for inside in [false, true] {
        let (fake, recorder) = (Fake::scripted(), Recorder::new());
        let context = active(&recorder, "app");
        let mut request = tonic::Request::new(HasCollectionRequest::default());
        if inside {
            let service = recorder.layer().layer(Buffer::new(fake.service(), 8));
            let mut client = MilvusServiceClient::new(service);
            let call = client.has_collection(request);
            call.with_context(context.clone()).await.unwrap();
        } else {
            let parent = ParentContext::new(context.clone());
            request.extensions_mut().insert(parent);
            let service = Buffer::new(recorder.layer().layer(fake.service()), 8);
            let mut client = MilvusServiceClient::new(service);
            client.has_collection(request).await.unwrap();
        }
        drop(context);
        assert_eq!(
            recorder.tree(),
            "INTERNAL app\n  CLIENT has_collection default\n"
        );
        let sent = header(&fake.calls()[0], "traceparent").map(str::to_owned);
        let call = recorder.spans().pop().unwrap();
        assert_eq!(sent, Some(traceparent(&call.span_context, "01")));
    }
    // Also in the stack of the client.
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let mut request = tonic::Request::new(HasCollectionRequest::default());
    let parent = async { ParentContext::current() };
    let context = active(&recorder, "app");
    let parent = parent.with_context(context).await;
    request.extensions_mut().insert(parent);
    let mut raw = recorder.client(&fake).raw();
    raw.has_collection(request).await.unwrap();
    assert_eq!(
        recorder.tree(),
        "INTERNAL app\n  CLIENT has_collection default\n"
    );
}

#[tokio::test]
async fn nested_layers_create_one_span() {
    let (fake, recorder, meters) = (Fake::scripted(), Recorder::new(), Meters::new());
    let layer = meters.on(recorder.layer());
    let twice = layer.layer(layer.layer(fake.service()));
    let mut client = MilvusServiceClient::new(twice);
    client
        .has_collection(HasCollectionRequest::default())
        .await
        .unwrap();
    // In another task, where the context does not reveal the first layer.
    let apart = layer.layer(Buffer::new(layer.layer(fake.service()), 8));
    let mut client = MilvusServiceClient::new(apart);
    client
        .has_collection(HasCollectionRequest::default())
        .await
        .unwrap();
    let spans = recorder.take();
    assert_eq!(spans.len(), 2);
    for (span, call) in spans.iter().zip(fake.calls()) {
        let sent = header(&call, "traceparent").map(str::to_owned);
        assert_eq!(sent, Some(traceparent(&span.span_context, "01")));
    }
    assert_eq!(meters.only("db.client.operation.duration").count, 2);

    // Below the stack of the client, which creates spans for attempts.
    let unavailable = Reply::Status(tonic::Code::Unavailable, "not yet".into());
    fake.script("HasCollection", [unavailable, Reply::Message(Vec::new())]);
    let builder = recorder.builder(&fake).layer(meters.on(recorder.layer()));
    let client = builder.connect_lazy().unwrap();
    client.has_collection("books").await.unwrap();
    let attempt = "CLIENT milvus.proto.milvus.MilvusService/HasCollection";
    assert_eq!(
        recorder.tree(),
        format!("CLIENT has_collection books\n  {attempt} error: not yet\n  {attempt}\n")
    );
    let sent = fake.calls().pop().unwrap();
    let attempt = recorder.spans().pop().unwrap();
    let on_the_wire = header(&sent, "traceparent").map(str::to_owned);
    assert_eq!(on_the_wire, Some(traceparent(&attempt.span_context, "01")));
}

#[tokio::test]
async fn without_a_parent_a_call_starts_a_trace() {
    let recorder = Recorder::new();
    let call = called(&recorder).await;
    assert_eq!(recorder.tree(), "CLIENT has_collection books\n");
    assert_arrived(&recorder, &call);
    assert_eq!(header(&call, "tracestate"), None);
    assert_eq!(header(&call, "baggage"), None);
}

#[tokio::test]
async fn the_active_context_is_the_parent() {
    let recorder = Recorder::new();
    let context = active(&recorder, "app");
    let call = called(&recorder).with_context(context).await;
    assert_eq!(
        recorder.tree(),
        "INTERNAL app\n  CLIENT has_collection books\n"
    );
    assert_arrived(&recorder, &call);
}

#[tokio::test]
async fn a_tracing_span_is_the_parent() {
    let recorder = Recorder::new();
    let call = async { called(&recorder).instrument(info_span!("handler")).await }
        .with_subscriber(bridge(&recorder))
        .await;
    assert_eq!(
        recorder.tree(),
        "INTERNAL handler\n  CLIENT has_collection books\n"
    );
    assert_arrived(&recorder, &call);
}

#[tokio::test]
async fn a_tracing_span_of_another_layer_is_the_parent() {
    let recorder = Recorder::new();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(recorder.tracer())
        .with_context_activation(false);
    let baggage = Context::new().with_baggage([KeyValue::new("tenant", "acme")]);
    let call = async { called(&recorder).instrument(info_span!("handler")).await }
        .with_subscriber(Registry::default().with(layer))
        .with_context(baggage)
        .await;
    assert_eq!(
        recorder.tree(),
        "INTERNAL handler\n  CLIENT has_collection books\n"
    );
    assert_arrived(&recorder, &call);
    assert_eq!(header(&call, "baggage"), Some("tenant=acme"), "kept");
}

#[tokio::test]
async fn the_innermost_of_context_and_tracing_span_is_the_parent() {
    let recorder = Recorder::new();
    let outside_in = async {
        let inner = async {
            let context = active(&recorder, "app");
            called(&recorder).with_context(context).await
        };
        inner.instrument(info_span!("handler")).await
    };
    let call = outside_in.with_subscriber(bridge(&recorder)).await;
    assert_eq!(
        recorder.tree(),
        "INTERNAL handler\n  INTERNAL app\n    CLIENT has_collection books\n"
    );
    assert_arrived(&recorder, &call);

    let recorder = Recorder::new();
    let context = active(&recorder, "app");
    let inside_out = async { called(&recorder).instrument(info_span!("handler")).await };
    let call = inside_out
        .with_subscriber(bridge(&recorder))
        .with_context(context)
        .await;
    assert_eq!(
        recorder.tree(),
        "INTERNAL app\n  INTERNAL handler\n    CLIENT has_collection books\n"
    );
    assert_arrived(&recorder, &call);
}

#[tokio::test]
async fn log_filters_do_not_change_the_parent() {
    let recorder = Recorder::new();
    let off = || bridge(&recorder).with(EnvFilter::new("off"));
    let call = async { called(&recorder).instrument(info_span!("handler")).await }
        .with_subscriber(off())
        .await;
    assert_eq!(recorder.tree(), "CLIENT has_collection books\n");
    assert_arrived(&recorder, &call);

    recorder.take();
    let context = active(&recorder, "app");
    let call = async { called(&recorder).instrument(info_span!("handler")).await }
        .with_subscriber(off())
        .with_context(context)
        .await;
    assert_eq!(
        recorder.tree(),
        "INTERNAL app\n  CLIENT has_collection books\n"
    );
    assert_arrived(&recorder, &call);
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";

#[tokio::test]
async fn a_remote_parent_brings_its_state_and_baggage() {
    let recorder = Recorder::new();
    let context = incoming(&format!("{PARENT}-01"), "vendor=1,other=2");
    let call = called(&recorder).with_context(context).await;
    assert_eq!(
        recorder.tree(),
        "(b7ad6b7169203331) CLIENT has_collection books\n"
    );
    assert_arrived(&recorder, &call);
    assert_eq!(recorder.span().span_context.trace_id().to_string(), TRACE);
    assert_eq!(header(&call, "tracestate"), Some("vendor=1,other=2"));
    assert_eq!(header(&call, "baggage"), Some("tenant=acme"));
}

#[tokio::test]
async fn trace_flags_that_milvus_cannot_read_are_removed() {
    let recorder = Recorder::new();
    let remote = SpanContext::new(
        TraceId::from_hex(TRACE).unwrap(),
        SpanId::from(7),
        TraceFlags::new(3),
        true,
        TraceState::NONE,
    );
    let context = Context::new().with_remote_span_context(remote);
    let call = called(&recorder).with_context(context).await;
    assert_arrived(&recorder, &call);
    assert_eq!(recorder.span().span_context.trace_id().to_string(), TRACE);
    assert_eq!(header(&call, "tracestate"), None, "empty, so not sent");
}

#[tokio::test]
async fn an_unsampled_parent_is_propagated() {
    let recorder = Recorder::new();
    let context = incoming(&format!("{PARENT}-00"), "vendor=1");
    let call = called(&recorder).with_context(context).await;
    let never = Recorder::sampling(Sampler::AlwaysOff);
    let root = called(&never).await;
    assert_eq!(recorder.tree() + &never.tree(), "");
    for call in [&call, &root] {
        let sent = header(call, "traceparent").unwrap();
        assert!(sent.ends_with("-00"), "{sent}");
    }
    let unchanged = format!("{PARENT}-00");
    assert_eq!(header(&call, "traceparent"), Some(unchanged.as_str()));
    assert_eq!(header(&call, "tracestate"), Some("vendor=1"));
    assert_eq!(header(&call, "baggage"), Some("tenant=acme"));
}

#[tokio::test(start_paused = true)]
async fn logs_of_an_unsampled_trace_have_its_ids() {
    let (fake, recorder, events) = (Fake::scripted(), Recorder::new(), Events::default());
    fake.script("HasCollection", [Reply::Never]);
    let layer = recorder.layer().log_calls(true);
    let client = recorder.builder(&fake).otel(layer).connect_lazy().unwrap();
    let context = incoming(&format!("{PARENT}-00"), "");
    let parent = context.span().span_context().clone();
    let subscriber = Registry::default().with(events.clone());
    let _heard = tracing::subscriber::set_default(subscriber);
    let call = client.has_collection("books");
    let call = call.with_context(context);
    // The call is dropped outside of the context.
    let given_up = timeout(Duration::from_secs(1), call).await;
    given_up.unwrap_err();
    let [said] = &events.of("milvus_otel::call")[..] else {
        panic!("{events:?}");
    };
    assert_eq!(said.span, parent);
}

#[tokio::test]
async fn a_trace_whose_sampling_ends_is_propagated() {
    let never = Recorder::sampling(Sampler::AlwaysOff);
    let context = incoming(&format!("{PARENT}-01"), "vendor=1");
    let call = called(&never).with_context(context).await;
    assert_eq!(never.tree(), "");
    let sent = header(&call, "traceparent").unwrap();
    assert!(
        sent.starts_with(&format!("00-{TRACE}-")) && sent.ends_with("-00"),
        "{sent}"
    );
    assert!(
        !sent.starts_with(PARENT),
        "the parent is sampled, this span is not: {sent}"
    );
}

#[tokio::test]
async fn a_context_with_suppressed_telemetry_records_nothing() {
    let recorder = Recorder::new();
    let parent = format!("{PARENT}-01");
    let context = incoming(&parent, "vendor=1").with_telemetry_suppressed();
    let call = called(&recorder).with_context(context).await;
    assert_eq!(recorder.tree(), "");
    assert_eq!(header(&call, "traceparent"), Some(parent.as_str()));
    assert_eq!(header(&call, "tracestate"), Some("vendor=1"));
    assert_eq!(header(&call, "baggage"), Some("tenant=acme"));
}

#[tokio::test]
async fn a_parent_that_outlives_its_provider_is_propagated() {
    let recorder = Recorder::new();
    recorder.provider.shutdown().unwrap();
    let parent = format!("{PARENT}-01");
    let call = called(&recorder).with_context(incoming(&parent, "")).await;
    assert_eq!(recorder.tree(), "");
    assert_eq!(header(&call, "traceparent"), Some(parent.as_str()));
}

#[tokio::test]
async fn the_context_of_the_polling_task_is_the_parent() {
    let recorder = Recorder::new();
    let context = active(&recorder, "app");
    let (here, there) = async {
        let fake = Fake::scripted();
        let client = recorder.client(&fake);
        let spawned = client.clone();
        let there = tokio::spawn(async move { spawned.has_collection("there").await });
        (client.has_collection("here").await, there.await.unwrap())
    }
    .with_context(context)
    .await;
    assert!(!here.unwrap() && !there.unwrap());
    let mut spans = recorder.spans();
    spans.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(
        spans::tree(&spans),
        "INTERNAL app\n  CLIENT has_collection here\nCLIENT has_collection there\n"
    );
}
