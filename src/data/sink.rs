//! A column that grows value by value.

mod elements;
mod structs;

use bytes::{Bytes, BytesMut};
use serde::Serialize;

use super::columns::{ColumnData, scalar, vector};
use super::json;
use super::serialize::{Giving, Refused, Take, Taken, one_by_one};
use super::sparse::SparseVector;
use crate::proto::schema::{
    ArrayArray, BoolArray, DataType as Number, GeometryWktArray, IntArray, JsonArray, LongArray,
    MolSmilesArray, ScalarField, SparseFloatArray, StringArray, scalar_field::Data as Scalar,
    vector_field::Data as Vector,
};
use crate::schema::{DataType, Field};
use elements::{ArrayElements, ByteElement, FloatElement, HalfElement, Key, PairElement, extend};
use structs::Structs;

/// One field's values of the rows so far.
#[derive(Debug)]
pub(super) struct Sink<'a> {
    pub(super) field: &'a Field,
    values: Values<'a>,
    /// Which rows have a value, where some may not.
    valid: Vec<bool>,
    may_be_null: bool,
    pub(super) rows: usize,
    /// Rows that have a value.
    present: usize,
}

#[derive(Debug)]
enum Values<'a> {
    Bool(Vec<bool>),
    Int(Vec<i32>, std::ops::RangeInclusive<i64>),
    Long(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Text(Vec<String>, usize),
    /// Texts, and room for the next one.
    Json(Vec<Bytes>, BytesMut),
    Array(Vec<ScalarField>, Option<Box<ArrayElements>>),
    FloatVector(Vec<f32>),
    /// Bytes, and how many a row has.
    Bytes(Vec<u8>, usize),
    Sparse(Vec<Bytes>, Vec<(u32, f32)>, Option<u32>),
    Structs(Box<Structs<'a>>),
    Unsupported,
}

/// Room for the vectors of so many rows, as far as it is not just the server that says how long they are.
fn room<T>(rows: usize, width: usize) -> Vec<T> {
    const BELIEVED: usize = 16 * 1024 * 1024;
    Vec::with_capacity(rows.saturating_mul(width).min(BELIEVED))
}

impl<'a> Sink<'a> {
    pub(super) fn new(field: &'a Field, rows: usize) -> Self {
        let dimension = field.data_type().dimension().unwrap_or_default() as usize;
        let values = match field.data_type() {
            DataType::Bool => Values::Bool(Vec::with_capacity(rows)),
            DataType::Int8 => {
                Values::Int(Vec::with_capacity(rows), i8::MIN.into()..=i8::MAX.into())
            }
            DataType::Int16 => {
                Values::Int(Vec::with_capacity(rows), i16::MIN.into()..=i16::MAX.into())
            }
            DataType::Int32 => {
                Values::Int(Vec::with_capacity(rows), i32::MIN.into()..=i32::MAX.into())
            }
            DataType::Int64 => Values::Long(Vec::with_capacity(rows)),
            DataType::Float => Values::Float(Vec::with_capacity(rows)),
            DataType::Double => Values::Double(Vec::with_capacity(rows)),
            DataType::VarChar { max_length } => {
                Values::Text(Vec::with_capacity(rows), *max_length as usize)
            }
            DataType::Text
            | DataType::Geometry
            | DataType::Timestamptz
            | DataType::Date
            | DataType::Time
            | DataType::Mol => Values::Text(Vec::with_capacity(rows), 0),
            DataType::Json => Values::Json(Vec::with_capacity(rows), BytesMut::new()),
            DataType::Array { .. } => Values::Array(Vec::with_capacity(rows), None),
            DataType::FloatVector { .. } => Values::FloatVector(room(rows, dimension)),
            DataType::Float16Vector { .. } | DataType::BFloat16Vector { .. } => {
                Values::Bytes(room(rows, dimension * 2), dimension * 2)
            }
            DataType::Int8Vector { .. } => Values::Bytes(room(rows, dimension), dimension),
            DataType::BinaryVector { .. } => {
                Values::Bytes(room(rows, dimension / 8), dimension / 8)
            }
            DataType::SparseFloatVector => {
                Values::Sparse(Vec::with_capacity(rows), Vec::new(), None)
            }
            DataType::StructArray { fields, .. } => {
                Values::Structs(Box::new(Structs::new(fields, rows)))
            }
            DataType::Unknown(_) => Values::Unsupported,
        };
        Self {
            field,
            values,
            valid: Vec::new(),
            may_be_null: field.is_nullable() || field.has_default(),
            rows: 0,
            present: 0,
        }
    }

    /// Takes one row's value.
    pub(super) fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Taken {
        if let Values::Json(rows, room) = &mut self.values {
            json::write(value, room)?;
            let text = room.split().freeze();
            if text[..] == *b"null" && self.may_be_null {
                return self.null();
            }
            rows.push(text);
            self.done();
            return Ok(());
        }
        value.serialize(Giving(self))
    }

    /// A value is complete.
    fn done(&mut self) {
        if self.may_be_null {
            self.valid.push(true);
        }
        self.rows += 1;
        self.present += 1;
    }

    fn check_length(&self, found: usize, expected: usize, unit: &str) -> Taken {
        if found == expected {
            return Ok(());
        }
        self.refuse(format_args!("{found} {unit}"))
    }

    pub(super) fn finish(self) -> ColumnData {
        let dimension = self.field.data_type().dimension().unwrap_or_default();
        let data = match self.values {
            Values::Bool(data) => scalar(Scalar::BoolData(BoolArray { data })),
            Values::Int(data, _) => scalar(Scalar::IntData(IntArray { data })),
            Values::Long(data) => scalar(Scalar::LongData(LongArray { data })),
            Values::Float(data) => scalar(Scalar::FloatData(data.into())),
            Values::Double(data) => scalar(Scalar::DoubleData(data.into())),
            Values::Text(data, _) if *self.field.data_type() == DataType::Geometry => {
                scalar(Scalar::GeometryWktData(GeometryWktArray { data }))
            }
            Values::Text(data, _) if *self.field.data_type() == DataType::Mol => {
                scalar(Scalar::MolSmilesData(MolSmilesArray { data }))
            }
            Values::Text(data, _) => scalar(Scalar::StringData(StringArray { data })),
            Values::Json(data, _) => scalar(Scalar::JsonData(JsonArray { data })),
            Values::Array(data, _) => {
                let element_type = match self.field.data_type() {
                    DataType::Array { element, .. } => element.number(),
                    _ => Number::None as i32,
                };
                scalar(Scalar::ArrayData(ArrayArray { data, element_type }))
            }
            Values::FloatVector(data) => vector(dimension, Vector::FloatVector(data.into())),
            Values::Bytes(data, _) => {
                let data = Bytes::from(data);
                vector(
                    dimension,
                    match self.field.data_type() {
                        DataType::Float16Vector { .. } => Vector::Float16Vector(data),
                        DataType::BFloat16Vector { .. } => Vector::Bfloat16Vector(data),
                        DataType::Int8Vector { .. } => Vector::Int8Vector(data),
                        _ => Vector::BinaryVector(data),
                    },
                )
            }
            Values::Sparse(contents, ..) => {
                let last = |row: &Bytes| {
                    super::sparse::pairs(row)
                        .last()
                        .map_or(0, |(last, _)| i64::from(last) + 1)
                };
                let dim = contents.iter().map(last).max().unwrap_or_default();
                vector(
                    0,
                    Vector::SparseFloatVector(SparseFloatArray { contents, dim }),
                )
            }
            Values::Structs(structs) => structs.finish(),
            Values::Unsupported => scalar(Scalar::BytesData(
                crate::proto::schema::BytesArray::default(),
            )),
        };
        ColumnData {
            name: self.field.name().to_owned(),
            number: self.field.data_type().number(),
            data,
            valid: self.valid,
            rows: self.rows,
            fault: None,
        }
    }
}

/// Whether a double can be this integer: those beyond 2^53 are not all doubles.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "what does not come back was rounded"
)]
pub(super) fn is_double(value: i64) -> bool {
    (value as f64) as i128 == i128::from(value)
}

impl Take for Sink<'_> {
    fn expected(&self) -> String {
        match self.field.data_type() {
            DataType::Unknown(number) => {
                format!("nothing, since this version cannot write type {number}")
            }
            data_type => data_type.to_string(),
        }
    }

    fn bool(&mut self, value: bool) -> Taken {
        match &mut self.values {
            Values::Bool(values) => values.push(value),
            _ => return self.refuse("a bool"),
        }
        self.done();
        Ok(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "the range is checked; float fields take integers as JSON's numbers are taken"
    )]
    fn int(&mut self, value: i64) -> Taken {
        match &mut self.values {
            Values::Long(values) => values.push(value),
            Values::Int(values, range) if range.contains(&value) => values.push(value as i32),
            Values::Float(values) => values.push(value as f32),
            Values::Double(values) if is_double(value) => values.push(value as f64),
            Values::Int(..) | Values::Double(_) => return self.refuse(value),
            _ => return self.refuse("an integer"),
        }
        self.done();
        Ok(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounded to the nearest, and what has none is refused"
    )]
    fn float(&mut self, value: f64) -> Taken {
        match &mut self.values {
            Values::Double(values) => values.push(value),
            Values::Float(values) => {
                if value.is_finite() && !(value as f32).is_finite() {
                    return self.refuse(value);
                }
                values.push(value as f32);
            }
            _ => return self.refuse("a float"),
        }
        self.done();
        Ok(())
    }

    fn float32(&mut self, value: f32) -> Taken {
        let Values::Float(values) = &mut self.values else {
            return self.float(value.into());
        };
        values.push(value);
        self.done();
        Ok(())
    }

    fn text(&mut self, value: &str) -> Taken {
        match &mut self.values {
            Values::Text(_, max) if *max > 0 && value.len() > *max => {
                return self.refuse(format_args!("a text of {} bytes", value.len()));
            }
            Values::Text(values, _) => values.push(value.to_owned()),
            _ => return self.refuse("a text"),
        }
        self.done();
        Ok(())
    }

    fn bytes(&mut self, value: &[u8]) -> Taken {
        let Values::Bytes(values, width) = &mut self.values else {
            return self.refuse("bytes");
        };
        let width = *width;
        values.extend_from_slice(value);
        self.check_length(value.len(), width, "bytes")?;
        self.done();
        Ok(())
    }

    fn null(&mut self) -> Taken {
        // As if it had been left out: Milvus generates the one, and fills the other.
        if self.field.is_auto_id() || matches!(self.values, Values::Unsupported) {
            return Ok(());
        }
        if !self.may_be_null {
            return Err(Refused(format!(
                "expected {}, found nothing: the field is not nullable",
                self.expected()
            )));
        }
        self.valid.push(false);
        self.rows += 1;
        Ok(())
    }

    fn begin_seq(&mut self) -> Taken {
        let data_type = self.field.data_type();
        match &mut self.values {
            Values::FloatVector(_) | Values::Bytes(..) => Ok(()),
            Values::Sparse(_, pairs, _) => {
                pairs.clear();
                Ok(())
            }
            Values::Array(_, open) => {
                *open = Some(Box::new(ArrayElements::new(data_type)));
                Ok(())
            }
            Values::Structs(structs) => {
                structs.begin_row();
                Ok(())
            }
            _ => self.refuse("a sequence"),
        }
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Taken {
        match &mut self.values {
            Values::FloatVector(values) => {
                values.push(FloatElement::of(value)?);
                Ok(())
            }
            Values::Bytes(values, _) => match self.field.data_type() {
                DataType::Float16Vector { .. } => {
                    value.serialize(Giving(&mut HalfElement::ieee(values)))
                }
                DataType::BFloat16Vector { .. } => {
                    value.serialize(Giving(&mut HalfElement::brain(values)))
                }
                data_type => {
                    let signed = matches!(data_type, DataType::Int8Vector { .. });
                    values.push(ByteElement::of(value, signed)?);
                    Ok(())
                }
            },
            Values::Array(_, Some(open)) => value.serialize(Giving(open.as_mut())),
            Values::Sparse(_, pairs, _) => value.serialize(Giving(&mut PairElement::new(pairs))),
            Values::Structs(structs) => value.serialize(Giving(structs.as_mut())),
            _ => self.refuse("a sequence"),
        }
    }

    fn end_seq(&mut self) -> Taken {
        let before = self.present;
        match &mut self.values {
            Values::FloatVector(values) => {
                let dimension = self.field.data_type().dimension().unwrap_or_default() as usize;
                let found = values.len() - before * dimension;
                self.check_length(found, dimension, "floats")?;
            }
            Values::Bytes(values, width) => {
                let (found, width) = (values.len() - before * *width, *width);
                self.check_length(found, width, "bytes")?;
            }
            Values::Array(rows, open) => {
                if let Some(open) = open.take() {
                    rows.push(open.finish()?);
                }
            }
            Values::Structs(structs) => structs.end_row(),
            Values::Sparse(..) => return self.end_map(),
            _ => return self.refuse("a sequence"),
        }
        self.done();
        Ok(())
    }

    #[inline]
    fn sequence<I: IntoIterator<Item: Serialize>>(&mut self, elements: I) -> Taken {
        match &mut self.values {
            Values::FloatVector(values) => extend(values, elements, FloatElement::of)?,
            Values::Bytes(values, _) => match self.field.data_type() {
                DataType::Int8Vector { .. } => {
                    extend(values, elements, |value| ByteElement::of(value, true))?;
                }
                DataType::BinaryVector { .. } => {
                    extend(values, elements, |value| ByteElement::of(value, false))?;
                }
                _ => return one_by_one(self, elements),
            },
            _ => return one_by_one(self, elements),
        }
        self.end_seq()
    }

    fn begin_map(&mut self) -> Taken {
        match &mut self.values {
            Values::Sparse(_, pairs, _) => {
                pairs.clear();
                Ok(())
            }
            _ => self.refuse("a map"),
        }
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Taken {
        match &mut self.values {
            Values::Sparse(_, _, open) => {
                let mut found = Key(0);
                key.serialize(Giving(&mut found))?;
                *open = Some(found.0);
                Ok(())
            }
            _ => self.refuse("a map"),
        }
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Taken {
        match &mut self.values {
            Values::Sparse(_, pairs, Some(dimension)) => {
                pairs.push((*dimension, FloatElement::of(value)?));
                Ok(())
            }
            _ => self.refuse("a map"),
        }
    }

    fn end_map(&mut self) -> Taken {
        let Values::Sparse(rows, pairs, _) = &mut self.values else {
            return self.refuse("a map");
        };
        let row: SparseVector = std::mem::take(pairs).into();
        super::check::sparse(row.as_bytes()).map_err(Refused)?;
        rows.push(row.as_bytes().clone());
        self.done();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
