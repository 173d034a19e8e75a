use bytes::Bytes;
use serde::ser::{self, SerializeMap};
use serde::{Serialize, Serializer};

use super::float16::{Half, halves};
use super::sparse::SparseVector;

/// A value of any type, for programs that do not know the schema in advance.
#[doc(alias = "FieldValue")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// No value. The field is nullable.
    Null,
    /// The value of a bool field.
    Bool(bool),
    /// The value of an int8, int16, int32 or int64 field. Also of a date, time or timestamptz field, if the server
    /// sends it as a number: days since 1970, microseconds since midnight, or microseconds since 1970.
    Int(i64),
    /// The value of a float field.
    Float(f32),
    /// The value of a double field.
    Double(f64),
    /// The value of a varchar, text, geometry, timestamptz, date, time or mol field.
    Text(String),
    /// The text of a JSON field. [`json`](Self::json) parses it.
    Json(Bytes),
    /// The elements of an array field: scalars or structs. For a field of structs, its values or vectors in one row.
    Array(Vec<Self>),
    /// One struct of an array of structs: the names and values of its fields, in the order of the schema.
    Struct(Vec<(String, Self)>),
    /// A float vector.
    FloatVector(Vec<f32>),
    /// A vector of IEEE 16-bit floats, little-endian.
    Float16Vector(Bytes),
    /// A vector of brain floats, little-endian.
    BFloat16Vector(Bytes),
    /// A vector of signed 8-bit integers.
    Int8Vector(Bytes),
    /// A binary vector, with eight bits in each byte, or other bytes.
    Bytes(Bytes),
    /// A sparse vector.
    SparseVector(SparseVector),
    /// A value of a type that this version of the crate cannot read, by the type's number in Milvus' protocol. It
    /// cannot be serialized.
    Unknown(i32),
}

/// The error for a value of a type that this version cannot read.
pub(super) fn unreadable(data_type: i32) -> String {
    format!("it is of type {data_type}, which this version cannot read")
}

impl Value {
    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The bool, if the value is [`Bool`](Self::Bool).
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The text, if the value is [`Text`](Self::Text).
    #[doc(alias = "as_str")]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, if the value is [`Int`](Self::Int).
    #[doc(alias = "as_i64")]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if the value is [`Float`](Self::Float) or [`Double`](Self::Double).
    #[doc(alias = "as_f64")]
    pub fn as_double(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some((*value).into()),
            Self::Double(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements, if the value is [`Array`](Self::Array).
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }

    /// The numbers of a float, float16 or bfloat16 vector.
    pub fn into_floats(self) -> Option<Vec<f32>> {
        match self {
            Self::FloatVector(numbers) => Some(numbers),
            Self::Float16Vector(bytes) => Some(halves(&bytes, Half::Ieee).collect()),
            Self::BFloat16Vector(bytes) => Some(halves(&bytes, Half::Brain).collect()),
            _ => None,
        }
    }

    /// Parses the text of [`Json`](Self::Json); `None` for other values, and if the text is not valid JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        match self {
            Self::Json(text) => serde_json::from_slice(text).ok(),
            _ => None,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f32(*value),
            Self::Double(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Json(text) => {
                let json: serde_json::Value =
                    serde_json::from_slice(text).map_err(ser::Error::custom)?;
                json.serialize(serializer)
            }
            Self::Array(values) => serializer.collect_seq(values),
            Self::Struct(fields) => {
                serializer.collect_map(fields.iter().map(|(name, value)| (name, value)))
            }
            Self::FloatVector(values) => serializer.collect_seq(values),
            Self::Float16Vector(bytes) => serializer.collect_seq(halves(bytes, Half::Ieee)),
            Self::BFloat16Vector(bytes) => serializer.collect_seq(halves(bytes, Half::Brain)),
            Self::Int8Vector(bytes) => {
                serializer.collect_seq(bytes.iter().map(|byte| byte.cast_signed()))
            }
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::SparseVector(vector) => {
                let mut map = serializer.serialize_map(Some(vector.len()))?;
                for (dimension, value) in vector.iter() {
                    map.serialize_entry(&dimension, &value)?;
                }
                map.end()
            }
            Self::Unknown(data_type) => Err(ser::Error::custom(unreadable(*data_type))),
        }
    }
}
