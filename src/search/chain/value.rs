use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use serde_json::Value as Json;

use crate::proto::schema::{
    FunctionParamArray, FunctionParamObject, FunctionParamValue, function_param_value::Value,
};

/// A value in a [`FunctionChain`](super::FunctionChain): made by `into()` from a bool, number, text, bytes, JSON value,
/// or list of these.
#[derive(Clone, PartialEq)]
pub struct FunctionChainValue(Option<Value>);

impl FunctionChainValue {
    pub(super) fn to_proto(&self) -> FunctionParamValue {
        FunctionParamValue {
            value: self.0.clone(),
        }
    }

    /// The error says that it is or holds nothing, or something without a name.
    pub(super) fn check(&self) -> Result<(), String> {
        check(self.0.as_ref())
    }

    /// How many values or bytes it has, as a list or text.
    pub(super) fn len(&self) -> Option<usize> {
        match &self.0 {
            Some(Value::ArrayValue(array)) => Some(array.values.len()),
            Some(Value::StringValue(text)) => Some(text.len()),
            _ => None,
        }
    }

    pub(super) fn holds_empty_text(&self) -> bool {
        let empty = |value: &FunctionParamValue| matches!(&value.value, Some(Value::StringValue(text)) if text.is_empty());
        matches!(&self.0, Some(Value::ArrayValue(array)) if array.values.iter().any(empty))
    }

    pub(super) fn as_int(&self) -> Option<i64> {
        match self.0 {
            Some(Value::Int64Value(value)) => Some(value),
            _ => None,
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self.0, Some(Value::Int64Value(_) | Value::DoubleValue(_)))
    }
}

fn check(value: Option<&Value>) -> Result<(), String> {
    match value {
        None => Err("is or holds null, which function chains do not have".to_owned()),
        Some(Value::ArrayValue(array)) => {
            let mut values = array.values.iter();
            values.try_for_each(|value| check(value.value.as_ref()))
        }
        Some(Value::ObjectValue(object)) => object.fields.iter().try_for_each(|(key, value)| {
            if key.is_empty() {
                return Err("holds a value without a name".to_owned());
            }
            check(value.value.as_ref())
        }),
        Some(Value::DoubleValue(number)) if !number.is_finite() => {
            Err(format!("is or holds {number}: it must be a number"))
        }
        Some(_) => Ok(()),
    }
}

impl fmt::Debug for FunctionChainValue {
    /// The kind only: values may be user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
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
                Self(Some($into))
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
        let value = |value: V| FunctionParamValue {
            value: value.into().0,
        };
        Self(Some(Value::ArrayValue(FunctionParamArray {
            values: values.into_iter().map(value).collect(),
        })))
    }
}

impl From<Json> for FunctionChainValue {
    fn from(value: Json) -> Self {
        match value {
            Json::Null => Self(None),
            Json::Bool(value) => value.into(),
            Json::Number(number) => match number.as_i64() {
                Some(number) => number.into(),
                None => number.as_f64().map_or(Self(None), Into::into),
            },
            Json::String(text) => text.into(),
            Json::Array(values) => values.into(),
            Json::Object(fields) => {
                let field = |(key, value): (String, Json)| {
                    let value = Self::from(value).0;
                    (key, FunctionParamValue { value })
                };
                Self(Some(Value::ObjectValue(FunctionParamObject {
                    fields: fields.into_iter().map(field).collect(),
                })))
            }
        }
    }
}

/// Values by name.
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
