//! What the doctor tries out: a trace by the provider of a layer.

use opentelemetry::Context;
use opentelemetry::trace::SpanBuilder;

use super::OtelLayer;

impl OtelLayer {
    /// Whether spans go to a provider given to this layer, instead of the global one.
    pub(crate) fn has_tracer_provider(&self) -> bool {
        self.settings.tracers.is_fixed()
    }

    /// Starts a span below `parent`, by the provider that the spans of calls come from. `None` if there is no such provider,
    /// or it was shut down.
    pub(crate) fn start_span(&self, name: &'static str, parent: &Context) -> Option<Context> {
        let span = SpanBuilder::from_name(name);
        let tracer = self.settings.tracers.tracer()?;
        tracer.start(span, parent)?.context()
    }
}
