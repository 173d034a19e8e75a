//! Brings the spans and events of `tracing` to OpenTelemetry.

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

/// A layer that exports the selected spans, with the events in them.
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
/// It goes around the layer of spans, which makes the span that an event is written in the current one.
pub(super) fn events<S>(
    logs: &SdkLoggerProvider,
    selection: Selection,
) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
{
    OpenTelemetryTracingBridge::new(logs).with_filter(filter(selection))
}

/// Of two layers put together `tracing-subscriber` takes the outer one's word for the most verbose level, so both say
/// the same.
pub(super) fn filter<S>(selection: Selection) -> impl Filter<S> + Send + Sync
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
{
    let max_level = selection.max_level();
    // Asked once per callsite: what is not wanted costs nothing from then on.
    let wanted =
        filter_fn(move |metadata| selection.wants(metadata)).with_max_level_hint(max_level);
    // Whatever else runs on the export threads. This alone is not enough for the SDK to tell: h2 gives its connection's
    // span no parent, and the bridge takes that for the start of a trace that nothing suppresses.
    let unsuppressed = dynamic_filter_fn(|_, _| !Context::is_current_telemetry_suppressed())
        .with_max_level_hint(max_level);
    wanted.and(unsuppressed)
}
