//! Conversions between [`Value`] and the types of Rust.

use bytes::Bytes;
use serde_json::Value as Json;

use super::id::Id;
use super::sparse::SparseVector;
use super::value::Value;
use crate::error::Error;

macro_rules! from {
    ($($type:ty => |$value:ident| $made:expr;)*) => {
        $(
            impl From<$type> for Value {
                fn from($value: $type) -> Self {
                    $made
                }
            }

            impl From<Option<$type>> for Value {
                /// `None` is [`Null`](Self::Null).
                fn from(value: Option<$type>) -> Self {
                    value.map_or(Self::Null, Into::into)
                }
            }
        )*
    };
}
from! {
    bool => |value| Self::Bool(value);
    i8 => |value| Self::Int(value.into());
    i16 => |value| Self::Int(value.into());
    i32 => |value| Self::Int(value.into());
    i64 => |value| Self::Int(value);
    u8 => |value| Self::Int(value.into());
    u16 => |value| Self::Int(value.into());
    u32 => |value| Self::Int(value.into());
    f32 => |value| Self::Float(value);
    f64 => |value| Self::Double(value);
    &str => |value| Self::Text(value.to_owned());
    String => |value| Self::Text(value);
    &String => |value| Self::Text(value.clone());
    Vec<f32> => |value| Self::FloatVector(value);
    &[f32] => |value| Self::FloatVector(value.to_vec());
    &Vec<f32> => |value| Self::FloatVector(value.clone());
    SparseVector => |value| Self::SparseVector(value);
    Bytes => |value| Self::Bytes(value);
    Id => |value| match value {
        Id::Int(id) => Self::Int(id),
        Id::Text(id) => Self::Text(id),
    };
}

impl<const N: usize> From<[f32; N]> for Value {
    fn from(vector: [f32; N]) -> Self {
        Self::FloatVector(vector.into())
    }
}

/// Lists of scalars are arrays, except that a list of `f32` is a vector.
macro_rules! from_list {
    ($($type:ty),*) => {
        $(
            impl From<Vec<$type>> for Value {
                fn from(values: Vec<$type>) -> Self {
                    Self::Array(values.into_iter().map(Into::into).collect())
                }
            }

            impl<const N: usize> From<[$type; N]> for Value {
                fn from(values: [$type; N]) -> Self {
                    Vec::from(values).into()
                }
            }
        )*
    };
}
from_list!(bool, i16, i32, i64, f64, String, &str, Self);

#[cfg(feature = "half-2")]
mod half_2 {
    use super::Value;

    macro_rules! from_half {
        ($($half:ty => $variant:ident),*) => {
            $(
                impl From<Vec<$half>> for Value {
                    fn from(numbers: Vec<$half>) -> Self {
                        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
                        Self::$variant(bytes.collect())
                    }
                }
            )*
        };
    }
    from_half!(half::f16 => Float16Vector, half::bf16 => BFloat16Vector);
}

impl From<Json> for Value {
    /// Scalars become scalars; arrays, objects and integers that do not fit into an `i64` become
    /// [`Json`](Value::Json).
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            Json::String(text) => Self::Text(text),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(value), _) => Self::Int(value),
                (None, Some(value)) if number.is_f64() => Self::Double(value),
                _ => Self::Json(number.to_string().into_bytes().into()),
            },
            other => Self::Json(other.to_string().into_bytes().into()),
        }
    }
}

/// What a value is, without the value, which is user data.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a bool",
        Value::Int(_) => "an integer",
        Value::Float(_) => "a float",
        Value::Double(_) => "a double",
        Value::Text(_) => "a string",
        Value::Json(_) => "JSON",
        Value::Array(_) => "an array",
        Value::Struct(_) => "a struct",
        Value::FloatVector(_) => "a float vector",
        Value::Float16Vector(_) => "a float16 vector",
        Value::BFloat16Vector(_) => "a bfloat16 vector",
        Value::Int8Vector(_) => "an int8 vector",
        Value::Bytes(_) => "bytes",
        Value::SparseVector(_) => "a sparse vector",
        Value::Unknown(_) => "a value of an unknown type",
    }
}

macro_rules! try_from {
    ($($type:ty, $expected:literal => |$value:ident| $read:expr;)*) => {
        $(
            impl TryFrom<Value> for $type {
                type Error = Error;

                /// # Errors
                ///
                /// The value is of another type, or does not fit.
                fn try_from($value: Value) -> Result<Self, Error> {
                    let found = kind(&$value);
                    let read = |$value: Value| -> Option<Self> { $read };
                    read($value).ok_or_else(|| {
                        let why = format!(concat!("expected ", $expected, ", found {}"), found);
                        Error::invalid_argument("read_value", why)
                    })
                }
            }
        )*
    };
}
try_from! {
    bool, "a bool" => |value| value.as_bool();
    i8, "an integer that fits into an i8" => |value| value.as_int()?.try_into().ok();
    i16, "an integer that fits into an i16" => |value| value.as_int()?.try_into().ok();
    i32, "an integer that fits into an i32" => |value| value.as_int()?.try_into().ok();
    i64, "an integer" => |value| value.as_int();
    u8, "an integer that fits into a u8" => |value| value.as_int()?.try_into().ok();
    u16, "an integer that fits into a u16" => |value| value.as_int()?.try_into().ok();
    u32, "an integer that fits into a u32" => |value| value.as_int()?.try_into().ok();
    u64, "an integer that fits into a u64" => |value| value.as_int()?.try_into().ok();
    f32, "a float" => |value| match value {
        Value::Float(value) => Some(value),
        _ => None,
    };
    f64, "a float or double" => |value| value.as_double();
    String, "a string" => |value| match value {
        Value::Text(text) => Some(text),
        _ => None,
    };
    Vec<f32>, "a float vector" => |value| value.into_floats();
    SparseVector, "a sparse vector" => |value| match value {
        Value::SparseVector(vector) => Some(vector),
        _ => None,
    };
    Json, "JSON" => |value| serde_json::to_value(&value).ok();
}

macro_rules! equals {
    ($($type:ty => |$value:ident| $read:expr;)*) => {
        $(
            impl PartialEq<$type> for Value {
                fn eq(&self, other: &$type) -> bool {
                    let $value = self;
                    $read == Some(*other)
                }
            }
        )*
    };
}
equals! {
    bool => |value| value.as_bool();
    i64 => |value| value.as_int();
    f64 => |value| value.as_double();
    &str => |value| value.as_text();
}

impl PartialEq<str> for Value {
    fn eq(&self, other: &str) -> bool {
        self.as_text() == Some(other)
    }
}
