use bytes::Bytes;
use serde::ser::{self, SerializeMap};
use serde::{Serialize, Serializer};

use super::float16::{Half, halves};
use super::sparse::SparseVector;

/// A value of any field, for who does not know the schema beforehand.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Nothing: the field is nullable.
    Null,
    /// Of a bool field.
    Bool(bool),
    /// Of an int8, int16, int32 or int64 field; of a date, time or timestamptz field where the server sends it as a
    /// number: days or microseconds since 1970, or microseconds since midnight.
    Int(i64),
    /// Of a float field.
    Float(f32),
    /// Of a double field.
    Double(f64),
    /// Of a varchar, text, geometry, timestamptz, date, time or mol field.
    Text(String),
    /// Of a JSON field: its text, not parsed. See [`json`](Self::json).
    Json(Bytes),
    /// Of an array field: scalars, structs, or the vectors that a field of structs has in one row.
    Array(Vec<Self>),
    /// One struct of an array of structs: its fields by name, in the schema's order.
    Struct(Vec<(String, Self)>),
    /// A float vector.
    FloatVector(Vec<f32>),
    /// A vector of IEEE 16-bit floats, little-endian.
    Float16Vector(Bytes),
    /// A vector of brain floats, little-endian.
    BFloat16Vector(Bytes),
    /// A vector of signed 8-bit integers.
    Int8Vector(Bytes),
    /// A binary vector, eight bits to a byte, or other bytes.
    Bytes(Bytes),
    /// A sparse vector.
    SparseVector(SparseVector),
    /// A value that this version of the crate cannot read, of the type that has this number in Milvus' contract. It
    /// cannot be serialized.
    Unknown(i32),
}

/// Why a value of this type is not given in another form.
pub(super) fn unreadable(data_type: i32) -> String {
    format!("it is of type {data_type}, which this version cannot read")
}

impl Value {
    /// Whether it is nothing.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, where it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, of float and double fields.
    pub fn as_double(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some((*value).into()),
            Self::Double(value) => Some(*value),
            _ => None,
        }
    }

    /// The JSON of a JSON field, parsed now; `None` of other fields, and of text that is no JSON.
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
