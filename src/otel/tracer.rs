//! Tracers that follow the global provider.
//!
//! A tracer taken from the global provider before the application installed one stays without effect for ever, and
//! one whose provider was shut down gives spans that are not valid. So a tracer is kept only while it works.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, OnceLock, RwLock};

use crate::scope::scope;
use opentelemetry::Context;
use opentelemetry::global::{self, BoxedTracer};
use opentelemetry::trace::{
    Span, SpanBuilder, SpanContext, SpanId, SpanRef, TraceContextExt, TraceFlags, TraceId,
    TraceState, Tracer,
};

/// Where tracers come from: the global provider, or one the user gave.
#[derive(Clone)]
pub(crate) struct Tracers {
    fixed: Option<Arc<dyn StartSpan>>,
    global: Arc<GlobalTracer>,
}

/// The tracer of the global provider, once there is one.
#[derive(Default)]
struct GlobalTracer {
    /// That of the first provider, which is the only one in nearly all applications: to read it takes no lock. It is
    /// kept also when that provider ended, as long as the layer.
    first: OnceLock<Arc<dyn StartSpan>>,
    /// The first provider was shut down.
    first_ended: AtomicBool,
    /// That of the provider installed after it.
    later: RwLock<Option<Arc<dyn StartSpan>>>,
}

/// A span that was started.
#[derive(Debug)]
pub(super) enum StartedSpan {
    /// Its parent's context, with a span in it that is recorded. To ask the span later means to lock it.
    Recording(Context),
    /// Its parent's context, with the ids of a span in it that a sampler decided against.
    Dropped(Context),
    /// A sampler decided against it as it did against its parent: the parent's context tells that already.
    DroppedAsParent,
}

impl StartedSpan {
    /// The context, where the span has one of its own.
    pub(super) fn context(self) -> Option<Context> {
        match self {
            Self::Recording(context) | Self::Dropped(context) => Some(context),
            Self::DroppedAsParent => None,
        }
    }
}

/// A tracer whose spans go into a context at once.
trait StartSpan: Send + Sync {
    /// `None` when the span has no ids: the SDK was shut down, or `parent` wants no telemetry.
    fn start(&self, span: SpanBuilder, parent: &Context) -> Option<StartedSpan>;
}

impl<T> StartSpan for T
where
    T: Tracer<Span: Span + Send + Sync + 'static> + Send + Sync,
{
    fn start(&self, span: SpanBuilder, parent: &Context) -> Option<StartedSpan> {
        let span = self.build_with_context(span, parent);
        let ids = span.span_context();
        if !ids.is_valid() {
            return None;
        }
        Some(if span.is_recording() {
            StartedSpan::Recording(parent.with_span(span))
        } else if is_dropped_as(&parent.span(), ids) {
            StartedSpan::DroppedAsParent
        } else {
            // Of a span that records nothing, the ids are all there is: it need not be kept behind a lock.
            StartedSpan::Dropped(parent.with_remote_span_context(ids.clone()))
        })
    }
}

/// Whether all that a server or another span can learn from these ids is what the parent's say too: which trace it is,
/// and that nothing of it is kept. A parent that is recorded though it is not sampled says more: attempts would be
/// recorded below it.
fn is_dropped_as(parent: &SpanRef<'_>, ids: &SpanContext) -> bool {
    let known = parent.span_context();
    known.is_valid()
        && !known.is_sampled()
        && !ids.is_sampled()
        && known.trace_id() == ids.trace_id()
        && known.trace_state() == ids.trace_state()
        && !parent.is_recording()
}

/// A tracer of an installed SDK.
pub(super) struct LiveTracer<'a> {
    of: &'a Tracers,
    tracer: TracerRef<'a>,
}

enum TracerRef<'a> {
    Borrowed(&'a dyn StartSpan),
    Owned(Arc<dyn StartSpan>),
}

impl LiveTracer<'_> {
    /// A new span below `parent`, if it can have one.
    pub(super) fn start(&self, span: SpanBuilder, parent: &Context) -> Option<StartedSpan> {
        let started = match &self.tracer {
            TracerRef::Borrowed(tracer) => tracer.start(span, parent),
            TracerRef::Owned(tracer) => tracer.start(span, parent),
        };
        // Where telemetry is suppressed, no span has ids.
        if started.is_none() && !parent.is_telemetry_suppressed() {
            self.of.global.forget();
        }
        started
    }
}

impl GlobalTracer {
    fn get(&self) -> Option<TracerRef<'_>> {
        match self.first.get() {
            Some(first) if !self.first_ended.load(Ordering::Relaxed) => {
                Some(TracerRef::Borrowed(&**first))
            }
            _ => self.later.read().ok()?.clone().map(TracerRef::Owned),
        }
    }

    fn put(&self, tracer: Arc<dyn StartSpan>) {
        if let Err(tracer) = self.first.set(tracer)
            && let Ok(mut later) = self.later.write()
        {
            *later = Some(tracer);
        }
    }

    /// The next call looks for another provider.
    fn forget(&self) {
        self.first_ended.store(true, Ordering::Relaxed);
        if let Ok(mut later) = self.later.write() {
            *later = None;
        }
    }
}

impl Tracers {
    pub(super) fn global() -> Self {
        Self {
            fixed: None,
            global: Arc::default(),
        }
    }

    pub(super) fn fixed(
        tracer: impl Tracer<Span: Span + Send + Sync + 'static> + Send + Sync + 'static,
    ) -> Self {
        Self {
            fixed: Some(Arc::new(tracer)),
            global: Arc::default(),
        }
    }

    /// A tracer; `None` when no SDK is installed.
    pub(super) fn tracer(&self) -> Option<LiveTracer<'_>> {
        let fixed = self.fixed.as_deref().map(TracerRef::Borrowed);
        if let Some(tracer) = fixed.or_else(|| self.global.get()) {
            return Some(LiveTracer { of: self, tracer });
        }
        let tracer = global::tracer_with_scope(scope());
        if !is_installed(&tracer) {
            return None;
        }
        let tracer: Arc<dyn StartSpan> = Arc::new(tracer);
        self.global.put(Arc::clone(&tracer));
        let tracer = TracerRef::Owned(tracer);
        Some(LiveTracer { of: self, tracer })
    }
}

/// Whether the tracer belongs to an SDK. It leaves no trace: where telemetry is suppressed an SDK gives an invalid
/// span, while the API alone hands the parent's context back.
pub(super) fn is_installed(tracer: &BoxedTracer) -> bool {
    static SUPPRESSED: LazyLock<Context> = LazyLock::new(|| {
        let parent = SpanContext::new(
            TraceId::from(1),
            SpanId::from(1),
            TraceFlags::default(),
            true,
            TraceState::NONE,
        );
        Context::new()
            .with_telemetry_suppressed()
            .with_remote_span_context(parent)
    });
    !tracer
        .build_with_context(SpanBuilder::default(), &SUPPRESSED)
        .span_context()
        .is_valid()
}

impl fmt::Debug for Tracers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.fixed.is_some() {
            "Tracers(of a provider)"
        } else {
            "Tracers(global)"
        })
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::KeyValue;
    use opentelemetry::trace::{Link, SpanKind, TracerProvider as _};
    use opentelemetry_sdk::trace::{
        Sampler, SamplingDecision, SamplingResult, SdkTracerProvider, ShouldSample,
    };

    use super::*;

    /// Has spans recorded for this process alone.
    #[derive(Debug, Clone)]
    struct RecordOnly;

    impl ShouldSample for RecordOnly {
        fn should_sample(
            &self,
            _: Option<&Context>,
            _: TraceId,
            _: &str,
            _: &SpanKind,
            _: &[KeyValue],
            _: &[Link],
        ) -> SamplingResult {
            SamplingResult {
                decision: SamplingDecision::RecordOnly,
                attributes: Vec::new(),
                trace_state: TraceState::NONE,
            }
        }
    }

    #[test]
    fn only_a_parent_of_which_nothing_is_kept_stands_for_a_dropped_span() {
        let tracer = |sampler: Box<dyn ShouldSample>| {
            let provider = SdkTracerProvider::builder().with_sampler(sampler);
            provider.build().tracer("")
        };
        let dropping = tracer(Box::new(Sampler::AlwaysOff));
        for (of_parent, stands) in [
            (tracer(Box::new(Sampler::AlwaysOff)), true),
            (tracer(Box::new(RecordOnly)), false),
            (tracer(Box::new(Sampler::AlwaysOn)), false),
        ] {
            let parent = Context::new().with_span(Tracer::start(&of_parent, "parent"));
            let started = StartSpan::start(&dropping, SpanBuilder::default(), &parent);
            let own = started.unwrap().context();
            assert_eq!(own.is_none(), stands, "{parent:?}");
        }
    }

    fn starts(tracers: &Tracers, parent: &Context) -> bool {
        let tracer = tracers.tracer().unwrap();
        tracer.start(SpanBuilder::default(), parent).is_some()
    }

    #[test]
    fn a_tracer_is_kept_until_its_provider_is_shut_down() {
        let provider = SdkTracerProvider::builder().build();
        let tracers = Tracers::global();
        tracers.global.put(Arc::new(provider.tracer("")));
        let kept = || tracers.global.get().is_some();

        let suppressed = Context::new().with_telemetry_suppressed();
        assert!(!starts(&tracers, &suppressed) && kept());
        assert!(starts(&tracers, &Context::new()) && kept());
        provider.shutdown().unwrap();
        assert!(!starts(&tracers, &Context::new()) && !kept());
    }
}
