//! The rows of a write: from the columns of a request to complete rows of the schema.

use milvus_otel::error::Code;
use milvus_otel::proto::schema::{DataType, FieldData, FieldSchema, ValueField, value_field::Data};

use super::cell::{Cell, parameter, read};
use super::fail::{Fail, Outcome};
use super::store::{Collection, DYNAMIC_FIELD, Key};

/// The columns that were sent, in the order of the schema's fields.
pub(super) struct Columns {
    columns: Vec<Option<Vec<Cell>>>,
    rows: usize,
}

impl Columns {
    pub(super) fn new(collection: &Collection, sent: Vec<FieldData>, rows: u32) -> Outcome<Self> {
        let rows = usize::try_from(rows).unwrap_or_default();
        if rows == 0 {
            return Err(Fail::invalid("num_rows should be greater than 0"));
        }
        let mut columns = vec![None; collection.schema.fields.len()];
        for column in sent {
            let is_dynamic = column.is_dynamic || column.field_name == DYNAMIC_FIELD;
            let found = if is_dynamic {
                let place = collection.dynamic_field();
                place.and_then(|place| Some((place, collection.schema.fields.get(place)?)))
            } else {
                collection.field(&column.field_name)
            };
            let Some((place, field)) = found else {
                let why = format!("field not found[field={}]", column.field_name);
                return Err(Fail::new(Code::FIELD_NOT_FOUND, why));
            };
            let cells = read(column, field, rows)?;
            if let Some(slot) = columns.get_mut(place) {
                *slot = Some(cells);
            }
        }
        Ok(Self { columns, rows })
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Whether there are values of this field.
    pub(super) fn has(&self, place: usize) -> bool {
        matches!(self.columns.get(place), Some(Some(_)))
    }

    pub(super) fn set(&mut self, place: usize, cells: Vec<Cell>) {
        if let Some(slot) = self.columns.get_mut(place) {
            *slot = Some(cells);
        }
    }

    /// The primary keys.
    pub(super) fn keys(&self, place: usize) -> Outcome<Vec<Key>> {
        let cells = self.columns.get(place).and_then(Option::as_ref);
        let keys = cells.into_iter().flatten().map(Key::of);
        let keys: Option<Vec<Key>> = keys.collect();
        keys.ok_or_else(|| Fail::invalid("a row has no primary key"))
    }

    /// One row after the other, with `None` for what was not sent.
    pub(super) fn into_rows(self) -> Vec<Vec<Option<Cell>>> {
        let mut rows = vec![Vec::with_capacity(self.columns.len()); self.rows];
        for column in self.columns {
            let mut cells = column.map(Vec::into_iter);
            for row in &mut rows {
                row.push(cells.as_mut().and_then(Iterator::next));
            }
        }
        rows
    }
}

/// A complete row: with defaults and nulls for what was not sent.
pub(super) fn fill(collection: &Collection, cells: Vec<Option<Cell>>) -> Outcome<Vec<Cell>> {
    let fields = collection.schema.fields.iter().zip(cells);
    let cells = fields.map(|(field, cell)| match cell {
        None if field.is_dynamic => Ok(Cell::Json("{}".into())),
        None if field.default_value.is_none() && !field.nullable => {
            Err(Fail::invalid(format_args!(
                "fieldSchema({}) has no corresponding fieldData pass in",
                field.name
            )))
        }
        cell => check(field, cell.unwrap_or(Cell::Null)),
    });
    cells.collect()
}

/// The value of a field, or its default, if the field can hold it.
pub(super) fn check(field: &FieldSchema, cell: Cell) -> Outcome<Cell> {
    let name = &field.name;
    match &cell {
        Cell::Null => {
            if let Some(default) = field
                .default_value
                .as_ref()
                .and_then(|value| default(field, value))
            {
                return Ok(default);
            }
            if !field.nullable {
                return Err(Fail::invalid(format_args!(
                    "the field ({name}) is not nullable, but a row has no value"
                )));
            }
        }
        Cell::Text(text) => {
            let longest = parameter(field, "max_length").unwrap_or(usize::MAX);
            if text.len() > longest {
                let length = text.len();
                return Err(Fail::invalid(format_args!(
                    "length of varchar field {name} exceeds max length, length: {length}, max length: {longest}"
                )));
            }
        }
        Cell::Int(value) => {
            let bits = match DataType::try_from(field.data_type) {
                Ok(DataType::Int8) => 8,
                Ok(DataType::Int16) => 16,
                Ok(DataType::Int32) => 32,
                _ => 64,
            };
            let most = i64::MAX >> (64 - bits);
            if *value > most || *value < -most - 1 {
                return Err(Fail::invalid(format_args!(
                    "a value of field {name} does not fit into {bits} bits"
                )));
            }
        }
        Cell::Json(text) => {
            let json: Result<serde_json::Value, _> = serde_json::from_slice(text);
            let is_valid = json.is_ok_and(|json| json.is_object() || !field.is_dynamic);
            if !is_valid {
                return Err(Fail::invalid(format_args!(
                    "a value of field {name} is not valid JSON"
                )));
            }
        }
        Cell::Array(values) => {
            let most = parameter(field, "max_capacity").unwrap_or(usize::MAX);
            if values.len() > most {
                let length = values.len();
                return Err(Fail::invalid(format_args!(
                    "the length ({length}) of array field {name} exceeds max capacity ({most})"
                )));
            }
        }
        Cell::Vector(bytes) if field.data_type == DataType::FloatVector as i32 => {
            let numbers = bytes.as_chunks::<4>().0.iter();
            let mut numbers = numbers.map(|bytes| f32::from_le_bytes(*bytes));
            if !numbers.all(f32::is_finite) {
                return Err(Fail::invalid(format_args!(
                    "a vector of field {name} contains NaN or infinity"
                )));
            }
        }
        _ => {}
    }
    Ok(cell)
}

/// The default of a field.
fn default(field: &FieldSchema, value: &ValueField) -> Option<Cell> {
    let data_type = DataType::try_from(field.data_type);
    Some(match (value.data.as_ref()?, data_type) {
        (Data::BoolData(value), _) => Cell::Bool(*value),
        (Data::IntData(value), _) => Cell::Int((*value).into()),
        (Data::LongData(value), _) => Cell::Int(*value),
        (Data::FloatData(value), Ok(DataType::Double)) => Cell::Double((*value).into()),
        (Data::FloatData(value), _) => Cell::Float(*value),
        (Data::DoubleData(value), Ok(DataType::Float)) => Cell::Float(*value as f32),
        (Data::DoubleData(value), _) => Cell::Double(*value),
        (Data::StringData(text), _) => Cell::Text(text.clone()),
        (Data::BytesData(text), _) => Cell::Json(text.clone()),
        _ => return None,
    })
}
