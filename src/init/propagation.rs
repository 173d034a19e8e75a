//! The propagators that carry trace context across processes.

use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};

use super::env::{Env, Warning};
use super::extensions::Propagator;
use super::settings::PropagatorKind;
use super::variables;

/// The propagators that `OTEL_PROPAGATORS` lists, W3C trace context and baggage by default, and then those added in code.
pub(super) fn propagator(env: &mut Env, added: Vec<Propagator>) -> TextMapCompositePropagator {
    let kinds = env
        .list(&variables::PROPAGATOR)
        .unwrap_or_else(|| vec![PropagatorKind::TraceContext, PropagatorKind::Baggage]);
    let listed = kinds.into_iter().map(|kind| match kind {
        PropagatorKind::TraceContext => Box::new(TraceContextPropagator::new()) as Propagator,
        PropagatorKind::Baggage => Box::new(BaggagePropagator::new()),
    });
    TextMapCompositePropagator::new(listed.chain(added).collect())
}

/// The global propagator, as far as `init` knows it.
#[derive(Debug, Clone)]
pub(super) enum Propagation {
    /// `init` does not set it.
    NotSet,
    /// It writes `traceparent`.
    TraceContext,
    /// It does not write `traceparent`, the only header that Milvus reads, because of the configuration file with this path,
    /// or of the environment.
    NoTraceContext(Option<String>),
}

impl Propagation {
    /// Of a propagator that `init` sets.
    pub(super) fn of(propagator: &dyn TextMapPropagator, file: Option<&str>) -> Self {
        match propagator.fields().any(|field| field == "traceparent") {
            true => Self::TraceContext,
            false => Self::NoTraceContext(file.map(str::to_owned)),
        }
    }

    /// A warning if Milvus cannot continue the traces that are exported.
    pub(super) fn warning(&self) -> Option<Warning> {
        const REASON: &str =
            "Milvus' spans are not part of the exported traces, because no `traceparent` is sent";
        let Self::NoTraceContext(file) = self else {
            return None;
        };
        let fix = self.fix()?;
        Some(match file {
            Some(file) => Warning::new(
                variables::CONFIG_FILE.name,
                format!("{file}: {REASON}: {fix}"),
            ),
            None => Warning::new(variables::PROPAGATOR.name, format!("{REASON}: {fix}")),
        })
    }

    /// What to do if the global propagator does not write `traceparent`; `None` if that is not the business of `init`.
    pub(super) fn fix(&self) -> Option<String> {
        match self {
            Self::NotSet => None,
            Self::TraceContext => Some(
                "another propagator replaced that of `init`: give it to `Builder::propagator` instead of \
                 `opentelemetry::global::set_text_map_propagator`"
                    .to_owned(),
            ),
            Self::NoTraceContext(None) => Some(format!(
                "add `tracecontext` to `{}`",
                variables::PROPAGATOR.name
            )),
            Self::NoTraceContext(Some(file)) => Some(format!(
                "add `tracecontext` to `propagator.composite` in {file}"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The headers that the propagator injects, and the warnings.
    fn fields(value: &str) -> (Vec<String>, Vec<String>) {
        let mut env = Env::fixed([("OTEL_PROPAGATORS", value)]);
        let propagator = propagator(&mut env, Vec::new());
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

    #[test]
    fn without_trace_context_the_setting_is_named() {
        let warning = |value: &str, file: Option<&str>| {
            let mut env = Env::fixed([("OTEL_PROPAGATORS", value)]);
            let propagator = propagator(&mut env, Vec::new());
            let warning = Propagation::of(&propagator, file).warning();
            warning.map(|warning| warning.to_string())
        };
        assert_eq!(warning("tracecontext", None), None);
        for value in ["none", "baggage"] {
            let text = warning(value, None).unwrap();
            assert!(
                text.starts_with("OTEL_PROPAGATORS: Milvus' spans"),
                "{text}"
            );
            assert!(
                text.ends_with(": add `tracecontext` to `OTEL_PROPAGATORS`"),
                "{text}"
            );
        }
        let text = warning("none", Some("otel.yaml")).unwrap();
        assert!(
            text.starts_with("OTEL_CONFIG_FILE: otel.yaml: Milvus' spans")
                && text.ends_with("add `tracecontext` to `propagator.composite` in otel.yaml"),
            "{text}"
        );
    }
}
