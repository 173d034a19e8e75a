//! An environment variable as data: its name, its values and its default.

use std::time::Duration;

use super::delivery::Signal;

/// An environment variable that `init` reads. [`Env`](super::env::Env) reads no others.
#[derive(Debug)]
pub(super) struct Variable<T: 'static> {
    /// `[SIGNAL_]` stands for a signal's name and an underscore, or for nothing.
    pub(super) name: &'static str,
    pub(super) values: Values<T>,
    pub(super) default: DefaultValue,
}

#[derive(Debug)]
pub(super) enum Values<T: 'static> {
    /// One of these words, ignoring case.
    Words(&'static [(&'static str, T)]),
    /// One or more of these words, separated by commas, or `none`.
    List(&'static [(&'static str, T)]),
    /// A description of the valid values, and the function that parses them.
    Parsed(&'static str, fn(&str) -> Option<T>),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum DefaultValue {
    /// A valid value of the variable.
    Value(&'static str),
    /// A description of the behavior if the variable is not set.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the page of variables"))]
    Unset(&'static str),
}

const SIGNAL: &str = "[SIGNAL_]";

impl<T: Clone> Variable<T> {
    pub(super) fn parse(&self, text: &str) -> Option<T> {
        match self.values {
            Values::Words(words) | Values::List(words) => words
                .iter()
                .find(|(word, _)| word.eq_ignore_ascii_case(text))
                .map(|(_, value)| value.clone()),
            Values::Parsed(_, parse) => parse(text),
        }
    }

    /// The value to use if the environment does not set the variable.
    pub(super) fn default_value(&self) -> Option<T> {
        match self.default {
            DefaultValue::Value(text) => self.parse(text),
            DefaultValue::Unset(_) => None,
        }
    }

    /// A description of the valid values: "`a`, `b` or `c`", with `quote` around each word.
    pub(super) fn allowed(&self, quote: &str) -> String {
        let (words, none) = match self.values {
            Values::Parsed(description, _) => return description.to_owned(),
            Values::Words(words) => (words, None),
            Values::List(words) => (words, Some("none")),
        };
        let words = words.iter().map(|(word, _)| *word).chain(none);
        let words: Vec<_> = words.map(|word| format!("{quote}{word}{quote}")).collect();
        match words.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        }
    }

    /// The names to look up, in order: the signal's own variable, then the general one.
    pub(super) fn names(&self, signal: Signal) -> Vec<String> {
        if !self.name.contains(SIGNAL) {
            return vec![self.name.to_owned()];
        }
        vec![
            self.name
                .replace(SIGNAL, &format!("{}_", signal.variable())),
            self.name.replace(SIGNAL, ""),
        ]
    }
}

pub(super) const FLAG: Values<bool> = Values::Words(&[("true", true), ("false", false)]);
pub(super) const TEXT: fn(&str) -> Option<String> = |text| Some(text.to_owned());
/// At least 1.
pub(super) const COUNT: Values<usize> =
    Values::Parsed("a whole number of at least 1", |text| number(text, 1));
/// At least 0.
pub(super) const LIMIT: Values<usize> =
    Values::Parsed("a whole number of at least 0", |text| number(text, 0));
pub(super) const INTERVAL: Values<Duration> =
    Values::Parsed("a whole number of milliseconds, at least 1", |text| {
        Some(Duration::from_millis(number(text, 1)? as u64))
    });
pub(super) const TIMEOUT: Values<Duration> = Values::Parsed(
    "a whole number of milliseconds, or 0 for no timeout",
    |text| {
        /// No timeout, as the specification suggests: 2^31 - 1 milliseconds, about 24 days.
        const NONE: u64 = (1 << 31) - 1;
        let millis = number(text, 0)? as u64;
        Some(Duration::from_millis(if millis == 0 {
            NONE
        } else {
            millis
        }))
    },
);
pub(super) const RATIO: Values<f64> = Values::Parsed("a number from 0 to 1", |text| {
    text.parse()
        .ok()
        .filter(|ratio| (0.0..=1.0).contains(ratio))
});

fn number(text: &str, min: u64) -> Option<usize> {
    let number: u64 = text.parse().ok()?;
    (number >= min).then(|| usize::try_from(number).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<T: Clone>(values: Values<T>, text: &str) -> Option<T> {
        let default = DefaultValue::Unset("");
        let variable = Variable {
            name: "",
            values,
            default,
        };
        variable.parse(text)
    }

    #[test]
    fn counts_are_at_least_one_and_limits_at_least_zero() {
        assert_eq!((parse(COUNT, "0"), parse(LIMIT, "0")), (None, Some(0)));
        assert_eq!((parse(COUNT, "7"), parse(COUNT, "many")), (Some(7), None));
    }

    #[test]
    fn a_timeout_of_zero_means_no_timeout() {
        assert!(parse(TIMEOUT, "0") > Some(Duration::from_secs(1_000_000)));
        assert_eq!(parse(TIMEOUT, "1"), Some(Duration::from_millis(1)));
        assert_eq!(parse(TIMEOUT, "-1"), None);
        assert_eq!(parse(INTERVAL, "0"), None);
    }

    #[test]
    fn a_ratio_is_between_zero_and_one() {
        assert_eq!(parse(RATIO, "0.25"), Some(0.25));
        for wrong in ["2", "-0.1", "NaN", "half"] {
            assert_eq!(parse(RATIO, wrong), None, "{wrong}");
        }
    }
}
