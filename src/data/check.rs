//! Whether columns fit a schema, found out before they are sent.

mod structs;

use super::DYNAMIC_FIELD;
use super::cell::scalar_count;
use super::columns::{ColumnData, Columns, type_name};
use super::input::Checks;
use crate::proto::schema::{
    DataType as Number, ScalarField, field_data::Field as Data, scalar_field::Data as Scalar,
    vector_field::Data as Vector,
};
use crate::schema::{DataType, Field, Schema, split_path};

impl Columns {
    /// What is wrong, naming row and field.
    pub(crate) fn check(&self, schema: &Schema, checks: Checks) -> Result<(), String> {
        let rows = self.len();
        for (index, column) in self.columns.iter().enumerate() {
            let name = &column.name;
            if let Some(fault) = &column.fault {
                return Err(format!("field {name:?}: {fault}"));
            }
            if self
                .columns
                .iter()
                .take(index)
                .any(|before| before.name == *name)
            {
                return Err(format!("field {name:?} is given twice"));
            }
            if column.rows != rows {
                let first = self.columns.first().map_or("", |first| first.name.as_str());
                return Err(format!(
                    "field {name:?}: expected {rows} rows as {first:?} has, found {}",
                    column.rows
                ));
            }
            match schema.field(name) {
                Some(field) if column.is_left_out(field) => {}
                Some(field) => {
                    fits(column, field, checks).map_err(|why| format!("{why} in field {name:?}"))?
                }
                None if is_inner(name, schema) => return Err(unknown(name, schema)),
                None if schema.has_dynamic_fields()
                    && (*name != DYNAMIC_FIELD || column.number == Number::Json as i32) => {}
                None => return Err(unknown(name, schema)),
            }
        }
        for field in schema.fields() {
            let is_it =
                |column: &ColumnData| column.name == field.name() && !column.is_left_out(field);
            let given = || self.columns.iter().any(is_it);
            if checks.needs(field) && !given() {
                return Err(format!(
                    "field {:?} is missing: expected {}",
                    field.name(),
                    field.data_type()
                ));
            }
        }
        Ok(())
    }
}

/// Whether it is the path to a field of structs, which is not written by itself.
pub(super) fn is_inner(name: &str, schema: &Schema) -> bool {
    let array = split_path(name).and_then(|(array, _)| schema.field(array));
    array.is_some_and(|array| matches!(array.data_type(), DataType::StructArray { .. }))
}

/// A name that the schema does not have.
pub(super) fn unknown(name: &str, schema: &Schema) -> String {
    if is_inner(name, schema) {
        return format!("{name:?} is a field of structs: expected the whole array of structs");
    }
    let names: Vec<&str> = schema.fields().iter().map(Field::name).collect();
    format!(
        "the schema has no field {name:?} and no dynamic fields: its fields are {}",
        names.join(", ")
    )
}

fn fits(column: &ColumnData, field: &Field, checks: Checks) -> Result<(), String> {
    if field.is_function_output() {
        return Err("expected nothing, since a function computes it, found a value".to_owned());
    }
    if field.is_auto_id() && !checks.takes_keys() {
        return Err(
            "expected nothing, since Milvus generates the primary key, found a value: leave it out, or have the \
             collection take keys by its property allow_insert_auto_id (Milvus 2.6)"
                .to_owned(),
        );
    }
    let expected = field.data_type();
    if column.number != expected.number() {
        let found = type_name(column.number);
        return Err(format!("expected {expected}, found a column of {found}"));
    }
    if let Some(row) = column.valid.iter().position(|valid| !valid)
        && !field.is_nullable()
        && !field.has_default()
    {
        return Err(format!(
            "row {row}: expected {expected}, found nothing: the field is not nullable"
        ));
    }
    if field.is_primary_key() && checks.loses_largest_key {
        refuse_largest_key(column)?;
    }
    match &column.data {
        Data::Scalars(scalars) => fit_scalars(column, scalars, expected),
        Data::Vectors(vectors) => {
            let (found, dimension) = (
                vectors.dim,
                i64::from(expected.dimension().unwrap_or_default()),
            );
            if found != dimension {
                return Err(format!(
                    "row 0: expected {expected}, found a vector of {found}"
                ));
            }
            match &vectors.data {
                Some(Vector::FloatVector(floats)) if checks.refuse_nan => {
                    let bad = floats.iter().position(|number| !number.is_finite());
                    bad.map_or(Ok(()), |index| {
                        let vector = index / usize::try_from(dimension).unwrap_or(1).max(1);
                        let row = row_of(column, vector);
                        Err(format!(
                            "row {row}: expected finite numbers, found NaN or infinity"
                        ))
                    })
                }
                Some(Vector::SparseFloatVector(rows)) => {
                    let faults = rows.contents.iter().enumerate();
                    faults.into_iter().try_for_each(|(index, row)| {
                        sparse(row).map_err(|why| format!("row {}: {why}", row_of(column, index)))
                    })
                }
                _ => Ok(()),
            }
        }
        Data::StructArrays(found) => structs::fit(column, found, expected, checks),
    }
}

fn refuse_largest_key(column: &ColumnData) -> Result<(), String> {
    let Data::Scalars(ScalarField {
        data: Some(Scalar::LongData(keys)),
    }) = &column.data
    else {
        return Ok(());
    };
    match keys.data.iter().position(|key| *key == i64::MAX) {
        Some(row) => Err(format!(
            "row {row}: expected a primary key below {}, found it: servers before Milvus 2.5 do not find such a row again",
            i64::MAX
        )),
        None => Ok(()),
    }
}

fn fit_scalars(
    column: &ColumnData,
    scalars: &ScalarField,
    expected: &DataType,
) -> Result<(), String> {
    let refuse = |index: usize, found: String| {
        let row = row_of(column, index);
        Err(format!("row {row}: expected {expected}, found {found}"))
    };
    match (&scalars.data, expected) {
        (Some(Scalar::StringData(texts)), DataType::VarChar { max_length }) if *max_length > 0 => {
            match too_long(&texts.data, *max_length) {
                Some((index, length)) => refuse(index, format!("a text of {length} bytes")),
                None => Ok(()),
            }
        }
        (
            Some(Scalar::ArrayData(arrays)),
            DataType::Array {
                element,
                max_capacity,
            },
        ) => {
            if arrays.element_type != element.number() {
                let found = type_name(arrays.element_type);
                return refuse(0, format!("an array of {found}"));
            }
            for (index, array) in arrays.data.iter().enumerate() {
                let length = scalar_count(array);
                if *max_capacity > 0 && length > *max_capacity as usize {
                    return refuse(index, format!("an array of {length}"));
                }
                if let (Some(Scalar::StringData(texts)), DataType::VarChar { max_length }) =
                    (&array.data, &**element)
                    && *max_length > 0
                    && let Some((_, length)) = too_long(&texts.data, *max_length)
                {
                    return refuse(index, format!("a text of {length} bytes"));
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The row of the value with this index: values of null rows are left out.
fn row_of(column: &ColumnData, index: usize) -> usize {
    let mut present = column.valid.iter().enumerate().filter(|(_, valid)| **valid);
    present.nth(index).map_or(index, |(row, _)| row)
}

fn too_long(texts: &[String], max_length: u32) -> Option<(usize, usize)> {
    let mut lengths = texts.iter().map(String::len).enumerate();
    lengths.find(|(_, length)| *length > max_length as usize)
}

/// The rules of a sparse vector, its pairs being sorted.
pub(super) fn sparse(row: &[u8]) -> Result<(), String> {
    let mut last = None;
    for (dimension, value) in super::sparse::pairs(row) {
        if last == Some(dimension) {
            return Err(format!(
                "expected each dimension once, found {dimension} twice"
            ));
        }
        if dimension == u32::MAX || value.is_nan() {
            return Err(format!(
                "expected dimensions up to 4294967294 and values that are numbers, found {value} at {dimension}"
            ));
        }
        last = Some(dimension);
    }
    Ok(())
}
