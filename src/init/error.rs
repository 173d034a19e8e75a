//! Errors of starting and stopping telemetry.

use std::error::Error as StdError;
use std::fmt;

use opentelemetry_sdk::error::OTelSdkError;

use super::delivery::Delivery;

/// A failure to start telemetry, to deliver all of it, or to shut it down.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Debug)]
enum Kind {
    Setting {
        name: String,
        reason: String,
    },
    Runtime,
    #[cfg(unix)]
    Signals,
    AlreadyInstalled,
    Undelivered(Vec<Delivery>),
    Unfinished(&'static str),
}

impl Error {
    pub(super) fn setting(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(
            Kind::Setting {
                name: name.into(),
                reason: reason.into(),
            },
            None,
        )
    }

    pub(super) fn setting_from(
        name: impl Into<String>,
        reason: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let mut error = Self::setting(name, reason);
        error.0.source = Some(source.into());
        error
    }

    pub(super) fn runtime(source: std::io::Error) -> Self {
        Self::new(Kind::Runtime, Some(source.into()))
    }

    #[cfg(unix)]
    pub(super) fn signals(source: std::io::Error) -> Self {
        Self::new(Kind::Signals, Some(source.into()))
    }

    pub(super) fn already_installed() -> Self {
        Self::new(Kind::AlreadyInstalled, None)
    }

    pub(super) fn undelivered(deliveries: Vec<Delivery>) -> Self {
        Self::new(Kind::Undelivered(deliveries), None)
    }

    /// `done` is the past participle for the message: `flushed` or `shut down`.
    pub(super) fn unfinished(done: &'static str, source: OTelSdkError) -> Self {
        Self::new(Kind::Unfinished(done), Some(source.into()))
    }

    fn new(kind: Kind, source: Option<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Box::new(Inner { kind, source }))
    }

    /// Whether telemetry is already installed in this process and its guard is still alive.
    pub fn is_already_installed(&self) -> bool {
        matches!(self.0.kind, Kind::AlreadyInstalled)
    }

    /// The same error if it is about a setting that is a key of a configuration file: `rename` returns the name of the
    /// variable for the file, and the file and key, for the name of a setting.
    pub(super) fn renamed(
        mut self,
        rename: impl FnOnce(&str) -> Option<(&'static str, String)>,
    ) -> Self {
        if let Kind::Setting { name, reason } = &mut self.0.kind
            && let Some((variable, key)) = rename(name)
        {
            *reason = format!("{key}: {reason}");
            *name = variable.to_owned();
        }
        self
    }

    /// Whether a setting made in code, a TLS file named by the environment, or the configuration file is invalid.
    /// Nothing was started.
    pub fn is_setting(&self) -> bool {
        matches!(self.0.kind, Kind::Setting { .. })
    }

    /// The invalid setting: an `OTEL_*` variable or the name of a setter.
    pub fn setting_name(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::Setting { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The deliveries that lost items, one entry per signal and destination; empty for other kinds of errors.
    pub fn deliveries(&self) -> &[Delivery] {
        match &self.0.kind {
            Kind::Undelivered(deliveries) => deliveries,
            _ => &[],
        }
    }
}

/// A `main` that returns this error prints this form, so it has the message and the source.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("message", &self.to_string());
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Setting { name, reason } => write!(f, "cannot use {name}: {reason}"),
            Kind::Runtime => f.write_str("cannot start the threads that export telemetry"),
            #[cfg(unix)]
            Kind::Signals => f.write_str("cannot handle SIGTERM and SIGINT to shut telemetry down"),
            Kind::AlreadyInstalled => f.write_str(
                "telemetry is already installed in this process: shut the first guard down, \
                 or call `.global(false)` on the second",
            ),
            Kind::Undelivered(deliveries) => {
                f.write_str("telemetry was not delivered: ")?;
                let mut previous = None;
                for (i, delivery) in deliveries.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { "; " })?;
                    delivery.describe(f, previous)?;
                    previous = delivery.last_error.as_deref();
                }
                Ok(())
            }
            Kind::Unfinished(done) => write!(f, "telemetry could not be {done} completely"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
