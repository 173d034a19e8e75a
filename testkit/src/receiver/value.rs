//! Attribute values for assertions.

use std::collections::BTreeMap;
use std::fmt;

use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value as Wire};

/// Attributes by key, sorted, so that printed assertions are stable.
pub type Attributes = BTreeMap<String, Value>;

/// One attribute value, log body or metric label.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// A value that was sent without content.
    #[default]
    Empty,
    /// Text.
    String(String),
    /// A flag.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// Raw bytes.
    Bytes(Vec<u8>),
    /// A list, in the order it was sent.
    Array(Vec<Self>),
    /// A nested map.
    Map(Attributes),
}

impl Value {
    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one; a double is not converted.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The floating-point number, if it is one; an integer is not converted.
    pub fn as_double(&self) -> Option<f64> {
        match self {
            Self::Double(number) => Some(*number),
            _ => None,
        }
    }

    /// The flag, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::String(text) => f.write_str(text),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Double(number) => write!(f, "{number}"),
            Self::Bytes(bytes) => f.write_str(&hex(bytes)),
            Self::Array(values) => {
                f.write_str("[")?;
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{value}")?;
                }
                f.write_str("]")
            }
            Self::Map(entries) => {
                f.write_str("{")?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{key}: {value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Double(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl PartialEq<str> for Value {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == Some(other)
    }
}

impl PartialEq<&str> for Value {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == Some(*other)
    }
}

impl PartialEq<i64> for Value {
    fn eq(&self, other: &i64) -> bool {
        self.as_int() == Some(*other)
    }
}

impl PartialEq<f64> for Value {
    fn eq(&self, other: &f64) -> bool {
        self.as_double() == Some(*other)
    }
}

impl PartialEq<bool> for Value {
    fn eq(&self, other: &bool) -> bool {
        self.as_bool() == Some(*other)
    }
}

impl From<AnyValue> for Value {
    fn from(value: AnyValue) -> Self {
        match value.value {
            Some(Wire::StringValue(text)) => Self::String(text),
            Some(Wire::BoolValue(flag)) => Self::Bool(flag),
            Some(Wire::IntValue(number)) => Self::Int(number),
            Some(Wire::DoubleValue(number)) => Self::Double(number),
            Some(Wire::BytesValue(bytes)) => Self::Bytes(bytes),
            Some(Wire::ArrayValue(list)) => {
                Self::Array(list.values.into_iter().map(Self::from).collect())
            }
            Some(Wire::KvlistValue(list)) => Self::Map(attributes(list.values)),
            Some(Wire::StringValueStrindex(_)) | None => Self::Empty,
        }
    }
}

/// Collects attributes from the wire. If a key is sent twice, the last value is kept, as by most backends.
pub(crate) fn attributes(pairs: Vec<KeyValue>) -> Attributes {
    pairs
        .into_iter()
        .map(|pair| (pair.key, pair.value.map(Value::from).unwrap_or_default()))
        .collect()
}

/// Lower-case hexadecimal, the text form of trace and span ids.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_plainly_and_compare_with_literals() {
        let list = Value::Array(vec![Value::from("a"), Value::from(2), Value::from(true)]);
        assert_eq!(list.to_string(), "[a, 2, true]");
        let map = Value::Map(Attributes::from([("k".into(), Value::from(0.5))]));
        assert_eq!(map.to_string(), "{k: 0.5}");
        assert_eq!(Value::from("milvus"), "milvus");
        assert_ne!(Value::from("1"), 1);
        assert_eq!(Value::Int(1), 1);
    }

    #[test]
    fn hexadecimal_keeps_leading_zeros() {
        assert_eq!(hex(&[0x00, 0x0f, 0xab]), "000fab");
    }
}
