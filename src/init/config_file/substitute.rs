//! References to environment variables in scalars: `${NAME}`, `${env:NAME}` and `${NAME:-default}`.

/// Replaces the references. `$$` is a `$` that begins no reference. Values are inserted verbatim: they are parsed
/// neither as YAML nor for references. The error says which reference is malformed.
pub(super) fn substitute(
    text: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let dollar = &rest[at..];
        if let Some(after) = dollar.strip_prefix("$$") {
            out.push('$');
            rest = after;
        } else if let Some((reference, after)) = dollar
            .strip_prefix("${")
            .and_then(|inner| inner.split_once('}'))
        {
            // An escape ends any possible reference.
            if reference.contains("$$") {
                out.push('$');
                rest = &dollar[1..];
                continue;
            }
            out.push_str(&resolve(reference, environment)?);
            rest = after;
        } else {
            out.push('$');
            rest = &dollar[1..];
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn resolve(
    reference: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let inner = reference.strip_prefix("env:").unwrap_or(reference);
    let (name, default) = match inner.split_once(":-") {
        Some((name, default)) => (name, default),
        None => (inner, ""),
    };
    let mut characters = name.chars();
    let valid = characters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !valid {
        return Err(format!(
            "${{{reference}}} is not a reference to an environment variable: write ${{NAME}} or ${{NAME:-default}}"
        ));
    }
    let value = environment(name).filter(|value| !value.is_empty());
    Ok(value.unwrap_or_else(|| default.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str) -> Option<String> {
        let value = match name {
            "STRING_VALUE" => "value",
            "EMPTY" => "",
            "REPLACE_ME" => "${DO_NOT_REPLACE_ME}",
            "VALUE_WITH_ESCAPE" => "value$$",
            "INVALID_MAP_VALUE" => "value\nkey:value",
            _ => return None,
        };
        Some(value.to_owned())
    }

    /// The specification's table.
    #[test]
    fn references_are_replaced_as_the_specification_says() {
        for (input, expected) in [
            ("${STRING_VALUE}", "value"),
            ("${env:STRING_VALUE}", "value"),
            ("foo ${STRING_VALUE} ${STRING_VALUE}", "foo value value"),
            ("${UNDEFINED_KEY}", ""),
            ("${EMPTY:-fallback}", "fallback"),
            ("${UNDEFINED_KEY:-fallback}", "fallback"),
            (
                "${UNDEFINED_KEY:-http://localhost:4318}/v1",
                "http://localhost:4318/v1",
            ),
            ("${INVALID_MAP_VALUE}", "value\nkey:value"),
            ("${REPLACE_ME}", "${DO_NOT_REPLACE_ME}"),
            ("$${STRING_VALUE}", "${STRING_VALUE}"),
            ("$$${STRING_VALUE}", "$value"),
            ("$$$${STRING_VALUE}", "$${STRING_VALUE}"),
            ("$${STRING_VALUE:-fallback}", "${STRING_VALUE:-fallback}"),
            (
                "$${STRING_VALUE:-${STRING_VALUE}}",
                "${STRING_VALUE:-value}",
            ),
            (
                "${UNDEFINED_KEY:-$${UNDEFINED_KEY}}",
                "${UNDEFINED_KEY:-${UNDEFINED_KEY}}",
            ),
            ("${VALUE_WITH_ESCAPE}", "value$$"),
            ("a $$ b", "a $ b"),
            ("a $ b", "a $ b"),
            ("${unclosed", "${unclosed"),
        ] {
            let replaced = substitute(input, &environment);
            assert_eq!(replaced.as_deref(), Ok(expected), "{input}");
        }
    }

    #[test]
    fn malformed_references_are_refused() {
        for input in [
            "${STRING_VALUE:?error}",
            "${1API_KEY}",
            "${API_$KEY}",
            "${}",
            "${file:x}",
        ] {
            let refused = substitute(input, &environment).unwrap_err();
            assert!(refused.starts_with(input), "{refused}");
        }
    }
}
