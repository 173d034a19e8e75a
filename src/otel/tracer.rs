//! Tracers that follow the global provider.
//!
//! A tracer that was created before the application installed a global provider never records anything, and a tracer
//! whose provider was shut down creates invalid spans. Therefore, a tracer is only kept while it works.

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

/// The source of tracers: the global provider, or the provider given to the layer.
#[derive(Clone)]
pub(crate) struct Tracers {
    fixed: Option<Arc<dyn StartSpan>>,
    global: Arc<GlobalTracer>,
}

/// The tracer of the global provider, once there is one.
#[derive(Default)]
struct GlobalTracer {
    /// The tracer of the first provider, which is the only one in nearly all applications. Reading it takes no lock. It
    /// is kept as long as the layer, even if the provider is shut down.
    first: OnceLock<Arc<dyn StartSpan>>,
    /// Whether the first provider was shut down.
    first_ended: AtomicBool,
    /// The tracer of the provider that was installed after it.
    later: RwLock<Option<Arc<dyn StartSpan>>>,
}

/// A started span.
#[derive(Debug)]
pub(super) enum StartedSpan {
    /// The parent's context with a recorded span in it. Any later access to the span takes a lock.
    Recording(Context),
    /// The parent's context with the IDs of a span in it that the sampler dropped.
    Dropped(Context),
    /// The sampler dropped the span like its parent, so the parent's context can be used instead.
    DroppedLikeParent,
}

impl StartedSpan {
    /// The context, unless it is the parent's.
    pub(super) fn context(self) -> Option<Context> {
        match self {
            Self::Recording(context) | Self::Dropped(context) => Some(context),
            Self::DroppedLikeParent => None,
        }
    }
}

/// A tracer that puts its spans into contexts.
trait StartSpan: Send + Sync {
    /// Returns `None` if the span has no IDs: the SDK was shut down, or telemetry is suppressed in `parent`.
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
        } else if is_dropped_like(&parent.span(), ids) {
            StartedSpan::DroppedLikeParent
        } else {
            // A span that is not recorded consists of its IDs only, so it is not kept, which avoids its lock.
            StartedSpan::Dropped(parent.with_remote_span_context(ids.clone()))
        })
    }
}

/// Whether the parent's context can replace that of a dropped span: both have the same trace ID and trace state, and
/// neither is sampled. The parent must not be recorded (a sampler may decide to record a span without sampling it), or
/// attempts would be recorded as its children.
fn is_dropped_like(parent: &SpanRef<'_>, ids: &SpanContext) -> bool {
    let parent_ids = parent.span_context();
    parent_ids.is_valid()
        && !parent_ids.is_sampled()
        && !ids.is_sampled()
        && parent_ids.trace_id() == ids.trace_id()
        && parent_ids.trace_state() == ids.trace_state()
        && !parent.is_recording()
}

/// A tracer of an installed SDK.
pub(super) struct LiveTracer<'a> {
    tracers: &'a Tracers,
    tracer: TracerRef<'a>,
}

enum TracerRef<'a> {
    Borrowed(&'a dyn StartSpan),
    Owned(Arc<dyn StartSpan>),
}

impl LiveTracer<'_> {
    /// Starts a span as a child of `parent`. Returns `None` if it has no IDs.
    pub(super) fn start(&self, span: SpanBuilder, parent: &Context) -> Option<StartedSpan> {
        let started = match &self.tracer {
            TracerRef::Borrowed(tracer) => tracer.start(span, parent),
            TracerRef::Owned(tracer) => tracer.start(span, parent),
        };
        // If telemetry is suppressed, a span without IDs does not mean that the SDK was shut down.
        if started.is_none() && !parent.is_telemetry_suppressed() {
            self.tracers.global.forget();
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

    /// Discards the tracer, so that the next call looks for a new provider.
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

    /// Whether the tracer is one given to the layer.
    #[cfg(feature = "otlp")]
    pub(super) fn is_fixed(&self) -> bool {
        self.fixed.is_some()
    }

    /// A tracer; `None` if no SDK is installed.
    pub(super) fn tracer(&self) -> Option<LiveTracer<'_>> {
        let fixed = self.fixed.as_deref().map(TracerRef::Borrowed);
        if let Some(tracer) = fixed.or_else(|| self.global.get()) {
            return Some(LiveTracer {
                tracers: self,
                tracer,
            });
        }
        let tracer = global::tracer_with_scope(scope());
        if !is_installed(&tracer) {
            return None;
        }
        let tracer: Arc<dyn StartSpan> = Arc::new(tracer);
        self.global.put(Arc::clone(&tracer));
        let tracer = TracerRef::Owned(tracer);
        Some(LiveTracer {
            tracers: self,
            tracer,
        })
    }
}

/// Whether the tracer belongs to an SDK. This records nothing: if telemetry is suppressed, an SDK creates an invalid
/// span, whereas the API's default returns the parent's context.
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

    /// A sampler that records spans without sampling them.
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
    fn only_a_dropped_parent_replaces_a_dropped_span() {
        let tracer = |sampler: Box<dyn ShouldSample>| {
            let provider = SdkTracerProvider::builder().with_sampler(sampler);
            provider.build().tracer("")
        };
        let dropping = tracer(Box::new(Sampler::AlwaysOff));
        for (parents_tracer, replaces) in [
            (tracer(Box::new(Sampler::AlwaysOff)), true),
            (tracer(Box::new(RecordOnly)), false),
            (tracer(Box::new(Sampler::AlwaysOn)), false),
        ] {
            let parent = Context::new().with_span(Tracer::start(&parents_tracer, "parent"));
            let started = StartSpan::start(&dropping, SpanBuilder::default(), &parent);
            let own = started.unwrap().context();
            assert_eq!(own.is_none(), replaces, "{parent:?}");
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
