//! Causes of a separate trace for every call.

use milvus_otel::doctor::{Report, State, Subject};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::{ANY, Cause, Section, check, client, telemetry_to};

pub(super) const FILTER: Cause = Cause {
    name: "filter",
    section: Section::Separate,
    title: "A log filter disables the spans above it",
    text: "`RUST_LOG` is `warn`, or not set, and the `EnvFilter` decides for the whole subscriber.",
    provoke: || Box::pin(filter()),
    finds: &[
        (Subject::Subscriber, State::Warning),
        (Subject::Parent, State::Note),
    ],
    ..ANY
};

async fn filter() -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    tracing_subscriber::registry()
        .with(EnvFilter::new("warn"))
        .with(telemetry.layer())
        .init();
    let client = client().await;
    let handler = tracing::info_span!("handler");
    let here = handler.in_scope(|| check(&client));
    here.telemetry(&telemetry).await
}

pub(super) const LEVEL: Cause = Cause {
    name: "level",
    section: Section::Separate,
    title: "`init` does not export the spans above it",
    text: "`OTEL_RUST_FILTER` is `warn`; `.level(..)` of `init` does the same.",
    environment: &[("OTEL_RUST_FILTER", "warn")],
    provoke: || Box::pin(in_handler(tracing::Level::INFO)),
    finds: &[
        (Subject::Subscriber, State::Warning),
        (Subject::Parent, State::Note),
    ],
    ..ANY
};

pub(super) const LEVEL_OFF: Cause = Cause {
    name: "level_off",
    environment: &[("OTEL_RUST_FILTER", "off")],
    provoke: || Box::pin(in_handler(tracing::Level::INFO)),
    finds: &[(Subject::Subscriber, State::Warning)],
    ..ANY
};

pub(super) const DEBUG_SPAN: Cause = Cause {
    name: "debug_span",
    section: Section::Separate,
    title: "The span above it is too verbose",
    text: "It is one of `#[instrument(level = \"debug\")]`, and `init` exports spans up to INFO unless it is told otherwise.",
    provoke: || Box::pin(in_handler(tracing::Level::DEBUG)),
    finds: &[(Subject::Subscriber, State::Note)],
    ..ANY
};

async fn in_handler(level: tracing::Level) -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    tracing_subscriber::registry()
        .with(telemetry.layer())
        .init();
    let client = client().await;
    drop(tracing::trace_span!("detail"));
    let handler = match level {
        tracing::Level::INFO => tracing::info_span!("handler"),
        _ => tracing::debug_span!("handler"),
    };
    let here = handler.in_scope(|| check(&client));
    here.telemetry(&telemetry).await
}

pub(super) const TASK: Cause = Cause {
    name: "task",
    section: Section::Separate,
    title: "A new task",
    text: "`tokio::spawn` starts a task without a span.",
    provoke: || Box::pin(task()),
    finds: &[(Subject::Parent, State::Note)],
    ..ANY
};

async fn task() -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    tracing_subscriber::registry()
        .with(telemetry.layer())
        .init();
    let client = client().await;
    let handler = tracing::info_span!("handler");
    let task = async move { check(&client) };
    let here = handler.in_scope(|| tokio::spawn(task)).await.unwrap();
    here.telemetry(&telemetry).await
}

pub(super) const NO_LAYER: Cause = Cause {
    name: "no_layer",
    section: Section::Separate,
    title: "No layer for OpenTelemetry",
    text: "The subscriber only writes a log.",
    provoke: || Box::pin(no_layer()),
    finds: &[(Subject::Subscriber, State::Warning)],
    ..ANY
};

async fn no_layer() -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    tracing_subscriber::fmt().with_writer(std::io::sink).init();
    check(&client().await).telemetry(&telemetry).await
}
