//! The propagators that carry trace context across processes.

use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};

use super::env::Env;
use super::settings::PropagatorKind;
use super::variables;

/// The propagators that `OTEL_PROPAGATORS` lists; W3C trace context and baggage by default.
pub(super) fn propagator(env: &mut Env) -> TextMapCompositePropagator {
    let kinds = env
        .list(&variables::PROPAGATOR)
        .unwrap_or_else(|| vec![PropagatorKind::TraceContext, PropagatorKind::Baggage]);
    let propagators = kinds
        .into_iter()
        .map(|kind| match kind {
            PropagatorKind::TraceContext => {
                Box::new(TraceContextPropagator::new()) as Box<dyn TextMapPropagator + Send + Sync>
            }
            PropagatorKind::Baggage => Box::new(BaggagePropagator::new()),
        })
        .collect();
    TextMapCompositePropagator::new(propagators)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The headers that the propagator injects, and the warnings.
    fn fields(value: &str) -> (Vec<String>, Vec<String>) {
        let mut env = Env::fixed([("OTEL_PROPAGATORS", value)]);
        let propagator = propagator(&mut env);
        let mut fields: Vec<_> = propagator.fields().map(str::to_owned).collect();
        fields.sort();
        let warnings = env.into_warnings();
        (fields, warnings.iter().map(ToString::to_string).collect())
    }

    const BOTH: [&str; 3] = ["baggage", "traceparent", "tracestate"];

    #[test]
    fn the_default_is_w3c() {
        for value in ["", "baggage, TraceContext,baggage"] {
            let (fields, warnings) = fields(value);
            assert_eq!(fields, BOTH, "{value}");
            assert_eq!(warnings, [""; 0]);
        }
    }

    #[test]
    fn none_disables_propagation() {
        assert_eq!(fields("none"), (vec![], vec![]));
    }

    #[test]
    fn an_unknown_propagator_is_reported() {
        let (known, warnings) = fields("b3,baggage");
        assert_eq!(known, ["baggage"]);
        assert!(warnings[0].contains("\"b3\""), "{warnings:?}");
        assert_eq!(fields("b3").0, BOTH);
    }
}
