//! Reads `OTEL_*` variables and remembers what was wrong with them.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

/// A setting that was ignored, and why.
///
/// Telemetry is not worth refusing to start for: a value that cannot be used is reported here, and the default
/// takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    variable: String,
    reason: String,
}

impl Warning {
    pub(super) fn new(variable: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            variable: variable.into(),
            reason: reason.into(),
        }
    }

    /// The environment variable (or the part of the process) that the warning is about, as `OTEL_BSP_MAX_QUEUE_SIZE`.
    pub fn variable(&self) -> &str {
        &self.variable
    }

    /// What was wrong and what is done instead. Never contains a header's value.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.variable, self.reason)
    }
}

/// The environment to configure from: the process's own, or a map in tests.
#[derive(Debug)]
pub(super) struct Env {
    fixed: Option<HashMap<String, String>>,
    warnings: Vec<Warning>,
}

impl Env {
    pub(super) fn process() -> Self {
        Self {
            fixed: None,
            warnings: Vec::new(),
        }
    }

    #[cfg(test)]
    pub(super) fn fixed<const N: usize>(variables: [(&str, &str); N]) -> Self {
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            fixed: Some(variables.into()),
            warnings: Vec::new(),
        }
    }

    /// The variable's value. The specification treats an empty value as unset.
    pub(super) fn get(&mut self, name: &str) -> Option<String> {
        let value = match &self.fixed {
            Some(variables) => variables.get(name).cloned(),
            None => match std::env::var(name) {
                Ok(value) => Some(value),
                Err(std::env::VarError::NotPresent) => None,
                Err(std::env::VarError::NotUnicode(_)) => {
                    self.warn(name, "is not valid unicode, ignored");
                    None
                }
            },
        };
        value
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// The first of `names` that is set, with its name: the specific variable before the general one.
    pub(super) fn first<'a>(
        &mut self,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Option<(&'a str, String)> {
        names
            .into_iter()
            .find_map(|name| self.get(name).map(|value| (name, value)))
    }

    /// A number within bounds; anything else is warned about and ignored.
    pub(super) fn number(&mut self, name: &str, least: u64) -> Option<u64> {
        let value = self.get(name)?;
        match value.parse::<u64>() {
            Ok(number) if number >= least => Some(number),
            _ => {
                self.warn(
                    name,
                    format!("expected a whole number of at least {least}, got {value:?}, ignored"),
                );
                None
            }
        }
    }

    /// A timeout in milliseconds. 0 is none, for which the specification lets a very long one stand.
    pub(super) fn timeout(&mut self, name: &str) -> Option<Duration> {
        const NONE: u64 = (1 << 31) - 1;
        let millis = self.number(name, 0)?;
        Some(Duration::from_millis(if millis == 0 {
            NONE
        } else {
            millis
        }))
    }

    /// A duration in milliseconds, as all of the specification's are.
    pub(super) fn millis(&mut self, name: &str) -> Option<Duration> {
        self.number(name, 1).map(Duration::from_millis)
    }

    /// `true` or `false` in any case; anything else is false, as the specification asks, and warned about.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.get(name)?;
        if value.eq_ignore_ascii_case("true") {
            return Some(true);
        }
        if !value.eq_ignore_ascii_case("false") {
            self.warn(
                name,
                format!("expected true or false, got {value:?}, taken as false"),
            );
        }
        Some(false)
    }

    /// What the variable's value, in any case, stands for in `known`; anything else is warned about and ignored.
    pub(super) fn one_of<T: Copy>(&mut self, name: &str, known: &[(&str, T)]) -> Option<T> {
        let value = self.get(name)?;
        let found = known
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(&value));
        if found.is_none() {
            let words: Vec<_> = known.iter().map(|(word, _)| *word).collect();
            let (last, others) = words.split_last().unwrap_or((&"nothing", &[]));
            let others = others.join(", ");
            self.warn(
                name,
                format!("expected {others} or {last}, got {value:?}, ignored"),
            );
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// The entries of a comma-separated list, lower-cased.
    pub(super) fn list(&mut self, name: &str) -> Option<Vec<String>> {
        let value = self.get(name)?;
        Some(
            value
                .split(',')
                .map(|entry| entry.trim().to_ascii_lowercase())
                .filter(|entry| !entry.is_empty())
                .collect(),
        )
    }

    pub(super) fn warn(&mut self, variable: &str, reason: impl Into<String>) {
        let warning = Warning::new(variable, reason);
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    pub(super) fn into_warnings(self) -> Vec<Warning> {
        self.warnings
    }
}

/// Undoes percent-encoding; `None` when an escape is malformed or the result is not UTF-8.
pub(super) fn percent_decode(text: &str) -> Option<String> {
    let is_escape = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(is_escape) {
        return None;
    }
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.ok().map(|text| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_is_unset() {
        let mut env = Env::fixed([("OTEL_SERVICE_NAME", "  ")]);
        assert_eq!(env.get("OTEL_SERVICE_NAME"), None);
        assert_eq!(env.into_warnings(), []);
    }

    #[test]
    fn the_specific_variable_comes_first() {
        let mut env = Env::fixed([("GENERAL", "a"), ("SPECIFIC", "b")]);
        assert_eq!(
            env.first(["SPECIFIC", "GENERAL"]),
            Some(("SPECIFIC", "b".into()))
        );
        assert_eq!(
            env.first(["ABSENT", "GENERAL"]),
            Some(("GENERAL", "a".into()))
        );
    }

    #[test]
    fn a_bad_number_is_named_once() {
        let mut env = Env::fixed([("OTEL_BSP_MAX_QUEUE_SIZE", "many")]);
        assert_eq!(env.number("OTEL_BSP_MAX_QUEUE_SIZE", 1), None);
        assert_eq!(env.number("OTEL_BSP_MAX_QUEUE_SIZE", 1), None);
        let warnings = env.into_warnings();
        assert_eq!(warnings.len(), 1);
        assert_eq!(warnings[0].variable(), "OTEL_BSP_MAX_QUEUE_SIZE");
        assert!(warnings[0].reason().contains("\"many\""), "{}", warnings[0]);
    }

    #[test]
    fn zero_is_below_the_least() {
        let mut env = Env::fixed([("N", "0")]);
        assert_eq!(env.number("N", 1), None);
        assert_eq!(env.number("N", 0), Some(0));
    }

    #[test]
    fn a_timeout_of_zero_is_none() {
        let mut env = Env::fixed([("ZERO", "0"), ("SHORT", "1")]);
        assert!(env.timeout("ZERO") > Some(Duration::from_secs(1_000_000)));
        assert_eq!(env.timeout("SHORT"), Some(Duration::from_millis(1)));
        assert_eq!(env.into_warnings(), []);
        let mut env = Env::fixed([("NEVER", "-1")]);
        assert_eq!(env.timeout("NEVER"), None);
        assert_eq!(env.into_warnings().len(), 1);
    }

    #[test]
    fn percent_decoding() {
        assert_eq!(percent_decode("a%2Cb%3D%C3%A9").as_deref(), Some("a,b=é"));
        assert_eq!(percent_decode("100%"), None);
        assert_eq!(percent_decode("%zz"), None);
        assert_eq!(percent_decode("%ff"), None);
    }
}
