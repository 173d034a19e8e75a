//! Whose child a span is, and what arrives at the server.

use milvus_otel::OtelLayer;
use opentelemetry::context::FutureExt as _;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanId, TraceContextExt, Tracer};
use opentelemetry::{Context, global};
use opentelemetry_sdk::trace::{Sampler, SpanData};
use testkit::Fake;
use testkit::fake::Received;
use tracing::instrument::WithSubscriber as _;
use tracing::{Instrument, Subscriber, info_span};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry};

use super::answers::{answered, response, server};
use super::clients::Side;
use super::spans::{Recorder, header, incoming, propagator, traceparent};

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// One call through this layer; gives what arrived.
async fn called(side: Side, layer: OtelLayer) -> Received {
    let fake = Fake::scripted();
    side.api(layer, fake.service()).has_books().await.unwrap();
    fake.calls().remove(0)
}

/// The span of the call, which is what arrived.
fn assert_arrived(recorder: &Recorder, call: &Received) -> SpanData {
    let mut spans = recorder.spans();
    spans.retain(|span| span.name == "has_collection books");
    let sent = traceparent(&spans[0].span_context, "01");
    assert_eq!(header(call, "traceparent"), Some(sent.as_str()));
    spans.remove(0)
}

/// Writes a header of its own.
#[derive(Debug)]
struct Vendor;

impl TextMapPropagator for Vendor {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        let span = context.span().span_context().span_id();
        injector.set("x-vendor-span", span.to_string());
    }

    fn extract_with_context(&self, context: &Context, _: &dyn Extractor) -> Context {
        context.clone()
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&[])
    }
}

pub(super) async fn injects(side: Side) {
    let recorder = Recorder::new();
    let call = called(side, recorder.layer())
        .with_context(incoming(PARENT, "vendor=1"))
        .await;
    let span = assert_arrived(&recorder, &call);
    assert_eq!(span.parent_span_id.to_string(), "b7ad6b7169203331");
    assert_eq!(header(&call, "tracestate"), Some("vendor=1"));
}

/// Replaces the propagator of the process.
pub(super) async fn injects_as_the_global_propagator_does(side: Side) {
    propagator();
    global::set_text_map_propagator(Vendor);
    let recorder = Recorder::new();
    let call = called(side, recorder.layer()).await;
    let span = recorder.span().span_context.span_id().to_string();
    assert_eq!(header(&call, "x-vendor-span"), Some(span.as_str()));
    assert_eq!(header(&call, "traceparent"), None);
}

pub(super) async fn baggage(side: Side) {
    let recorder = Recorder::new();
    let context = incoming(PARENT, "");
    let call = called(side, recorder.layer()).with_context(context).await;
    assert_eq!(header(&call, "baggage"), Some("tenant=acme"));
    assert_arrived(&recorder, &call);
}

pub(super) async fn without_recording(side: Side) {
    propagator();
    let recorder = Recorder::new();
    let unsampled = Recorder::sampling(Sampler::AlwaysOff);
    let suppressed = incoming(PARENT, "vendor=1").with_telemetry_suppressed();
    let parent = || incoming(PARENT, "vendor=1");
    for (what, layer, context, own_span) in [
        ("suppressed", recorder.layer(), suppressed, false),
        ("unsampled", unsampled.layer(), parent(), true),
        ("no SDK", OtelLayer::new(), parent(), false),
    ] {
        let call = called(side, layer).with_context(context).await;
        let sent = header(&call, "traceparent").unwrap();
        if own_span {
            assert!(sent.starts_with(TRACE) && sent.ends_with("-00"), "{sent}");
        } else {
            assert_eq!(sent, PARENT, "{what}");
        }
        assert_eq!(header(&call, "tracestate"), Some("vendor=1"), "{what}");
        assert_eq!(header(&call, "baggage"), Some("tenant=acme"), "{what}");
    }
    assert_eq!(recorder.tree() + &unsampled.tree(), "");
}

/// A subscriber that turns `tracing` spans into the recorder's.
fn bridge(recorder: &Recorder, activation: bool) -> impl Subscriber + Send + Sync + use<> {
    let layer = tracing_opentelemetry::layer().with_tracer(recorder.tracer());
    Registry::default().with(layer.with_context_activation(activation))
}

pub(super) async fn parents(side: Side) {
    for (what, activation, wanted) in [
        (
            "tracing",
            true,
            "INTERNAL handler\n  CLIENT has_collection books\n",
        ),
        (
            "tracing",
            false,
            "INTERNAL handler\n  CLIENT has_collection books\n",
        ),
        (
            "otel",
            true,
            "INTERNAL app\n  CLIENT has_collection books\n",
        ),
        (
            "otel in tracing",
            true,
            "INTERNAL handler\n  INTERNAL app\n    CLIENT has_collection books\n",
        ),
        (
            "tracing in otel",
            true,
            "INTERNAL app\n  INTERNAL handler\n    CLIENT has_collection books\n",
        ),
    ] {
        let recorder = Recorder::new();
        let app = || Context::current_with_span(recorder.tracer().start("app"));
        let call = async {
            match what {
                "tracing" => {
                    let called = called(side, recorder.layer());
                    called.instrument(info_span!("handler")).await
                }
                "otel" => called(side, recorder.layer()).with_context(app()).await,
                "otel in tracing" => {
                    let called = async { called(side, recorder.layer()).with_context(app()).await };
                    called.instrument(info_span!("handler")).await
                }
                _ => {
                    let called = async {
                        let called = called(side, recorder.layer());
                        called.instrument(info_span!("handler")).await
                    };
                    called.with_context(app()).await
                }
            }
        };
        let call = call.with_subscriber(bridge(&recorder, activation)).await;
        assert_eq!(recorder.tree(), wanted, "{what}");
        assert_arrived(&recorder, &call);
    }
}

/// In a process whose log filter lets nothing through.
pub(super) async fn log_filters(side: Side) {
    let recorder = Recorder::new();
    let bridge = tracing_opentelemetry::layer().with_tracer(recorder.tracer());
    Registry::default()
        .with(EnvFilter::from_default_env())
        .with(bridge)
        .init();
    assert!(!tracing::enabled!(tracing::Level::ERROR), "RUST_LOG is off");
    let app = Context::current_with_span(recorder.tracer().start("app"));
    let called = async {
        let called = called(side, recorder.layer());
        called.instrument(info_span!("handler")).await
    };
    let call = called.with_context(app).await;
    assert_eq!(
        recorder.tree(),
        "INTERNAL app\n  CLIENT has_collection books\n"
    );
    assert_arrived(&recorder, &call);
}

pub(super) async fn current(side: Side) {
    let recorder = Recorder::new();
    let tracer = recorder.tracer();
    let below = move |_| {
        let before = tracer.start("at once");
        let tracer = tracer.clone();
        async move {
            drop(before);
            tokio::task::yield_now().await;
            drop(tracer.start("later"));
            response(200, answered(&[]))
        }
    };
    let mut api = side.api(recorder.layer(), server(below));
    api.has_books().await.unwrap();
    assert_eq!(
        Context::current().span().span_context().span_id(),
        SpanId::INVALID
    );
    assert_eq!(
        recorder.tree(),
        "CLIENT has_collection books\n  INTERNAL at once\n  INTERNAL later\n"
    );
}
