//! Which spans are recorded, and how large one may grow.

use opentelemetry_sdk::trace::{Sampler, SpanLimits};

use super::env::Env;
use super::spans::ValueLimits;

/// The sampler of `OTEL_TRACES_SAMPLER`; the caller's decision, and otherwise everything, by default.
pub(super) fn sampler(env: &mut Env) -> Sampler {
    const NAME: &str = "OTEL_TRACES_SAMPLER";
    let parent_based = |root| Sampler::ParentBased(Box::new(root));
    let Some(name) = env.get(NAME) else {
        return parent_based(Sampler::AlwaysOn);
    };
    match name.to_ascii_lowercase().as_str() {
        "always_on" => Sampler::AlwaysOn,
        "always_off" => Sampler::AlwaysOff,
        "traceidratio" => Sampler::TraceIdRatioBased(ratio(env)),
        "parentbased_always_on" => parent_based(Sampler::AlwaysOn),
        "parentbased_always_off" => parent_based(Sampler::AlwaysOff),
        "parentbased_traceidratio" => parent_based(Sampler::TraceIdRatioBased(ratio(env))),
        _ => {
            env.warn(
                NAME,
                format!("no sampler {name:?} here, parentbased_always_on is used"),
            );
            parent_based(Sampler::AlwaysOn)
        }
    }
}

fn ratio(env: &mut Env) -> f64 {
    const NAME: &str = "OTEL_TRACES_SAMPLER_ARG";
    let Some(value) = env.get(NAME) else {
        return 1.0;
    };
    match value.parse::<f64>() {
        Ok(ratio) if (0.0..=1.0).contains(&ratio) => ratio,
        _ => {
            env.warn(
                NAME,
                format!("expected a number from 0 to 1, got {value:?}, 1 is used"),
            );
            1.0
        }
    }
}

/// How many attributes, events and links a span may have.
pub(super) fn span_limits(env: &mut Env) -> SpanLimits {
    let mut first = |names: &[&str], default: u32| {
        names
            .iter()
            .find_map(|name| env.number(name, 0))
            .map_or(default, |number| u32::try_from(number).unwrap_or(u32::MAX))
    };
    const GENERAL: &str = "OTEL_ATTRIBUTE_COUNT_LIMIT";
    let default = SpanLimits::default();
    SpanLimits {
        max_attributes_per_span: first(
            &["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", GENERAL],
            default.max_attributes_per_span,
        ),
        max_events_per_span: first(
            &["OTEL_SPAN_EVENT_COUNT_LIMIT"],
            default.max_events_per_span,
        ),
        max_links_per_span: first(&["OTEL_SPAN_LINK_COUNT_LIMIT"], default.max_links_per_span),
        max_attributes_per_event: first(
            &["OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", GENERAL],
            default.max_attributes_per_event,
        ),
        max_attributes_per_link: first(
            &["OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", GENERAL],
            default.max_attributes_per_link,
        ),
    }
}

/// How long a string attribute may be; no limit by default.
pub(super) fn value_limits(env: &mut Env) -> ValueLimits {
    let mut limit = |name| {
        env.number(name, 0)
            .map(|number| usize::try_from(number).unwrap_or(usize::MAX))
    };
    let other = limit("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT");
    ValueLimits {
        span: limit("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT").or(other),
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
    fn a_wrong_sampler_or_ratio_is_named() {
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
    fn the_specific_limit_beats_the_general_one() {
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
