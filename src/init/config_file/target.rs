//! The variables that the keys of a configuration file are translated to.

use opentelemetry::KeyValue;

use super::refused::Refused;
use crate::init::delivery::Signal;
use crate::init::extensions::View;
use crate::init::file_settings::FileSettings;
use crate::init::variable::Variable;

#[derive(Default)]
pub(super) struct Target {
    settings: FileSettings,
}

impl Target {
    /// Sets a variable to the value of a key, which must be valid.
    pub(super) fn set<T: Clone>(
        &mut self,
        variable: &Variable<T>,
        key: &str,
        value: String,
    ) -> Result<(), Refused> {
        self.set_named(variable, variable.name, key, value)
    }

    /// Sets the variable of a signal.
    pub(super) fn set_for<T: Clone>(
        &mut self,
        variable: &Variable<T>,
        signal: Signal,
        key: &str,
        value: String,
    ) -> Result<(), Refused> {
        // The signal's own variable comes first.
        match variable.names(signal).first() {
            Some(name) => self.set_named(variable, name, key, value),
            None => Ok(()),
        }
    }

    fn set_named<T: Clone>(
        &mut self,
        variable: &Variable<T>,
        name: &str,
        key: &str,
        value: String,
    ) -> Result<(), Refused> {
        if variable.parse(value.trim()).is_none() {
            let reason = format!("expected {}, got {value:?}", variable.allowed(""));
            return Err(Refused::new(key, reason));
        }
        self.put(name, key, value);
        Ok(())
    }

    /// Sets a variable to a value that is known to be valid.
    pub(super) fn put(&mut self, name: &str, key: &str, value: String) {
        self.settings.variables.insert(name.to_owned(), value);
        self.settings.keys.insert(name.to_owned(), key.to_owned());
    }

    /// An attribute of the resource.
    pub(super) fn attribute(&mut self, attribute: KeyValue) {
        self.settings.attributes.push(attribute);
    }

    /// An attribute that does not take precedence over configured ones.
    pub(super) fn detected(&mut self, attribute: KeyValue) {
        self.settings.detected.push(attribute);
    }

    pub(super) fn view(&mut self, view: View) {
        self.settings.views.push(view);
    }

    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        self.settings.warnings.push(warning.into());
    }

    pub(super) fn into_settings(self) -> FileSettings {
        self.settings
    }
}
