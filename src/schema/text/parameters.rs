//! What fields and functions have in common.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The value of a parameter: a text, in place of which a file can have a number or a bool.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "a parameter is a text, a number or a bool")]
pub(super) enum Parameter {
    Text(String),
    Bool(bool),
    Number(serde_json::Number),
}

impl Parameter {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(super) fn is_false(value: &bool) -> bool {
    !value
}

pub(super) fn texts<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
) -> BTreeMap<String, Parameter> {
    let pair = |(key, value): (&str, &str)| (key.to_owned(), Parameter::Text(value.to_owned()));
    pairs.map(pair).collect()
}
