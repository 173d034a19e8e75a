//! Reads environment variables and collects warnings about them.

use std::collections::HashMap;
use std::fmt;
#[cfg(test)]
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use opentelemetry::KeyValue;

use super::delivery::Signal;
#[cfg(feature = "config-file")]
use super::file_settings::FileSettings;
use super::variable::Variable;
#[cfg(feature = "config-file")]
use super::variables;

/// A setting that was ignored, and why.
///
/// An invalid variable does not prevent an application from starting: it is reported here, and the default is used
/// instead.
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

    /// The environment variable, such as `OTEL_BSP_MAX_QUEUE_SIZE`; `tracing` or `opentelemetry` if the warning is
    /// about a global subscriber or provider, and `resource_detector` if it is about a detector.
    pub fn variable(&self) -> &str {
        &self.variable
    }

    /// What is wrong with the setting, and what is used instead. Never contains the value of a header.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.variable, self.reason)
    }
}

/// The environment that settings are read from: that of the process, or what a configuration file sets instead, or a
/// map in tests.
#[derive(Debug)]
pub(super) struct Env {
    fixed: Option<HashMap<String, String>>,
    /// Where a configuration file sets the variables.
    keys: HashMap<String, String>,
    /// The resource attributes of a configuration file.
    attributes: Vec<KeyValue>,
    warnings: Vec<Warning>,
    #[cfg(test)]
    read: Arc<Mutex<BTreeSet<String>>>,
}

impl Env {
    pub(super) fn process() -> Self {
        Self::new(None)
    }

    #[cfg(test)]
    pub(super) fn fixed<const N: usize>(variables: [(&str, &str); N]) -> Self {
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self::new(Some(variables.into()))
    }

    fn new(fixed: Option<HashMap<String, String>>) -> Self {
        Self {
            fixed,
            keys: HashMap::new(),
            attributes: Vec::new(),
            warnings: Vec::new(),
            #[cfg(test)]
            read: Arc::default(),
        }
    }

    /// The environment that a configuration file describes. `OTEL_RUST_FILTER`, which is not part of the
    /// specification and has no counterpart in files, keeps its value.
    #[cfg(feature = "config-file")]
    pub(super) fn replaced_by(self, file: FileSettings) -> Self {
        let filter = variables::RUST_FILTER.name;
        let mut variables = file.variables;
        if let Some(value) = self.lookup(filter) {
            variables.insert(filter.to_owned(), value);
        }
        let mut env = Self {
            fixed: Some(variables),
            keys: file.keys,
            attributes: file.attributes,
            ..self
        };
        for warning in file.warnings {
            env.warn(
                variables::CONFIG_FILE.name,
                format!("{}: {warning}", file.file),
            );
        }
        env
    }

    /// The resource attributes of a configuration file; none without such a file.
    pub(super) fn attributes(&self) -> &[KeyValue] {
        &self.attributes
    }

    /// Where a configuration file sets a variable.
    pub(super) fn key(&self, variable: &str) -> Option<&str> {
        self.keys.get(variable).map(String::as_str)
    }

    /// The first setting of the configuration file that could not be used: its key and the reason.
    ///
    /// The specification requires an invalid file to be an error, unlike an invalid variable.
    pub(super) fn refused(&self) -> Option<String> {
        self.warnings.iter().find_map(|warning| {
            let key = self.key(warning.variable())?;
            let reason = warning.reason();
            let reason = reason.strip_prefix("ignored: ").unwrap_or(reason);
            Some(format!(
                "{key}: {}",
                reason.strip_suffix(", ignored").unwrap_or(reason)
            ))
        })
    }

    /// The exact value of a variable, for references in a configuration file.
    #[cfg(feature = "config-file")]
    pub(super) fn lookup(&self, name: &str) -> Option<String> {
        match &self.fixed {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var(name).ok(),
        }
    }

    /// The names of the variables read so far.
    #[cfg(test)]
    pub(super) fn read_names(&self) -> Arc<Mutex<BTreeSet<String>>> {
        Arc::clone(&self.read)
    }

    /// The text of a variable. The specification treats an empty value as unset.
    fn text(&mut self, name: &str) -> Option<String> {
        #[cfg(test)]
        self.read.lock().unwrap().insert(name.to_owned());
        let value = match &self.fixed {
            Some(variables) => variables.get(name).cloned(),
            None => match std::env::var(name) {
                Ok(value) => Some(value),
                Err(std::env::VarError::NotPresent) => None,
                Err(std::env::VarError::NotUnicode(_)) => {
                    self.warn(name, "is not valid Unicode, ignored");
                    None
                }
            },
        };
        value
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// The variable's value, if it is set. An invalid value causes a warning and is ignored.
    pub(super) fn get<T: Clone>(&mut self, variable: &Variable<T>) -> Option<T> {
        let text = self.text(variable.name)?;
        self.parse(variable, variable.name, &text)
    }

    /// The variable's value, or its default.
    pub(super) fn value<T: Clone + Default>(&mut self, variable: &Variable<T>) -> T {
        self.get(variable)
            .or_else(|| variable.default_value())
            .unwrap_or_default()
    }

    /// The valid values that are set for a signal, each with the name of its variable, the signal's own variable first.
    pub(super) fn all_for<T: Clone>(
        &mut self,
        variable: &Variable<T>,
        signal: Signal,
    ) -> Vec<(String, T)> {
        let mut values = Vec::new();
        for name in variable.names(signal) {
            if let Some(text) = self.text(&name)
                && let Some(value) = self.parse(variable, &name, &text)
            {
                values.push((name, value));
            }
        }
        values
    }

    /// The value for a signal, if one is set, with the name of its variable.
    pub(super) fn named_for<T: Clone>(
        &mut self,
        variable: &Variable<T>,
        signal: Signal,
    ) -> Option<(String, T)> {
        self.all_for(variable, signal).into_iter().next()
    }

    /// The value for a signal, or the default.
    pub(super) fn value_for<T: Clone + Default>(
        &mut self,
        variable: &Variable<T>,
        signal: Signal,
    ) -> T {
        self.named_for(variable, signal)
            .map(|(_, value)| value)
            .or_else(|| variable.default_value())
            .unwrap_or_default()
    }

    /// Whether the signal's own variable is set.
    pub(super) fn has_own<T: Clone>(&mut self, variable: &Variable<T>, signal: Signal) -> bool {
        let own = variable.names(signal).into_iter().next();
        own.is_some_and(|name| self.text(&name).is_some())
    }

    /// The values of a comma-separated list, without duplicates: empty if the list contains `none`, and `None` if the
    /// variable is not set or contains no valid entry.
    pub(super) fn list<T: Clone + PartialEq>(&mut self, variable: &Variable<T>) -> Option<Vec<T>> {
        let text = self.text(variable.name)?;
        let entries = text.split(',').map(str::trim).filter(|e| !e.is_empty());
        if entries
            .clone()
            .any(|entry| entry.eq_ignore_ascii_case("none"))
        {
            return Some(Vec::new());
        }
        let mut values = Vec::new();
        for entry in entries {
            if let Some(value) = self.parse(variable, variable.name, entry)
                && !values.contains(&value)
            {
                values.push(value);
            }
        }
        (!values.is_empty()).then_some(values)
    }

    fn parse<T: Clone>(&mut self, variable: &Variable<T>, name: &str, text: &str) -> Option<T> {
        let value = variable.parse(text);
        if value.is_none() {
            let allowed = variable.allowed("");
            self.warn(name, format!("expected {allowed}, got {text:?}, ignored"));
        }
        value
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

/// Decodes percent-encoding; `None` if an escape is malformed or the result is not UTF-8.
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
    use crate::init::settings::{ExporterKind, Protocol};
    use crate::init::variables;

    #[test]
    fn an_empty_value_is_unset() {
        let mut env = Env::fixed([("OTEL_SERVICE_NAME", "  ")]);
        assert_eq!(env.get(&variables::SERVICE_NAME), None);
        assert_eq!(env.into_warnings(), []);
    }

    #[test]
    fn the_variable_of_a_signal_takes_precedence() {
        let mut env = Env::fixed([
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "HTTP/protobuf"),
            ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/xml"),
        ]);
        let protocols = Signal::ALL.map(|signal| env.value_for(&variables::PROTOCOL, signal));
        let http = Protocol::HttpProtobuf;
        assert_eq!(protocols, [http, http, Protocol::HttpJson]);
        assert!(env.has_own(&variables::PROTOCOL, Signal::Logs));
        assert!(!env.has_own(&variables::PROTOCOL, Signal::Traces));
        let warnings = env.into_warnings();
        assert_eq!(
            warnings[0].to_string(),
            "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: expected grpc, http/protobuf or http/json, got \"http/xml\", ignored"
        );
    }

    #[test]
    fn an_unusable_value_is_reported_once() {
        let mut env = Env::fixed([("OTEL_BSP_MAX_QUEUE_SIZE", "many")]);
        assert_eq!(env.value(&variables::SPAN_QUEUE), 2048);
        assert_eq!(env.value(&variables::SPAN_QUEUE), 2048);
        let warnings = env.into_warnings();
        assert_eq!(warnings.len(), 1);
        assert_eq!(warnings[0].variable(), "OTEL_BSP_MAX_QUEUE_SIZE");
        assert!(warnings[0].reason().contains("\"many\""), "{}", warnings[0]);
    }

    #[test]
    fn lists_skip_repeated_and_unknown_entries() {
        use ExporterKind::{Console, File, Otlp};
        let list = |value| {
            let mut env = Env::fixed([("OTEL_TRACES_EXPORTER", value)]);
            let listed = env.list(&variables::TRACES_EXPORTER);
            (listed, env.into_warnings().len())
        };
        assert_eq!(list(""), (None, 0));
        assert_eq!(list("none"), (Some(vec![]), 0));
        assert_eq!(
            list("console, OTLP,console"),
            (Some(vec![Console, Otlp]), 0)
        );
        assert_eq!(list("otlp_file,zipkin"), (Some(vec![File]), 1));
        assert_eq!(list("zipkin"), (None, 1));
    }

    #[test]
    fn percent_decoding() {
        assert_eq!(percent_decode("a%2Cb%3D%C3%A9").as_deref(), Some("a,b=é"));
        assert_eq!(percent_decode("100%"), None);
        assert_eq!(percent_decode("%zz"), None);
        assert_eq!(percent_decode("%ff"), None);
    }
}
