//! Arrow arrays as the scalars of Milvus' messages.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_schema::DataType as ArrowType;
use bytes::Bytes;

use super::super::columns::structs::arrays;
use super::super::columns::{ColumnData, scalar};
use super::buffers::le_bytes;
use super::decimals::decimal_floats;
use super::json::json;
use super::refusal::Refusal;
use super::simple::{bytes_of, collect, integers, narrow, numbers, text_of};
use super::times::time_text;
use super::values::{Lists, Values};
use crate::proto::schema::{
    BoolArray, GeometryWktArray, IntArray, JsonArray, LongArray, MolSmilesArray, StringArray,
    field_data::Field as Data, scalar_field::Data as Scalar,
};
use crate::schema::DataType;
use crate::wire::{DoubleArray, FloatArray};

/// The scalars that are not null, in the form that a message has for a field of this type.
pub(super) fn scalars(values: &Values, expected: &DataType) -> Result<Scalar, Refusal> {
    let strings = |data| Scalar::StringData(StringArray { data });
    Ok(match expected {
        DataType::Bool => Scalar::BoolData(BoolArray {
            data: bools(values)?,
        }),
        DataType::Int8 => ints::<i8>(values)?,
        DataType::Int16 => ints::<i16>(values)?,
        DataType::Int32 => ints::<i32>(values)?,
        DataType::Int64 => Scalar::LongData(LongArray {
            data: integers(values)?,
        }),
        DataType::Float => Scalar::FloatData(floats(values)?),
        DataType::Double => Scalar::DoubleData(doubles(values)?),
        DataType::VarChar { .. } | DataType::Text => strings(texts(values)?),
        DataType::Timestamptz | DataType::Date | DataType::Time => {
            strings(times(values, expected)?)
        }
        DataType::Geometry => Scalar::GeometryWktData(GeometryWktArray {
            data: texts(values)?,
        }),
        DataType::Mol => Scalar::MolSmilesData(MolSmilesArray {
            data: texts(values)?,
        }),
        DataType::Json => Scalar::JsonData(JsonArray {
            data: documents(values)?,
        }),
        _ => return Err(Refusal::of_type(values.data_type())),
    })
}

/// The lists of an array field, one per row that is not null.
pub(super) fn lists(values: &Values, element: &DataType) -> Result<Data, Refusal> {
    let lists = Lists::new(values).ok_or_else(|| Refusal::of_type(values.data_type()))?;
    let items = lists.all();
    if let Some(item) = items.first_null() {
        return Err(Refusal::at(lists.row_of(item), "a null in its list"));
    }
    let data = scalars(&items, element).map_err(|refusal| match refusal.at {
        Some(item) => Refusal::at(
            lists.row_of(item),
            format_args!("{} in its list", refusal.found),
        ),
        None => Refusal::of_type(values.data_type()),
    })?;
    let column = ColumnData {
        name: String::new(),
        number: element.number(),
        data: scalar(data),
        valid: Vec::new(),
        rows: items.len(),
        fault: None,
    };
    let field = arrays(column, &lists.counts());
    (field.field).ok_or_else(|| Refusal::of_type(values.data_type()))
}

fn bools(values: &Values) -> Result<Vec<bool>, Refusal> {
    match values.data_type() {
        ArrowType::Boolean => {
            let array = values.array().as_boolean();
            collect(values, |index| Ok(array.value(index)))
        }
        ArrowType::Null => Ok(Vec::new()),
        other => Err(Refusal::of_type(other)),
    }
}

fn ints<T: TryFrom<i128> + Into<i32>>(values: &Values) -> Result<Scalar, Refusal> {
    let data = integers::<T>(values)?.into_iter().map(Into::into).collect();
    Ok(Scalar::IntData(IntArray { data }))
}

fn floats(values: &Values) -> Result<FloatArray, Refusal> {
    if let Some(array) = values.array().as_primitive_opt::<Float32Type>() {
        if values.is_whole() {
            return Ok(FloatArray::from_le_bytes(le_bytes(array.values())).unwrap_or_default());
        }
        return Ok(collect(values, |index| Ok(array.value(index)))?.into());
    }
    if let Some(number) = decimal_floats::<f32>(values.array()) {
        return Ok(collect(values, number)?.into());
    }
    let Some(number) = numbers(values.array()) else {
        return match values.data_type() {
            ArrowType::Null => Ok(FloatArray::default()),
            other => Err(Refusal::of_type(other)),
        };
    };
    Ok(collect(values, |index| narrow(number(index)))?.into())
}

fn doubles(values: &Values) -> Result<DoubleArray, Refusal> {
    if let Some(array) = values.array().as_primitive_opt::<Float64Type>()
        && values.is_whole()
    {
        return Ok(DoubleArray::from_le_bytes(le_bytes(array.values())).unwrap_or_default());
    }
    if let Some(number) = decimal_floats::<f64>(values.array()) {
        return Ok(collect(values, number)?.into());
    }
    let Some(number) = numbers(values.array()) else {
        return match values.data_type() {
            ArrowType::Null => Ok(DoubleArray::default()),
            other => Err(Refusal::of_type(other)),
        };
    };
    Ok(collect(values, |index| Ok(number(index)))?.into())
}

fn texts(values: &Values) -> Result<Vec<String>, Refusal> {
    match (text_of(values.array()), values.data_type()) {
        (Some(text), _) => collect(values, |index| Ok(text(index).to_owned())),
        (None, ArrowType::Null) => Ok(Vec::new()),
        (None, other) => Err(Refusal::of_type(other)),
    }
}

/// Points in time as ISO 8601 text, from text or from Arrow's own types.
fn times(values: &Values, expected: &DataType) -> Result<Vec<String>, Refusal> {
    let data_type = values.data_type();
    let fits = match expected {
        DataType::Timestamptz => matches!(data_type, ArrowType::Timestamp(..)),
        DataType::Date => matches!(data_type, ArrowType::Date32 | ArrowType::Date64),
        _ => matches!(data_type, ArrowType::Time32(_) | ArrowType::Time64(_)),
    };
    match time_text(values.array()).filter(|_| fits) {
        Some(text) => collect(values, text),
        None => texts(values),
    }
}

/// JSON documents: the texts of an array of text or bytes, or the values of an array of another type, as JSON.
pub(super) fn documents(values: &Values) -> Result<Vec<Bytes>, Refusal> {
    let checked = |text: &[u8]| match serde_json::from_slice::<serde::de::IgnoredAny>(text) {
        Ok(_) => Ok(Bytes::copy_from_slice(text)),
        Err(_) => Err("text that is not JSON".to_owned()),
    };
    let array = values.array();
    if let Some(text) = text_of(array) {
        return collect(values, |index| checked(text(index).as_bytes()));
    }
    if let Some(bytes) = bytes_of(array) {
        return collect(values, |index| checked(bytes(index)));
    }
    collect(values, |index| {
        Ok(json(array, index)?.to_string().into_bytes().into())
    })
}
