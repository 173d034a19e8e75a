//! The cost of instrumentation per call: `cargo bench --bench overhead`.
//!
//! Calls a service that answers at once with one message and trailers, without instrumentation and with each one; the
//! difference is the overhead. All variants take turns in one run on one thread. The figures are the CPU time of that thread
//! in the best round, so other load of the machine does not count. Allocations are counted in a separate round, because
//! counting takes time.
//!
//! Every call is made inside an active span of the caller, as in an application, and the W3C propagators are installed. The
//! batch processor passes its spans to an exporter that discards them, on its own thread and between the rounds: a round has
//! fewer calls than a batch has spans. Otherwise, a loop of nothing but calls would wait for memory that the other thread
//! frees.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "overhead/sdk.rs"]
mod sdk;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use cpu_time::ThreadTime;
use http_body::{Body, Frame};
use milvus_otel::OtelLayer;
use milvus_otel::otel::AnswerQuality;
use milvus_otel::proto::common::{
    KeyValuePair, PlaceholderGroup, PlaceholderType, PlaceholderValue,
};
use milvus_otel::proto::milvus::SearchRequest;
use milvus_otel::proto::milvus::search_request::SearchInput;
use opentelemetry::propagation::TextMapCompositePropagator;
use opentelemetry::trace::noop::NoopTracerProvider;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry::{Context as OtelContext, global};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use prost::Message;
use sdk::Sdk;
use tower::{Layer, Service};
use tracing_subscriber::layer::SubscriberExt;

/// Calls of one round.
const CALLS: u32 = 400;
/// Calls before each round that fill the processor's caches after the previous variant. Together with those of a round, they
/// are fewer than the 512 spans of a batch.
const FIRST_CALLS: u32 = 100;
const ROUNDS: u32 = 300;

const METRICS: &str = if cfg!(feature = "bound-metrics") {
    "both duration metrics, bound"
} else {
    "both duration metrics"
};

fn main() {
    let propagators: Vec<Box<dyn opentelemetry::propagation::TextMapPropagator + Send + Sync>> = vec![
        Box::new(TraceContextPropagator::new()),
        Box::new(BaggagePropagator::new()),
    ];
    global::set_text_map_propagator(TextMapCompositePropagator::new(propagators));
    let reader = PeriodicReader::builder(InMemoryMetricExporter::default())
        .with_interval(Duration::from_secs(3600))
        .build();
    let meters = SdkMeterProvider::builder().with_reader(reader).build();

    let ours = |layer: OtelLayer| layer.server("localhost", 19530);
    let layered = |layer: OtelLayer| -> Box<dyn Fn() -> Box<dyn Caller>> {
        Box::new(move || Box::new(Calls(layer.layer(Answering))))
    };
    let own = Sdk::batch();
    let explicit = || ours(OtelLayer::new().tracer_provider(&own.provider));
    let mut variants = vec![
        Variant::new(
            "nothing",
            None,
            true,
            Box::new(|| Box::new(Calls(Answering))),
        ),
        Variant::new(
            "OtelLayer, no SDK",
            None,
            true,
            layered(ours(OtelLayer::new())),
        ),
        Variant::new(
            "OtelLayer, unsampled",
            Some(Sdk::unsampled()),
            false,
            layered(ours(OtelLayer::new())),
        ),
        Variant::new(
            "OtelLayer, sampled, no-op processor",
            Some(Sdk::null()),
            true,
            layered(ours(OtelLayer::new())),
        ),
        Variant::new(
            "OtelLayer, sampled, batch",
            Some(Sdk::batch()),
            true,
            layered(ours(OtelLayer::new())),
        ),
        Variant::new(
            format!("OtelLayer, sampled, batch, {METRICS}"),
            Some(Sdk::batch()),
            true,
            layered(ours(OtelLayer::new().meter_provider(&meters))),
        ),
        Variant::new(
            "  the same, provider given to the layer",
            Some(own.clone()),
            true,
            layered(explicit().meter_provider(&meters)),
        ),
        Variant::new(
            "  the same, all metrics",
            Some(own.clone()),
            true,
            layered(explicit().meter_provider(&meters).detailed_metrics(true)),
        ),
        Variant::new(
            "  the same, both duration metrics and answer quality",
            Some(own.clone()),
            true,
            layered(
                explicit()
                    .meter_provider(&meters)
                    .answer_quality(AnswerQuality::new()),
            ),
        ),
    ];
    for (name, sdk, sampled) in [
        ("no subscriber", None, true),
        ("unsampled", Some(Sdk::unsampled()), false),
        ("sampled, batch", Some(Sdk::batch()), true),
    ] {
        variants.push(Variant::through_tracing(
            format!("tonic-tracing-opentelemetry, {name}"),
            sdk.clone(),
            sampled,
            Box::new(|| {
                Box::new(GrpcCalls(
                    tonic_tracing_opentelemetry::middleware::client::OtelGrpcLayer.layer(Answering),
                ))
            }),
        ));
        variants.push(Variant::through_tracing(
            format!("tower-otel, {name}"),
            sdk,
            sampled,
            Box::new(|| {
                Box::new(Calls(
                    tower_otel::trace::GrpcLayer::client(tracing::Level::INFO).layer(Answering),
                ))
            }),
        ));
    }
    // To profile one variant: OVERHEAD_ONLY='both duration' cargo bench --bench overhead
    if let Ok(only) = std::env::var("OVERHEAD_ONLY") {
        variants.retain(|variant| variant.name == "nothing" || variant.name.contains(&only));
    }
    for variant in &mut variants {
        variant.allocations = variant.count();
    }
    for _ in 0..ROUNDS {
        for variant in &mut variants {
            variant.best = variant.best.min(variant.time());
        }
    }
    report(&variants);
}

fn report(variants: &[Variant]) {
    let base = &variants[0];
    let over = |variant: &Variant| {
        variant.best.saturating_sub(base.best).as_nanos() as f64 / f64::from(CALLS)
    };
    let ours = variants
        .iter()
        .find(|variant| variant.name.ends_with(METRICS))
        .map_or(1.0, over);
    println!("| variant | additional ns per call | additional allocations | ratio to ours |");
    println!("|---|--:|--:|--:|");
    for variant in variants {
        let allocations =
            variant.allocations.saturating_sub(base.allocations) as f64 / f64::from(CALLS);
        println!(
            "| {} | {:.0} | {:.1} | {:.2} |",
            variant.name,
            over(variant),
            allocations,
            over(variant) / ours
        );
    }
}

struct Variant {
    name: String,
    sdk: Option<Sdk>,
    sampled: bool,
    tracing: bool,
    make: Box<dyn Fn() -> Box<dyn Caller>>,
    caller: Option<Box<dyn Caller>>,
    best: Duration,
    allocations: u64,
}

impl Variant {
    fn new(
        name: impl Into<String>,
        sdk: Option<Sdk>,
        sampled: bool,
        make: Box<dyn Fn() -> Box<dyn Caller>>,
    ) -> Self {
        Self {
            name: name.into(),
            sdk,
            sampled,
            tracing: false,
            make,
            caller: None,
            best: Duration::MAX,
            allocations: u64::MAX,
        }
    }

    fn through_tracing(
        name: String,
        sdk: Option<Sdk>,
        sampled: bool,
        make: Box<dyn Fn() -> Box<dyn Caller>>,
    ) -> Self {
        Self {
            tracing: sdk.is_some(),
            ..Self::new(name, sdk, sampled, make)
        }
    }

    /// The CPU time of one round, without counting allocations.
    fn time(&mut self) -> Duration {
        let mut spent = Duration::ZERO;
        self.round(|caller| {
            allocation_counter::opt_out(|| {
                caller.calls(FIRST_CALLS);
                let started = ThreadTime::now();
                caller.calls(CALLS);
                spent = started.elapsed();
            });
        });
        spent
    }

    /// The allocations of one round, after one that warms up.
    fn count(&mut self) -> u64 {
        self.round(|caller| caller.calls(CALLS));
        let mut allocations = 0;
        self.round(|caller| {
            allocations = allocation_counter::measure(|| caller.calls(CALLS)).count_total;
        });
        allocations
    }

    /// Makes the calls of one round with the SDK of this variant.
    fn round(&mut self, calls: impl FnOnce(&mut dyn Caller)) {
        match &self.sdk {
            Some(sdk) => global::set_tracer_provider(sdk.provider.clone()),
            None => global::set_tracer_provider(NoopTracerProvider::new()),
        }
        let flags = if self.sampled {
            TraceFlags::SAMPLED
        } else {
            TraceFlags::default()
        };
        let parent = SpanContext::new(
            TraceId::from(7),
            SpanId::from(7),
            flags,
            true,
            TraceState::NONE,
        );
        let parent = OtelContext::new().with_remote_span_context(parent);
        let _in_span = parent.attach();
        let caller = &mut **self.caller.get_or_insert_with(|| (self.make)());
        match &self.sdk {
            Some(sdk) if self.tracing => {
                let tracer = sdk.provider.tracer("tracing");
                let subscriber = tracing_subscriber::registry()
                    .with(tracing_opentelemetry::layer().with_tracer(tracer));
                tracing::subscriber::with_default(subscriber, || calls(caller));
            }
            _ => calls(caller),
        }
        if let Some(sdk) = &self.sdk {
            sdk.provider.force_flush().expect("the spans are exported");
        }
    }
}

/// Makes sequential calls to a service that is always ready.
trait Caller {
    fn calls(&mut self, count: u32);
}

struct Calls<S>(S);

impl<S, B> Caller for Calls<S>
where
    S: Service<http::Request<tonic::body::Body>, Response = http::Response<B>>,
    B: Body<Data = Bytes>,
{
    fn calls(&mut self, count: u32) {
        for _ in 0..count {
            let answer = at_once(pin!(self.0.call(request()))).unwrap_or_else(|_| unreachable!());
            drain(answer);
        }
    }
}

/// The same for a tonic service.
struct GrpcCalls<S>(S);

impl<S> Caller for GrpcCalls<S>
where
    S: tonic::client::GrpcService<tonic::body::Body>,
    S::ResponseBody: Body<Data = Bytes>,
{
    fn calls(&mut self, count: u32) {
        for _ in 0..count {
            let answer = at_once(pin!(self.0.call(request()))).unwrap_or_else(|_| unreachable!());
            drain(answer);
        }
    }
}

fn at_once<F: Future>(future: Pin<&mut F>) -> F::Output {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the service answers at once"),
    }
}

fn drain<B: Body<Data = Bytes>>(answer: http::Response<B>) {
    let mut body = pin!(answer.into_body());
    while let Poll::Ready(Some(frame)) = body
        .as_mut()
        .poll_frame(&mut Context::from_waker(Waker::noop()))
    {
        std::hint::black_box(frame.is_ok());
    }
}

/// A search for one vector of 768 floats, encoded like by tonic, with the extensions of a generated client.
fn request() -> http::Request<tonic::body::Body> {
    static ENCODED: std::sync::OnceLock<Bytes> = std::sync::OnceLock::new();
    let message = ENCODED.get_or_init(|| {
        let vector = PlaceholderValue {
            tag: "$0".into(),
            r#type: PlaceholderType::FloatVector.into(),
            values: vec![vec![1; 3072].into()],
            ..Default::default()
        };
        let vectors = PlaceholderGroup {
            placeholders: vec![vector],
        };
        let search = SearchRequest {
            collection_name: "books".into(),
            nq: 1,
            output_fields: vec!["title".into(), "author".into()],
            search_params: [
                ("anns_field", "embedding"),
                ("topk", "10"),
                ("metric_type", "COSINE"),
                ("params", "{\"ef\":64}"),
            ]
            .map(|(key, value)| KeyValuePair {
                key: key.into(),
                value: value.into(),
            })
            .into(),
            search_input: Some(SearchInput::PlaceholderGroup(
                vectors.encode_to_vec().into(),
            )),
            ..Default::default()
        }
        .encode_to_vec();
        let mut framed = vec![0];
        framed.extend_from_slice(&(search.len() as u32).to_be_bytes());
        framed.extend(search);
        framed.into()
    });
    let body = Frames {
        message: Some(message.clone()),
        trailers: None,
    };
    http::Request::post("/milvus.proto.milvus.MilvusService/Search")
        .header("te", "trailers")
        .header("content-type", "application/grpc")
        .extension(tonic::GrpcMethod::new(
            "milvus.proto.milvus.MilvusService",
            "Search",
        ))
        .body(tonic::body::Body::new(body))
        .expect("a valid request")
}

#[derive(Clone)]
struct Answering;

impl Service<http::Request<tonic::body::Body>> for Answering {
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        std::hint::black_box(request.headers().len());
        // An empty status, then one hit: its score, and the number of hits.
        let message = Bytes::from_static(&[
            0, 0, 0, 0, 13, 0x0a, 0, 0x12, 9, 0x22, 4, 0, 0, 0, 0x3f, 0x32, 1, 1,
        ]);
        let mut trailers = http::HeaderMap::new();
        trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
        let body = Frames {
            message: Some(message),
            trailers: Some(trailers),
        };
        ready(Ok(http::Response::new(tonic::body::Body::new(body))))
    }
}

struct Frames {
    message: Option<Bytes>,
    trailers: Option<http::HeaderMap>,
}

impl Body for Frames {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        let message = self.message.take().map(Frame::data);
        Poll::Ready(
            message
                .or_else(|| self.trailers.take().map(Frame::trailers))
                .map(Ok),
        )
    }
}
