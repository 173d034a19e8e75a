//! Builds a column from values that are added one by one.

mod accept;
mod elements;
mod structs;

use std::ops::RangeInclusive;

use bytes::{Bytes, BytesMut};
use serde::Serialize;

use super::columns::structs::{arrays, struct_arrays};
use super::columns::{ColumnData, scalar, vector};
use super::float16::Half;
use super::json;
use super::serialize::{SinkResult, SinkSerializer, ValueSink};
use super::sparse::pairs;
use crate::proto::schema::{
    BoolArray, BytesArray, GeometryWktArray, IntArray, JsonArray, LongArray, MolSmilesArray,
    SparseFloatArray, StringArray, field_data::Field as Data, scalar_field::Data as Scalar,
    vector_field::Data as Vector,
};
use crate::schema::{DataType, Field};

/// A column under construction: the values of one field, or the elements of its arrays.
#[derive(Debug)]
pub(super) struct Sink<'a> {
    pub(super) name: &'a str,
    pub(super) data_type: &'a DataType,
    nulls: Nulls,
    values: Values<'a>,
    /// Whether each row has a value; empty if null is not allowed.
    valid: Vec<bool>,
    pub(super) rows: usize,
    /// The number of rows that have a value.
    present: usize,
}

/// How the sink treats a null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nulls {
    /// Stores it, because the field is nullable or has a default value.
    Allowed,
    /// Refuses it.
    Refused,
    /// Treats it as a field that was left out, because Milvus generates the primary key.
    Ignored,
    /// Refuses it as an element of an array.
    NoElement,
}

#[derive(Debug)]
enum Values<'a> {
    Bool(Vec<bool>),
    Int(Vec<i32>, RangeInclusive<i64>),
    Long(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    /// Texts, their maximum length in bytes (0 for no limit), and the constructor of their array.
    Text(Vec<String>, usize, fn(Vec<String>) -> Scalar),
    /// JSON texts, and the buffer that the next one is written to.
    Json(Vec<Bytes>, BytesMut),
    Array(Box<Arrays<'a>>),
    FloatVector(Vec<f32>, usize),
    Bytes(ByteVectors),
    Sparse(Vec<Bytes>, Vec<(u32, f32)>, Option<u32>),
    Structs(Box<Structs<'a>>),
    Unsupported,
}

/// An array column under construction.
#[derive(Debug)]
struct Arrays<'a> {
    /// The elements of the arrays of all rows.
    elements: Sink<'a>,
    /// The number of elements in each row.
    counts: Vec<usize>,
    /// The number of elements in the rows before the current one.
    before: usize,
    max_capacity: usize,
}

/// A column of dense vectors of any type except 32-bit floats.
#[derive(Debug)]
struct ByteVectors {
    bytes: Vec<u8>,
    /// Bytes per vector.
    width: usize,
    element: ByteElement,
    wrap: fn(Bytes) -> Vector,
}

/// The type of the numbers that these vectors are written with.
#[derive(Debug, Clone, Copy)]
enum ByteElement {
    Half(Half),
    Signed,
    Unsigned,
}

/// A column of arrays of structs under construction.
#[derive(Debug)]
struct Structs<'a> {
    /// One sink per field of the structs, with one value per struct.
    sinks: Vec<Sink<'a>>,
    /// The number of elements in each row.
    counts: Vec<usize>,
    /// The number of structs before the current row, and before the current struct.
    before: usize,
    total: usize,
    max_capacity: usize,
    /// The sink after the last one written, which is tried first: structs of one type have their fields in the same
    /// order.
    next: usize,
    key: Option<String>,
}

/// The sink with this name. The one at `next` is tried first, because values of one type have their fields in the same
/// order.
#[inline]
pub(super) fn find<'s, 'a>(
    sinks: &'s mut [Sink<'a>],
    next: &mut usize,
    name: &str,
) -> Option<&'s mut Sink<'a>> {
    let has_name = |sink: &Sink<'_>| sink.name == name;
    let index = match sinks.get(*next) {
        Some(sink) if has_name(sink) => *next,
        _ => sinks.iter().position(has_name)?,
    };
    *next = index + 1;
    sinks.get_mut(index)
}

/// Allocates space for one vector of `width` per row, up to a limit, because the width comes from the server.
fn room<T>(rows: usize, width: usize) -> Vec<T> {
    const LIMIT: usize = 16 * 1024 * 1024;
    Vec::with_capacity(rows.saturating_mul(width).min(LIMIT))
}

impl<'a> Values<'a> {
    /// One row per data type: how its values are collected, and in which array.
    fn new(data_type: &'a DataType, rows: usize) -> Self {
        let ints = |range| Self::Int(Vec::with_capacity(rows), range);
        let texts =
            |max_length: u32, wrap| Self::Text(Vec::with_capacity(rows), max_length as usize, wrap);
        let bytes = |dimension: u32, bits: usize, element, wrap| {
            let width = dimension as usize * bits / 8;
            Self::Bytes(ByteVectors {
                bytes: room(rows, width),
                width,
                element,
                wrap,
            })
        };
        match data_type {
            DataType::Bool => Self::Bool(Vec::with_capacity(rows)),
            DataType::Int8 => ints(i8::MIN.into()..=i8::MAX.into()),
            DataType::Int16 => ints(i16::MIN.into()..=i16::MAX.into()),
            DataType::Int32 => ints(i32::MIN.into()..=i32::MAX.into()),
            DataType::Int64 => Self::Long(Vec::with_capacity(rows)),
            DataType::Float => Self::Float(Vec::with_capacity(rows)),
            DataType::Double => Self::Double(Vec::with_capacity(rows)),
            DataType::VarChar { max_length } => texts(*max_length, string),
            DataType::Text | DataType::Timestamptz | DataType::Date | DataType::Time => {
                texts(0, string)
            }
            DataType::Geometry => {
                texts(0, |data| Scalar::GeometryWktData(GeometryWktArray { data }))
            }
            DataType::Mol => texts(0, |data| Scalar::MolSmilesData(MolSmilesArray { data })),
            DataType::Json => Self::Json(Vec::with_capacity(rows), BytesMut::new()),
            DataType::Array {
                element,
                max_capacity,
            } => Self::Array(Box::new(Arrays {
                elements: Sink::of_type("", element, Nulls::NoElement, 0),
                counts: Vec::with_capacity(rows),
                before: 0,
                max_capacity: *max_capacity as usize,
            })),
            DataType::StructArray {
                fields,
                max_capacity,
            } => Self::Structs(Box::new(Structs {
                sinks: fields.iter().map(|field| Sink::new(field, rows)).collect(),
                counts: Vec::with_capacity(rows),
                before: 0,
                total: 0,
                max_capacity: *max_capacity as usize,
                next: 0,
                key: None,
            })),
            DataType::FloatVector { dimension } => {
                let dimension = *dimension as usize;
                Self::FloatVector(room(rows, dimension), dimension)
            }
            DataType::Float16Vector { dimension } => {
                let half = ByteElement::Half(Half::Ieee);
                bytes(*dimension, 16, half, Vector::Float16Vector)
            }
            DataType::BFloat16Vector { dimension } => {
                let half = ByteElement::Half(Half::Brain);
                bytes(*dimension, 16, half, Vector::Bfloat16Vector)
            }
            DataType::Int8Vector { dimension } => {
                bytes(*dimension, 8, ByteElement::Signed, Vector::Int8Vector)
            }
            DataType::BinaryVector { dimension } => {
                bytes(*dimension, 1, ByteElement::Unsigned, Vector::BinaryVector)
            }
            DataType::SparseFloatVector => Self::Sparse(Vec::with_capacity(rows), Vec::new(), None),
            DataType::Unknown(_) => Self::Unsupported,
        }
    }
}

fn string(data: Vec<String>) -> Scalar {
    Scalar::StringData(StringArray { data })
}

impl<'a> Sink<'a> {
    pub(super) fn new(field: &'a Field, rows: usize) -> Self {
        let nulls = if field.is_auto_id() {
            Nulls::Ignored
        } else if field.is_nullable() || field.has_default() {
            Nulls::Allowed
        } else {
            Nulls::Refused
        };
        Self::of_type(field.name(), field.data_type(), nulls, rows)
    }

    fn of_type(name: &'a str, data_type: &'a DataType, nulls: Nulls, rows: usize) -> Self {
        Self {
            name,
            data_type,
            nulls,
            values: Values::new(data_type, rows),
            valid: Vec::new(),
            rows: 0,
            present: 0,
        }
    }

    /// Adds the value of one row.
    pub(super) fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        if let Values::Json(rows, room) = &mut self.values {
            json::write(value, room)?;
            let text = room.split().freeze();
            if text[..] == *b"null" && self.nulls == Nulls::Allowed {
                return self.null();
            }
            rows.push(text);
            self.done();
            return Ok(());
        }
        value.serialize(SinkSerializer(self))
    }

    /// Counts a value that was added completely.
    fn done(&mut self) {
        if self.nulls == Nulls::Allowed {
            self.valid.push(true);
        }
        self.rows += 1;
        self.present += 1;
    }

    fn check_length(&self, found: usize, expected: usize, unit: &str) -> SinkResult {
        if found == expected {
            return Ok(());
        }
        self.refuse(format_args!("{found} {unit}"))
    }

    pub(super) fn finish(self) -> ColumnData {
        ColumnData {
            name: self.name.to_owned(),
            number: self.data_type.number(),
            data: self
                .values
                .finish(self.data_type.dimension().unwrap_or_default()),
            valid: self.valid,
            rows: self.rows,
            fault: None,
        }
    }
}

impl Values<'_> {
    fn finish(self, dimension: u32) -> Data {
        match self {
            Self::Bool(data) => scalar(Scalar::BoolData(BoolArray { data })),
            Self::Int(data, _) => scalar(Scalar::IntData(IntArray { data })),
            Self::Long(data) => scalar(Scalar::LongData(LongArray { data })),
            Self::Float(data) => scalar(Scalar::FloatData(data.into())),
            Self::Double(data) => scalar(Scalar::DoubleData(data.into())),
            Self::Text(data, _, wrap) => scalar(wrap(data)),
            Self::Json(data, _) => scalar(Scalar::JsonData(JsonArray { data })),
            Self::Array(open) => {
                let column = arrays(open.elements.finish(), &open.counts);
                column.field.unwrap_or_else(unsupported)
            }
            Self::FloatVector(data, _) => vector(dimension, Vector::FloatVector(data.into())),
            Self::Bytes(vectors) => vector(dimension, (vectors.wrap)(vectors.bytes.into())),
            Self::Sparse(contents, ..) => {
                let last =
                    |row: &Bytes| pairs(row).last().map_or(0, |(last, _)| i64::from(last) + 1);
                let dim = contents.iter().map(last).max().unwrap_or_default();
                let rows = SparseFloatArray { contents, dim };
                vector(0, Vector::SparseFloatVector(rows))
            }
            Self::Structs(structs) => {
                let fields = structs.sinks.into_iter().map(Sink::finish);
                struct_arrays(
                    fields
                        .map(|column| arrays(column, &structs.counts))
                        .collect(),
                )
            }
            Self::Unsupported => unsupported(),
        }
    }
}

/// The empty data of a field whose type this version cannot write.
fn unsupported() -> Data {
    scalar(Scalar::BytesData(BytesArray::default()))
}

#[cfg(test)]
mod tests;
