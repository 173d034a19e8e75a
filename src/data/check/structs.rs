//! Whether arrays of structs fit a schema.

use super::super::cell::{self, Cell};
use super::super::columns::{ColumnData, type_name};
use super::super::input::Checks;
use super::{row_of, too_long};
use crate::proto::schema::{
    DataType as Number, FieldData, ScalarField, StructArrayField, VectorField,
    field_data::Field as Data, scalar_field::Data as Scalar, vector_field::Data as Vector,
};
use crate::schema::{DataType, Field};

/// What is wrong, naming row, struct and field of the structs.
pub(super) fn fit(
    column: &ColumnData,
    structs: &StructArrayField,
    expected: &DataType,
    checks: Checks,
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
        fit_inner(column, inner, field, checks)?;
    }
    let Some(first) = structs.fields.first() else {
        return Ok(());
    };
    let counts = (0..present(column)).map(|index| cell::get(first, index).len());
    match counts
        .enumerate()
        .find(|(_, count)| *count > *max_capacity as usize)
    {
        Some((index, count)) if *max_capacity > 0 => {
            let row = row_of(column, index);
            Err(format!("row {row}: expected {expected}, found {count}"))
        }
        _ => Ok(()),
    }
}

/// How many rows have a value.
fn present(column: &ColumnData) -> usize {
    match column.valid.len() {
        0 => column.rows,
        _ => column.valid.iter().filter(|valid| **valid).count(),
    }
}

fn fit_inner(
    column: &ColumnData,
    inner: &FieldData,
    field: &Field,
    checks: Checks,
) -> Result<(), String> {
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
            let row = row_of(column, index);
            Err(format!(
                "row {row}: expected {expected}, found {found} in {name:?} of struct {at}"
            ))
        };
        match cell::get(inner, index) {
            Cell::Vectors(vectors) if Some(vectors.dim) != dimension.map(i64::from) => {
                return refuse(0, format!("a vector of {}", vectors.dim));
            }
            Cell::Vectors(VectorField {
                data: Some(Vector::FloatVector(numbers)),
                dim,
            }) if checks.refuse_nan => {
                if let Some(bad) = numbers.iter().position(|number| !number.is_finite()) {
                    let width = usize::try_from(*dim).unwrap_or(1).max(1);
                    return refuse(bad / width, "NaN or infinity".to_owned());
                }
            }
            Cell::Array(ScalarField {
                data: Some(Scalar::StringData(texts)),
            }) if max_length > 0 => {
                if let Some((at, length)) = too_long(&texts.data, max_length) {
                    return refuse(at, format!("a text of {length} bytes"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}
