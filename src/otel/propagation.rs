//! Where a call's span comes from, and how its context gets on the wire.

use std::sync::atomic::{AtomicU8, Ordering};

use http::header::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::Injector;
use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, global};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::operation::Operation;
use super::w3c;

pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(super) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
pub(super) const BAGGAGE: HeaderName = HeaderName::from_static("baggage");

/// The context that calls made here belong to.
///
/// The active OpenTelemetry context is right under `tracing` spans too, as tracing-opentelemetry activates them. The
/// current `tracing` span is asked only when it does not (its `with_context_activation(false)`).
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

/// Whether the layer of tracing-opentelemetry makes the contexts of its spans the current ones. A process has one such
/// layer, so this is found out once.
static ACTIVATION: AtomicU8 = AtomicU8::new(UNKNOWN);
const UNKNOWN: u8 = 0;
const ACTIVATED: u8 = 1;
const NOT_ACTIVATED: u8 = 2;

/// Whether the current `tracing` span, which has this context, was entered inside the current OpenTelemetry context.
///
/// Of two spans that know nothing of each other's scope this cannot be known for sure. A `tracing` span entered inside an
/// OpenTelemetry context continues its trace, while an OpenTelemetry span that was started inside a `tracing` span which
/// is not activated starts a trace of its own. The exception is one that was given the `tracing` span's context as its
/// parent, as this crate's own spans are.
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
        && current.get::<Operation>().is_none()
}

/// Puts `context` into the headers, in the format of the global propagator.
///
/// The SDK's own W3C propagators allocate a string for each header and one more for its name. Where the global one
/// turns out to write just what W3C says, the headers are written here instead, five times as fast.
pub(super) fn inject(context: &Context, headers: &mut HeaderMap) {
    global::get_text_map_propagator(|propagator| match w3c::format(propagator) {
        Some(format) => w3c::write(context, format, propagator, headers),
        None => propagator.inject_context(context, &mut Headers(headers)),
    });
}

pub(super) struct Headers<'a>(pub(super) &'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        // An SDK gives an empty tracestate for a trace that has none; W3C says to leave the header out then.
        if value.is_empty() {
            return;
        }
        let name = match key {
            "traceparent" => Ok(TRACEPARENT),
            "tracestate" => Ok(TRACESTATE),
            "baggage" => Ok(BAGGAGE),
            other => HeaderName::from_bytes(other.as_bytes()),
        };
        let value = if key == "traceparent" {
            sampled_flag_only(value)
        } else {
            value
        };
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}

/// `traceparent` with no other flag than sampled: servers built with opentelemetry-go before 1.42, which is every
/// Milvus up to at least 2.6, take the header for malformed when another is set and start a trace of their own.
fn sampled_flag_only(mut traceparent: String) -> String {
    const FLAGS: std::ops::Range<usize> = 53..55;
    let flags = traceparent
        .get(FLAGS)
        .and_then(|flags| u8::from_str_radix(flags, 16).ok());
    if let Some(flags) = flags.filter(|flags| *flags > 1) {
        traceparent.replace_range(FLAGS, if flags & 1 == 1 { "01" } else { "00" });
    }
    traceparent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sampled_flag_goes_out() {
        let of =
            |flags: &str| format!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{flags}");
        for (given, sent) in [
            ("00", "00"),
            ("01", "01"),
            ("02", "00"),
            ("03", "01"),
            ("ff", "01"),
        ] {
            let mut headers = HeaderMap::new();
            Headers(&mut headers).set("traceparent", of(given));
            assert_eq!(headers["traceparent"], of(sent));
        }
    }

    #[test]
    fn empty_and_impossible_headers_are_left_out() {
        let mut headers = HeaderMap::new();
        Headers(&mut headers).set("tracestate", String::new());
        Headers(&mut headers).set("b3", "a\nb".into());
        Headers(&mut headers).set("no header", "value".into());
        assert!(headers.is_empty());
    }
}
