//! The parent of a call's span, and the propagation headers.

use std::sync::atomic::{AtomicU8, Ordering};

use http::header::HeaderMap;
use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, global};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::current_operation::CurrentOperation;
use super::headers::Headers;
use super::w3c;

/// The parent context of calls made here.
///
/// This is usually the active OpenTelemetry context, even inside a `tracing` span, because tracing-opentelemetry
/// activates the contexts of its spans. The current `tracing` span is only checked if it does not, because of
/// `with_context_activation(false)`, or if no OpenTelemetry span is active.
pub(super) fn parent() -> Context {
    let current = Context::current();
    let active = current.has_active_span();
    if active && ACTIVATION.load(Ordering::Relaxed) == ACTIVATED {
        return current;
    }
    let span = tracing::Span::current();
    if span.is_none() {
        return current;
    }
    let context = span.context();
    if !context.has_active_span() || active && !is_inner(&span, &context, &current) {
        return current;
    }
    current.with_remote_span_context(context.span().span_context().clone())
}

/// Whether the layer of tracing-opentelemetry activates the contexts of its spans. A process has only one such layer,
/// so this is determined once.
static ACTIVATION: AtomicU8 = AtomicU8::new(UNKNOWN);
const UNKNOWN: u8 = 0;
const ACTIVATED: u8 = 1;
const NOT_ACTIVATED: u8 = 2;

/// Whether the current `tracing` span, whose context is `context`, was entered inside the current OpenTelemetry
/// context.
///
/// Neither span records this, so it is inferred from the traces. A `tracing` span that is entered inside an
/// OpenTelemetry context continues its trace, whereas an OpenTelemetry span that is started inside a `tracing` span
/// without an activated context starts a new trace. The inference fails for an OpenTelemetry span that was started with
/// the `tracing` span's context as its parent. The spans of operations may be such spans, so they are excluded.
fn is_inner(span: &tracing::Span, context: &Context, current: &Context) -> bool {
    if ACTIVATION.load(Ordering::Relaxed) == UNKNOWN {
        let _outside = Context::new().attach();
        let activated = span.in_scope(|| Context::current().has_active_span());
        let found = if activated { ACTIVATED } else { NOT_ACTIVATED };
        ACTIVATION.store(found, Ordering::Relaxed);
    }
    let trace = |context: &Context| context.span().span_context().trace_id();
    ACTIVATION.load(Ordering::Relaxed) == NOT_ACTIVATED
        && trace(context) == trace(current)
        && current.get::<CurrentOperation>().is_none()
}

/// Writes `context` into the headers, in the format of the global propagator.
///
/// The SDK's W3C propagators allocate two strings per header, for its name and its value. If the global propagator
/// writes plain W3C headers, this crate writes them instead, which is five times as fast.
pub(super) fn inject(context: &Context, headers: &mut HeaderMap) {
    global::get_text_map_propagator(|propagator| match w3c::format(propagator) {
        Some(format) => w3c::write(context, format, propagator, headers),
        None => propagator.inject_context(context, &mut Headers(headers)),
    });
}
