//! Writing Arrow's batches.

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType as ArrowType, Field as ArrowField};
use bytes::Bytes;

use super::super::columns::structs::{arrays, struct_arrays};
use super::super::columns::{ColumnData, Columns, scalar, vector};
use super::super::input_rows::{InputRows, RowSource};
use super::super::sink::Sink;
use super::super::write_rules::WriteRules;
use super::super::{DYNAMIC_FIELD, check};
use super::refusal::Refusal;
use super::scalars::{documents, lists, scalars};
use super::sparse::sparse;
use super::types::is_json;
use super::values::{Lists, Values};
use super::vectors::dense;
use crate::proto::schema::{
    DataType as Number, JsonArray, field_data::Field as Data, scalar_field::Data as Scalar,
};
use crate::schema::{DataType, Field, Schema};

/// A batch as rows. A wrapper, because a future version of `RecordBatch` could be `Serialize`.
struct Batch(RecordBatch);

impl RowSource for Batch {
    fn write(&self, count: usize, schema: &Schema, rules: WriteRules) -> Result<Columns, String> {
        let fields = self.0.schema_ref().fields().iter().zip(self.0.columns());
        let columns = fields.map(|(field, array)| {
            let name = field.name();
            let column = match schema.field(name) {
                Some(known) => {
                    column(array, known).map_err(|why| format!("{why} in field {name:?}"))
                }
                None if check::is_inner(name, schema) || !schema.has_dynamic_fields() => {
                    Err(check::unknown(name, schema))
                }
                None => dynamic(array, field).map_err(|why| format!("{why} in field {name:?}")),
            }?;
            Ok(ColumnData {
                name: name.clone(),
                rows: count,
                ..column
            })
        });
        let columns = Columns {
            columns: columns.collect::<Result<_, String>>()?,
        };
        columns.check(schema, rules)?;
        Ok(columns)
    }
}

/// See the [types](crate::data::arrow) that each field takes.
impl From<RecordBatch> for InputRows<'_> {
    fn from(batch: RecordBatch) -> Self {
        let count = batch.num_rows();
        Self::of(Batch(batch), count)
    }
}

/// Shares the batch's memory. See the [types](crate::data::arrow) that each field takes.
impl From<&RecordBatch> for InputRows<'_> {
    fn from(batch: &RecordBatch) -> Self {
        batch.clone().into()
    }
}

/// The column of a field of the schema, still without its name.
fn column(array: &ArrayRef, field: &Field) -> Result<ColumnData, String> {
    let expected = field.data_type();
    if field.is_function_output() {
        return Err("expected no value, because a function computes it".to_owned());
    }
    if let DataType::Unknown(number) = expected {
        return Err(format!(
            "expected nothing, since this version cannot write type {number}"
        ));
    }
    let values = Values::new(array);
    let data = match values.data_type() {
        ArrowType::Null => Sink::new(field, 0).finish().data,
        _ => data(&values, expected).map_err(|refusal| refusal.message(expected))?,
    };
    Ok(unnamed(expected.number(), data, values.valid()))
}

fn unnamed(number: i32, data: Data, valid: Vec<bool>) -> ColumnData {
    ColumnData {
        name: String::new(),
        number,
        data,
        valid,
        rows: 0,
        fault: None,
    }
}

/// The values that are not null, in the form that a message has for a field of this type.
fn data(values: &Values, expected: &DataType) -> Result<Data, Refusal> {
    Ok(match expected {
        DataType::Array { element, .. } => lists(values, element)?,
        DataType::StructArray { fields, .. } => structs(values, fields)?,
        DataType::SparseFloatVector => vector(0, sparse(values)?),
        _ => match expected.dimension() {
            Some(dimension) => vector(dimension, dense(values, expected)?),
            None => scalar(scalars(values, expected)?),
        },
    })
}

/// The structs of all rows, field by field.
fn structs(values: &Values, fields: &[Field]) -> Result<Data, Refusal> {
    let refuse = || Refusal::of_type(values.data_type());
    let lists = Lists::new(values).ok_or_else(refuse)?;
    let counts = lists.counts();
    let items = lists.all();
    let array = items.array().as_struct_opt().ok_or_else(refuse)?;
    if let Some(item) = items.first_null() {
        return Err(Refusal::at(lists.row_of(item), "a null in its list"));
    }
    let mut found = Vec::with_capacity(array.num_columns());
    for (field, values) in array.fields().iter().zip(array.columns()) {
        let name = field.name();
        let Some(expected) = fields.iter().find(|field| field.name() == name) else {
            let unknown = format!("{name:?} in its structs");
            return Err(Refusal {
                at: None,
                found: unknown,
            });
        };
        let values = items.of_field(values);
        if let Some(item) = values.first_null() {
            let found = format!("a null in {name:?} of its structs");
            return Err(Refusal::at(lists.row_of(item), found));
        }
        let expected = expected.data_type();
        let data = data(&values, expected).map_err(|refusal| Refusal {
            at: refusal.at.map(|item| lists.row_of(item)),
            found: format!(
                "{} in {name:?} of its structs, which is {expected}",
                refusal.found
            ),
        })?;
        let column = ColumnData {
            name: name.clone(),
            rows: values.len(),
            ..unnamed(expected.number(), data, Vec::new())
        };
        found.push(arrays(column, &counts));
    }
    Ok(struct_arrays(found))
}

/// A column of a field that the schema does not have, still without its name. It becomes part of each row's JSON.
fn dynamic(array: &ArrayRef, field: &ArrowField) -> Result<ColumnData, String> {
    let values = Values::new(array);
    let expected = match values.data_type() {
        _ if field.name() == DYNAMIC_FIELD => return meta(&values),
        ArrowType::Boolean => DataType::Bool,
        ArrowType::Utf8 | ArrowType::LargeUtf8 | ArrowType::Utf8View if !is_json(field) => {
            DataType::Text
        }
        ArrowType::Float64 => DataType::Double,
        ArrowType::Float32 => DataType::Float,
        other if other.is_integer() && *other != ArrowType::UInt64 => DataType::Int64,
        _ => DataType::Json,
    };
    let data = data(&values, &expected).map_err(|refusal| refusal.message("a JSON value"))?;
    Ok(unnamed(expected.number(), data, values.valid()))
}

/// The column `$meta`: the dynamic fields of each row, as a JSON object.
fn meta(values: &Values) -> Result<ColumnData, String> {
    let expected = "a JSON object";
    let texts = documents(values).map_err(|refusal| refusal.message(expected))?;
    let mut texts = texts.into_iter();
    let mut objects = Vec::with_capacity(values.len());
    for row in 0..values.len() {
        let text = match values.at(row).and_then(|_| texts.next()) {
            Some(text) if !text.trim_ascii_start().starts_with(b"{") => {
                return Err(Refusal::at(row, "other JSON").message(expected));
            }
            Some(text) => text,
            None => Bytes::from_static(b"{}"),
        };
        objects.push(text);
    }
    let data = Scalar::JsonData(JsonArray { data: objects });
    Ok(unnamed(Number::Json as i32, scalar(data), Vec::new()))
}
