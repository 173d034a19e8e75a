//! Brings the spans and events of `tracing` to OpenTelemetry.

use opentelemetry::Context;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::SdkTracer;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{FilterExt, dynamic_filter_fn, filter_fn};
use tracing_subscriber::layer::{Filter, Layer};
use tracing_subscriber::registry::LookupSpan;

/// The crates that carry the export: if their spans were exported, exporting would make more of them.
///
/// Whole names: `tower_http` and `reqwest_tracing` make spans that applications ask for.
const TRANSPORT: [&str; 10] = [
    "h2",
    "hyper",
    "hyper_util",
    "opentelemetry",
    "opentelemetry_http",
    "opentelemetry_otlp",
    "opentelemetry_sdk",
    "reqwest",
    "tonic",
    "tower",
];

/// A layer that exports spans of `level` and above, except those of the export and of its transport.
pub(super) fn spans<S>(tracer: SdkTracer, level: LevelFilter) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
{
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_filter(wanted(level))
}

/// A layer that exports events as log records, of the same level and with the same exceptions.
///
/// It goes around the layer of spans, which makes the span that an event is written in the current one.
pub(super) fn events<S>(
    logs: &SdkLoggerProvider,
    level: LevelFilter,
) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
{
    OpenTelemetryTracingBridge::new(logs).with_filter(wanted(level))
}

fn wanted<S>(level: LevelFilter) -> impl Filter<S> + Send + Sync
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
{
    let wanted =
        filter_fn(move |metadata| *metadata.level() <= level && !is_transport(metadata.target()))
            .with_max_level_hint(level);
    // Whatever else runs on the export threads. This alone is not enough for the SDK to tell: h2 gives its connection's
    // span no parent, and the bridge takes that for the start of a trace that nothing suppresses.
    let unsuppressed = dynamic_filter_fn(|_, _| !Context::is_current_telemetry_suppressed())
        .with_max_level_hint(level);
    wanted.and(unsuppressed)
}

fn is_transport(target: &str) -> bool {
    let name = target.split("::").next().unwrap_or(target);
    TRANSPORT.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transport_is_told_by_the_whole_crate_name() {
        for target in ["h2", "h2::proto::connection", "hyper_util::client"] {
            assert!(is_transport(target), "{target}");
        }
        for target in ["tower_http::trace", "reqwest_tracing", "h2x", "app::tower"] {
            assert!(!is_transport(target), "{target}");
        }
    }
}
