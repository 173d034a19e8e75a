//! What was recorded, in a form that tests compare as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Once;

use super::counted::Counted;
use super::times::Times;
use milvus_otel::{Client, ClientBuilder, OtelLayer};
use opentelemetry::baggage::BaggageExt;
use opentelemetry::propagation::TextMapCompositePropagator;
use opentelemetry::trace::{SpanContext, SpanId, Status, TraceContextExt, TracerProvider};
use opentelemetry::{Context, KeyValue, global};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use opentelemetry_sdk::trace::{
    InMemorySpanExporter, Sampler, SdkTracer, SdkTracerProvider, ShouldSample, SpanData,
    TracerProviderBuilder,
};
use testkit::Fake;
use testkit::fake::Received;

/// A provider of this test's own, and what was exported from it. Dropping it checks that all spans of its layers ended
/// exactly once, and that every part of a call or an operation lies within it.
pub(crate) struct Recorder {
    pub(crate) provider: SdkTracerProvider,
    times: Times,
    counted: Counted,
    exporter: InMemorySpanExporter,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self::sampling(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)))
    }

    pub(crate) fn sampling(sampler: impl ShouldSample + 'static) -> Self {
        Self::on(SdkTracerProvider::builder().with_sampler(sampler))
    }

    /// With the samplers and processors of this provider.
    pub(crate) fn on(provider: TracerProviderBuilder) -> Self {
        propagator();
        let (exporter, times) = (InMemorySpanExporter::default(), Times::default());
        let provider = provider
            .with_simple_exporter(exporter.clone())
            .with_span_processor(times.clone())
            .build();
        let counted = Counted::new(provider.clone());
        Self {
            provider,
            times,
            counted,
            exporter,
        }
    }

    pub(crate) fn layer(&self) -> OtelLayer {
        OtelLayer::new().tracer_provider(&self.counted)
    }

    /// A client of the fake whose spans come here.
    pub(crate) fn client(&self, fake: &Fake) -> Client {
        self.builder(fake).connect_lazy().unwrap()
    }

    pub(crate) fn builder(&self, fake: &Fake) -> ClientBuilder {
        Client::builder("http://milvus.test:19530")
            .service(fake.service())
            .otel(self.layer())
    }

    pub(crate) fn tracer(&self) -> SdkTracer {
        self.provider.tracer("app")
    }

    /// The spans that ended so far, in the order they began.
    pub(crate) fn spans(&self) -> Vec<SpanData> {
        let mut spans = self.exporter.get_finished_spans().unwrap();
        spans.sort_by_key(|span| span.start_time);
        spans
    }

    /// The only span.
    pub(crate) fn span(&self) -> SpanData {
        let mut spans = self.spans();
        assert_eq!(spans.len(), 1, "{}", tree(&spans));
        spans.remove(0)
    }

    /// The only span without a parent, and those directly below it.
    pub(crate) fn root(&self) -> (SpanData, Vec<SpanData>) {
        let (mut roots, below): (Vec<_>, Vec<_>) = self
            .spans()
            .into_iter()
            .partition(|span| span.parent_span_id == SpanId::INVALID);
        assert_eq!(roots.len(), 1, "{}", self.tree());
        let root = roots.remove(0);
        for span in &below {
            assert_eq!(span.parent_span_id, root.span_context.span_id());
        }
        (root, below)
    }

    pub(crate) fn tree(&self) -> String {
        tree(&self.spans())
    }

    /// Checks the times of the spans so far; gives how many are part of another.
    pub(crate) fn check_times(&self) -> usize {
        self.times.check()
    }

    /// The spans since the last time.
    pub(crate) fn take(&self) -> Vec<SpanData> {
        let spans = self.spans();
        self.exporter.reset();
        spans
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.times.check();
        }
    }
}

/// Installs the W3C propagators, which is what injection goes by.
pub(crate) fn propagator() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        global::set_text_map_propagator(TextMapCompositePropagator::new(vec![
            Box::new(TraceContextPropagator::new()),
            Box::new(BaggagePropagator::new()),
        ]));
    });
}

/// A line per span, children indented below their parent: kind, name, and the status where it is set.
///
/// A span whose parent is not among them stands at the margin, behind its parent's id where it has one.
pub(crate) fn tree(spans: &[SpanData]) -> String {
    fn below(out: &mut String, spans: &[SpanData], parent: SpanId, depth: usize) {
        for span in spans.iter().filter(|span| span.parent_span_id == parent) {
            line(out, span, depth);
            below(out, spans, span.span_context.span_id(), depth + 1);
        }
    }
    fn line(out: &mut String, span: &SpanData, depth: usize) {
        let kind = format!("{:?}", span.span_kind).to_uppercase();
        write!(out, "{:1$}{kind} {name}", "", depth * 2, name = span.name).unwrap();
        match &span.status {
            Status::Unset => {}
            Status::Ok => out.push_str(" ok"),
            Status::Error { description } => write!(out, " error: {description}").unwrap(),
        }
        out.push('\n');
    }
    let mut out = String::new();
    below(&mut out, spans, SpanId::INVALID, 0);
    let known = |id: SpanId| spans.iter().any(|span| span.span_context.span_id() == id);
    for span in spans {
        let parent = span.parent_span_id;
        if parent != SpanId::INVALID && !known(parent) {
            write!(out, "({parent}) ").unwrap();
            line(&mut out, span, 0);
            below(&mut out, spans, span.span_context.span_id(), 1);
        }
    }
    out
}

/// All attributes of a span, as text.
pub(crate) fn attributes(span: &SpanData) -> BTreeMap<String, String> {
    let shown = |pair: &KeyValue| (pair.key.to_string(), pair.value.to_string());
    let attributes: BTreeMap<_, _> = span.attributes.iter().map(shown).collect();
    assert_eq!(
        attributes.len(),
        span.attributes.len(),
        "an attribute is there twice: {:?}",
        span.attributes
    );
    attributes
}

/// The same, to compare them with.
pub(crate) fn expected<'a>(
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> BTreeMap<String, String> {
    let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    pairs.into_iter().map(owned).collect()
}

/// `traceparent` of a context.
pub(crate) fn traceparent(span: &SpanContext, flags: &str) -> String {
    format!("00-{}-{}-{flags}", span.trace_id(), span.span_id())
}

/// A header of a call that arrived; `None` where it is not there.
pub(crate) fn header<'a>(call: &'a Received, name: &str) -> Option<&'a str> {
    assert!(
        call.metadata.get_all(name).iter().count() < 2,
        "{name} is there twice"
    );
    call.metadata.get(name).map(|value| value.to_str().unwrap())
}

/// A context as it comes in from another service.
pub(crate) fn incoming(traceparent: &str, tracestate: &str) -> Context {
    let carrier = std::collections::HashMap::from([
        ("traceparent".to_owned(), traceparent.to_owned()),
        ("tracestate".to_owned(), tracestate.to_owned()),
    ]);
    let context = opentelemetry::propagation::TextMapPropagator::extract_with_context(
        &TraceContextPropagator::new(),
        &Context::new(),
        &carrier,
    );
    assert!(context.has_active_span(), "{traceparent} is malformed");
    context.with_baggage([KeyValue::new("tenant", "acme")])
}
