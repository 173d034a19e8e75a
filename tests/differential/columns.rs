//! Columns of every type, by hand, so that this test says what each type is.

use milvus_otel::{data::Columns, schema::DataType};
use serde_json::Value as Json;

use crate::values::{bytes, double_of, float_of, floats_of, sparse_of, untagged};

/// Adds one column. The values of an optional one may be null.
pub(crate) fn add(
    columns: Columns,
    name: &str,
    kind: Option<&DataType>,
    values: &[&Json],
    optional: bool,
) -> Columns {
    fn int<T: TryFrom<i64>>(value: &Json) -> T {
        T::try_from(value.as_i64().unwrap()).ok().unwrap()
    }
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let truth = |value: &Json| value.as_bool().unwrap();
    macro_rules! scalar {
        ($method:ident, $one:expr) => {
            if optional {
                let some = |value: &&Json| (!value.is_null()).then(|| $one(value));
                columns.$method(name, values.iter().map(some).collect::<Vec<_>>())
            } else {
                columns.$method(
                    name,
                    values.iter().map(|value| $one(value)).collect::<Vec<_>>(),
                )
            }
        };
    }
    macro_rules! array {
        ($one:expr) => {
            scalar!(array, |value: &Json| {
                let values = value.as_array().unwrap().iter();
                values.map($one).collect::<Vec<_>>()
            })
        };
    }
    let flat = || -> Vec<u8> { values.iter().flat_map(|value| bytes(value)).collect() };
    match kind {
        None => columns.json(
            name,
            values
                .iter()
                .map(|value| untagged(value))
                .collect::<Vec<_>>(),
        ),
        Some(DataType::Json) => scalar!(json, untagged),
        Some(DataType::Bool) => scalar!(bool, truth),
        Some(DataType::Int8) => scalar!(int8, int::<i8>),
        Some(DataType::Int16) => scalar!(int16, int::<i16>),
        Some(DataType::Int32) => scalar!(int32, int::<i32>),
        Some(DataType::Int64) => scalar!(int64, int::<i64>),
        Some(DataType::Float) => scalar!(float, float_of),
        Some(DataType::Double) => scalar!(double, double_of),
        Some(DataType::VarChar { .. }) => scalar!(varchar, text),
        Some(DataType::Geometry) => scalar!(geometry, text),
        Some(DataType::Timestamptz) => scalar!(timestamptz, text),
        Some(DataType::Array { element, .. }) => match **element {
            DataType::Bool => array!(truth),
            DataType::Int8 => array!(int::<i8>),
            DataType::Int16 => array!(int::<i16>),
            DataType::Int32 => array!(int::<i32>),
            DataType::Int64 => array!(int::<i64>),
            DataType::Float => array!(float_of),
            DataType::Double => array!(double_of),
            _ => array!(text),
        },
        Some(DataType::FloatVector { dimension }) => {
            let vectors: Vec<Vec<f32>> = values.iter().map(|value| floats_of(value)).collect();
            columns.float_vector(name, *dimension, vectors)
        }
        Some(DataType::Float16Vector { dimension }) => {
            columns.float16_vector(name, *dimension, flat())
        }
        Some(DataType::BinaryVector { dimension }) => {
            columns.binary_vector(name, *dimension, flat())
        }
        Some(_) => {
            let vectors: Vec<_> = values.iter().map(|value| sparse_of(value)).collect();
            columns.sparse_vector(name, vectors)
        }
    }
}
