//! Brings the spans of `tracing` to OpenTelemetry.

use opentelemetry::Context;
use opentelemetry_sdk::trace::SdkTracer;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{FilterExt, Targets, dynamic_filter_fn};
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

/// What carries the export itself: its spans would be exported, which makes spans.
const TRANSPORT: [&str; 6] = ["h2", "hyper", "tonic", "tower", "reqwest", "opentelemetry"];

/// A layer that exports spans of `level` and above, except those of the export and of its transport.
pub(super) fn layer<S>(tracer: SdkTracer, level: LevelFilter) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
{
    // A target matches all that begin with it: `hyper_util`, `tower_http` and `opentelemetry_sdk` too.
    let targets = Targets::new()
        .with_default(level)
        .with_targets(TRANSPORT.map(|target| (target, LevelFilter::OFF)));
    // By target alone is not enough: h2 gives its connection span no parent, and the bridge takes that for a new trace.
    let suppressed = dynamic_filter_fn(|_, _| !Context::is_current_telemetry_suppressed())
        .with_max_level_hint(level);
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_filter(targets.and(suppressed))
}
