//! Arrow values of any type as JSON.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt64Type};
use arrow_schema::DataType as ArrowType;
use serde_json::{Map, Value as Json};

use super::super::json::number;
use super::decimals::{decimal_text, json_number};
use super::refusal::name;
use super::simple::{integers, numbers, text_of};
use super::times::time_text;
use super::values::{Lists, Values};

/// A value as JSON: structs become objects, lists become arrays, and times become ISO 8601 text. The error says what
/// JSON cannot represent.
pub(super) fn json(array: &dyn Array, index: usize) -> Result<Json, String> {
    let values = Values::new(&array.slice(index, 1));
    let Some(index) = values.at(0) else {
        return Ok(Json::Null);
    };
    let array = values.array();
    if let Some(text) = text_of(array) {
        return Ok(text(index).into());
    }
    if let Some(text) = time_text(array) {
        return Ok(text(index)?.into());
    }
    if let Some(text) = decimal_text(array) {
        return Ok(json_number(&text(index)));
    }
    match array.data_type() {
        ArrowType::Boolean => return Ok(array.as_boolean().value(index).into()),
        ArrowType::Int64 => return Ok(array.as_primitive::<Int64Type>().value(index).into()),
        ArrowType::UInt64 => return Ok(array.as_primitive::<UInt64Type>().value(index).into()),
        ArrowType::Float16 | ArrowType::Float32 | ArrowType::Float64 => {}
        other if other.is_integer() => {
            let integer = integers::<i64>(&values).unwrap_or_default();
            return Ok(integer.first().copied().into());
        }
        ArrowType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let entries = fields.iter().zip(columns);
            let entries =
                entries.map(|(field, column)| Ok((field.name().clone(), json(column, index)?)));
            return Ok(Json::Object(entries.collect::<Result<_, String>>()?));
        }
        _ => {}
    }
    if let Some(float) = numbers(array) {
        return number(float(index)).map_err(|_| "a number that JSON cannot represent".to_owned());
    }
    match Lists::new(&values) {
        Some(lists) => from_list(&lists, matches!(array.data_type(), ArrowType::Map(..))),
        None => Err(format!(
            "a value of {}, which JSON cannot hold",
            name(array.data_type())
        )),
    }
}

/// The only list of `lists` as JSON.
fn from_list(lists: &Lists, is_map: bool) -> Result<Json, String> {
    let items = lists.ranges.first().cloned().flatten().unwrap_or_default();
    if !is_map {
        let items = items.map(|item| json(&lists.items, item));
        return Ok(Json::Array(items.collect::<Result<_, _>>()?));
    }
    let columns = lists.items.as_struct().columns();
    let [keys, values] = columns else {
        return Err("a Map without keys".to_owned());
    };
    let mut object = Map::new();
    for item in items {
        let key = match json(keys, item)? {
            Json::String(key) => key,
            key @ (Json::Number(_) | Json::Bool(_)) => key.to_string(),
            _ => return Err("a key of a Map that is not text".to_owned()),
        };
        object.insert(key, json(values, item)?);
    }
    Ok(Json::Object(object))
}
