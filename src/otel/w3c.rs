//! W3C trace context, written straight into headers.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::header::{HeaderMap, HeaderValue};
use opentelemetry::baggage::BaggageExt;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};

use super::propagation::{Headers, TRACEPARENT, TRACESTATE};

/// What a propagator writes that writes what W3C says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// `traceparent` and `tracestate`.
    TraceContext,
    /// And `baggage`, which the propagator is asked for where there is any.
    WithBaggage,
}

/// The format of a propagator; `None` when it is another, or none at all.
///
/// A propagator names its fields. One with just those of W3C is tried once, on contexts made up for it: only if it
/// writes what is written here, it is spared the work from then on.
pub(super) fn format(propagator: &dyn TextMapPropagator) -> Option<Format> {
    /// Where the propagator tried last lies in memory, and what came of it in the low bit. A propagator without
    /// state has no place of its own, so the fields are looked at each time.
    static TRIED: AtomicUsize = AtomicUsize::new(0);

    let format = format_of_fields(propagator)?;
    let place =
        (std::ptr::from_ref(propagator).cast::<()>() as usize) << 2 | (format as usize) << 1;
    let tried = TRIED.load(Ordering::Relaxed);
    if tried & !1 == place && tried != 0 {
        return (tried & 1 == 1).then_some(format);
    }
    let equal = writes_the_same(propagator, format);
    TRIED.store(place | usize::from(equal), Ordering::Relaxed);
    equal.then_some(format)
}

fn format_of_fields(propagator: &dyn TextMapPropagator) -> Option<Format> {
    let (mut parent, mut state, mut baggage) = (false, false, false);
    for field in propagator.fields() {
        match field {
            "traceparent" => parent = true,
            "tracestate" => state = true,
            "baggage" => baggage = true,
            _ => return None,
        }
    }
    (parent && state).then_some(if baggage {
        Format::WithBaggage
    } else {
        Format::TraceContext
    })
}

fn writes_the_same(propagator: &dyn TextMapPropagator, format: Format) -> bool {
    let state = TraceState::from_key_value([("vendor", "1"), ("other", "2")]).unwrap_or_default();
    let span = |flags, state| {
        let context = SpanContext::new(
            TraceId::from(0x0102_0304),
            SpanId::from(0x0506),
            flags,
            true,
            state,
        );
        Context::new().with_remote_span_context(context)
    };
    let sampled = span(TraceFlags::SAMPLED, state);
    let baggage = sampled.with_baggage([KeyValue::new("user", "a b")]);
    [
        span(TraceFlags::default(), TraceState::NONE),
        sampled,
        baggage,
        Context::new(),
    ]
    .iter()
    .all(|context| {
        let (mut theirs, mut ours) = (HeaderMap::new(), HeaderMap::new());
        propagator.inject_context(context, &mut Headers(&mut theirs));
        write(context, format, propagator, &mut ours);
        theirs == ours
    })
}

/// Writes the headers of a context.
pub(super) fn write(
    context: &Context,
    format: Format,
    propagator: &dyn TextMapPropagator,
    headers: &mut HeaderMap,
) {
    if format == Format::WithBaggage && !context.baggage().is_empty() {
        propagator.inject_context(context, &mut Headers(headers));
        return;
    }
    let span = context.span();
    let span = span.span_context();
    if !span.is_valid() {
        return;
    }
    headers.insert(TRACEPARENT, traceparent(span));
    if *span.trace_state() != TraceState::NONE
        && let Ok(state) = HeaderValue::try_from(span.trace_state().header())
        && !state.is_empty()
    {
        headers.insert(TRACESTATE, state);
    }
}

fn traceparent(span: &SpanContext) -> HeaderValue {
    let mut text = *b"00-00000000000000000000000000000000-0000000000000000-00";
    let flags = span.trace_flags().to_u8() & TraceFlags::SAMPLED.to_u8();
    write_hex(&mut text[3..35], &span.trace_id().to_bytes());
    write_hex(&mut text[36..52], &span.span_id().to_bytes());
    write_hex(&mut text[53..], &[flags]);
    HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Two digits for each byte.
fn write_hex(digits: &mut [u8], bytes: &[u8]) {
    const DIGITS: [[u8; 2]; 256] = {
        let (hex, mut all, mut byte) = (b"0123456789abcdef", [[0; 2]; 256], 0);
        while byte < all.len() {
            all[byte] = [hex[byte >> 4], hex[byte & 15]];
            byte += 1;
        }
        all
    };
    for (two, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        two.copy_from_slice(&DIGITS[usize::from(*byte)]);
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::propagation::text_map_propagator::FieldIter;
    use opentelemetry::propagation::{Extractor, Injector, TextMapCompositePropagator};
    use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};

    use super::*;

    fn composite(baggage: bool) -> TextMapCompositePropagator {
        let mut all: Vec<Box<dyn TextMapPropagator + Send + Sync>> =
            vec![Box::new(TraceContextPropagator::new())];
        if baggage {
            all.push(Box::new(BaggagePropagator::new()));
        }
        TextMapCompositePropagator::new(all)
    }

    /// Says it writes W3C, and writes something else.
    #[derive(Debug)]
    struct Liar(Vec<String>);

    impl TextMapPropagator for Liar {
        fn inject_context(&self, _: &Context, injector: &mut dyn Injector) {
            injector.set("traceparent", "mine".into());
        }
        fn extract_with_context(&self, context: &Context, _: &dyn Extractor) -> Context {
            context.clone()
        }
        fn fields(&self) -> FieldIter<'_> {
            FieldIter::new(&self.0)
        }
    }

    #[test]
    fn the_sdks_propagators_are_known() {
        assert_eq!(
            format(&TraceContextPropagator::new()),
            Some(Format::TraceContext)
        );
        assert_eq!(format(&composite(true)), Some(Format::WithBaggage));
        assert_eq!(format(&composite(false)), Some(Format::TraceContext));
        assert_eq!(format(&BaggagePropagator::new()), None);
    }

    #[test]
    fn one_that_writes_something_else_is_left_to_do_so() {
        let liar = Liar(vec!["traceparent".into(), "tracestate".into()]);
        assert_eq!(format(&liar), None);
        assert_eq!(format(&liar), None);
        assert_eq!(
            format(&TraceContextPropagator::new()),
            Some(Format::TraceContext)
        );
    }

    #[test]
    fn the_headers_are_those_of_the_sdk() {
        let propagator = composite(true);
        let state = TraceState::from_key_value([("a", "1")]).unwrap();
        for flags in [0, 1, 2, 3, 0xff] {
            let span = SpanContext::new(
                TraceId::from(u128::MAX / 7),
                SpanId::from(u64::MAX / 11),
                TraceFlags::new(flags),
                true,
                state.clone(),
            );
            let context = Context::new().with_remote_span_context(span);
            let (mut theirs, mut ours) = (HeaderMap::new(), HeaderMap::new());
            propagator.inject_context(&context, &mut Headers(&mut theirs));
            write(&context, Format::WithBaggage, &propagator, &mut ours);
            assert_eq!(ours, theirs, "flags {flags:x}");
        }
    }
}
