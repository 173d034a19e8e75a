//! Values from the columns of a request.

use milvus_otel::proto::schema::{
    DataType, FieldData, FieldSchema, ScalarField, VectorField, field_data::Field as Data,
    scalar_field::Data as Scalar, vector_field::Data as Vector,
};

use super::super::fail::{Fail, Outcome};
use super::{Cell, data_type, dimension, element, width};

/// The values of a column, one per row.
pub(in crate::fake) fn read(
    column: FieldData,
    field: &FieldSchema,
    rows: usize,
) -> Outcome<Vec<Cell>> {
    let (name, valid) = (&field.name, column.valid_data);
    let present = if valid.is_empty() {
        rows
    } else {
        valid.iter().filter(|valid| **valid).count()
    };
    let values = match column.field {
        None if present == 0 => Vec::new(),
        Some(Data::Scalars(scalars)) => scalars_of(scalars, field)?,
        Some(Data::Vectors(vectors)) => vectors_of(vectors, field)?,
        _ => return Err(mismatch(field)),
    };
    // With nulls, clients send either all rows or those with a value.
    let whole = values.len() == rows;
    if (!valid.is_empty() && valid.len() != rows) || (!whole && values.len() != present) {
        let found = values.len();
        return Err(Fail::invalid(format_args!(
            "the num_rows ({found}) of field ({name}) is not equal to passed num_rows ({rows})"
        )));
    }
    if valid.is_empty() || present == rows {
        return Ok(values);
    }
    let mut values = values.into_iter();
    let mut cells = Vec::with_capacity(rows);
    for valid in valid {
        let value = if whole || valid { values.next() } else { None };
        cells.push(value.filter(|_| valid).unwrap_or(Cell::Null));
    }
    Ok(cells)
}

fn mismatch(field: &FieldSchema) -> Fail {
    let expected = DataType::try_from(field.data_type).map_or("?", |known| known.as_str_name());
    Fail::invalid(format_args!(
        "the data of field ({}) is not of its type {expected}",
        field.name
    ))
}

/// The values of a message of scalars.
fn scalars_of(scalars: ScalarField, field: &FieldSchema) -> Outcome<Vec<Cell>> {
    use DataType as T;
    let data_type = data_type(field.data_type)?;
    let ints = [T::Int8, T::Int16, T::Int32];
    let texts = [T::String, T::VarChar, T::Text];
    Ok(match (scalars.data, data_type) {
        (None, _) => Vec::new(),
        (Some(Scalar::BoolData(array)), T::Bool) => {
            array.data.into_iter().map(Cell::Bool).collect()
        }
        (Some(Scalar::IntData(array)), known) if ints.contains(&known) => {
            let cells = array.data.into_iter().map(|value| Cell::Int(value.into()));
            cells.collect()
        }
        (Some(Scalar::LongData(array)), T::Int64) => {
            array.data.into_iter().map(Cell::Int).collect()
        }
        (Some(Scalar::FloatData(array)), T::Float) => array.iter().map(Cell::Float).collect(),
        (Some(Scalar::DoubleData(array)), T::Double) => array.iter().map(Cell::Double).collect(),
        (Some(Scalar::StringData(array)), known) if texts.contains(&known) => {
            array.data.into_iter().map(Cell::Text).collect()
        }
        (Some(Scalar::JsonData(array)), T::Json) => {
            array.data.into_iter().map(Cell::Json).collect()
        }
        (Some(Scalar::ArrayData(array)), T::Array) => {
            let element = element(field);
            let arrays = array.data.into_iter();
            let arrays = arrays.map(|array| scalars_of(array, &element).map(Cell::Array));
            arrays.collect::<Outcome<_>>()?
        }
        _ => return Err(mismatch(field)),
    })
}

fn vectors_of(vectors: VectorField, field: &FieldSchema) -> Outcome<Vec<Cell>> {
    let data_type = data_type(field.data_type)?;
    let bytes = match (vectors.data, data_type) {
        (None, _) => return Ok(Vec::new()),
        (Some(Vector::FloatVector(array)), DataType::FloatVector) => array.as_le_bytes().clone(),
        (Some(Vector::SparseFloatVector(array)), DataType::SparseFloatVector) => {
            return Ok(array.contents.into_iter().map(Cell::Vector).collect());
        }
        (Some(Vector::BinaryVector(bytes)), DataType::BinaryVector)
        | (Some(Vector::Float16Vector(bytes)), DataType::Float16Vector)
        | (Some(Vector::Bfloat16Vector(bytes)), DataType::BFloat16Vector)
        | (Some(Vector::Int8Vector(bytes)), DataType::Int8Vector) => bytes,
        _ => return Err(mismatch(field)),
    };
    let (expected, sent) = (dimension(field), vectors.dim);
    let width = width(data_type, expected).max(1);
    if usize::try_from(sent) != Ok(expected) || !bytes.len().is_multiple_of(width) {
        return Err(Fail::invalid(format_args!(
            "the dim ({sent}) of field data({}) is not equal to schema dim ({expected})",
            field.name
        )));
    }
    let vectors = (0..bytes.len()).step_by(width);
    Ok(vectors
        .map(|start| Cell::Vector(bytes.slice(start..start + width)))
        .collect())
}
