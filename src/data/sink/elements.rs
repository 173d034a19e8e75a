//! What a sequence within one value is made of.

use std::ops::RangeInclusive;

use serde::Serialize;

use super::super::float16;
use super::super::serialize::{Giving, Refused, Take, Taken};
use super::is_double;
use crate::proto::schema::{
    BoolArray, IntArray, LongArray, ScalarField, StringArray, scalar_field::Data as Scalar,
};
use crate::schema::DataType;

/// Adds a sequence in one go: of plain numbers that is a copy of memory.
#[inline]
pub(super) fn extend<T: Default, I: IntoIterator<Item: Serialize>>(
    values: &mut Vec<T>,
    elements: I,
    read: impl Fn(&I::Item) -> Taken<T>,
) -> Taken {
    let mut refused = Ok(());
    values.extend(elements.into_iter().map(|element| {
        read(&element).unwrap_or_else(|why| {
            if refused.is_ok() {
                refused = Err(why);
            }
            T::default()
        })
    }));
    refused
}

/// One number of a float vector.
#[derive(Default)]
pub(super) struct FloatElement(f32);

impl FloatElement {
    /// The number that this is.
    #[inline]
    pub(super) fn of<T: Serialize + ?Sized>(value: &T) -> Taken<f32> {
        let mut element = Self::default();
        value.serialize(Giving(&mut element))?;
        Ok(element.0)
    }
}

impl Take for FloatElement {
    fn expected(&self) -> String {
        "a float".to_owned()
    }

    #[inline]
    fn float32(&mut self, value: f32) -> Taken {
        self.0 = value;
        Ok(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounded to the nearest, and what has none is refused"
    )]
    fn float(&mut self, value: f64) -> Taken {
        if value.is_finite() && !(value as f32).is_finite() {
            return self.refuse(value);
        }
        self.0 = value as f32;
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "JSON writes 1.0 as 1")]
    fn int(&mut self, value: i64) -> Taken {
        self.0 = value as f32;
        Ok(())
    }
}

/// One number of a vector of 16-bit floats.
pub(super) struct HalfElement<'a> {
    values: &'a mut Vec<u8>,
    narrow: fn(f32) -> u16,
}

impl<'a> HalfElement<'a> {
    pub(super) fn ieee(values: &'a mut Vec<u8>) -> Self {
        Self {
            values,
            narrow: float16::f16_from_f32,
        }
    }

    pub(super) fn brain(values: &'a mut Vec<u8>) -> Self {
        Self {
            values,
            narrow: float16::bf16_from_f32,
        }
    }
}

impl Take for HalfElement<'_> {
    fn expected(&self) -> String {
        "a float".to_owned()
    }

    fn float32(&mut self, value: f32) -> Taken {
        self.values
            .extend_from_slice(&(self.narrow)(value).to_le_bytes());
        Ok(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "narrowed further right after"
    )]
    fn float(&mut self, value: f64) -> Taken {
        self.float32(value as f32)
    }

    #[expect(clippy::cast_precision_loss, reason = "narrowed further right after")]
    fn int(&mut self, value: i64) -> Taken {
        self.float32(value as f32)
    }
}

/// One number of an int8 vector, or eight bits of a binary one.
pub(super) struct ByteElement {
    signed: bool,
    byte: u8,
}

impl ByteElement {
    /// The byte that this number is.
    #[inline]
    pub(super) fn of<T: Serialize + ?Sized>(value: &T, signed: bool) -> Taken<u8> {
        let mut element = Self { signed, byte: 0 };
        value.serialize(Giving(&mut element))?;
        Ok(element.byte)
    }
}

impl Take for ByteElement {
    fn expected(&self) -> String {
        if self.signed {
            "-128 to 127"
        } else {
            "0 to 255"
        }
        .to_owned()
    }

    #[inline]
    fn int(&mut self, value: i64) -> Taken {
        let byte = if self.signed {
            i8::try_from(value).map(i8::cast_unsigned)
        } else {
            u8::try_from(value)
        };
        match byte {
            Ok(byte) => self.byte = byte,
            Err(_) => return self.refuse(value),
        }
        Ok(())
    }
}

/// The dimension of a sparse vector's value: a number, or its digits as JSON objects have them.
pub(super) struct Key(pub(super) u32);

impl Take for Key {
    fn expected(&self) -> String {
        "a dimension: 0 to 4294967294".to_owned()
    }

    fn int(&mut self, value: i64) -> Taken {
        match u32::try_from(value) {
            Ok(dimension) => self.0 = dimension,
            Err(_) => return self.refuse(value),
        }
        Ok(())
    }

    fn text(&mut self, value: &str) -> Taken {
        match value.parse() {
            Ok(dimension) => self.0 = dimension,
            Err(_) => return self.refuse(format_args!("{value:?}")),
        }
        Ok(())
    }
}

/// A dimension and its value, as a tuple.
pub(super) struct PairElement<'a> {
    pairs: &'a mut Vec<(u32, f32)>,
    dimension: Option<u32>,
    value: Option<f32>,
}

impl<'a> PairElement<'a> {
    pub(super) fn new(pairs: &'a mut Vec<(u32, f32)>) -> Self {
        Self {
            pairs,
            dimension: None,
            value: None,
        }
    }
}

impl Take for PairElement<'_> {
    fn expected(&self) -> String {
        "a pair of dimension and value".to_owned()
    }

    fn begin_seq(&mut self) -> Taken {
        Ok(())
    }

    fn element<T: Serialize + ?Sized>(&mut self, element: &T) -> Taken {
        if self.dimension.is_none() {
            let mut key = Key(0);
            element.serialize(Giving(&mut key))?;
            self.dimension = Some(key.0);
        } else if self.value.is_none() {
            self.value = Some(FloatElement::of(element)?);
        } else {
            return self.refuse("a third element");
        }
        Ok(())
    }

    fn end_seq(&mut self) -> Taken {
        match (self.dimension, self.value) {
            (Some(dimension), Some(value)) => self.pairs.push((dimension, value)),
            _ => return self.refuse("less"),
        }
        Ok(())
    }
}

/// The values of one array.
#[derive(Debug)]
pub(super) struct ArrayElements {
    element: DataType,
    max_capacity: usize,
    values: Elements,
}

#[derive(Debug)]
enum Elements {
    Bool(Vec<bool>),
    Int(Vec<i32>, RangeInclusive<i64>),
    Long(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Text(Vec<String>, usize),
}

impl ArrayElements {
    pub(super) fn new(array: &DataType) -> Self {
        let (element, max_capacity) = match array {
            DataType::Array {
                element,
                max_capacity,
            } => ((**element).clone(), *max_capacity as usize),
            other => (other.clone(), 0),
        };
        let values = match element {
            DataType::Bool => Elements::Bool(Vec::new()),
            DataType::Int8 => Elements::Int(Vec::new(), i8::MIN.into()..=i8::MAX.into()),
            DataType::Int16 => Elements::Int(Vec::new(), i16::MIN.into()..=i16::MAX.into()),
            DataType::Int32 => Elements::Int(Vec::new(), i32::MIN.into()..=i32::MAX.into()),
            DataType::Int64 => Elements::Long(Vec::new()),
            DataType::Float => Elements::Float(Vec::new()),
            DataType::Double => Elements::Double(Vec::new()),
            DataType::VarChar { max_length } => Elements::Text(Vec::new(), max_length as usize),
            _ => Elements::Text(Vec::new(), 0),
        };
        Self {
            element,
            max_capacity,
            values,
        }
    }

    pub(super) fn finish(self) -> Taken<ScalarField> {
        let (count, data) = match self.values {
            Elements::Bool(data) => (data.len(), Scalar::BoolData(BoolArray { data })),
            Elements::Int(data, _) => (data.len(), Scalar::IntData(IntArray { data })),
            Elements::Long(data) => (data.len(), Scalar::LongData(LongArray { data })),
            Elements::Float(data) => (data.len(), Scalar::FloatData(data.into())),
            Elements::Double(data) => (data.len(), Scalar::DoubleData(data.into())),
            Elements::Text(data, _) => (data.len(), Scalar::StringData(StringArray { data })),
        };
        if self.max_capacity > 0 && count > self.max_capacity {
            return Err(Refused(format!(
                "expected at most {} values, found {count}",
                self.max_capacity
            )));
        }
        Ok(ScalarField { data: Some(data) })
    }
}

impl Take for ArrayElements {
    fn expected(&self) -> String {
        self.element.to_string()
    }

    fn bool(&mut self, value: bool) -> Taken {
        match &mut self.values {
            Elements::Bool(values) => values.push(value),
            _ => return self.refuse("a bool"),
        }
        Ok(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "the range is checked; JSON writes 1.0 as 1"
    )]
    fn int(&mut self, value: i64) -> Taken {
        match &mut self.values {
            Elements::Long(values) => values.push(value),
            Elements::Int(values, range) if range.contains(&value) => values.push(value as i32),
            Elements::Float(values) => values.push(value as f32),
            Elements::Double(values) if is_double(value) => values.push(value as f64),
            Elements::Int(..) | Elements::Double(_) => return self.refuse(value),
            _ => return self.refuse("an integer"),
        }
        Ok(())
    }

    fn float32(&mut self, value: f32) -> Taken {
        match &mut self.values {
            Elements::Float(values) => values.push(value),
            _ => return self.float(value.into()),
        }
        Ok(())
    }

    fn float(&mut self, value: f64) -> Taken {
        match &mut self.values {
            Elements::Double(values) => values.push(value),
            Elements::Float(values) => values.push(FloatElement::of(&value)?),
            _ => return self.refuse("a float"),
        }
        Ok(())
    }

    fn text(&mut self, value: &str) -> Taken {
        match &mut self.values {
            Elements::Text(_, max) if *max > 0 && value.len() > *max => {
                self.refuse(format_args!("a text of {} bytes", value.len()))
            }
            Elements::Text(values, _) => {
                values.push(value.to_owned());
                Ok(())
            }
            _ => self.refuse("a text"),
        }
    }
}
