//! Arrow arrays as the vectors of Milvus' messages.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float16Type, Float32Type, Int8Type, UInt8Type, UInt16Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType as ArrowType;
use bytes::{BufMut, Bytes, BytesMut};

use super::super::float16::Half;
use super::buffers::le_bytes;
use super::refusal::Refusal;
use super::simple::{bytes_of, narrow, numbers};
use super::values::{Lists, Read, Values};
use crate::proto::schema::vector_field::Data as Vector;
use crate::schema::DataType;
use crate::wire::FloatArray;

/// The vectors that are not null, one after the other, in the form that a message has for a field of this type. They
/// are not copied if the array's numbers are of that type and no row without a vector lies between them.
pub(super) fn dense(values: &Values, expected: &DataType) -> Result<Vector, Refusal> {
    let number = Number::of(expected).ok_or_else(|| Refusal::of_type(values.data_type()))?;
    let dimension = expected.dimension().unwrap_or_default() as usize;
    let length = match number {
        Number::Bits => dimension / 8,
        _ => dimension,
    };
    let bytes = bytes(values, number, length)?;
    Ok(match expected {
        DataType::Float16Vector { .. } => Vector::Float16Vector(bytes),
        DataType::BFloat16Vector { .. } => Vector::Bfloat16Vector(bytes),
        DataType::Int8Vector { .. } => Vector::Int8Vector(bytes),
        DataType::BinaryVector { .. } => Vector::BinaryVector(bytes),
        _ => Vector::FloatVector(FloatArray::from_le_bytes(bytes).unwrap_or_default()),
    })
}

/// What the vectors of a field consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    Float,
    Half(Half),
    Int8,
    /// Bytes of eight bits.
    Bits,
}

impl Number {
    fn of(data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::FloatVector { .. } => Self::Float,
            DataType::Float16Vector { .. } => Self::Half(Half::Ieee),
            DataType::BFloat16Vector { .. } => Self::Half(Half::Brain),
            DataType::Int8Vector { .. } => Self::Int8,
            DataType::BinaryVector { .. } => Self::Bits,
            _ => return None,
        })
    }

    fn width(self) -> usize {
        match self {
            Self::Float => 4,
            Self::Half(_) => 2,
            Self::Int8 | Self::Bits => 1,
        }
    }
}

fn bytes(values: &Values, number: Number, length: usize) -> Result<Bytes, Refusal> {
    let refuse = || Refusal::of_type(values.data_type());
    if *values.data_type() == ArrowType::Null {
        return Ok(Bytes::new());
    }
    if let Some(array) = values.array().as_fixed_size_binary_opt() {
        let width = usize::try_from(array.value_length()).unwrap_or_default();
        let ranges = (0..values.len()).map(|row| values.at(row));
        let ranges = ranges.map(|index| index.map(|index| index * width..(index + 1) * width));
        let ranges: Vec<_> = ranges.collect();
        check_lengths(&ranges, length * number.width(), "bytes")?;
        return Ok(joined(&Bytes::from(array.values().clone()), 1, &ranges));
    }
    if let Some(read) = bytes_of(values.array()) {
        return copied(values, &read, length * number.width());
    }
    let lists = Lists::new(values).ok_or_else(refuse)?;
    if matches!(values.data_type(), ArrowType::Map(..)) {
        return Err(refuse());
    }
    check_lengths(&lists.ranges, length, "numbers")?;
    if let Some(row) = row_with_null(&lists) {
        return Err(Refusal::at(row, "a null in its vector"));
    }
    match own_numbers(&lists.items, number) {
        Some(items) => Ok(joined(&items, number.width(), &lists.ranges)),
        None => converted(&lists, number)?.ok_or_else(refuse),
    }
}

/// The bytes of all rows, each of which must have this many.
fn copied(values: &Values, read: &Read<'_, &[u8]>, width: usize) -> Result<Bytes, Refusal> {
    let mut bytes = BytesMut::new();
    for row in 0..values.len() {
        let Some(index) = values.at(row) else {
            continue;
        };
        let vector = read(index);
        if vector.len() != width {
            return Err(Refusal::at(row, format_args!("{} bytes", vector.len())));
        }
        bytes.extend_from_slice(vector);
    }
    Ok(bytes.freeze())
}

fn check_lengths(
    ranges: &[Option<Range<usize>>],
    length: usize,
    unit: &str,
) -> Result<(), Refusal> {
    let wrong = |range: &Option<Range<usize>>| {
        range
            .as_ref()
            .map(Range::len)
            .filter(|found| *found != length)
    };
    let mut rows = ranges.iter().map(wrong).enumerate();
    match rows.find_map(|(row, found)| Some((row, found?))) {
        Some((row, found)) => Err(Refusal::at(row, format_args!("{found} {unit}"))),
        None => Ok(()),
    }
}

/// The first row with a null between the numbers of its vector.
fn row_with_null(lists: &Lists) -> Option<usize> {
    let nulls = lists
        .items
        .logical_nulls()
        .filter(|nulls| nulls.null_count() > 0)?;
    let has_null = |range: &Option<Range<usize>>| {
        (range.clone()).is_some_and(|mut range| range.any(|item| nulls.is_null(item)))
    };
    lists.ranges.iter().position(has_null)
}

/// The memory of an array, if its numbers are those of the field.
fn own_numbers(items: &ArrayRef, number: Number) -> Option<Bytes> {
    Some(match (items.data_type(), number) {
        (ArrowType::Float32, Number::Float) => {
            le_bytes(items.as_primitive::<Float32Type>().values())
        }
        (ArrowType::Float16, Number::Half(Half::Ieee)) => {
            le_bytes(items.as_primitive::<Float16Type>().values())
        }
        (ArrowType::UInt16, Number::Half(Half::Brain)) => {
            le_bytes(items.as_primitive::<UInt16Type>().values())
        }
        (ArrowType::FixedSizeBinary(2), Number::Half(Half::Brain)) => {
            items.as_fixed_size_binary().values().clone().into()
        }
        (ArrowType::Int8, Number::Int8) => le_bytes(items.as_primitive::<Int8Type>().values()),
        (ArrowType::UInt8, Number::Bits) => le_bytes(items.as_primitive::<UInt8Type>().values()),
        _ => return None,
    })
}

/// The bytes of these ranges of numbers, `width` bytes each. They are copied only if there are gaps between the ranges.
fn joined(bytes: &Bytes, width: usize, ranges: &[Option<Range<usize>>]) -> Bytes {
    let mut present = ranges.iter().flatten();
    let Some(first) = present.next() else {
        return Bytes::new();
    };
    let end = present.try_fold(first.end, |end, range| {
        (range.start == end).then_some(range.end)
    });
    if let Some(end) = end {
        return bytes.slice(first.start * width..end * width);
    }
    let present = || ranges.iter().flatten();
    let mut copy = BytesMut::with_capacity(present().map(|range| range.len() * width).sum());
    for range in present() {
        let bytes = bytes.get(range.start * width..range.end * width);
        copy.extend_from_slice(bytes.unwrap_or_default());
    }
    copy.freeze()
}

/// Floats of another width, rounded to the field's. `None` if the field or the array does not hold floats.
fn converted(lists: &Lists, number: Number) -> Result<Option<Bytes>, Refusal> {
    let float = if lists.items.data_type().is_floating() {
        numbers(&lists.items)
    } else {
        None
    };
    let Some(float) = float.filter(|_| matches!(number, Number::Float | Number::Half(_))) else {
        return Ok(None);
    };
    let mut bytes = BytesMut::new();
    for (row, range) in lists.ranges.iter().enumerate() {
        for item in range.clone().unwrap_or_default() {
            let float = narrow(float(item)).map_err(|why| Refusal::at(row, why))?;
            match number {
                Number::Half(half) => bytes.put_u16_le(half.narrow(float)),
                _ => bytes.put_f32_le(float),
            }
        }
    }
    Ok(Some(bytes.freeze()))
}
