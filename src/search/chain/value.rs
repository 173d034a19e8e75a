use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use serde_json::Value as Json;

use crate::proto::schema::{
    FunctionParamArray, FunctionParamObject, FunctionParamValue, function_param_value::Value,
};

/// An argument or parameter in a [`FunctionChain`](super::FunctionChain).
///
/// Converted by `into()` from a bool, number, text, bytes, JSON value, or a list of these.
#[derive(Clone, PartialEq)]
pub struct FunctionChainValue {
    value: Option<Value>,
    /// An integer above `i64::MAX` that the value is or contains.
    too_large: Option<u64>,
}

impl FunctionChainValue {
    pub(super) fn to_proto(&self) -> FunctionParamValue {
        FunctionParamValue {
            value: self.value.clone(),
        }
    }

    fn new(value: Option<Value>) -> Self {
        Self {
            value,
            too_large: None,
        }
    }

    /// Converts it into a part of another value, which takes over its fault.
    fn within(self, too_large: &mut Option<u64>) -> FunctionParamValue {
        *too_large = too_large.or(self.too_large);
        FunctionParamValue { value: self.value }
    }

    /// Refuses null, NaN, infinity, integers that are too large, and empty names, also inside of lists and objects.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.too_large {
            Some(number) => Err(format!(
                "is or contains {number}: integers must not exceed {}",
                i64::MAX
            )),
            None => check(self.value.as_ref()),
        }
    }

    /// The number of values of a list, or of bytes of a text.
    pub(super) fn len(&self) -> Option<usize> {
        match &self.value {
            Some(Value::ArrayValue(array)) => Some(array.values.len()),
            Some(Value::StringValue(text)) => Some(text.len()),
            _ => None,
        }
    }

    pub(super) fn contains_empty_text(&self) -> bool {
        let empty = |value: &FunctionParamValue| matches!(&value.value, Some(Value::StringValue(text)) if text.is_empty());
        matches!(&self.value, Some(Value::ArrayValue(array)) if array.values.iter().any(empty))
    }

    pub(super) fn as_int(&self) -> Option<i64> {
        match self.value {
            Some(Value::Int64Value(value)) => Some(value),
            _ => None,
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(
            self.value,
            Some(Value::Int64Value(_) | Value::DoubleValue(_))
        )
    }
}

fn check(value: Option<&Value>) -> Result<(), String> {
    match value {
        None => Err("is or contains null, which function chains do not support".to_owned()),
        Some(Value::ArrayValue(array)) => {
            let mut values = array.values.iter();
            values.try_for_each(|value| check(value.value.as_ref()))
        }
        Some(Value::ObjectValue(object)) => object.fields.iter().try_for_each(|(key, value)| {
            if key.is_empty() {
                return Err("contains a value without a key".to_owned());
            }
            check(value.value.as_ref())
        }),
        Some(Value::DoubleValue(number)) if !number.is_finite() => {
            Err(format!("is or contains {number}: numbers must be finite"))
        }
        Some(_) => Ok(()),
    }
}

impl fmt::Debug for FunctionChainValue {
    /// The kind only: values may be user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.value {
            None => "null",
            Some(Value::BoolValue(_)) => "bool",
            Some(Value::Int64Value(_) | Value::DoubleValue(_)) => "number",
            Some(Value::StringValue(_)) => "text",
            Some(Value::ArrayValue(_)) => "list",
            Some(Value::ObjectValue(_)) => "object",
            Some(Value::BytesValue(_)) => "bytes",
        })
    }
}

macro_rules! from {
    ($($type:ty: $value:ident => $into:expr;)*) => {
        $(impl From<$type> for FunctionChainValue {
            fn from($value: $type) -> Self {
                Self::new(Some($into))
            }
        })*
    };
}
from! {
    bool: value => Value::BoolValue(value);
    i32: value => Value::Int64Value(value.into());
    i64: value => Value::Int64Value(value);
    u32: value => Value::Int64Value(value.into());
    f32: value => Value::DoubleValue(value.into());
    f64: value => Value::DoubleValue(value);
    &str: value => Value::StringValue(value.to_owned());
    String: value => Value::StringValue(value);
    Bytes: value => Value::BytesValue(value);
}

impl<V: Into<Self>> From<Vec<V>> for FunctionChainValue {
    fn from(values: Vec<V>) -> Self {
        let mut too_large = None;
        let values = values.into_iter();
        let values = values.map(|value| value.into().within(&mut too_large));
        let values = values.collect();
        Self {
            value: Some(Value::ArrayValue(FunctionParamArray { values })),
            too_large,
        }
    }
}

impl From<Json> for FunctionChainValue {
    fn from(value: Json) -> Self {
        match value {
            Json::Null => Self::new(None),
            Json::Bool(value) => value.into(),
            Json::Number(number) => match number.as_i64() {
                Some(number) => number.into(),
                None => Self {
                    too_large: number.as_u64(),
                    ..number.as_f64().map_or(Self::new(None), Into::into)
                },
            },
            Json::String(text) => text.into(),
            Json::Array(values) => values.into(),
            Json::Object(fields) => {
                let mut too_large = None;
                let fields = fields.into_iter();
                let fields =
                    fields.map(|(key, value)| (key, Self::from(value).within(&mut too_large)));
                let fields = fields.collect();
                Self {
                    value: Some(Value::ObjectValue(FunctionParamObject { fields })),
                    too_large,
                }
            }
        }
    }
}

/// Parameters by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Parameters(Vec<(String, FunctionChainValue)>);

impl Parameters {
    pub(super) fn set(&mut self, key: impl Into<String>, value: impl Into<FunctionChainValue>) {
        let key = key.into();
        self.0.retain(|(known, _)| *known != key);
        self.0.push((key, value.into()));
    }

    pub(super) fn get(&self, key: &str) -> Option<&FunctionChainValue> {
        let found = self.0.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        self.0.iter().try_for_each(|(key, value)| {
            if key.is_empty() {
                return Err("a parameter has no name".to_owned());
            }
            value.check().map_err(|why| format!("{key} {why}"))
        })
    }

    pub(super) fn to_proto(&self) -> HashMap<String, FunctionParamValue> {
        let one = |(key, value): &(String, FunctionChainValue)| (key.clone(), value.to_proto());
        self.0.iter().map(one).collect()
    }
}
