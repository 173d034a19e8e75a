//! Columns of the protocol, from rows.

use bytes::Bytes;
use milvus_otel::data::{Row, Value};
use milvus_otel::proto::common::KeyValuePair;
use milvus_otel::proto::schema::{CollectionSchema, DataType, FieldData, FieldSchema};

use super::super::cell::{Cell, is_vector, write};
use super::super::store::Key;
use super::shape::Shape;

/// A column for each field that any of the rows has.
///
/// # Panics
///
/// The rows have values of different types for a field, or values that the fake cannot send.
#[track_caller]
pub(super) fn columns(rows: &[&Row]) -> Vec<FieldData> {
    let mut columns = Vec::new();
    for name in names(rows) {
        let values = values(rows, &name);
        let shape = Shape::of_all(&name, &values);
        let field = field(&name, shape.as_ref(), &values);
        let cells: Vec<Cell> = values.iter().map(cell).collect();
        let Ok(column) = write(&field, cells.iter()) else {
            panic!("field {name:?} of a canned answer cannot be sent: script it");
        };
        columns.push(column);
    }
    columns
}

/// The primary key of a row.
pub(super) fn key(row: &Row, name: &str) -> Option<Key> {
    Key::of(&cell(&row.get(name)?))
}

/// A schema that the rows fit: without vectors, so that any vector can be searched for.
pub(super) fn schema(
    collection: &str,
    key: &str,
    is_text: bool,
    rows: &[&Row],
) -> CollectionSchema {
    let names = names(rows).into_iter().filter(|name| name != key);
    let fields = names.map(|name| {
        let values = values(rows, &name);
        // Hits and rows of one collection may differ, as the outputs of a search and of a query do.
        let shape = values.iter().find_map(|value| Shape::of(value).ok()?);
        field(&name, shape.as_ref(), &values)
    });
    let key_type = match values(rows, key).first() {
        Some(Value::Text(_)) => DataType::VarChar,
        None | Some(Value::Null) if is_text => DataType::VarChar,
        _ => DataType::Int64,
    };
    let key = FieldSchema {
        name: key.to_owned(),
        is_primary_key: true,
        data_type: key_type as i32,
        ..FieldSchema::default()
    };
    CollectionSchema {
        name: collection.to_owned(),
        fields: std::iter::once(key)
            .chain(fields.filter(|field| !is_vector(field.data_type)))
            .collect(),
        enable_dynamic_field: true,
        ..CollectionSchema::default()
    }
}

/// The names of all fields, in order of appearance.
fn names(rows: &[&Row]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in rows.iter().flat_map(|row| row.names()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn values(rows: &[&Row], name: &str) -> Vec<Value> {
    rows.iter()
        .map(|row| row.get(name).unwrap_or(Value::Null))
        .collect()
}

/// The field that holds values of this shape; a text if all of them are null.
fn field(name: &str, shape: Option<&Shape>, values: &[Value]) -> FieldSchema {
    let element = shape.and_then(|shape| shape.element);
    let dimension = shape.and_then(|shape| shape.dimension);
    FieldSchema {
        name: name.to_owned(),
        data_type: shape.map_or(DataType::VarChar, |shape| shape.data_type) as i32,
        element_type: element.unwrap_or(DataType::Int64) as i32,
        nullable: values.contains(&Value::Null),
        type_params: dimension
            .map(|dimension| KeyValuePair {
                key: "dim".to_owned(),
                value: dimension.to_string(),
            })
            .into_iter()
            .collect(),
        ..FieldSchema::default()
    }
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Bool(value) => Cell::Bool(*value),
        Value::Int(value) => Cell::Int(*value),
        Value::Float(value) => Cell::Float(*value),
        Value::Double(value) => Cell::Double(*value),
        Value::Text(value) => Cell::Text(value.clone()),
        Value::Json(value) => Cell::Json(value.clone()),
        Value::Array(values) => Cell::Array(values.iter().map(cell).collect()),
        Value::FloatVector(numbers) => {
            let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
            Cell::Vector(bytes.collect::<Bytes>())
        }
        Value::Float16Vector(bytes)
        | Value::BFloat16Vector(bytes)
        | Value::Int8Vector(bytes)
        | Value::Bytes(bytes) => Cell::Vector(bytes.clone()),
        Value::SparseVector(vector) => Cell::Vector(vector.as_bytes().clone()),
        _ => Cell::Null,
    }
}
