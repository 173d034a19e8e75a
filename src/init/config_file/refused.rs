//! Why a configuration file cannot be used.

use std::fmt;

/// A key that cannot be used, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// The path of the key; empty for the whole file.
    key: String,
    reason: String,
}

impl Refused {
    pub(super) fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            reason: reason.into(),
        }
    }

    /// For a key that this module does not know; `supported` are the keys that it knows in this place.
    pub(super) fn unsupported(key: impl Into<String>, supported: &[&str]) -> Self {
        let reason = match supported {
            [] => "is not supported".to_owned(),
            _ => format!("is not supported: expected {}", supported.join(", ")),
        };
        Self::new(key, reason)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => f.write_str(&self.reason),
            key => write!(f, "{key}: {}", self.reason),
        }
    }
}
