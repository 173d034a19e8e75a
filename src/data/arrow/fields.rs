//! Received fields as Arrow arrays.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, Float32Array, Float64Array, Int64Array, ListArray, NullArray, StructArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType as ArrowType, Fields};

use super::super::cell::ReceivedField;
use super::super::value::unreadable;
use super::buffers::numbers;
use super::cells;
use super::lists::lists;
use super::received::{dense_vectors, sparse_vectors, vector_lists};
use super::types::{field, list};
use crate::proto::schema::{
    DataType as Number, ScalarField, VectorField, field_data::Field as Data,
    scalar_field::Data as Scalar, vector_field::Data as Vector,
};

/// The values of a received field, and whether they are JSON.
pub(super) fn array(received: &ReceivedField, rows: usize) -> Result<(ArrayRef, bool), String> {
    let nulls = nulls(received);
    if !received.inner.is_empty() {
        return Ok((structs(received, rows, nulls)?, false));
    }
    let cells = || (0..rows).map(|row| received.cell(row));
    match &received.field.field {
        Some(Data::Scalars(ScalarField { data: Some(data) })) => {
            let array = match whole(received, data) {
                Some(array) => array,
                None => cells::array(&scalar_type(data, received.field.r#type)?, cells(), nulls)?,
            };
            Ok((array, matches!(data, Scalar::JsonData(_))))
        }
        Some(Data::Vectors(VectorField {
            data: Some(vectors),
            dim,
        })) => {
            let dimension = usize::try_from(*dim).unwrap_or_default();
            let array = match vectors {
                Vector::SparseFloatVector(_) => sparse_vectors(cells(), nulls)?,
                Vector::VectorArray(arrays) => vector_lists(cells(), arrays, nulls)?,
                dense => dense_vectors(received, dense, dimension, rows, nulls)?,
            };
            Ok((array, false))
        }
        _ if nulls.as_ref().map_or(0, NullBuffer::null_count) == rows => {
            Ok((Arc::new(NullArray::new(rows)), false))
        }
        _ => Err(unreadable(received.field.r#type)),
    }
}

fn nulls(received: &ReceivedField) -> Option<NullBuffer> {
    let valid = &received.field.valid_data;
    valid.contains(&false).then(|| valid.as_slice().into())
}

/// The values of a column without nulls that does not need to be converted.
fn whole(received: &ReceivedField, data: &Scalar) -> Option<ArrayRef> {
    if received.field.valid_data.contains(&false) {
        return None;
    }
    Some(match data {
        Scalar::LongData(array) => Arc::new(Int64Array::from(array.data.clone())),
        Scalar::FloatData(array) => Arc::new(Float32Array::new(numbers(array.as_le_bytes()), None)),
        Scalar::DoubleData(array) => {
            Arc::new(Float64Array::new(numbers(array.as_le_bytes()), None))
        }
        _ => return None,
    })
}

/// The Arrow type of values of this kind, in a field or with an element type of this number.
fn scalar_type(data: &Scalar, number: i32) -> Result<ArrowType, String> {
    let is = |known: Number| number == known as i32;
    Ok(match data {
        Scalar::BoolData(_) => ArrowType::Boolean,
        // Milvus Lite sends bools as integers.
        Scalar::IntData(_) if is(Number::Bool) => ArrowType::Boolean,
        Scalar::IntData(_) if is(Number::Int8) => ArrowType::Int8,
        Scalar::IntData(_) if is(Number::Int16) => ArrowType::Int16,
        Scalar::IntData(_) | Scalar::DateData(_) => ArrowType::Int32,
        Scalar::LongData(_) | Scalar::TimestamptzData(_) | Scalar::TimeData(_) => ArrowType::Int64,
        Scalar::FloatData(_) => ArrowType::Float32,
        Scalar::DoubleData(_) => ArrowType::Float64,
        Scalar::StringData(_)
        | Scalar::JsonData(_)
        | Scalar::GeometryWktData(_)
        | Scalar::MolSmilesData(_) => ArrowType::Utf8,
        Scalar::BytesData(_) | Scalar::GeometryData(_) | Scalar::MolData(_) => ArrowType::Binary,
        Scalar::ArrayData(arrays) => {
            let mut kinds = arrays.data.iter().filter_map(|array| array.data.as_ref());
            match (kinds.next(), element_type(arrays.element_type)) {
                (_, Some(known)) => list(known),
                (Some(kind), None) => list(scalar_type(kind, arrays.element_type)?),
                (None, None) => list(ArrowType::Null),
            }
        }
    })
}

/// The Arrow type of the elements of an array field, by their number.
fn element_type(number: i32) -> Option<ArrowType> {
    Some(match Number::try_from(number).ok()? {
        Number::Bool => ArrowType::Boolean,
        Number::Int8 => ArrowType::Int8,
        Number::Int16 => ArrowType::Int16,
        Number::Int32 => ArrowType::Int32,
        Number::Int64 => ArrowType::Int64,
        Number::Float => ArrowType::Float32,
        Number::Double => ArrowType::Float64,
        Number::VarChar | Number::String => ArrowType::Utf8,
        _ => return None,
    })
}

/// An array of structs from its fields, each of which has one list per row.
fn structs(
    received: &ReceivedField,
    rows: usize,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, String> {
    let lengths: Vec<usize> = (0..rows).map(|row| received.cell(row).len()).collect();
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for inner in &received.inner {
        let name = inner.name();
        let (array, _) =
            array(inner, rows).map_err(|why| format!("{why} in {name:?} of its structs"))?;
        let values = match array.as_any().downcast_ref::<ListArray>() {
            Some(lists) => Arc::clone(lists.values()),
            None if *array.data_type() == ArrowType::Null => Arc::new(NullArray::new(0)),
            None => return Err(format!("expected lists in {name:?} of its structs")),
        };
        fields.push(field(name, values.data_type().clone(), false));
        columns.push(values);
    }
    let structs = StructArray::try_new(Fields::from(fields), columns, None);
    let structs = structs.map_err(|error| error.to_string())?;
    lists(&lengths, Arc::new(structs), nulls)
}
