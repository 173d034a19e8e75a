//! Causes in the application itself.

use std::sync::atomic::{AtomicU32, Ordering};

use milvus_otel::OtelLayer;
use milvus_otel::doctor::{Report, State, Subject};
use milvus_otel::init;
use opentelemetry::trace::{
    Link, SpanContext, SpanId, SpanKind, TraceContextExt, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{Context, KeyValue, global};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, SdkTracerProvider, ShouldSample};

use super::{ANY, Cause, Section, check, client, lazy_client, telemetry_to, variable};

const TO_COLLECTOR: &[(&str, &str)] = &[("OTEL_EXPORTER_OTLP_ENDPOINT", "COLLECTOR")];

pub(super) async fn in_tempo() -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    let check = check(&client().await).telemetry(&telemetry);
    check.tempo(variable("TEMPO")).await
}

pub(super) const OTHER_VERSION: Cause = Cause {
    name: "other_version",
    section: Section::Application,
    title: "Another version of OpenTelemetry",
    text: "The application set up an SDK of OpenTelemetry 0.32, whose globals this client does not use. With \
           `.lockfile(\"Cargo.lock\")`, the doctor lists the versions.",
    environment: TO_COLLECTOR,
    provoke: || Box::pin(other_version()),
    finds: &[
        (Subject::Provider, State::Problem),
        (Subject::Versions, State::Warning),
    ],
    ..ANY
};

async fn other_version() -> Report {
    let provider = opentelemetry_sdk_032::trace::SdkTracerProvider::default();
    opentelemetry_032::global::set_tracer_provider(provider);
    opentelemetry_032::global::set_text_map_propagator(
        opentelemetry_sdk_032::propagation::TraceContextPropagator::new(),
    );
    check(&client().await).lockfile("Cargo.lock").await
}

pub(super) const NO_SDK: Cause = Cause {
    name: "no_sdk",
    section: Section::Application,
    title: "No SDK",
    text: "Nothing set OpenTelemetry up.",
    environment: TO_COLLECTOR,
    provoke: || Box::pin(no_sdk()),
    finds: &[
        (Subject::Provider, State::Problem),
        (Subject::Propagator, State::Problem),
        (Subject::Sampling, State::Skipped),
        (Subject::Traces, State::Ok),
        (Subject::Logs, State::Ok),
    ],
    ..ANY
};

async fn no_sdk() -> Report {
    check(&client().await).await
}

pub(super) const SHUT_DOWN: Cause = Cause {
    name: "shut_down",
    section: Section::Application,
    title: "Telemetry was shut down",
    text: "The guard was dropped at once: `let _ = init::otlp(..).install()?;`.",
    environment: TO_COLLECTOR,
    provoke: || Box::pin(shut_down()),
    finds: &[(Subject::Provider, State::Problem)],
    ..ANY
};

async fn shut_down() -> Report {
    let _ = telemetry_to("COLLECTOR");
    check(&client().await).await
}

pub(super) const WAITING: Cause = Cause {
    name: "waiting",
    section: Section::Application,
    title: "The process ends first",
    text: "A process that ends without a shutdown loses the spans that wait to be sent. While it runs, the doctor can only report \
           how many there are.",
    provoke: || Box::pin(waiting()),
    finds: &[(Subject::Queue, State::Note)],
    ..ANY
};

async fn waiting() -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    let client = lazy_client();
    client.list_collections().await.unwrap();
    check(&client).telemetry(&telemetry).await
}

pub(super) const DISABLED: Cause = Cause {
    name: "disabled",
    section: Section::Application,
    title: "`OTEL_SDK_DISABLED`",
    text: "The environment switches telemetry off.",
    environment: &[("OTEL_SDK_DISABLED", "true")],
    provoke: || Box::pin(with_init()),
    finds: &[(Subject::Provider, State::Problem)],
    ..ANY
};

pub(super) const NO_EXPORTER: Cause = Cause {
    name: "no_exporter",
    section: Section::Application,
    title: "`OTEL_TRACES_EXPORTER=none`",
    text: "The environment switches the export of spans off.",
    environment: &[("OTEL_TRACES_EXPORTER", "none")],
    provoke: || Box::pin(with_init()),
    finds: &[(Subject::Traces, State::Problem)],
    ..ANY
};

pub(super) const NEVER_SAMPLED: Cause = Cause {
    name: "never_sampled",
    section: Section::Application,
    title: "Not sampled: the sampler",
    text: "`OTEL_TRACES_SAMPLER` is `always_off`.",
    environment: &[("OTEL_TRACES_SAMPLER", "always_off")],
    provoke: || Box::pin(with_init()),
    finds: &[
        (Subject::Sampling, State::Problem),
        (Subject::Traces, State::Skipped),
    ],
    ..ANY
};

/// A new trace is never recorded, but the rest of the check is made below a sampled span.
pub(super) const OFF_FOR_NEW_TRACES: Cause = Cause {
    name: "off_for_new_traces",
    environment: &[("OTEL_TRACES_SAMPLER", "parentbased_always_off")],
    provoke: || Box::pin(in_jaeger("book-search")),
    finds: &[
        (Subject::Sampling, State::Problem),
        (Subject::Traces, State::Ok),
        (Subject::ClientSpans, State::Ok),
        (Subject::MilvusSpans, State::Ok),
    ],
    ..ANY
};

/// The ratio is so low that no run of this test ever records a new trace.
pub(super) const HARDLY_SAMPLED: Cause = Cause {
    name: "hardly_sampled",
    section: Section::Application,
    title: "Not sampled: hardly any trace",
    text: "`OTEL_TRACES_SAMPLER` is `traceidratio`, with a low `OTEL_TRACES_SAMPLER_ARG`.",
    environment: &[
        ("OTEL_TRACES_SAMPLER", "traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.000000000001"),
    ],
    provoke: || Box::pin(in_jaeger("book-search")),
    finds: &[
        (Subject::Sampling, State::Warning),
        (Subject::Traces, State::Ok),
        (Subject::ClientSpans, State::Ok),
        (Subject::MilvusSpans, State::Ok),
    ],
    ..ANY
};

/// The service has the name that a Milvus of several processes gives to one of its own.
pub(super) const CALLED_LIKE_MILVUS: Cause = Cause {
    name: "called_like_milvus",
    provoke: || Box::pin(in_jaeger("proxy")),
    finds: &[
        (Subject::ClientSpans, State::Ok),
        (Subject::MilvusSpans, State::Ok),
    ],
    ..ANY
};

pub(super) async fn in_jaeger(service: &str) -> Report {
    let telemetry = init::otlp(service).endpoint(variable("COLLECTOR"));
    let telemetry = telemetry.build().unwrap();
    let check = check(&client().await).telemetry(&telemetry);
    check.jaeger(variable("JAEGER")).await
}

pub(super) const IGNORED_VARIABLE: Cause = Cause {
    name: "ignored_variable",
    section: Section::Application,
    title: "A variable was ignored",
    text: "A value that cannot be used is replaced by the default.",
    environment: &[("OTEL_TRACES_SAMPLER", "jaeger_remote")],
    provoke: || Box::pin(with_init()),
    finds: &[(Subject::Variables, State::Warning)],
    ..ANY
};

async fn with_init() -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    check(&client().await).telemetry(&telemetry).await
}

pub(super) const SELDOM_SAMPLED: Cause = Cause {
    name: "seldom_sampled",
    section: Section::Application,
    title: "Not sampled: only some traces",
    text: "The sampler records every third trace.",
    environment: TO_COLLECTOR,
    provoke: || Box::pin(seldom_sampled()),
    finds: &[(Subject::Sampling, State::Warning)],
    ..ANY
};

#[derive(Debug, Clone)]
struct EveryThird;

impl ShouldSample for EveryThird {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        _: TraceId,
        _: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        static TRACES: AtomicU32 = AtomicU32::new(0);
        let parent = parent.map(|parent| parent.span().span_context().clone());
        let record = match parent.filter(SpanContext::is_valid) {
            Some(parent) => parent.is_sampled(),
            None => TRACES.fetch_add(1, Ordering::Relaxed) % 3 == 2,
        };
        SamplingResult {
            decision: match record {
                true => SamplingDecision::RecordAndSample,
                false => SamplingDecision::Drop,
            },
            attributes: Vec::new(),
            trace_state: TraceState::NONE,
        }
    }
}

async fn seldom_sampled() -> Report {
    let client = client().await;
    let provider = SdkTracerProvider::builder().with_sampler(EveryThird);
    global::set_tracer_provider(provider.build());
    global::set_text_map_propagator(TraceContextPropagator::new());
    check(&client).await
}

pub(super) const UNSAMPLED_PARENT: Cause = Cause {
    name: "unsampled_parent",
    section: Section::Application,
    title: "Not sampled: the parent",
    text: "The caller of this service did not sample its trace.",
    provoke: || Box::pin(unsampled_parent()),
    finds: &[(Subject::Parent, State::Problem)],
    ..ANY
};

async fn unsampled_parent() -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    let client = client().await;
    let (trace, span) = (TraceId::from(1), SpanId::from(2));
    let parent = SpanContext::new(trace, span, TraceFlags::default(), true, TraceState::NONE);
    let here = {
        let _entered = Context::new().with_remote_span_context(parent).attach();
        check(&client)
    };
    here.telemetry(&telemetry).await
}

pub(super) const SUPPRESSED: Cause = Cause {
    name: "suppressed",
    section: Section::Application,
    title: "Telemetry is suppressed",
    text: "The call is made where telemetry is suppressed, as in an exporter.",
    provoke: || Box::pin(suppressed()),
    finds: &[(Subject::Parent, State::Problem)],
    ..ANY
};

async fn suppressed() -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    let client = client().await;
    let here = {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        check(&client)
    };
    here.telemetry(&telemetry).await
}

pub(super) const OWN_PROVIDER: Cause = Cause {
    name: "own_provider",
    section: Section::Application,
    title: "The client's own provider was shut down",
    text: "`OtelLayer::tracer_provider` gave the client a provider of its own.",
    environment: TO_COLLECTOR,
    provoke: || Box::pin(own_provider()),
    finds: &[(Subject::Provider, State::Problem)],
    ..ANY
};

async fn own_provider() -> Report {
    global::set_text_map_propagator(TraceContextPropagator::new());
    let provider = SdkTracerProvider::default();
    let otel = OtelLayer::new().tracer_provider(&provider);
    let client = milvus_otel::ClientBuilder::from_env().unwrap().otel(otel);
    let client = client.connect().await.unwrap();
    let before = check(&client).await;
    let state = |report: &Report| report.about(Subject::Provider).next().unwrap().state;
    assert_eq!(state(&before), State::Ok, "{before}");
    provider.shutdown().unwrap();
    check(&client).await
}
