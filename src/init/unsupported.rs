//! Variables of the specification that cannot do here what they promise, and the one about messages.

use super::env::Env;

/// Names what was asked for and is not to be had.
pub(super) fn warn(env: &mut Env) {
    for (name, reason) in [
        (
            "OTEL_CONFIG_FILE",
            "configuration by file is not supported, ignored: use the other variables",
        ),
        (
            "OTEL_ENTITIES",
            "entities are not supported, ignored: use OTEL_RESOURCE_ATTRIBUTES",
        ),
    ] {
        if env.get(name).is_some() {
            env.warn(name, reason);
        }
    }
    const EXEMPLARS: &str = "OTEL_METRICS_EXEMPLAR_FILTER";
    if let Some(filter) = env.get(EXEMPLARS)
        && !filter.eq_ignore_ascii_case("always_off")
    {
        let reason = format!("the SDK makes no exemplars, {filter:?} is taken as always_off");
        env.warn(EXEMPLARS, reason);
    }
}

/// Whether `OTEL_LOG_LEVEL` wants no warnings on the standard error; it does by default.
pub(super) fn quiet(env: &mut Env) -> bool {
    const NAME: &str = "OTEL_LOG_LEVEL";
    let Some(level) = env.get(NAME) else {
        return false;
    };
    match level.to_ascii_lowercase().as_str() {
        "none" | "off" | "fatal" | "critical" | "error" => true,
        "warn" | "warning" | "info" | "debug" | "verbose" | "trace" | "all" => false,
        _ => {
            env.warn(
                NAME,
                format!("no level {level:?} (none, error, warn, info, debug, trace), info is used"),
            );
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_had_is_named() {
        let mut env = Env::fixed([
            ("OTEL_CONFIG_FILE", "otel.yaml"),
            ("OTEL_ENTITIES", "service{service.name=x}"),
            ("OTEL_METRICS_EXEMPLAR_FILTER", "always_on"),
        ]);
        warn(&mut env);
        let warnings = env.into_warnings();
        let named: Vec<_> = warnings.iter().map(|w| w.variable()).collect();
        let expected = [
            "OTEL_CONFIG_FILE",
            "OTEL_ENTITIES",
            "OTEL_METRICS_EXEMPLAR_FILTER",
        ];
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
