//! OpenTelemetry's globals: the providers and the propagator of the whole process.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::global;
use opentelemetry::metrics::MeterProvider;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, Tracer,
};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;

use super::env::Warning;
use super::error::Error;

static CLAIMED: AtomicBool = AtomicBool::new(false);

/// Ownership of the process's globals, which only one guard can have at a time.
pub(super) struct Claim {
    /// The global meter provider after we set it, to detect a replacement.
    meters: Option<Arc<dyn MeterProvider + Send + Sync>>,
}

impl Claim {
    pub(super) fn new() -> Result<Self, Error> {
        match CLAIMED.swap(true, Ordering::AcqRel) {
            false => Ok(Self { meters: None }),
            true => Err(Error::already_installed()),
        }
    }

    /// Sets the global providers; returns a warning if this replaces another tracer provider.
    pub(super) fn set(
        &mut self,
        traces: SdkTracerProvider,
        metrics: Option<SdkMeterProvider>,
    ) -> Option<Warning> {
        let warning = is_recording().then(|| {
            Warning::new(
                "opentelemetry",
                "another tracer provider was set before and is replaced: spans no longer reach its exporters; set up \
                 OpenTelemetry in one place, or call `.global(false)` so that `init` sets no globals",
            )
        });
        global::set_tracer_provider(traces);
        if let Some(metrics) = metrics {
            global::set_meter_provider(metrics);
            self.meters = Some(global::meter_provider());
        }
        warning
    }

    /// The provider that replaced ours, if any. Call this after our providers are shut down.
    pub(super) fn replaced(&self) -> Option<Replaced> {
        let ours = self.meters.as_ref();
        let metrics = ours.is_some_and(|ours| !Arc::ptr_eq(ours, &global::meter_provider()));
        match (is_recording(), metrics) {
            (true, _) => Some(Replaced {
                provider: "tracer provider",
                items: "spans",
            }),
            (false, true) => Some(Replaced {
                provider: "meter provider",
                items: "metrics",
            }),
            (false, false) => None,
        }
    }
}

pub(super) fn set_propagator(propagator: impl TextMapPropagator + Send + Sync + 'static) {
    global::set_text_map_propagator(propagator);
}

impl Drop for Claim {
    fn drop(&mut self) {
        CLAIMED.store(false, Ordering::Release);
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").finish_non_exhaustive()
    }
}

/// A global provider that replaced ours.
#[derive(Debug)]
pub(super) struct Replaced {
    provider: &'static str,
    items: &'static str,
}

impl fmt::Display for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, items } = self;
        write!(
            f,
            "another {provider} was set after telemetry was installed and has received the {items} since then: set up \
             OpenTelemetry in one place, or call `.global(false)` so that `init` sets no globals"
        )
    }
}

/// Whether the global tracer provider creates spans. The default and a provider that was shut down do not.
fn is_recording() -> bool {
    let parent = SpanContext::new(
        TraceId::from(1),
        SpanId::from(1),
        TraceFlags::NOT_SAMPLED,
        true,
        TraceState::NONE,
    );
    let context = opentelemetry::Context::new().with_remote_span_context(parent.clone());
    let tracer = global::tracer("milvus_otel::init");
    let span = tracer
        .span_builder("probe")
        .start_with_context(&tracer, &context);
    let created = span.span_context();
    let recording = created.is_valid() && created.span_id() != parent.span_id();
    // A span that never ends is not exported, even if the provider samples it.
    std::mem::forget(span);
    recording
}
