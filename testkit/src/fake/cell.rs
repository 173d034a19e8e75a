//! Single values, read from columns of the protocol and written to them.

mod read;
mod write;

use bytes::Bytes;
use milvus_otel::proto::schema::{DataType, FieldSchema};

use super::fail::{Fail, Outcome};
pub(super) use read::read;
pub(super) use write::write;

/// The value of a field in a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Bool(bool),
    /// Of all integer types.
    Int(i64),
    Float(f32),
    Double(f64),
    Text(String),
    Json(Bytes),
    Array(Vec<Self>),
    /// In wire format.
    Vector(Bytes),
}

/// The type of a field, if the fake has fields of this type.
pub(super) fn data_type(number: i32) -> Outcome<DataType> {
    use DataType as T;
    let missing = |name: String| Fail::missing(format_args!("fields of type {name}"));
    match T::try_from(number) {
        Ok(
            known @ (T::Bool
            | T::Int8
            | T::Int16
            | T::Int32
            | T::Int64
            | T::Float
            | T::Double
            | T::String
            | T::VarChar
            | T::Text
            | T::Json
            | T::Array
            | T::FloatVector
            | T::BinaryVector
            | T::Float16Vector
            | T::BFloat16Vector
            | T::Int8Vector
            | T::SparseFloatVector),
        ) => Ok(known),
        Ok(known) => Err(missing(known.as_str_name().to_owned())),
        Err(_) => Err(missing(number.to_string())),
    }
}

pub(super) fn is_vector(data_type: i32) -> bool {
    data_type >= DataType::BinaryVector as i32 && data_type <= DataType::Int8Vector as i32
}

/// The dimension of a vector field; 0 for a sparse one.
pub(super) fn dimension(field: &FieldSchema) -> usize {
    parameter(field, "dim").unwrap_or_default()
}

/// A number among the parameters of a field's type.
pub(super) fn parameter(field: &FieldSchema, key: &str) -> Option<usize> {
    let pair = field.type_params.iter().find(|pair| pair.key == key)?;
    pair.value.parse().ok()
}

/// The number of bytes of a dense vector.
pub(super) fn width(data_type: DataType, dimension: usize) -> usize {
    match data_type {
        DataType::FloatVector => dimension * 4,
        DataType::BinaryVector => dimension / 8,
        DataType::Int8Vector => dimension,
        _ => dimension * 2,
    }
}

/// The elements of an array, as a field.
fn element(field: &FieldSchema) -> FieldSchema {
    FieldSchema {
        name: field.name.clone(),
        data_type: field.element_type,
        ..FieldSchema::default()
    }
}
