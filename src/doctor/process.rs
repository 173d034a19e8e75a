//! What belongs to the process and to the place of the call: provider, propagator, sampler, parent, subscriber.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::level_filters::LevelFilter;

use super::report::{Finding, State, Subject};
use super::spans;
use crate::init::{Telemetry, disabled_span, unselected_spans};
use crate::otel::{OtelLayer, Parent, Provider, Status};

/// How often a trace is started until the sampler records one. Of a sampler by a ratio of 0.3 %, that is enough in 95 % of all
/// runs.
const TRIES: u32 = 1000;

/// The trace that the doctor's call is part of, and how many were started until the sampler recorded this one.
pub(super) struct Started {
    /// `None` if the sampler recorded none.
    pub(super) context: Option<Context>,
    tries: u32,
    has_provider: bool,
    /// Whether the sampler recorded no new trace, but a span below a sampled one.
    is_below: bool,
}

impl Started {
    pub(super) fn new(otel: &OtelLayer) -> Self {
        let mut started = Self {
            context: None,
            tries: 0,
            has_provider: false,
            is_below: false,
        };
        let root = Context::new();
        while started.tries < TRIES && started.context.is_none() {
            started.tries += 1;
            if !started.start(otel, &root) {
                break;
            }
        }
        if started.has_provider && started.context.is_none() {
            for parent in sampled_parents() {
                if started.context.is_none() {
                    started.start(otel, &parent);
                }
            }
            started.is_below = started.context.is_some();
        }
        started
    }

    /// Starts a span, which is kept if the sampler records it. Returns whether there is a provider.
    fn start(&mut self, otel: &OtelLayer, parent: &Context) -> bool {
        let Some(context) = otel.start_span(spans::OURS, parent) else {
            return false;
        };
        self.has_provider = true;
        let is_sampled = context.span().span_context().is_sampled();
        self.context = is_sampled.then_some(context);
        true
    }

    pub(super) fn trace_id(&self) -> Option<TraceId> {
        let context = self.context.as_ref()?;
        Some(context.span().span_context().trace_id())
    }

    /// `is_off` is whether the settings tell that the sampler records no new trace.
    pub(super) fn sampling(&self, is_off: bool) -> Finding {
        const FIX: &str =
            "see `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`, or the sampler set in code";
        let subject = Subject::Sampling;
        let tries = self.tries;
        match &self.context {
            None if !self.has_provider => Finding::skipped(subject, "needs a tracer provider"),
            None => Finding::problem(
                subject,
                format!("the sampler drops every trace: {tries} were started, none was recorded"),
            )
            .fix(FIX),
            Some(_) if self.is_below && is_off => Finding::problem(
                subject,
                "the sampler is off for new traces: it only records calls below a sampled span",
            )
            .fix(FIX),
            Some(_) if self.is_below => Finding::warning(
                subject,
                format!(
                    "the sampler recorded none of {tries} new traces: its ratio is below about 0.3 %, or it is off; this \
                     check continued below a sampled span"
                ),
            )
            .fix(FIX),
            Some(_) if tries == 1 => Finding::ok(subject, "the sampler records a new trace"),
            Some(_) => Finding::warning(
                subject,
                format!("the sampler records only some traces: {tries} were started until one was recorded"),
            )
            .fix(FIX),
        }
    }
}

/// Sampled spans of other processes: samplers that follow their parent record a span below the first, and those by ratio one
/// below the second, because its trace id is one of the lowest, whatever the ratio is.
fn sampled_parents() -> [Context; 2] {
    let high = u128::from(fastrand::u64(1..)) << 64;
    [fastrand::u64(1..), 1].map(|low| {
        let (trace, span) = (
            TraceId::from(high | u128::from(low)),
            SpanId::from(fastrand::u64(1..)),
        );
        let parent = SpanContext::new(trace, span, TraceFlags::SAMPLED, true, TraceState::NONE);
        Context::new().with_remote_span_context(parent)
    })
}

/// `disabled` is whether `OTEL_SDK_DISABLED` switches telemetry off.
pub(super) fn provider(
    otel: &OtelLayer,
    status: &Status,
    started: &Started,
    disabled: bool,
) -> Finding {
    let subject = Subject::Provider;
    if otel.has_tracer_provider() {
        return match started.has_provider {
            true => Finding::ok(
                subject,
                "the client uses its own provider, which is running",
            ),
            false => Finding::problem(
                subject,
                "the client's own provider was shut down: nothing is recorded",
            )
            .fix("keep it running until the end of `main`, and shut it down there"),
        };
    }
    if disabled && !started.has_provider {
        return Finding::problem(subject, "none, `OTEL_SDK_DISABLED` is true")
            .fix("remove `OTEL_SDK_DISABLED`, or set it to false");
    }
    let line = status.provider_line();
    let state = match status.provider {
        Provider::Running => State::Ok,
        Provider::ShutDown | Provider::Missing => State::Problem,
    };
    Finding::new(subject, state, line.found).fixes(line.fix)
}

/// `telemetry` is that of the application, if the doctor knows it.
pub(super) fn propagator(status: &Status, telemetry: Option<&Telemetry>) -> Finding {
    let line = status.propagator_line();
    if status.propagator {
        return Finding::ok(Subject::Propagator, line.found);
    }
    let fix = telemetry.and_then(Telemetry::propagator_fix).or(line.fix);
    Finding::problem(Subject::Propagator, line.found).fixes(fix)
}

pub(super) fn parent(status: &Status) -> Finding {
    let subject = Subject::Parent;
    let line = status.parent_line();
    let has_layer = status.tracing_layer != Some(false);
    match status.parent {
        Parent::Sampled => Finding::ok(subject, line.found),
        Parent::None if has_layer => Finding::note(subject, line.found)
            .fixes(line.fix)
            .fix("in a task of `tokio::spawn`, which starts without a span: `.in_current_span()` of `tracing::Instrument`"),
        Parent::None => Finding::note(subject, line.found),
        Parent::NotSampled => Finding::problem(subject, line.found)
            .fix("see `OTEL_TRACES_SAMPLER`, and the flags of the `traceparent` that this service received: 00 is not sampled"),
        Parent::Suppressed => Finding::problem(subject, line.found)
            .fix("make the call outside of `Context::enter_telemetry_suppressed_scope` and of an exporter"),
    }
}

pub(super) fn subscriber(status: &Status) -> Finding {
    let subject = Subject::Subscriber;
    let (layer, level) = (status.layer_line(), status.level_line());
    if status.tracing_layer == Some(false) && status.max_level == LevelFilter::OFF {
        return Finding::note(
            subject,
            "none, so `tracing` spans are not exported and are not parents of calls",
        );
    }
    if let Some(span) = disabled_span() {
        let fix = "give the filter to the layers that write logs: `fmt::layer().with_filter(..)`, or set `RUST_LOG=info`";
        return Finding::warning(
            subject,
            format!(
                "a filter over the whole subscriber disables {span}, and perhaps others: calls inside it start traces of \
                 their own"
            ),
        )
        .fix(fix);
    }
    if let Some(unselected) = unselected_spans() {
        let finding = match unselected.is_usual() {
            true => Some(Finding::warning(subject, unselected.found())),
            // Libraries have such spans too, which nobody misses: it may explain why there is no parent here.
            false if status.parent == Parent::None => {
                Some(Finding::note(subject, unselected.found()))
            }
            false => None,
        };
        if let Some(finding) = finding {
            return finding.fix(unselected.fix());
        }
    }
    match (status.tracing_layer, level.fix) {
        (Some(true), None) => Finding::ok(subject, layer.found),
        (Some(true), Some(fix)) => Finding::warning(subject, level.found).fix(fix),
        (Some(false) | None, _) => Finding::warning(subject, layer.found).fixes(layer.fix),
    }
}
