//! Conversion of received values to owned values and to JSON.

use super::cell::Cell;
use super::float16::{Half, floats, halves};
use super::json;
use super::sparse::{SparseVector, pairs};
use super::value::{Value, unreadable};

impl Cell<'_> {
    /// The numbers of a vector of floats, or the concatenated numbers of several vectors.
    pub(super) fn numbers(self) -> Option<Vec<f32>> {
        match self {
            Self::Floats(bytes, start, end) => {
                Some(floats(Self::bytes(bytes, start, end)).collect())
            }
            Self::Halves(bytes, start, end, half) => {
                Some(halves(Self::bytes(bytes, start, end), half).collect())
            }
            Self::Vectors(vectors) => vectors.data.as_ref()?.numbers(),
            _ => None,
        }
    }

    /// The value as an owned one. Vectors that are stored as bytes share the response's buffer.
    pub(crate) fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::Int(value),
            Self::Float(value) => Value::Float(value),
            Self::Double(value) => Value::Double(value),
            Self::Text(value) => Value::Text(value.to_owned()),
            Self::Json(text) => Value::Json(text.clone()),
            Self::Array(_) | Self::Vectors(_) | Self::Structs(..) => {
                Value::Array(self.elements().map(Self::to_value).collect())
            }
            Self::Struct(one) => Value::Struct(
                one.entries()
                    .map(|(name, cell)| (name.to_owned(), cell.to_value()))
                    .collect(),
            ),
            Self::Floats(bytes, start, end) => {
                Value::FloatVector(floats(Self::bytes(bytes, start, end)).collect())
            }
            Self::Halves(bytes, start, end, Half::Ieee) => {
                Value::Float16Vector(bytes.slice(start..end))
            }
            Self::Halves(bytes, start, end, Half::Brain) => {
                Value::BFloat16Vector(bytes.slice(start..end))
            }
            Self::Int8s(bytes, start, end) => Value::Int8Vector(bytes.slice(start..end)),
            Self::Bits(bytes, start, end) => Value::Bytes(bytes.slice(start..end)),
            Self::Sparse(bytes) => Value::SparseVector(SparseVector::from_wire(bytes)),
            Self::Unknown(data_type) => Value::Unknown(data_type),
        }
    }

    /// The value as JSON. Bytes become arrays of numbers; NaN and infinity are refused.
    pub(crate) fn to_json(self) -> Result<serde_json::Value, String> {
        use serde_json::Value as Json;
        Ok(match self {
            Self::Null => Json::Null,
            Self::Bool(value) => value.into(),
            Self::Int(value) => value.into(),
            Self::Float(value) => json::number(value.into())?,
            Self::Double(value) => json::number(value)?,
            Self::Text(value) => value.into(),
            Self::Json(text) => {
                serde_json::from_slice(text).map_err(|error| format!("it is not JSON: {error}"))?
            }
            Self::Array(_) | Self::Vectors(_) | Self::Structs(..) => Json::Array(
                self.elements()
                    .map(Self::to_json)
                    .collect::<Result<_, _>>()?,
            ),
            Self::Struct(one) => Json::Object(
                one.entries()
                    .map(|(name, cell)| Ok((name.to_owned(), cell.to_json()?)))
                    .collect::<Result<_, String>>()?,
            ),
            Self::Floats(bytes, start, end) => floats(Self::bytes(bytes, start, end))
                .map(|number| json::number(number.into()))
                .collect::<Result<_, _>>()?,
            Self::Halves(bytes, start, end, half) => halves(Self::bytes(bytes, start, end), half)
                .map(|number| json::number(number.into()))
                .collect::<Result<_, _>>()?,
            Self::Int8s(bytes, start, end) => Self::bytes(bytes, start, end)
                .iter()
                .map(|byte| Json::from(byte.cast_signed()))
                .collect(),
            Self::Bits(bytes, start, end) => Self::bytes(bytes, start, end)
                .iter()
                .map(|byte| Json::from(*byte))
                .collect(),
            Self::Sparse(bytes) => {
                let entries = pairs(bytes).map(|(dimension, value)| {
                    Ok((dimension.to_string(), json::number(value.into())?))
                });
                Json::Object(entries.collect::<Result<_, String>>()?)
            }
            Self::Unknown(data_type) => return Err(unreadable(data_type)),
        })
    }
}
