//! Writes W3C trace context directly into headers.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::header::{HeaderMap, HeaderValue};
use opentelemetry::baggage::BaggageExt;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};

use super::headers::{Headers, TRACEPARENT, TRACESTATE};

/// The headers that a W3C propagator writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// `traceparent` and `tracestate`.
    TraceContext,
    /// These and `baggage`, which the propagator itself writes.
    WithBaggage,
}

/// The format of a propagator; `None` if it does not write plain W3C headers.
///
/// If the propagator's fields are exactly those of W3C, it is tested with a few contexts and trusted if it writes the
/// same headers as [`write()`].
///
/// The result is cached by the addresses of the propagator and of its field names. A propagator without state has no
/// unique address, but its field names are in a static. A propagator with state may be allocated at the address of an
/// earlier one, so the test is repeated every [`TRUSTED_CALLS`] calls of a thread.
pub(super) fn format(propagator: &dyn TextMapPropagator) -> Option<Format> {
    /// The identity of the propagator tested last, with the result in the lowest bit; 0 before the first test.
    static TESTED: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static CALLS: Cell<u32> = const { Cell::new(0) };
    }

    let (format, names) = format_of_fields(propagator)?;
    let calls = CALLS.get().wrapping_add(1);
    CALLS.set(calls);
    let place = std::ptr::from_ref(propagator).cast::<()>() as usize;
    let identity = (place.rotate_left(13) ^ names.rotate_left(29) ^ format as usize) | 1;
    let tested = TESTED.load(Ordering::Relaxed);
    if tested | 1 == identity && !calls.is_multiple_of(TRUSTED_CALLS) {
        return (tested & 1 == 1).then_some(format);
    }
    let equal = writes_the_same(propagator, format);
    TESTED.store(identity - usize::from(!equal), Ordering::Relaxed);
    equal.then_some(format)
}

/// A propagator is tested again after this many calls. A test takes a few microseconds.
const TRUSTED_CALLS: u32 = 4096;

/// The format that the field names suggest, and the combined addresses of the names.
fn format_of_fields(propagator: &dyn TextMapPropagator) -> Option<(Format, usize)> {
    let (mut parent, mut state, mut baggage, mut names) = (false, false, false, 0);
    for field in propagator.fields() {
        names ^= field.as_ptr() as usize;
        match field {
            "traceparent" => parent = true,
            "tracestate" => state = true,
            "baggage" => baggage = true,
            _ => return None,
        }
    }
    let format = if baggage {
        Format::WithBaggage
    } else {
        Format::TraceContext
    };
    (parent && state).then_some((format, names))
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

/// Writes two digits per byte.
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
    use std::sync::OnceLock;

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

    /// Declares the fields of W3C but writes something else.
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
    fn the_propagators_of_the_sdk_are_recognized() {
        assert_eq!(
            format(&TraceContextPropagator::new()),
            Some(Format::TraceContext)
        );
        assert_eq!(format(&composite(true)), Some(Format::WithBaggage));
        assert_eq!(format(&composite(false)), Some(Format::TraceContext));
        assert_eq!(format(&BaggagePropagator::new()), None);
    }

    #[test]
    fn a_replaced_propagator_is_noticed() {
        let fields = || vec!["traceparent".to_owned(), "tracestate".to_owned()];
        let mut place: Box<Changing> = Box::new(Changing {
            fields: fields(),
            liar: false,
        });
        let recognized = |propagator: &Changing| {
            for _ in 0..TRUSTED_CALLS {
                format(propagator);
            }
            format(propagator).is_some()
        };
        // The worst case: all three have the same address, as have their field names.
        assert!(recognized(&place), "A");
        place.liar = true;
        assert!(!recognized(&place), "B");
        place.liar = false;
        assert!(recognized(&place), "C");
    }

    /// Writes W3C or something else, from the same address.
    #[derive(Debug)]
    struct Changing {
        fields: Vec<String>,
        liar: bool,
    }

    impl TextMapPropagator for Changing {
        fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
            match self.liar {
                true => injector.set("traceparent", "mine".into()),
                false => TraceContextPropagator::new().inject_context(context, injector),
            }
        }
        fn extract_with_context(&self, context: &Context, _: &dyn Extractor) -> Context {
            context.clone()
        }
        fn fields(&self) -> FieldIter<'_> {
            FieldIter::new(&self.fields)
        }
    }

    /// A propagator without state: all such values may have the same address.
    #[derive(Debug)]
    struct UnitLiar;

    impl TextMapPropagator for UnitLiar {
        fn inject_context(&self, _: &Context, injector: &mut dyn Injector) {
            injector.set("traceparent", "mine".into());
        }
        fn extract_with_context(&self, context: &Context, _: &dyn Extractor) -> Context {
            context.clone()
        }
        fn fields(&self) -> FieldIter<'_> {
            static FIELDS: OnceLock<[String; 2]> = OnceLock::new();
            FieldIter::new(FIELDS.get_or_init(|| ["traceparent", "tracestate"].map(str::to_owned)))
        }
    }

    #[test]
    fn propagators_without_state_are_distinguished_at_once() {
        for _ in 0..3 {
            assert!(format(&TraceContextPropagator::new()).is_some());
            assert!(format(&UnitLiar).is_none());
        }
    }

    #[test]
    fn a_propagator_that_writes_other_headers_is_not_replaced() {
        let liar = Liar(vec!["traceparent".into(), "tracestate".into()]);
        assert_eq!(format(&liar), None);
        assert_eq!(format(&liar), None);
        assert_eq!(
            format(&TraceContextPropagator::new()),
            Some(Format::TraceContext)
        );
    }

    #[test]
    fn the_headers_equal_those_of_the_sdk() {
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
