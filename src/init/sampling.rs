//! The sampler and the limits of spans.

use opentelemetry_sdk::trace::{Sampler, ShouldSample, SpanLimits};

use super::env::Env;
use super::settings::RootSampler;
use super::spans::ValueLimits;
use super::variables;

/// The sampler that `OTEL_TRACES_SAMPLER` selects.
pub(super) fn sampler(env: &mut Env) -> Sampler {
    let kind = env.value(&variables::SAMPLER);
    let root = match kind.root {
        RootSampler::AlwaysOn => Sampler::AlwaysOn,
        RootSampler::AlwaysOff => Sampler::AlwaysOff,
        RootSampler::TraceIdRatio => {
            Sampler::TraceIdRatioBased(env.value(&variables::SAMPLER_RATIO))
        }
    };
    match kind.parent_based {
        true => Sampler::ParentBased(Box::new(root)),
        false => root,
    }
}

/// Whether a sampler of the SDK records no new trace. `Debug` tells, also of a sampler inside `ParentBased`, which cannot be
/// inspected. What a sampler of the application does is not known.
pub(super) fn is_off(sampler: &dyn ShouldSample) -> bool {
    let shown = format!("{sampler:?}");
    let inside = |text: &str, name: &str| {
        let inner = text.strip_prefix(name)?.strip_prefix('(')?;
        Some(inner.strip_suffix(')')?.to_owned())
    };
    let root = inside(&shown, "ParentBased").unwrap_or(shown);
    let ratio = inside(&root, "TraceIdRatioBased").and_then(|ratio| ratio.parse::<f64>().ok());
    root == "AlwaysOff" || ratio.is_some_and(|ratio| ratio <= 0.0)
}

/// Whether the environment selects a sampler that records no new trace.
pub(crate) fn is_off_by_environment() -> bool {
    is_off(&sampler(&mut Env::process()))
}

/// The maximum numbers of attributes, events and links of a span.
pub(super) fn span_limits(env: &mut Env) -> SpanLimits {
    let general = env.value(&variables::ATTRIBUTES);
    let limit = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let mut attributes = |variable| limit(env.get(variable).unwrap_or(general));
    SpanLimits {
        max_attributes_per_span: attributes(&variables::SPAN_ATTRIBUTES),
        max_attributes_per_event: attributes(&variables::EVENT_ATTRIBUTES),
        max_attributes_per_link: attributes(&variables::LINK_ATTRIBUTES),
        max_events_per_span: limit(env.value(&variables::SPAN_EVENTS)),
        max_links_per_span: limit(env.value(&variables::SPAN_LINKS)),
    }
}

/// The maximum lengths of string attributes; unlimited by default.
pub(super) fn value_limits(env: &mut Env) -> ValueLimits {
    let other = env.get(&variables::VALUE_LENGTH);
    ValueLimits {
        span: env.get(&variables::SPAN_VALUE_LENGTH).or(other),
        other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_six_samplers() {
        for (name, expected) in [
            ("always_on", "AlwaysOn"),
            ("always_off", "AlwaysOff"),
            ("traceidratio", "TraceIdRatioBased(0.25)"),
            ("parentbased_always_on", "ParentBased(AlwaysOn)"),
            ("parentbased_always_off", "ParentBased(AlwaysOff)"),
            (
                "parentbased_traceidratio",
                "ParentBased(TraceIdRatioBased(0.25))",
            ),
        ] {
            let mut env = Env::fixed([
                ("OTEL_TRACES_SAMPLER", name),
                ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
            ]);
            assert_eq!(format!("{:?}", sampler(&mut env)), expected);
            assert_eq!(env.into_warnings(), []);
        }
    }

    #[test]
    fn samplers_that_record_no_new_trace_are_known() {
        let below = |root: Sampler| Sampler::ParentBased(Box::new(root));
        for off in [Sampler::AlwaysOff, Sampler::TraceIdRatioBased(0.0)] {
            assert!(is_off(&off), "{off:?}");
            assert!(is_off(&below(off)));
        }
        for on in [Sampler::AlwaysOn, Sampler::TraceIdRatioBased(1e-9)] {
            assert!(!is_off(&on), "{on:?}");
            assert!(!is_off(&below(on)));
        }
    }

    #[test]
    fn an_invalid_sampler_or_ratio_causes_a_warning() {
        for (name, argument, variable) in [
            ("jaeger_remote", "1", "OTEL_TRACES_SAMPLER"),
            ("traceidratio", "2", "OTEL_TRACES_SAMPLER_ARG"),
            ("traceidratio", "NaN", "OTEL_TRACES_SAMPLER_ARG"),
        ] {
            let mut env = Env::fixed([
                ("OTEL_TRACES_SAMPLER", name),
                ("OTEL_TRACES_SAMPLER_ARG", argument),
            ]);
            sampler(&mut env);
            assert_eq!(env.into_warnings()[0].variable(), variable);
        }
    }

    #[test]
    fn the_specific_limit_precedes_the_general_one() {
        let mut env = Env::fixed([
            ("OTEL_ATTRIBUTE_COUNT_LIMIT", "7"),
            ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "9"),
            ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "5"),
        ]);
        let limits = span_limits(&mut env);
        assert_eq!(limits.max_attributes_per_span, 9);
        assert_eq!(limits.max_attributes_per_event, 7);
        assert_eq!(limits.max_events_per_span, 128);
        let values = value_limits(&mut env);
        assert_eq!((values.span, values.other), (Some(5), Some(5)));
    }
}
