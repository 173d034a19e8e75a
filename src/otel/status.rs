//! Diagnosis of missing traces: checks everything that tracing requires.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use opentelemetry::propagation::{Injector, TextMapPropagator};
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState,
    Tracer,
};
use opentelemetry::{Context, global};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::NoSubscriber;
use tracing_opentelemetry::{OpenTelemetrySpanExt, SetParentError};

use super::{propagation, tracer};
use crate::scope::scope;

/// The version of `opentelemetry` that this crate is built with, and whose globals it uses.
const OPENTELEMETRY: &str = "0.33";
/// The version of `tracing-opentelemetry` that uses this version of `opentelemetry`.
const TRACING_OPENTELEMETRY: &str = "0.34";

/// The state of everything that tracing requires, at the time and place of the call to [`status`].
///
/// [`Display`](fmt::Display) writes one line per field and explains how to fix problems.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The global tracer provider. A provider given to
    /// [`OtelLayer::tracer_provider`](super::OtelLayer::tracer_provider) is not checked.
    pub provider: Provider,
    /// Whether the global propagator writes `traceparent`, the header from which Milvus reads the trace context.
    pub propagator: bool,
    /// Whether the current `tracing` subscriber has a layer of the right version of `tracing-opentelemetry`, which
    /// makes `tracing` spans parents of calls; `None` if this is unknown because a filter disables even this crate's
    /// spans at ERROR.
    pub tracing_layer: Option<bool>,
    /// The span that a call made here would be a child of.
    pub parent: Parent,
    /// The most verbose level that any `tracing` subscriber of the process enables. Filters may disable more: a level
    /// of `WARN` proves that INFO spans are disabled, but a level of `TRACE` does not prove that any span is enabled.
    pub max_level: LevelFilter,
}

/// The state of the global tracer provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provider {
    /// No provider is installed for the version of `opentelemetry` that this crate uses. Each version has its own
    /// globals.
    Missing,
    /// The provider was shut down: its spans are discarded.
    ShutDown,
    /// The provider creates spans.
    Running,
}

/// The parent span of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parent {
    /// There is no parent: a call starts a new trace.
    None,
    /// A span that is recorded and exported.
    Sampled,
    /// A span that the sampler or an upstream service did not sample: its calls are not exported either.
    NotSampled,
    /// Telemetry is suppressed here: calls have no spans.
    Suppressed,
}

impl Status {
    /// Whether a call made here would be recorded and sent to Milvus with its trace context.
    pub fn is_traced(&self) -> bool {
        self.provider == Provider::Running
            && self.propagator
            && matches!(self.parent, Parent::None | Parent::Sampled)
    }
}

/// Checks whether a call made here would be traced, for logs, diagnostic pages and tests.
///
/// Call this function at the place of the call to Milvus, because it inspects the current context. It takes a few
/// microseconds. To detect the `tracing` layer, it may create a `tracing` span named `milvus_otel::otel::status`. The
/// span is not exported, except by a layer of another version of `tracing-opentelemetry`.
///
/// ```no_run
/// println!("{}", milvus_otel::otel::status());
/// ```
///
/// In a process with an SDK of another version of OpenTelemetry, the first line is:
///
/// ```text
/// tracer provider: none for opentelemetry 0.33: nothing is recorded; install one, for example with `milvus_otel::init`. If the application has one, it is for another version: see `cargo tree -i opentelemetry`
/// ```
pub fn status() -> Status {
    let parent = propagation::parent();
    Status {
        provider: provider(),
        propagator: global::get_text_map_propagator(writes_traceparent),
        tracing_layer: tracing_layer(),
        parent: if parent.is_telemetry_suppressed() {
            Parent::Suppressed
        } else {
            match parent.span().span_context() {
                span if !span.is_valid() => Parent::None,
                span if span.is_sampled() => Parent::Sampled,
                _ => Parent::NotSampled,
            }
        },
        max_level: LevelFilter::current(),
    }
}

/// A parent from another process. Ratio-based samplers drop the highest trace ID unless they keep all traces.
fn remote(flags: TraceFlags) -> SpanContext {
    let (trace, span) = (TraceId::from(u128::MAX), SpanId::from(1));
    SpanContext::new(trace, span, flags, true, TraceState::NONE)
}

fn provider() -> Provider {
    /// Limits the number of spans leaked below.
    const MAX_LEAKED: u32 = 100;
    static LEAKED: AtomicU32 = AtomicU32::new(0);

    let tracer = global::tracer_with_scope(scope());
    if !tracer::is_installed(&tracer) {
        return Provider::Missing;
    }
    if LEAKED.load(Ordering::Relaxed) >= MAX_LEAKED {
        return Provider::Running;
    }
    // A provider that was shut down creates spans without IDs.
    let parent = Context::new().with_remote_span_context(remote(TraceFlags::NOT_SAMPLED));
    let span = tracer.build_with_context(SpanBuilder::from_name("status"), &parent);
    let running = span.span_context().is_valid();
    if span.is_recording() {
        // The sampler ignored that the parent is not sampled. Dropping the span would export it, so it is leaked.
        std::mem::forget(span);
        LEAKED.fetch_add(1, Ordering::Relaxed);
    }
    if running {
        Provider::Running
    } else {
        Provider::ShutDown
    }
}

fn writes_traceparent(propagator: &dyn TextMapPropagator) -> bool {
    #[derive(Default)]
    struct Written(bool);

    impl Injector for Written {
        fn set(&mut self, key: &str, value: String) {
            self.0 |= key.eq_ignore_ascii_case("traceparent") && !value.is_empty();
        }
    }

    let mut written = Written::default();
    let context = Context::new().with_remote_span_context(remote(TraceFlags::SAMPLED));
    propagator.inject_context(&context, &mut written);
    written.0
}

fn tracing_layer() -> Option<bool> {
    if tracing::dispatcher::get_default(|current| current.is::<NoSubscriber>()) {
        return Some(false);
    }
    if tracing::Span::current().context().has_active_span() {
        return Some(true);
    }
    // The layer can only be detected from a span. Telemetry is suppressed in its parent, so it is never recorded.
    let span = tracing::error_span!(parent: None, "milvus_otel::otel::status");
    match span.set_parent(Context::new().with_telemetry_suppressed()) {
        Ok(()) | Err(SetParentError::AlreadyStarted) => Some(true),
        Err(SetParentError::LayerNotFound) => Some(false),
        Err(SetParentError::SpanDisabled) => None,
    }
}

/// A line of the report: what it is about, what was found, and how to fix it if that is not as it should be.
pub(crate) struct Line {
    subject: &'static str,
    pub(crate) found: String,
    pub(crate) fix: Option<String>,
}

impl Line {
    fn good(subject: &'static str, found: impl Into<String>) -> Self {
        Self {
            subject,
            found: found.into(),
            fix: None,
        }
    }

    fn bad(subject: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            fix: Some(fix.into()),
            ..Self::good(subject, found)
        }
    }
}

impl Status {
    pub(crate) fn provider_line(&self) -> Line {
        const SUBJECT: &str = "tracer provider";
        match self.provider {
            Provider::Running => Line::good(SUBJECT, "running"),
            Provider::ShutDown => Line::bad(
                SUBJECT,
                "shut down: nothing is recorded",
                "keep the telemetry guard until the end of `main` (`let telemetry = ..`, not `let _ = ..`)",
            ),
            Provider::Missing => Line::bad(
                SUBJECT,
                format!("none for opentelemetry {OPENTELEMETRY}: nothing is recorded"),
                "install one, for example with `milvus_otel::init`. If the application has one, it is for another version: see \
                 `cargo tree -i opentelemetry`",
            ),
        }
    }

    pub(crate) fn propagator_line(&self) -> Line {
        const SUBJECT: &str = "propagator";
        match self.propagator {
            true => Line::good(SUBJECT, "writes traceparent"),
            false => Line::bad(
                SUBJECT,
                "none that writes traceparent: Milvus' own spans are not part of the trace",
                "call `opentelemetry::global::set_text_map_propagator` with a `TraceContextPropagator` or, if `init` sets it, \
                 add `tracecontext` to `OTEL_PROPAGATORS`",
            ),
        }
    }

    pub(crate) fn layer_line(&self) -> Line {
        const SUBJECT: &str = "tracing layer";
        match self.tracing_layer {
            Some(true) => Line::good(SUBJECT, "`tracing` spans are parents of calls"),
            Some(false) => Line::bad(
                SUBJECT,
                format!(
                    "none of tracing-opentelemetry {TRACING_OPENTELEMETRY}, so `tracing` spans are not parents of calls"
                ),
                "add `Telemetry::layer` or such a layer to the subscriber",
            ),
            None => Line::bad(
                SUBJECT,
                "unknown: a filter over the whole subscriber disables the spans that would tell",
                "give the filter to the layers that write logs instead: `fmt::layer().with_filter(..)`",
            ),
        }
    }

    pub(crate) fn parent_line(&self) -> Line {
        const SUBJECT: &str = "parent";
        match self.parent {
            Parent::None => Line::bad(
                SUBJECT,
                "no span is active here, so each call starts a new trace",
                "open a span around the call; if there is a `tracing` span, a filter such as `RUST_LOG` disables it",
            ),
            Parent::Sampled => Line::good(SUBJECT, "a sampled span"),
            Parent::NotSampled => Line::good(
                SUBJECT,
                "a span that is not sampled: its calls are not recorded",
            ),
            Parent::Suppressed => Line::good(
                SUBJECT,
                "telemetry is suppressed here: calls are not recorded",
            ),
        }
    }

    pub(crate) fn level_line(&self) -> Line {
        const SUBJECT: &str = "level";
        let level = self.max_level;
        match level < LevelFilter::INFO {
            false => Line::good(SUBJECT, format!("`tracing` spans up to {level}")),
            true => Line::bad(
                SUBJECT,
                format!(
                    "`tracing` spans up to {level}, so spans at INFO are disabled and not parents of calls"
                ),
                "a filter for logs belongs on the layer that writes them: `fmt::layer().with_filter(..)`",
            ),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.found)?;
        match &self.fix {
            Some(fix) => write!(f, "; {fix}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.provider_line())?;
        writeln!(f, "{}", self.propagator_line())?;
        writeln!(f, "{}", self.layer_line())?;
        writeln!(f, "{}", self.parent_line())?;
        write!(f, "{}", self.level_line())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_are_those_of_the_manifest() {
        let manifest = include_str!("../../Cargo.toml");
        for (name, version) in [
            ("opentelemetry", OPENTELEMETRY),
            ("tracing-opentelemetry", TRACING_OPENTELEMETRY),
        ] {
            let line = format!("\n{name} = {{ version = \"{version}\"");
            assert!(manifest.contains(&line), "{name} is not {version} any more");
        }
    }
}
