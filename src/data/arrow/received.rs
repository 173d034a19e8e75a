//! Received vectors as Arrow arrays.

use std::mem::discriminant;
use std::sync::Arc;

use arrow_array::types::{Float16Type, Float32Type, Int8Type, UInt8Type, UInt16Type};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, FixedSizeListArray, Float32Array, NullArray,
    PrimitiveArray, StructArray, UInt32Array,
};
use arrow_buffer::NullBuffer;
use arrow_schema::Field as ArrowField;
use bytes::Bytes;

use super::super::cell::{Cell, ReceivedField};
use super::super::sparse::pairs;
use super::super::value::unreadable;
use super::buffers::numbers;
use super::lists::lists;
use super::types::sparse;
use crate::proto::schema::{
    DataType as Number, VectorArray, VectorField, vector_field::Data as Vector,
};
use crate::wire::FloatArray;

/// The memory limit for a column of vectors with nulls, whose size the size of the answer does not bound.
const MAX_SPREAD: usize = 1 << 30;

/// Dense vectors share the received memory if it is aligned, and no row is null.
pub(super) fn dense_vectors(
    received: &ReceivedField,
    vectors: &Vector,
    dimension: usize,
    rows: usize,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, String> {
    let width = vectors.width(dimension);
    let received_bytes = vectors.bytes().cloned().unwrap_or_default();
    let bytes = match &received.indexes {
        None => received_bytes,
        // Null rows need a place in Arrow's memory.
        Some(indexes) => {
            let size = rows.saturating_mul(width);
            if size > MAX_SPREAD {
                return Err(format!(
                    "its rows, with nulls, need {size} bytes: read fewer rows at once"
                ));
            }
            let mut spread = vec![0; size];
            let places = spread.chunks_exact_mut(width.max(1)).enumerate();
            for (row, place) in places.filter(|(row, _)| !received.is_null(*row)) {
                let start = indexes.get(row).map_or(0, |index| index * width);
                let vector = received_bytes.get(start..start + width);
                place.copy_from_slice(vector.ok_or_else(|| format!("row {row}: no vector"))?);
            }
            spread.into()
        }
    };
    dense_array(vectors, &bytes, dimension, rows, nulls)
}

/// The array of these bytes, which have a vector for each row.
fn dense_array(
    vectors: &Vector,
    bytes: &Bytes,
    dimension: usize,
    rows: usize,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, String> {
    fn values<T: ArrowPrimitiveType>(bytes: &Bytes) -> ArrayRef {
        Arc::new(PrimitiveArray::<T>::new(numbers(bytes), None))
    }
    let (values, length) = match vectors {
        Vector::FloatVector(_) => (values::<Float32Type>(bytes), dimension),
        Vector::Float16Vector(_) => (values::<Float16Type>(bytes), dimension),
        Vector::Bfloat16Vector(_) => (values::<UInt16Type>(bytes), dimension),
        Vector::Int8Vector(_) => (values::<Int8Type>(bytes), dimension),
        Vector::BinaryVector(_) => (values::<UInt8Type>(bytes), dimension / 8),
        Vector::SparseFloatVector(_) | Vector::VectorArray(_) => {
            return Err("expected dense vectors".to_owned());
        }
    };
    let item = Arc::new(ArrowField::new_list_field(values.data_type().clone(), true));
    let length = i32::try_from(length).map_err(|_| format!("its dimension is {dimension}"))?;
    let array = FixedSizeListArray::try_new_with_length(item, length, values, nulls, rows);
    Ok(Arc::new(array.map_err(|error| error.to_string())?))
}

pub(super) fn sparse_vectors<'a>(
    rows: impl Iterator<Item = Cell<'a>>,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, String> {
    let (mut lengths, mut indices, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let pairs = match &row {
            Cell::Sparse(bytes) => pairs(bytes),
            _ => pairs(&[]),
        };
        lengths.push(pairs.len());
        for (index, value) in pairs {
            indices.push(index);
            values.push(value);
        }
    }
    let part = |values: ArrayRef| lists(&lengths, values, None);
    let columns = vec![
        part(Arc::new(UInt32Array::from(indices)))?,
        part(Arc::new(Float32Array::from(values)))?,
    ];
    let array = StructArray::try_new(sparse(), columns, nulls);
    Ok(Arc::new(array.map_err(|error| error.to_string())?))
}

/// The vectors of one field of structs, one list per row.
pub(super) fn vector_lists<'a>(
    rows: impl Iterator<Item = Cell<'a>>,
    arrays: &VectorArray,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, String> {
    let known = match Number::try_from(arrays.element_type).ok() {
        Some(Number::FloatVector) => Some(Vector::FloatVector(FloatArray::default())),
        Some(Number::Float16Vector) => Some(Vector::Float16Vector(Bytes::new())),
        Some(Number::BFloat16Vector) => Some(Vector::Bfloat16Vector(Bytes::new())),
        Some(Number::Int8Vector) => Some(Vector::Int8Vector(Bytes::new())),
        Some(Number::BinaryVector) => Some(Vector::BinaryVector(Bytes::new())),
        _ => None,
    };
    let (mut lengths, mut bytes) = (Vec::new(), Vec::new());
    let (mut dimension, mut kind) = (arrays.dim, known.as_ref());
    for (row, cell) in rows.enumerate() {
        lengths.push(cell.len());
        match cell {
            Cell::Unknown(number) => return Err(unreadable(number)),
            Cell::Vectors(VectorField {
                dim,
                data: Some(data),
            }) => {
                dimension = *dim;
                if discriminant(*kind.get_or_insert(data)) != discriminant(data) {
                    return Err(format!(
                        "row {row}: expected vectors of one type, found another"
                    ));
                }
                bytes.extend_from_slice(data.bytes().map_or(&[][..], |bytes| bytes));
            }
            _ => {}
        }
    }
    let Some(kind) = kind else {
        let values = Arc::new(NullArray::new(lengths.iter().sum()));
        return lists(&lengths, values, nulls);
    };
    let dimension = usize::try_from(dimension).unwrap_or_default();
    let count = lengths.iter().sum();
    let vectors = dense_array(kind, &bytes.into(), dimension, count, None)?;
    lists(&lengths, vectors, nulls)
}
