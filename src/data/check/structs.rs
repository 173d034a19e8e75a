//! WriteRules columns of arrays of structs.

use super::super::cell::Cell;
use super::super::columns::{ColumnData, type_name};
use super::super::received::cell_at;
use crate::proto::schema::{
    DataType as Number, FieldData, ScalarField, StructArrayField, VectorField,
    field_data::Field as Data, scalar_field::Data as Scalar, vector_field::Data as Vector,
};
use crate::schema::{DataType, Field};

/// Checks that the structs have the fields of the type, with the right dimensions and lengths. The error names row,
/// struct and field.
pub(super) fn check_values(
    column: &ColumnData,
    structs: &StructArrayField,
    expected: &DataType,
) -> Result<(), String> {
    let DataType::StructArray {
        fields,
        max_capacity,
    } = expected
    else {
        return Ok(());
    };
    let inner = |name: &str| {
        let is_it = |inner: &&FieldData| inner.field_name == name;
        structs.fields.iter().find(is_it)
    };
    let unknown = |inner: &&FieldData| fields.iter().all(|field| field.name() != inner.field_name);
    if let Some(unknown) = structs.fields.iter().find(unknown) {
        let name = &unknown.field_name;
        return Err(format!(
            "expected {expected}, found {name:?} in its structs"
        ));
    }
    for field in fields {
        let name = field.name();
        let inner = inner(name)
            .ok_or_else(|| format!("expected {expected}, found no {name:?} in its structs"))?;
        check_field(column, inner, field)?;
    }
    let Some(first) = structs.fields.first() else {
        return Ok(());
    };
    let counts = (0..present(column)).map(|index| cell_at(first, index).len());
    match counts
        .enumerate()
        .find(|(_, count)| *count > *max_capacity as usize)
    {
        Some((index, count)) if *max_capacity > 0 => {
            let row = column.row_of(index);
            Err(format!("row {row}: expected {expected}, found {count}"))
        }
        _ => Ok(()),
    }
}

/// Refuses float vectors with NaN or infinity.
pub(super) fn refuse_nan(
    column: &ColumnData,
    structs: &StructArrayField,
    expected: &DataType,
) -> Result<(), String> {
    for inner in &structs.fields {
        for index in 0..present(column) {
            if let Cell::Vectors(vectors) = cell_at(inner, index)
                && let Some(at) = vectors.first_not_finite()
            {
                let (row, name) = (column.row_of(index), &inner.field_name);
                let expected = inner_type(expected, name).unwrap_or(expected);
                return Err(format!(
                    "row {row}: expected {expected}, found NaN or infinity in {name:?} of struct {at}"
                ));
            }
        }
    }
    Ok(())
}

fn inner_type<'a>(array: &'a DataType, name: &str) -> Option<&'a DataType> {
    let DataType::StructArray { fields, .. } = array else {
        return None;
    };
    let field = fields.iter().find(|field| field.name() == name)?;
    Some(field.data_type())
}

/// The number of rows that have a value.
fn present(column: &ColumnData) -> usize {
    match column.valid.len() {
        0 => column.rows,
        _ => column.valid.iter().filter(|valid| **valid).count(),
    }
}

fn check_field(column: &ColumnData, inner: &FieldData, field: &Field) -> Result<(), String> {
    let (name, expected) = (field.name(), field.data_type());
    let element = match &inner.field {
        Some(Data::Scalars(ScalarField {
            data: Some(Scalar::ArrayData(rows)),
        })) => rows.element_type,
        Some(Data::Vectors(VectorField {
            data: Some(Vector::VectorArray(rows)),
            ..
        })) => rows.element_type,
        _ => Number::None as i32,
    };
    if element != expected.number() {
        let found = type_name(element);
        return Err(format!(
            "expected {expected}, found a column of {found} in {name:?} of its structs"
        ));
    }
    let (dimension, max_length) = match expected {
        DataType::VarChar { max_length } => (None, *max_length),
        other => (other.dimension(), 0),
    };
    for index in 0..present(column) {
        let refuse = |at: usize, found: String| {
            let row = column.row_of(index);
            Err(format!(
                "row {row}: expected {expected}, found {found} in {name:?} of struct {at}"
            ))
        };
        match cell_at(inner, index) {
            Cell::Vectors(vectors) if Some(vectors.dim) != dimension.map(i64::from) => {
                return refuse(0, format!("a vector of {}", vectors.dim));
            }
            Cell::Array(ScalarField {
                data: Some(Scalar::StringData(texts)),
            }) => {
                if let Some((at, length)) = texts.first_longer_than(max_length) {
                    return refuse(at, format!("a string of {length} bytes"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}
