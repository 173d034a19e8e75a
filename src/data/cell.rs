//! One value in a received column, not copied out of it.

use super::float16;
use super::json;
use super::received::Received;
use super::sparse::{SparseVector, pairs};
use super::structs::Struct;
use super::value::{Value, unreadable};
use crate::proto::schema::{
    DataType as Number, FieldData, ScalarField, VectorField, field_data::Field as Data,
    scalar_field::Data as Scalar, vector_field::Data as Vector,
};
use bytes::Bytes;

/// A value where it was received.
#[derive(Clone, Copy)]
pub(crate) enum Cell<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f32),
    Double(f64),
    Text(&'a str),
    Json(&'a Bytes),
    Array(&'a ScalarField),
    /// Little-endian floats.
    Floats(&'a Bytes, usize, usize),
    /// Little-endian 16-bit floats, and how they are widened.
    Halves(&'a Bytes, usize, usize, Half),
    Int8s(&'a Bytes, usize, usize),
    Bits(&'a Bytes, usize, usize),
    Sparse(&'a Bytes),
    /// Several vectors.
    Vectors(&'a VectorField),
    /// The structs of a row, by the fields they have.
    Structs(&'a [Received], usize),
    Struct(Struct<'a>),
    /// A value of the type with this number, in a form that this version does not know.
    Unknown(i32),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Ieee,
    Brain,
}

impl Half {
    pub(super) fn widen(self, bits: u16) -> f32 {
        match self {
            Self::Ieee => float16::f32_from_f16(bits),
            Self::Brain => float16::f32_from_bf16(bits),
        }
    }
}

/// How many bytes a row of a dense vector field has.
pub(super) fn width(vectors: &VectorField) -> usize {
    let dimension = usize::try_from(vectors.dim).unwrap_or_default();
    match &vectors.data {
        Some(Vector::FloatVector(_)) => dimension.saturating_mul(4),
        Some(Vector::Float16Vector(_) | Vector::Bfloat16Vector(_)) => dimension.saturating_mul(2),
        Some(Vector::Int8Vector(_)) => dimension,
        Some(Vector::BinaryVector(_)) => dimension / 8,
        _ => 0,
    }
}

/// How many values a field holds; the error says what makes no sense about it.
pub(super) fn count(field: &FieldData) -> Result<usize, String> {
    let vectors = match &field.field {
        Some(Data::Scalars(scalars)) => return Ok(scalar_count(scalars)),
        Some(Data::Vectors(vectors)) => vectors,
        Some(Data::StructArrays(_)) => return Err("it is an array within structs".to_owned()),
        None => return Ok(0),
    };
    match &vectors.data {
        Some(Vector::VectorArray(rows)) => {
            for (row, vectors) in rows.data.iter().enumerate() {
                vector_count(vectors).map_err(|why| format!("row {row}: {why}"))?;
            }
            Ok(rows.data.len())
        }
        _ => vector_count(vectors),
    }
}

fn vector_count(vectors: &VectorField) -> Result<usize, String> {
    let bytes = match &vectors.data {
        Some(Vector::SparseFloatVector(rows)) => return Ok(rows.contents.len()),
        Some(Vector::FloatVector(array)) => array.as_le_bytes(),
        Some(
            Vector::BinaryVector(bytes)
            | Vector::Float16Vector(bytes)
            | Vector::Bfloat16Vector(bytes)
            | Vector::Int8Vector(bytes),
        ) => bytes,
        Some(Vector::VectorArray(_)) => {
            return Err("its vectors are arrays of vectors".to_owned());
        }
        None => return Ok(0),
    };
    match width(vectors) {
        0 if bytes.is_empty() => Ok(0),
        0 => Err(format!("its dimension is {}", vectors.dim)),
        width if bytes.len().is_multiple_of(width) => Ok(bytes.len() / width),
        width => Err(format!(
            "{} bytes are no multiple of the {width} of a vector",
            bytes.len()
        )),
    }
}

/// How many rows a field has, nulls included.
pub(crate) fn rows_of(field: &FieldData) -> Result<usize, String> {
    if let Some(Data::StructArrays(structs)) = &field.field {
        let counts = structs.fields.iter().map(|field| match &field.field {
            Some(Data::StructArrays(_)) => count(field),
            _ => rows_of(field),
        });
        let most = counts.reduce(|one, other| Ok(one?.max(other?)));
        return most
            .unwrap_or(Ok(field.valid_data.len()))
            .map_err(|why| format!("field {:?}: {why}", field.field_name));
    }
    match field.valid_data.len() {
        0 => count(field).map_err(|why| format!("field {:?}: {why}", field.field_name)),
        rows => Ok(rows),
    }
}

/// How many values scalars are.
pub(super) fn scalar_count(scalars: &ScalarField) -> usize {
    match &scalars.data {
        Some(Scalar::BoolData(values)) => values.data.len(),
        Some(Scalar::IntData(values)) => values.data.len(),
        Some(Scalar::LongData(values)) => values.data.len(),
        Some(Scalar::FloatData(values)) => values.len(),
        Some(Scalar::DoubleData(values)) => values.len(),
        Some(Scalar::StringData(values)) => values.data.len(),
        Some(Scalar::BytesData(values)) => values.data.len(),
        Some(Scalar::ArrayData(values)) => values.data.len(),
        Some(Scalar::JsonData(values)) => values.data.len(),
        Some(Scalar::GeometryData(values)) => values.data.len(),
        Some(Scalar::TimestamptzData(values)) => values.data.len(),
        Some(Scalar::GeometryWktData(values)) => values.data.len(),
        Some(Scalar::MolData(values)) => values.data.len(),
        Some(Scalar::MolSmilesData(values)) => values.data.len(),
        Some(Scalar::DateData(values)) => values.data.len(),
        Some(Scalar::TimeData(values)) => values.data.len(),
        None => 0,
    }
}

/// Whether the field came without values, or with values in a form that the contract does not have yet: prost leaves
/// those out.
pub(super) fn has_no_values(field: &FieldData) -> bool {
    match &field.field {
        Some(Data::Scalars(scalars)) => scalars.data.is_none(),
        Some(Data::Vectors(vectors)) => vectors.data.is_none(),
        Some(Data::StructArrays(_)) => false,
        None => true,
    }
}

/// Whether elements of the type with this number may come in a form that the contract does not have yet. Of other types
/// an array without values is empty.
fn is_unknown_element(number: i32) -> bool {
    match Number::try_from(number) {
        Ok(number) => number == Number::Decimal,
        Err(_) => true,
    }
}

/// The value at an index; null past the end.
pub(super) fn get(field: &FieldData, index: usize) -> Cell<'_> {
    if has_no_values(field) {
        return Cell::Unknown(field.r#type);
    }
    match &field.field {
        Some(Data::Scalars(scalars)) => scalar(scalars, index, field.r#type == Number::Bool as i32),
        Some(Data::Vectors(VectorField {
            data: Some(Vector::VectorArray(rows)),
            ..
        })) => match rows.data.get(index) {
            Some(row) if row.data.is_none() && is_unknown_element(rows.element_type) => {
                Cell::Unknown(rows.element_type)
            }
            row => row.map_or(Cell::Null, Cell::Vectors),
        },
        Some(Data::Vectors(vectors)) => dense(vectors, index),
        _ => Cell::Null,
    }
}

pub(super) fn scalar(scalars: &ScalarField, index: usize, bool_in_int: bool) -> Cell<'_> {
    let found = match &scalars.data {
        Some(Scalar::BoolData(values)) => values.data.get(index).copied().map(Cell::Bool),
        Some(Scalar::IntData(values)) if bool_in_int => {
            values.data.get(index).map(|value| Cell::Bool(*value != 0))
        }
        Some(Scalar::IntData(values)) => values
            .data
            .get(index)
            .map(|value| Cell::Int((*value).into())),
        Some(Scalar::LongData(values)) => values.data.get(index).copied().map(Cell::Int),
        Some(Scalar::TimestamptzData(values)) => values.data.get(index).copied().map(Cell::Int),
        Some(Scalar::FloatData(values)) => values.get(index).map(Cell::Float),
        Some(Scalar::DoubleData(values)) => values.get(index).map(Cell::Double),
        Some(Scalar::StringData(values)) => values.data.get(index).map(|text| Cell::Text(text)),
        Some(Scalar::GeometryWktData(values)) => {
            values.data.get(index).map(|text| Cell::Text(text))
        }
        Some(Scalar::MolSmilesData(values)) => values.data.get(index).map(|text| Cell::Text(text)),
        Some(Scalar::DateData(values)) => values
            .data
            .get(index)
            .map(|value| Cell::Int((*value).into())),
        Some(Scalar::TimeData(values)) => values.data.get(index).copied().map(Cell::Int),
        Some(Scalar::JsonData(values)) => values.data.get(index).map(Cell::Json),
        Some(Scalar::BytesData(values)) => values
            .data
            .get(index)
            .map(|bytes| Cell::Bits(bytes, 0, bytes.len())),
        Some(Scalar::GeometryData(values)) => values
            .data
            .get(index)
            .map(|bytes| Cell::Bits(bytes, 0, bytes.len())),
        Some(Scalar::MolData(values)) => values
            .data
            .get(index)
            .map(|bytes| Cell::Bits(bytes, 0, bytes.len())),
        Some(Scalar::ArrayData(values)) => values.data.get(index).map(|array| {
            if array.data.is_none() && is_unknown_element(values.element_type) {
                Cell::Unknown(values.element_type)
            } else {
                Cell::Array(array)
            }
        }),
        None => None,
    };
    found.unwrap_or(Cell::Null)
}

fn dense(vectors: &VectorField, index: usize) -> Cell<'_> {
    let width = width(vectors);
    let within = |bytes: &Bytes| {
        let start = index.checked_mul(width)?;
        let end = start.checked_add(width)?;
        (width > 0 && end <= bytes.len()).then_some((start, end))
    };
    let found = match &vectors.data {
        Some(Vector::FloatVector(array)) => {
            let bytes = array.as_le_bytes();
            within(bytes).map(|(start, end)| Cell::Floats(bytes, start, end))
        }
        Some(Vector::Float16Vector(bytes)) => {
            within(bytes).map(|(start, end)| Cell::Halves(bytes, start, end, Half::Ieee))
        }
        Some(Vector::Bfloat16Vector(bytes)) => {
            within(bytes).map(|(start, end)| Cell::Halves(bytes, start, end, Half::Brain))
        }
        Some(Vector::Int8Vector(bytes)) => {
            within(bytes).map(|(start, end)| Cell::Int8s(bytes, start, end))
        }
        Some(Vector::BinaryVector(bytes)) => {
            within(bytes).map(|(start, end)| Cell::Bits(bytes, start, end))
        }
        Some(Vector::SparseFloatVector(rows)) => rows.contents.get(index).map(Cell::Sparse),
        _ => None,
    };
    found.unwrap_or(Cell::Null)
}

/// The floats in little-endian bytes.
pub(super) fn floats(bytes: &[u8]) -> impl ExactSizeIterator<Item = f32> + '_ {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
}

/// The 16-bit floats in little-endian bytes.
pub(super) fn halves(bytes: &[u8], half: Half) -> impl ExactSizeIterator<Item = f32> + '_ {
    let widen = move |bytes: &[u8; 2]| half.widen(u16::from_le_bytes(*bytes));
    bytes.as_chunks::<2>().0.iter().map(widen)
}

impl<'a> Cell<'a> {
    /// The bytes of a run; they were checked to be there.
    pub(super) fn run(bytes: &'a Bytes, start: usize, end: usize) -> &'a [u8] {
        bytes.get(start..end).unwrap_or_default()
    }

    /// How many elements an array of any kind has.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Array(array) => scalar_count(array),
            Self::Vectors(vectors) => vector_count(vectors).unwrap_or_default(),
            Self::Structs(fields, row) => {
                let mut arrays = fields.iter().map(|field| field.cell(row));
                let known = arrays.find(|array| !matches!(array, Self::Unknown(_)));
                known.map_or(0, Self::len)
            }
            _ => 0,
        }
    }

    /// An element of an array of any kind.
    pub(super) fn element(self, index: usize) -> Self {
        match self {
            Self::Array(array) => scalar(array, index, false),
            Self::Vectors(vectors) => dense(vectors, index),
            Self::Structs(fields, row) => Self::Struct(Struct { fields, row, index }),
            Self::Unknown(data_type) => Self::Unknown(data_type),
            _ => Self::Null,
        }
    }

    pub(super) fn elements(self) -> impl ExactSizeIterator<Item = Self> + 'a {
        (0..self.len()).map(move |index| self.element(index))
    }

    /// The numbers of a vector of floats, or of several.
    pub(super) fn numbers(self) -> Option<Vec<f32>> {
        match self {
            Self::Floats(bytes, start, end) => Some(floats(Self::run(bytes, start, end)).collect()),
            Self::Halves(bytes, start, end, half) => {
                Some(halves(Self::run(bytes, start, end), half).collect())
            }
            Self::Vectors(VectorField {
                data: Some(Vector::FloatVector(array)),
                ..
            }) => Some(floats(array.as_le_bytes()).collect()),
            Self::Vectors(VectorField {
                data: Some(Vector::Float16Vector(bytes)),
                ..
            }) => Some(halves(bytes, Half::Ieee).collect()),
            Self::Vectors(VectorField {
                data: Some(Vector::Bfloat16Vector(bytes)),
                ..
            }) => Some(halves(bytes, Half::Brain).collect()),
            _ => None,
        }
    }

    /// A copy that owns what it holds; vectors of bytes go on sharing the answer's buffer.
    pub(crate) fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::Int(value),
            Self::Float(value) => Value::Float(value),
            Self::Double(value) => Value::Double(value),
            Self::Text(value) => Value::Text(value.to_owned()),
            Self::Json(text) => Value::Json(text.clone()),
            Self::Array(_) | Self::Vectors(_) | Self::Structs(..) => {
                Value::Array(self.elements().map(Self::to_value).collect())
            }
            Self::Struct(one) => Value::Struct(
                one.entries()
                    .map(|(name, cell)| (name.to_owned(), cell.to_value()))
                    .collect(),
            ),
            Self::Floats(bytes, start, end) => {
                Value::FloatVector(floats(Self::run(bytes, start, end)).collect())
            }
            Self::Halves(bytes, start, end, Half::Ieee) => {
                Value::Float16Vector(bytes.slice(start..end))
            }
            Self::Halves(bytes, start, end, Half::Brain) => {
                Value::BFloat16Vector(bytes.slice(start..end))
            }
            Self::Int8s(bytes, start, end) => Value::Int8Vector(bytes.slice(start..end)),
            Self::Bits(bytes, start, end) => Value::Bytes(bytes.slice(start..end)),
            Self::Sparse(bytes) => Value::SparseVector(SparseVector::from_wire(bytes)),
            Self::Unknown(data_type) => Value::Unknown(data_type),
        }
    }

    /// The value as JSON, which has no bytes: these become numbers. NaN and infinity are refused.
    pub(crate) fn to_json(self) -> Result<serde_json::Value, String> {
        use serde_json::Value as Json;
        Ok(match self {
            Self::Null => Json::Null,
            Self::Bool(value) => value.into(),
            Self::Int(value) => value.into(),
            Self::Float(value) => json::number(value.into())?,
            Self::Double(value) => json::number(value)?,
            Self::Text(value) => value.into(),
            Self::Json(text) => {
                serde_json::from_slice(text).map_err(|error| format!("it is no JSON: {error}"))?
            }
            Self::Array(_) | Self::Vectors(_) | Self::Structs(..) => Json::Array(
                self.elements()
                    .map(Self::to_json)
                    .collect::<Result<_, _>>()?,
            ),
            Self::Struct(one) => Json::Object(
                one.entries()
                    .map(|(name, cell)| Ok((name.to_owned(), cell.to_json()?)))
                    .collect::<Result<_, String>>()?,
            ),
            Self::Floats(bytes, start, end) => floats(Self::run(bytes, start, end))
                .map(|number| json::number(number.into()))
                .collect::<Result<_, _>>()?,
            Self::Halves(bytes, start, end, half) => halves(Self::run(bytes, start, end), half)
                .map(|number| json::number(number.into()))
                .collect::<Result<_, _>>()?,
            Self::Int8s(bytes, start, end) => Self::run(bytes, start, end)
                .iter()
                .map(|byte| Json::from(byte.cast_signed()))
                .collect(),
            Self::Bits(bytes, start, end) => Self::run(bytes, start, end)
                .iter()
                .map(|byte| Json::from(*byte))
                .collect(),
            Self::Sparse(bytes) => {
                let entries = pairs(bytes).map(|(dimension, value)| {
                    Ok((dimension.to_string(), json::number(value.into())?))
                });
                Json::Object(entries.collect::<Result<_, String>>()?)
            }
            Self::Unknown(data_type) => return Err(unreadable(data_type)),
        })
    }
}
