//! Vectors, decoded to be compared.

use bytes::Bytes;
use milvus_otel::data::Value;
use milvus_otel::proto::schema::DataType;

use super::cell::width;

/// A vector of any type.
pub(super) enum Vector {
    Dense(Vec<f64>),
    /// Eight dimensions in each byte.
    Bits(Bytes),
    /// Dimensions, in ascending order, and their values.
    Sparse(Vec<(u32, f64)>),
}

impl Vector {
    /// The number of bytes of a vector; `None` for a sparse one.
    pub(super) fn width(data_type: DataType, dimension: usize) -> Option<usize> {
        (data_type != DataType::SparseFloatVector).then(|| width(data_type, dimension))
    }

    /// Reads a vector from the form of the wire.
    pub(super) fn read(data_type: DataType, bytes: &Bytes) -> Self {
        let halves = |value: Value| {
            let floats = value.into_floats().unwrap_or_default();
            Self::Dense(floats.into_iter().map(f64::from).collect())
        };
        match data_type {
            DataType::BinaryVector => Self::Bits(bytes.clone()),
            DataType::Float16Vector => halves(Value::Float16Vector(bytes.clone())),
            DataType::BFloat16Vector => halves(Value::BFloat16Vector(bytes.clone())),
            DataType::Int8Vector => {
                let numbers = bytes.iter().map(|byte| byte.cast_signed().into());
                Self::Dense(numbers.collect())
            }
            DataType::SparseFloatVector => {
                let pairs = bytes.as_chunks::<8>().0.iter();
                let pair = |[a, b, c, d, e, f, g, h]: &[u8; 8]| {
                    let dimension = u32::from_le_bytes([*a, *b, *c, *d]);
                    (dimension, f32::from_le_bytes([*e, *f, *g, *h]).into())
                };
                Self::Sparse(pairs.map(pair).collect())
            }
            _ => {
                let numbers = bytes.as_chunks::<4>().0.iter();
                let number = |bytes: &[u8; 4]| f32::from_le_bytes(*bytes).into();
                Self::Dense(numbers.map(number).collect())
            }
        }
    }
}
