//! Variables of the specification that are not supported, and the variable that silences warnings.

use super::env::Env;
use super::variables;

/// Warns about unsupported variables that are set.
pub(super) fn warn(env: &mut Env) {
    if env.get(&variables::ENTITIES).is_some() {
        let reason = "entities are not supported, ignored: use OTEL_RESOURCE_ATTRIBUTES";
        env.warn(variables::ENTITIES.name, reason);
    }
    if let Some(filter) = env.get(&variables::EXEMPLAR_FILTER)
        && !filter.eq_ignore_ascii_case("always_off")
    {
        let reason = format!("the SDK records no exemplars, {filter:?} is treated as always_off");
        env.warn(variables::EXEMPLAR_FILTER.name, reason);
    }
}

/// Whether `OTEL_LOG_LEVEL` silences warnings on stderr; false by default.
pub(super) fn quiet(env: &mut Env) -> bool {
    env.value(&variables::LOG_LEVEL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsupported_variables_cause_warnings() {
        let mut env = Env::fixed([
            ("OTEL_ENTITIES", "service{service.name=x}"),
            ("OTEL_METRICS_EXEMPLAR_FILTER", "always_on"),
        ]);
        warn(&mut env);
        let warnings = env.into_warnings();
        let named: Vec<_> = warnings.iter().map(|w| w.variable()).collect();
        let expected = ["OTEL_ENTITIES", "OTEL_METRICS_EXEMPLAR_FILTER"];
        assert_eq!(named, expected);

        let mut env = Env::fixed([("OTEL_METRICS_EXEMPLAR_FILTER", "always_off")]);
        warn(&mut env);
        assert_eq!(env.into_warnings(), []);
    }

    #[test]
    fn quiet_by_level() {
        let quiet = |level| {
            let mut env = Env::fixed([("OTEL_LOG_LEVEL", level)]);
            (quiet(&mut env), env.into_warnings().len())
        };
        assert_eq!(quiet(""), (false, 0));
        assert_eq!(quiet("Error"), (true, 0));
        assert_eq!(quiet("info"), (false, 0));
        assert_eq!(quiet("loud"), (false, 1));
    }
}
