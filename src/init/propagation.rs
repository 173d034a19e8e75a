//! The propagators that carry trace context across processes.

use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};

use super::env::Env;

const NAME: &str = "OTEL_PROPAGATORS";

/// The composite that `OTEL_PROPAGATORS` asks for; W3C trace context and baggage by default.
pub(super) fn propagator(env: &mut Env) -> TextMapCompositePropagator {
    let propagators = names(env)
        .into_iter()
        .map(|name| match name {
            Name::TraceContext => {
                Box::new(TraceContextPropagator::new()) as Box<dyn TextMapPropagator + Send + Sync>
            }
            Name::Baggage => Box::new(BaggagePropagator::new()),
        })
        .collect();
    TextMapCompositePropagator::new(propagators)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    TraceContext,
    Baggage,
}

fn names(env: &mut Env) -> Vec<Name> {
    let listed = env.list(NAME).unwrap_or_default();
    if listed.iter().any(|name| name == "none") {
        return Vec::new();
    }
    let mut names = Vec::new();
    for name in listed {
        let known = match name.as_str() {
            "tracecontext" => Name::TraceContext,
            "baggage" => Name::Baggage,
            _ => {
                env.warn(
                    NAME,
                    format!(
                        "no propagator {name:?} here (tracecontext, baggage and none are), ignored"
                    ),
                );
                continue;
            }
        };
        if !names.contains(&known) {
            names.push(known);
        }
    }
    if names.is_empty() {
        names.extend([Name::TraceContext, Name::Baggage]);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(value: &str) -> (Vec<Name>, Vec<String>) {
        let mut env = Env::fixed([(NAME, value)]);
        let names = names(&mut env);
        let warnings = env.into_warnings();
        (names, warnings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_default_is_w3c() {
        let both = vec![Name::TraceContext, Name::Baggage];
        assert_eq!(from(""), (both.clone(), vec![]));
        assert_eq!(from("baggage, TraceContext,baggage").0.len(), 2);
        let mut env = Env::fixed([]);
        let propagator = propagator(&mut env);
        let fields: Vec<_> = propagator.fields().collect();
        for field in ["traceparent", "tracestate", "baggage"] {
            assert!(fields.contains(&field), "{fields:?}");
        }
    }

    #[test]
    fn none_means_none() {
        assert_eq!(from("none"), (vec![], vec![]));
    }

    #[test]
    fn an_unknown_one_is_named() {
        let (names, warnings) = from("b3,baggage");
        assert_eq!(names, [Name::Baggage]);
        assert!(warnings[0].contains("\"b3\""), "{warnings:?}");
        assert_eq!(from("b3").0, [Name::TraceContext, Name::Baggage]);
    }
}
