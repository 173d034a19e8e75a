//! WriteRules columns against a schema before anything is sent.

mod structs;

use super::DYNAMIC_FIELD;
use super::columns::{ColumnData, Columns, type_name};
use super::sparse;
use super::write_rules::WriteRules;
use crate::proto::schema::{
    DataType as Number, ScalarField, field_data::Field as Data, scalar_field::Data as Scalar,
    vector_field::Data as Vector,
};
use crate::schema::{DataType, Field, Schema, split_path};

impl Columns {
    /// Checks that the columns fit the schema and obey the rules of the write. The error names row and field.
    pub(super) fn check(&self, schema: &Schema, rules: WriteRules) -> Result<(), String> {
        self.check_each(schema, |column, field| {
            check_rules_of(column, field, rules)?;
            check_values(column, field)
        })?;
        self.check_missing(schema, rules)
    }

    /// Checks only the rules of the write, for columns that fit the schema because they were built from it.
    pub(super) fn check_rules(&self, schema: &Schema, rules: WriteRules) -> Result<(), String> {
        self.check_each(schema, |column, field| check_rules_of(column, field, rules))?;
        self.check_missing(schema, rules)
    }

    fn check_each(
        &self,
        schema: &Schema,
        check: impl Fn(&ColumnData, &Field) -> Result<(), String>,
    ) -> Result<(), String> {
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
                    "field {name:?}: expected {rows} rows, as in field {first:?}, found {}",
                    column.rows
                ));
            }
            match schema.field(name) {
                Some(field) if column.is_left_out(field) => {}
                Some(field) => {
                    check(column, field).map_err(|why| format!("{why} in field {name:?}"))?;
                }
                None if is_inner(name, schema) => return Err(unknown(name, schema)),
                None if schema.has_dynamic_fields()
                    && (*name != DYNAMIC_FIELD || column.number == Number::Json as i32) => {}
                None => return Err(unknown(name, schema)),
            }
        }
        Ok(())
    }

    fn check_missing(&self, schema: &Schema, rules: WriteRules) -> Result<(), String> {
        for field in schema.fields() {
            let is_it =
                |column: &ColumnData| column.name == field.name() && !column.is_left_out(field);
            let given = || self.columns.iter().any(is_it);
            if rules.needs(field) && !given() {
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

/// Whether `name` is the path of a field of an array of structs. Only whole arrays of structs can be written.
pub(super) fn is_inner(name: &str, schema: &Schema) -> bool {
    let array = split_path(name).and_then(|(array, _)| schema.field(array));
    array.is_some_and(|array| matches!(array.data_type(), DataType::StructArray { .. }))
}

/// The error for a field that the schema does not have.
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

/// Checks the rules of the write for one field: whether it may be given, and which values are not allowed.
fn check_rules_of(column: &ColumnData, field: &Field, rules: WriteRules) -> Result<(), String> {
    if field.is_function_output() {
        return Err("expected no value, because a function computes it".to_owned());
    }
    if field.is_auto_id() && !rules.takes_keys() {
        return Err(
            "expected no value, because Milvus generates the primary key: remove it, or set the \
             collection's property allow_insert_auto_id (Milvus 2.6)"
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
    if field.is_primary_key() && rules.loses_largest_key {
        refuse_largest_key(column)?;
    }
    if rules.refuse_nan {
        refuse_nan(column, expected)?;
    }
    Ok(())
}

fn refuse_nan(column: &ColumnData, expected: &DataType) -> Result<(), String> {
    match &column.data {
        Data::Vectors(vectors) => match vectors.first_not_finite() {
            Some(vector) => Err(format!(
                "row {}: expected finite numbers, found NaN or infinity",
                column.row_of(vector)
            )),
            None => Ok(()),
        },
        Data::StructArrays(arrays) => structs::refuse_nan(column, arrays, expected),
        Data::Scalars(_) => Ok(()),
    }
}

/// Checks that every value has the dimension or length that the field's type requires.
fn check_values(column: &ColumnData, field: &Field) -> Result<(), String> {
    let expected = field.data_type();
    match &column.data {
        Data::Scalars(scalars) => check_scalars(column, scalars, expected),
        Data::Vectors(vectors) => {
            let (found, dimension) = (vectors.dim, expected.dimension().unwrap_or_default());
            if found != i64::from(dimension) {
                return Err(format!(
                    "row 0: expected {expected}, found a vector of {found}"
                ));
            }
            let Some(Vector::SparseFloatVector(rows)) = &vectors.data else {
                return Ok(());
            };
            let mut rows = rows.contents.iter().enumerate();
            rows.try_for_each(|(index, row)| {
                sparse::check(row).map_err(|why| format!("row {}: {why}", column.row_of(index)))
            })
        }
        Data::StructArrays(found) => structs::check_values(column, found, expected),
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
            "row {row}: expected a primary key below {}: servers before Milvus 2.5 cannot find this row again",
            i64::MAX
        )),
        None => Ok(()),
    }
}

fn check_scalars(
    column: &ColumnData,
    scalars: &ScalarField,
    expected: &DataType,
) -> Result<(), String> {
    let refuse = |index: usize, found: String| {
        let row = column.row_of(index);
        Err(format!("row {row}: expected {expected}, found {found}"))
    };
    if let (Some(Scalar::StringData(texts)), DataType::VarChar { max_length }) =
        (&scalars.data, expected)
    {
        return match texts.first_longer_than(*max_length) {
            Some((index, length)) => refuse(index, format!("a string of {length} bytes")),
            None => Ok(()),
        };
    }
    let (
        Some(Scalar::ArrayData(arrays)),
        DataType::Array {
            element,
            max_capacity,
        },
    ) = (&scalars.data, expected)
    else {
        return Ok(());
    };
    if arrays.element_type != element.number() {
        let found = type_name(arrays.element_type);
        return refuse(0, format!("an array of {found}"));
    }
    for (index, array) in arrays.data.iter().enumerate() {
        let length = array.count();
        if *max_capacity > 0 && length > *max_capacity as usize {
            return refuse(index, format!("an array of {length}"));
        }
        if let (Some(Scalar::StringData(texts)), DataType::VarChar { max_length }) =
            (&array.data, &**element)
            && let Some((_, length)) = texts.first_longer_than(*max_length)
        {
            return refuse(index, format!("a string of {length} bytes"));
        }
    }
    Ok(())
}
