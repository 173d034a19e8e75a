//! The arrays that hold the values of a field in a message: one row of a table for each kind of array in Milvus'
//! protocol.
//!
//! The tables list every variant of the two `oneof`s, so the crate does not compile with a new kind until it has a row.

use std::ops::Range;

use bytes::Bytes;
use prost::Message;
use prost::encoding::encoded_len_varint;

use super::cell::Cell;
use super::float16::{self, Half};
use crate::proto::schema::{
    ArrayArray, BoolArray, BytesArray, DateArray, GeometryArray, GeometryWktArray, IntArray,
    JsonArray, LongArray, MolArray, MolSmilesArray, ScalarField, SparseFloatArray, StringArray,
    TimeArray, TimestamptzArray, VectorArray, VectorField, scalar_field::Data as Scalars,
    vector_field::Data as Vectors,
};
use crate::schema::DataType;
use crate::wire::{DoubleArray, FloatArray};

/// The encoded length of an embedded message or a text of this length, including its tag and length prefix.
pub(super) fn framed(length: usize) -> usize {
    1 + encoded_len_varint(length as u64) + length
}

/// The encoded length of an integer. Negative integers take ten bytes.
fn varint(number: impl Into<i64>) -> usize {
    encoded_len_varint(number.into().cast_unsigned())
}

/// An array of values of one kind.
trait Values: Sized {
    type Value<'a>
    where
        Self: 'a;

    fn count(&self) -> usize;
    fn value(&self, index: usize) -> Option<Self::Value<'_>>;
    /// The values in this range of indexes, as far as they exist. Packed numbers are shared, other values are cloned.
    fn slice(&self, values: Range<usize>) -> Self;
    /// Splits the values into consecutive parts of these lengths, without cloning them.
    fn split(self, lengths: &[usize]) -> Vec<Self>;
}

/// Implements [`Values`] for a message with a `Vec` of values and some fields that every part repeats (`list`), or for
/// numbers that are stored in their wire format (`packed`).
macro_rules! values {
    (list $array:ident of $value:ty, $($repeated:ident)*) => {
        impl Values for $array {
            type Value<'a> = &'a $value;

            fn count(&self) -> usize {
                self.data.len()
            }

            fn value(&self, index: usize) -> Option<&$value> {
                self.data.get(index)
            }

            fn slice(&self, values: Range<usize>) -> Self {
                let data = self.data.get(values).unwrap_or_default().to_vec();
                Self { data, $($repeated: self.$repeated)* }
            }

            fn split(self, lengths: &[usize]) -> Vec<Self> {
                let mut rest = self.data.into_iter();
                let part = |length: &usize| Self {
                    data: rest.by_ref().take(*length).collect(),
                    $($repeated: self.$repeated)*
                };
                lengths.iter().map(part).collect()
            }
        }
    };
    (packed $array:ident of $value:ty,) => {
        impl Values for $array {
            type Value<'a> = $value;

            fn count(&self) -> usize {
                self.len()
            }

            fn value(&self, index: usize) -> Option<$value> {
                self.get(index)
            }

            fn slice(&self, values: Range<usize>) -> Self {
                let bytes = slice(self.as_le_bytes(), values, size_of::<$value>());
                Self::from_le_bytes(bytes).unwrap_or_default()
            }

            fn split(self, lengths: &[usize]) -> Vec<Self> {
                ranges(lengths).map(|range| self.slice(range)).collect()
            }
        }
    };
}

/// The index ranges of consecutive parts of these lengths.
fn ranges(lengths: &[usize]) -> impl Iterator<Item = Range<usize>> + '_ {
    lengths.iter().scan(0, |start, length| {
        let range = *start..*start + length;
        *start = range.end;
        Some(range)
    })
}

/// The values in this range of indexes, of `width` bytes each, without a copy.
fn slice(bytes: &Bytes, values: Range<usize>, width: usize) -> Bytes {
    let end = (values.end * width).min(bytes.len());
    bytes.slice((values.start * width).min(end)..end)
}

macro_rules! scalars {
    ($($variant:ident($kind:ident $array:ident of $value:ty, $($repeated:ident)*): |$values:ident, $one:ident| $cell:expr, $length:expr;)*) => {
        $(values!($kind $array of $value, $($repeated)*);)*

        impl Scalars {
            /// The number of values.
            pub(super) fn count(&self) -> usize {
                match self {
                    $(Self::$variant(array) => array.count(),)*
                }
            }

            /// The value at this index; null if there is none.
            pub(super) fn cell(&self, index: usize) -> Cell<'_> {
                match self {
                    $(Self::$variant($values) => $values.value(index).map_or(Cell::Null, |$one| $cell),)*
                }
            }

            /// The encoded length of the value at this index; 0 if there is none.
            #[expect(unused_variables, reason = "most rows use only the value, and some not even that")]
            pub(super) fn encoded_len_of(&self, index: usize) -> usize {
                match self {
                    $(Self::$variant($values) => $values.value(index).map_or(0, |$one| $length),)*
                }
            }

            /// The values in this range of indexes.
            pub(super) fn slice(&self, values: Range<usize>) -> Self {
                match self {
                    $(Self::$variant(array) => Self::$variant(array.slice(values)),)*
                }
            }

            /// The values in consecutive parts of these lengths.
            pub(super) fn split(self, lengths: &[usize]) -> Vec<Self> {
                match self {
                    $(Self::$variant(array) => array.split(lengths).into_iter().map(Self::$variant).collect(),)*
                }
            }
        }
    };
}

// The variant and its message; the cell of a value; the encoded length of a value.
scalars! {
    BoolData(list BoolArray of bool,): |array, value| Cell::Bool(*value), 1;
    IntData(list IntArray of i32,): |array, value| Cell::Int((*value).into()), varint(*value);
    LongData(list LongArray of i64,): |array, value| Cell::Int(*value), varint(*value);
    FloatData(packed FloatArray of f32,): |array, value| Cell::Float(value), 4;
    DoubleData(packed DoubleArray of f64,): |array, value| Cell::Double(value), 8;
    StringData(list StringArray of String,): |array, value| Cell::Text(value), framed(value.len());
    BytesData(list BytesArray of Bytes,): |array, value| Cell::Bits(value, 0, value.len()), framed(value.len());
    ArrayData(list ArrayArray of ScalarField, element_type): |array, value| inner_array(array, value), framed(value.encoded_len());
    JsonData(list JsonArray of Bytes,): |array, value| Cell::Json(value), framed(value.len());
    GeometryData(list GeometryArray of Bytes,): |array, value| Cell::Bits(value, 0, value.len()), framed(value.len());
    TimestamptzData(list TimestamptzArray of i64,): |array, value| Cell::Int(*value), varint(*value);
    GeometryWktData(list GeometryWktArray of String,): |array, value| Cell::Text(value), framed(value.len());
    MolData(list MolArray of Bytes,): |array, value| Cell::Bits(value, 0, value.len()), framed(value.len());
    MolSmilesData(list MolSmilesArray of String,): |array, value| Cell::Text(value), framed(value.len());
    DateData(list DateArray of i32,): |array, value| Cell::Int((*value).into()), varint(*value);
    TimeData(list TimeArray of i64,): |array, value| Cell::Int(*value), varint(*value);
}

fn inner_array<'a>(arrays: &ArrayArray, array: &'a ScalarField) -> Cell<'a> {
    match array.data {
        None if is_unknown(arrays.element_type) => Cell::Unknown(arrays.element_type),
        _ => Cell::Array(array),
    }
}

/// Whether an array of this element type may contain values of a kind that this version does not know, and that prost
/// has skipped. An array of any other type that has no values is empty.
fn is_unknown(number: i32) -> bool {
    number != 0 && matches!(DataType::from_number(number), DataType::Unknown(_))
}

/// An array of dense vectors of one kind.
trait DenseVectors {
    fn bytes(&self) -> &Bytes;
    fn from_bytes(bytes: Bytes) -> Self;
}

impl DenseVectors for Bytes {
    fn bytes(&self) -> &Bytes {
        self
    }

    fn from_bytes(bytes: Bytes) -> Self {
        bytes
    }
}

impl DenseVectors for FloatArray {
    fn bytes(&self) -> &Bytes {
        self.as_le_bytes()
    }

    fn from_bytes(bytes: Bytes) -> Self {
        Self::from_le_bytes(bytes).unwrap_or_default()
    }
}

macro_rules! vectors {
    ($($variant:ident: $bits:literal, |$bytes:ident, $start:ident, $end:ident| $cell:expr, $numbers:expr;)*) => {
        impl Vectors {
            /// The size in bytes of a dense vector of this dimension; 0 for other kinds of vectors.
            #[inline]
            pub(super) fn width(&self, dimension: usize) -> usize {
                match self {
                    $(Self::$variant(_) => dimension.saturating_mul($bits) / 8,)*
                    Self::SparseFloatVector(_) | Self::VectorArray(_) => 0,
                }
            }

            /// The concatenated bytes of dense vectors.
            pub(super) fn bytes(&self) -> Option<&Bytes> {
                match self {
                    $(Self::$variant(vectors) => Some(DenseVectors::bytes(vectors)),)*
                    Self::SparseFloatVector(_) | Self::VectorArray(_) => None,
                }
            }

            /// The concatenated numbers of dense vectors of floats.
            pub(super) fn numbers(&self) -> Option<Vec<f32>> {
                let numbers: Option<fn(&[u8]) -> Vec<f32>> = match self {
                    $(Self::$variant(_) => $numbers,)*
                    Self::SparseFloatVector(_) | Self::VectorArray(_) => None,
                };
                Some(numbers?(self.bytes()?))
            }

            /// The vector at this index; null if there is none. `width` is the size in bytes of a dense vector.
            fn cell(&self, index: usize, width: usize) -> Cell<'_> {
                let within = |bytes: &Bytes| {
                    let start = index.checked_mul(width)?;
                    let end = start.checked_add(width)?;
                    (width > 0 && end <= bytes.len()).then_some((start, end))
                };
                match self {
                    $(Self::$variant(vectors) => {
                        let $bytes = DenseVectors::bytes(vectors);
                        within($bytes).map_or(Cell::Null, |($start, $end)| $cell)
                    })*
                    Self::SparseFloatVector(rows) => rows.contents.get(index).map_or(Cell::Null, Cell::Sparse),
                    Self::VectorArray(rows) => rows.data.get(index).map_or(Cell::Null, |row| match row.data {
                        None if is_unknown(rows.element_type) => Cell::Unknown(rows.element_type),
                        _ => Cell::Vectors(row),
                    }),
                }
            }

            /// The vectors in this range of indexes. Dense vectors, of `width` bytes each, are shared, not copied.
            pub(super) fn slice(&self, vectors: Range<usize>, width: usize) -> Self {
                match self {
                    $(Self::$variant(array) => {
                        let bytes = slice(DenseVectors::bytes(array), vectors, width);
                        Self::$variant(DenseVectors::from_bytes(bytes))
                    })*
                    Self::SparseFloatVector(rows) => Self::SparseFloatVector(SparseFloatArray {
                        contents: rows.contents.get(vectors).unwrap_or_default().to_vec(),
                        dim: rows.dim,
                    }),
                    Self::VectorArray(rows) => Self::VectorArray(VectorArray {
                        dim: rows.dim,
                        data: rows.data.get(vectors).unwrap_or_default().to_vec(),
                        element_type: rows.element_type,
                    }),
                }
            }
        }
    };
}

// The variant of dense vectors; the bits per number; the cell of a vector; the numbers, if they are floats.
vectors! {
    FloatVector: 32, |bytes, start, end| Cell::Floats(bytes, start, end), Some(|bytes| float16::floats(bytes).collect());
    BinaryVector: 1, |bytes, start, end| Cell::Bits(bytes, start, end), None;
    Float16Vector: 16, |bytes, start, end| Cell::Halves(bytes, start, end, Half::Ieee), Some(|bytes| float16::halves(bytes, Half::Ieee).collect());
    Bfloat16Vector: 16, |bytes, start, end| Cell::Halves(bytes, start, end, Half::Brain), Some(|bytes| float16::halves(bytes, Half::Brain).collect());
    Int8Vector: 8, |bytes, start, end| Cell::Int8s(bytes, start, end), None;
}

impl VectorField {
    /// The size in bytes of one vector if the vectors are dense; 0 otherwise.
    #[inline]
    pub(super) fn width(&self) -> usize {
        let dimension = usize::try_from(self.dim).unwrap_or_default();
        (self.data.as_ref()).map_or(0, |data| data.width(dimension))
    }

    /// The number of vectors.
    ///
    /// # Errors
    ///
    /// The bytes are not a whole number of vectors.
    pub(super) fn count(&self) -> Result<usize, String> {
        let bytes = match &self.data {
            None => return Ok(0),
            Some(Vectors::SparseFloatVector(rows)) => return Ok(rows.contents.len()),
            Some(Vectors::VectorArray(rows)) => return Ok(rows.data.len()),
            Some(dense) => dense.bytes().map_or(0, Bytes::len),
        };
        match self.width() {
            0 if bytes == 0 => Ok(0),
            0 => Err(format!("its dimension is {}", self.dim)),
            width if bytes.is_multiple_of(width) => Ok(bytes / width),
            width => Err(format!(
                "{bytes} bytes are not a multiple of the {width} bytes of a vector"
            )),
        }
    }

    /// The vector at this index; null if there is none.
    pub(super) fn cell(&self, index: usize) -> Cell<'_> {
        match &self.data {
            Some(data) => data.cell(index, self.width()),
            None => Cell::Null,
        }
    }

    /// The encoded length of the vector at this index; 0 if there is none.
    pub(super) fn encoded_len_of(&self, index: usize) -> usize {
        match &self.data {
            Some(Vectors::SparseFloatVector(rows)) => {
                (rows.contents.get(index)).map_or(0, |row| framed(row.len()))
            }
            Some(Vectors::VectorArray(rows)) => {
                (rows.data.get(index)).map_or(0, |row| framed(row.encoded_len()))
            }
            Some(dense) => dense.width(usize::try_from(self.dim).unwrap_or_default()),
            None => 0,
        }
    }

    /// The vectors in this range of indexes.
    pub(super) fn slice(&self, vectors: Range<usize>) -> Self {
        let width = self.width();
        Self {
            dim: self.dim,
            data: (self.data.as_ref()).map(|data| data.slice(vectors, width)),
        }
    }

    /// The index of the first vector of 32-bit floats that contains NaN or infinity.
    pub(super) fn first_not_finite(&self) -> Option<usize> {
        let Some(Vectors::FloatVector(numbers)) = &self.data else {
            return None;
        };
        let position = numbers.iter().position(|number| !number.is_finite())?;
        Some(position / usize::try_from(self.dim).unwrap_or(1).max(1))
    }

    /// The vectors in consecutive parts of these lengths.
    pub(super) fn split(&self, lengths: &[usize]) -> Vec<Self> {
        ranges(lengths).map(|range| self.slice(range)).collect()
    }
}

impl ScalarField {
    /// The number of values.
    pub(super) fn count(&self) -> usize {
        self.data.as_ref().map_or(0, Scalars::count)
    }

    /// The value at this index; null if there is none.
    pub(super) fn cell(&self, index: usize) -> Cell<'_> {
        match &self.data {
            Some(data) => data.cell(index),
            None => Cell::Null,
        }
    }
}

impl StringArray {
    /// The index, and the length in bytes, of the first text that is longer than `max_length`, where 0 means no limit.
    pub(super) fn first_longer_than(&self, max_length: u32) -> Option<(usize, usize)> {
        let mut lengths = self.data.iter().map(String::len).enumerate();
        lengths.find(|(_, length)| max_length > 0 && *length > max_length as usize)
    }
}
