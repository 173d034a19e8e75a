//! Conversions to a query vector.

use std::borrow::Cow;
use std::sync::Arc;

#[cfg(feature = "half-2")]
use bytes::Bytes;

use super::QueryVector;
use crate::data::{SparseVector, Value};
use crate::error::{Error, Result};
use crate::proto::common::PlaceholderType;

impl From<&[f32]> for QueryVector {
    fn from(numbers: &[f32]) -> Self {
        numbers.to_vec().into()
    }
}

impl From<&Vec<f32>> for QueryVector {
    fn from(numbers: &Vec<f32>) -> Self {
        numbers.clone().into()
    }
}

impl From<Vec<f32>> for QueryVector {
    fn from(numbers: Vec<f32>) -> Self {
        Self::of(PlaceholderType::FloatVector, numbers.into())
    }
}

impl<const N: usize> From<[f32; N]> for QueryVector {
    fn from(numbers: [f32; N]) -> Self {
        numbers.to_vec().into()
    }
}

impl<const N: usize> From<&[f32; N]> for QueryVector {
    fn from(numbers: &[f32; N]) -> Self {
        numbers.to_vec().into()
    }
}

impl From<Box<[f32]>> for QueryVector {
    fn from(numbers: Box<[f32]>) -> Self {
        numbers.into_vec().into()
    }
}

impl From<Arc<[f32]>> for QueryVector {
    fn from(numbers: Arc<[f32]>) -> Self {
        numbers.as_ref().into()
    }
}

impl From<Cow<'_, [f32]>> for QueryVector {
    fn from(numbers: Cow<'_, [f32]>) -> Self {
        numbers.into_owned().into()
    }
}

impl FromIterator<f32> for QueryVector {
    /// A vector of these numbers, for example of converted ones:
    /// `doubles.iter().map(|number| *number as f32).collect::<QueryVector>()`.
    fn from_iter<I: IntoIterator<Item = f32>>(numbers: I) -> Self {
        numbers.into_iter().collect::<Vec<f32>>().into()
    }
}

impl TryFrom<Value> for QueryVector {
    type Error = Error;

    /// The vector of a row, to search for others like it.
    ///
    /// # Errors
    ///
    /// The value is neither a vector nor a text.
    fn try_from(value: Value) -> Result<Self> {
        Ok(match value {
            Value::FloatVector(numbers) => numbers.into(),
            Value::Float16Vector(bytes) => Self::float16(bytes),
            Value::BFloat16Vector(bytes) => Self::bfloat16(bytes),
            Value::Int8Vector(bytes) => Self::new(PlaceholderType::Int8Vector, bytes),
            Value::Bytes(bytes) => Self::binary(bytes),
            Value::SparseVector(vector) => vector.into(),
            Value::Text(text) => text.into(),
            _ => {
                let why = "the value is neither a vector nor a text";
                return Err(Error::invalid_argument("read_value", why));
            }
        })
    }
}

impl From<SparseVector> for QueryVector {
    fn from(vector: SparseVector) -> Self {
        Self::new(
            PlaceholderType::SparseFloatVector,
            vector.as_bytes().clone(),
        )
    }
}

impl From<&SparseVector> for QueryVector {
    fn from(vector: &SparseVector) -> Self {
        vector.clone().into()
    }
}

impl From<&str> for QueryVector {
    fn from(text: &str) -> Self {
        Self::new(PlaceholderType::VarChar, text.as_bytes().to_vec())
    }
}

impl From<&String> for QueryVector {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for QueryVector {
    fn from(text: String) -> Self {
        Self::new(PlaceholderType::VarChar, text.into_bytes())
    }
}

#[cfg(feature = "half-2")]
impl From<Vec<half::f16>> for QueryVector {
    fn from(numbers: Vec<half::f16>) -> Self {
        numbers.as_slice().into()
    }
}

#[cfg(feature = "half-2")]
impl From<Vec<half::bf16>> for QueryVector {
    fn from(numbers: Vec<half::bf16>) -> Self {
        numbers.as_slice().into()
    }
}

#[cfg(feature = "half-2")]
impl From<&[half::f16]> for QueryVector {
    fn from(numbers: &[half::f16]) -> Self {
        Self::float16(
            numbers
                .iter()
                .flat_map(|number| number.to_le_bytes())
                .collect::<Bytes>(),
        )
    }
}

#[cfg(feature = "half-2")]
impl From<&[half::bf16]> for QueryVector {
    fn from(numbers: &[half::bf16]) -> Self {
        Self::bfloat16(
            numbers
                .iter()
                .flat_map(|number| number.to_le_bytes())
                .collect::<Bytes>(),
        )
    }
}
