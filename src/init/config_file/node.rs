//! A YAML document whose references to environment variables have been replaced.

use serde_norway::Value;

use super::refused::Refused;
use super::substitute::substitute;

/// A part of the document. Scalars are text, which the variables they are translated to parse.
#[derive(Debug)]
pub(super) enum Node {
    Null,
    Scalar(String),
    List(Vec<Self>),
    /// In the order of the file.
    Map(Vec<(String, Self)>),
}

impl Node {
    pub(super) fn parse(
        text: &str,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Refused> {
        let value: Value = serde_norway::from_str(text).map_err(|error| {
            // Without the text of the file, which may contain secrets.
            let reason = match error.location() {
                Some(at) => format!(
                    "is not valid YAML at line {}, column {}",
                    at.line(),
                    at.column()
                ),
                None => "is not valid YAML".to_owned(),
            };
            Refused::new("", reason)
        })?;
        Self::new("", value, environment)
    }

    fn new(
        key: &str,
        value: Value,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Refused> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Scalar(value.to_string()),
            Value::Number(value) => Self::Scalar(value.to_string()),
            Value::String(text) => {
                let text =
                    substitute(&text, environment).map_err(|reason| Refused::new(key, reason))?;
                match text.is_empty() {
                    true => Self::Null,
                    false => Self::Scalar(text),
                }
            }
            Value::Sequence(values) => {
                let values = values.into_iter().enumerate();
                let nodes =
                    values.map(|(i, value)| Self::new(&format!("{key}[{i}]"), value, environment));
                Self::List(nodes.collect::<Result<_, _>>()?)
            }
            Value::Mapping(entries) => {
                let mut nodes = Vec::with_capacity(entries.len());
                for (name, value) in entries {
                    let Value::String(name) = name else {
                        return Err(Refused::new(key, "has a key that is not a string"));
                    };
                    let node = Self::new(&join(key, &name), value, environment)?;
                    nodes.push((name, node));
                }
                Self::Map(nodes)
            }
            Value::Tagged(_) => {
                return Err(Refused::new(key, "has a YAML tag, which is not supported"));
            }
        })
    }

    /// Whether it is empty.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Scalar(_) => false,
            Self::List(nodes) => nodes.iter().all(Self::is_empty),
            Self::Map(entries) => entries.iter().all(|(_, node)| node.is_empty()),
        }
    }
}

/// The path of a key inside another.
pub(super) fn join(parent: &str, key: &str) -> String {
    match parent {
        "" => key.to_owned(),
        _ => format!("{parent}.{key}"),
    }
}
