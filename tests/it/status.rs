//! What `otel::status` says of a process: with nothing installed, with an SDK of another OpenTelemetry version, with the
//! right one. One test, because the globals are the process's.

use crate::support::child::in_own_process;
use milvus_otel::otel::{Parent, Provider, Status, status};
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry::{Context, global};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use opentelemetry_sdk::trace::{InMemorySpanExporter, Sampler, SdkTracerProvider};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::{set_default, with_default};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer as _, Registry};

/// The line of the report on this subject.
fn line(status: &Status, subject: &str) -> String {
    let report = status.to_string();
    let line = report.lines().find(|line| line.starts_with(subject));
    line.unwrap_or_else(|| panic!("no {subject:?} in:\n{report}"))
        .to_owned()
}

fn remote(flags: TraceFlags) -> Context {
    let (trace, span) = (TraceId::from(1), SpanId::from(2));
    let span = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    Context::new().with_remote_span_context(span)
}

/// A layer that writes a log which nobody reads.
fn log<S>() -> impl tracing_subscriber::Layer<S> + Send + Sync
where
    S: tracing::Subscriber + for<'lookup> LookupSpan<'lookup>,
{
    tracing_subscriber::fmt::layer().with_writer(std::io::sink)
}

#[test]
fn each_missing_part_is_named_until_none_is_missing() {
    in_own_process!("each_missing_part_is_named_until_none_is_missing");
    // Nothing installed.
    let nothing = status();
    assert_eq!(nothing.provider, Provider::Missing);
    assert!(!nothing.propagator);
    assert_eq!(nothing.tracing_layer, Some(false));
    assert_eq!(nothing.parent, Parent::None);
    assert_eq!(nothing.max_level, LevelFilter::OFF);
    assert!(!nothing.is_traced());

    // An SDK of another version is no SDK.
    let foreign = opentelemetry_sdk_032::trace::InMemorySpanExporter::default();
    let provider = opentelemetry_sdk_032::trace::SdkTracerProvider::builder()
        .with_simple_exporter(foreign.clone())
        .build();
    opentelemetry_032::global::set_tracer_provider(provider);
    let propagator = opentelemetry_sdk_032::propagation::TraceContextPropagator::new();
    opentelemetry_032::global::set_text_map_propagator(propagator);
    let other_version = status();
    assert_eq!(other_version, nothing);
    let provider = line(&other_version, "tracer provider: ");
    assert!(
        provider.contains("none for opentelemetry 0.33"),
        "{provider}"
    );
    assert!(
        provider.contains("cargo tree -i opentelemetry"),
        "{provider}"
    );
    let propagator = line(&other_version, "propagator: ");
    assert!(
        propagator.contains("set_text_map_propagator"),
        "{propagator}"
    );

    // The right one, whose sampler keeps everything.
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::AlwaysOn)
        .with_simple_exporter(exporter.clone())
        .build();
    global::set_tracer_provider(provider.clone());
    global::set_text_map_propagator(BaggagePropagator::new());
    assert!(!status().propagator, "baggage is no trace context");
    global::set_text_map_propagator(TraceContextPropagator::new());
    let right = status();
    assert_eq!(right.provider, Provider::Running);
    assert!(right.propagator && right.is_traced());

    // The context it is asked in.
    for (context, parent, traced) in [
        (remote(TraceFlags::SAMPLED), Parent::Sampled, true),
        (remote(TraceFlags::NOT_SAMPLED), Parent::NotSampled, false),
        (
            remote(TraceFlags::SAMPLED).with_telemetry_suppressed(),
            Parent::Suppressed,
            false,
        ),
    ] {
        let _entered = context.attach();
        let there = status();
        assert_eq!((there.parent, there.is_traced()), (parent, traced));
    }

    // The subscriber.
    let bridge = |filter: Option<EnvFilter>| {
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("app"));
        Registry::default().with(layer).with(filter)
    };
    with_default(Registry::default().with(log()), || {
        let without = status();
        assert_eq!(without.tracing_layer, Some(false));
        let layer = line(&without, "tracing layer: ");
        assert!(layer.contains("tracing-opentelemetry 0.34"), "{layer}");
    });
    with_default(bridge(None).with(log()), || {
        assert_eq!(status().tracing_layer, Some(true));
        assert_eq!(status().parent, Parent::None);
        tracing::info_span!("handler").in_scope(|| {
            assert_eq!(status().tracing_layer, Some(true));
            assert_eq!(status().parent, Parent::Sampled);
        });
    });
    {
        let below = log().with_filter(EnvFilter::new("off"));
        let _per_layer = set_default(bridge(None).with(below));
        assert_eq!(status().tracing_layer, Some(true));
    }
    {
        let _warn = set_default(bridge(Some(EnvFilter::new("warn"))));
        tracing::info_span!("handler").in_scope(|| {
            let hidden = status();
            assert_eq!(hidden.tracing_layer, Some(true));
            assert_eq!(hidden.parent, Parent::None);
            let parent = line(&hidden, "parent: ");
            assert!(parent.contains("RUST_LOG"), "{parent}");
        });
    }
    {
        let _off = set_default(bridge(Some(EnvFilter::new("myapp=info"))));
        let hidden = status();
        assert_eq!(hidden.tracing_layer, None);
        let layer = line(&hidden, "tracing layer: ");
        assert!(
            layer.contains("a filter over the whole subscriber"),
            "{layer}"
        );
    }
    {
        let _warn = set_default(Registry::default().with(log()).with(LevelFilter::WARN));
        let level = line(&status(), "level: ");
        assert!(
            level.contains("warn") && level.contains("with_filter"),
            "{level}"
        );
    }

    // Nobody's exporter got a span for being asked.
    let names = |spans: Vec<_>| -> Vec<String> {
        let name = |span: opentelemetry_sdk::trace::SpanData| span.name.into_owned();
        spans.into_iter().map(name).collect()
    };
    assert_eq!(names(exporter.get_finished_spans().unwrap()), ["handler"]);
    assert_eq!(foreign.get_finished_spans().unwrap().len(), 0);

    provider.shutdown().unwrap();
    let ended = status();
    assert_eq!(ended.provider, Provider::ShutDown);
    let provider = line(&ended, "tracer provider: ");
    assert!(provider.contains("guard"), "{provider}");
}
