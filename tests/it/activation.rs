//! Whose child a call's span is where the layer of tracing-opentelemetry does not make its spans' contexts current
//! (`with_context_activation(false)`) and an OpenTelemetry context is attached too. A process of its own, because the
//! client finds out once how the layer of its process works.

use crate::support::child::in_own_process;
use crate::support::spans;

use milvus_otel::proto::milvus::GetLoadingProgressResponse;
use opentelemetry::Context;
use opentelemetry::context::FutureExt as _;
use opentelemetry::trace::{TraceContextExt, Tracer};
use spans::Recorder;
use testkit::Fake;
use tracing::instrument::WithSubscriber as _;
use tracing::{Instrument, Subscriber, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

fn bridge(recorder: &Recorder) -> impl Subscriber + Send + Sync + use<> {
    let layer = tracing_opentelemetry::layer().with_tracer(recorder.tracer());
    Registry::default().with(layer.with_context_activation(false))
}

async fn call(recorder: &Recorder) {
    let client = recorder.client(&Fake::scripted());
    client.has_collection("books").await.unwrap();
}

/// An active OpenTelemetry span below `parent`; ends with the context.
fn active(recorder: &Recorder, name: &'static str, parent: &Context) -> Context {
    let span = recorder.tracer().start_with_context(name, parent);
    parent.with_span(span)
}

#[tokio::test]
async fn a_tracing_span_inside_an_attached_context_is_the_parent() {
    in_own_process!("a_tracing_span_inside_an_attached_context_is_the_parent");
    let recorder = Recorder::new();
    let middleware = active(&recorder, "middleware", &Context::new());
    async { call(&recorder).instrument(info_span!("handler")).await }
        .with_subscriber(bridge(&recorder))
        .with_context(middleware)
        .await;
    assert_eq!(
        recorder.tree(),
        "INTERNAL middleware\n  INTERNAL handler\n    CLIENT has_collection books\n"
    );
}

#[tokio::test]
async fn an_attached_context_of_another_trace_is_the_parent_inside_a_tracing_span() {
    in_own_process!("an_attached_context_of_another_trace_is_the_parent_inside_a_tracing_span");
    let recorder = Recorder::new();
    let handler = async {
        let job = active(&recorder, "job", &Context::current());
        call(&recorder).with_context(job).await;
    };
    async { handler.instrument(info_span!("handler")).await }
        .with_subscriber(bridge(&recorder))
        .await;
    let mut spans = recorder.spans();
    spans.sort_by(|a, b| b.name.cmp(&a.name));
    assert_eq!(
        spans::tree(&spans),
        "INTERNAL job\n  CLIENT has_collection books\nINTERNAL handler\n"
    );
}

#[tokio::test]
async fn the_context_of_a_tracing_span_can_be_attached_by_hand() {
    in_own_process!("the_context_of_a_tracing_span_can_be_attached_by_hand");
    let recorder = Recorder::new();
    let handler = async {
        let own = tracing::Span::current().context();
        call(&recorder).with_context(own).await;
    };
    async { handler.instrument(info_span!("handler")).await }
        .with_subscriber(bridge(&recorder))
        .await;
    assert_eq!(
        recorder.tree(),
        "INTERNAL handler\n  CLIENT has_collection books\n"
    );
}

#[tokio::test]
async fn a_call_of_an_operation_is_a_child_of_its_span() {
    in_own_process!("a_call_of_an_operation_is_a_child_of_its_span");
    let recorder = Recorder::new();
    let middleware = active(&recorder, "middleware", &Context::new());
    let fake = Fake::scripted();
    let loaded = GetLoadingProgressResponse {
        progress: 100,
        ..Default::default()
    };
    fake.answer("GetLoadingProgress", &loaded);
    let client = recorder.client(&fake);
    let load = async { client.load_collection("books").await };
    async { load.instrument(info_span!("handler")).await.unwrap() }
        .with_subscriber(bridge(&recorder))
        .with_context(middleware)
        .await;
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL middleware
  INTERNAL handler
    INTERNAL Client::load_collection books
      CLIENT load_collection books
      CLIENT get_loading_progress books
"
    );
}
