//! The layers that export `tracing` spans and events through OpenTelemetry.

use opentelemetry::Context;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::SdkTracer;
use tracing::Subscriber;
use tracing_subscriber::filter::{FilterExt, dynamic_filter_fn, filter_fn};
use tracing_subscriber::layer::{Filter, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::selection::Selection;
use super::veto::VetoLayer;

/// A layer that exports the selected spans, including their events.
pub(super) fn spans<S>(
    tracer: SdkTracer,
    selection: Selection,
    quiet: bool,
) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
{
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .and_then(VetoLayer::new(selection.clone(), quiet))
        .with_filter(filter(selection))
}

/// A layer that exports the selected events as log records.
///
/// It goes outside the layer of spans, which makes the span of an event current in the OpenTelemetry context.
pub(super) fn events<S>(
    logs: &SdkLoggerProvider,
    selection: Selection,
) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
{
    OpenTelemetryTracingBridge::new(logs).with_filter(filter(selection))
}

/// The filter of both layers. For two combined layers, `tracing-subscriber` uses the level hint of the outer one, so
/// both need the same hint.
pub(super) fn filter<S>(selection: Selection) -> impl Filter<S> + Send + Sync
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
{
    let max_level = selection.max_level();
    // Evaluated once per callsite: after that, spans and events that are not selected cost nothing.
    let selected =
        filter_fn(move |metadata| selection.includes(metadata)).with_max_level_hint(max_level);
    // Excludes everything else on the export threads. The SDK's own check of suppression is not enough: h2 creates its
    // connection span as a root, and for a root `tracing-opentelemetry` uses a new context, in which nothing is
    // suppressed.
    let unsuppressed = dynamic_filter_fn(|_, _| !Context::is_current_telemetry_suppressed())
        .with_max_level_hint(max_level);
    selected.and(unsuppressed)
}
