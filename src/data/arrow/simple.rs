//! The values of Arrow's simple arrays.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_schema::DataType as ArrowType;

use super::refusal::Refusal;
use super::values::{Read, Values};

/// Reads the values that are not null. `read` gets the index of a value in the array.
pub(super) fn collect<T>(
    values: &Values,
    read: impl Fn(usize) -> Result<T, String>,
) -> Result<Vec<T>, Refusal> {
    let one = |row, index| read(index).map_err(|found| Refusal::at(row, found));
    if values.is_whole() {
        return (0..values.len()).map(|row| one(row, row)).collect();
    }
    (0..values.len())
        .filter_map(|row| Some(one(row, values.at(row)?)))
        .collect()
}

/// Integers of any width, all of which must be in the range of `T`.
pub(super) fn integers<T: TryFrom<i128>>(values: &Values) -> Result<Vec<T>, Refusal> {
    fn read<A: ArrowPrimitiveType, T: TryFrom<i128>>(values: &Values) -> Result<Vec<T>, Refusal>
    where
        A::Native: Into<i128>,
    {
        let array = values.array().as_primitive::<A>();
        let out_of_range = |_| "an integer outside of its range".to_owned();
        collect(values, |index| {
            T::try_from(array.value(index).into()).map_err(out_of_range)
        })
    }
    match values.data_type() {
        ArrowType::Int8 => read::<Int8Type, T>(values),
        ArrowType::Int16 => read::<Int16Type, T>(values),
        ArrowType::Int32 => read::<Int32Type, T>(values),
        ArrowType::Int64 => read::<Int64Type, T>(values),
        ArrowType::UInt8 => read::<UInt8Type, T>(values),
        ArrowType::UInt16 => read::<UInt16Type, T>(values),
        ArrowType::UInt32 => read::<UInt32Type, T>(values),
        ArrowType::UInt64 => read::<UInt64Type, T>(values),
        ArrowType::Null => Ok(Vec::new()),
        time @ (ArrowType::Timestamp(..)
        | ArrowType::Duration(_)
        | ArrowType::Date64
        | ArrowType::Time64(_)) => Err(Refusal::to_cast(time, "Int64")),
        time @ (ArrowType::Date32 | ArrowType::Time32(_)) => Err(Refusal::to_cast(time, "Int32")),
        other => Err(Refusal::of_type(other)),
    }
}

/// The numbers of an array as doubles, which are exact for floats and for integers of up to 32 bits. `None` for other
/// types.
pub(super) fn numbers(array: &dyn Array) -> Option<Read<'_, f64>> {
    fn read<T: ArrowPrimitiveType>(array: &dyn Array) -> Read<'_, f64>
    where
        T::Native: Into<f64>,
    {
        let array = array.as_primitive::<T>();
        Box::new(|index| array.value(index).into())
    }
    Some(match array.data_type() {
        ArrowType::Float16 => read::<Float16Type>(array),
        ArrowType::Float32 => read::<Float32Type>(array),
        ArrowType::Float64 => read::<Float64Type>(array),
        ArrowType::Int8 => read::<Int8Type>(array),
        ArrowType::Int16 => read::<Int16Type>(array),
        ArrowType::Int32 => read::<Int32Type>(array),
        ArrowType::UInt8 => read::<UInt8Type>(array),
        ArrowType::UInt16 => read::<UInt16Type>(array),
        ArrowType::UInt32 => read::<UInt32Type>(array),
        _ => return None,
    })
}

/// The nearest 32-bit float. Finite numbers that would become infinite are refused.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounds to the nearest float; a number out of range is refused"
)]
pub(super) fn narrow(number: f64) -> Result<f32, String> {
    let narrow = number as f32;
    if number.is_finite() && !narrow.is_finite() {
        return Err("a number outside of its range".to_owned());
    }
    Ok(narrow)
}

/// The texts of an array; `None` for other types.
pub(super) fn text_of<'a>(array: &'a dyn Array) -> Option<Read<'a, &'a str>> {
    Some(match array.data_type() {
        ArrowType::Utf8 => {
            let array = array.as_string::<i32>();
            Box::new(|index| array.value(index))
        }
        ArrowType::LargeUtf8 => {
            let array = array.as_string::<i64>();
            Box::new(|index| array.value(index))
        }
        ArrowType::Utf8View => {
            let array = array.as_string_view();
            Box::new(|index| array.value(index))
        }
        _ => return None,
    })
}

/// The bytes of an array of binary values; `None` for other types.
pub(super) fn bytes_of<'a>(array: &'a dyn Array) -> Option<Read<'a, &'a [u8]>> {
    Some(match array.data_type() {
        ArrowType::Binary => {
            let array = array.as_binary::<i32>();
            Box::new(|index| array.value(index))
        }
        ArrowType::LargeBinary => {
            let array = array.as_binary::<i64>();
            Box::new(|index| array.value(index))
        }
        ArrowType::BinaryView => {
            let array = array.as_binary_view();
            Box::new(|index| array.value(index))
        }
        ArrowType::FixedSizeBinary(_) => {
            let array = array.as_fixed_size_binary();
            Box::new(|index| array.value(index))
        }
        _ => return None,
    })
}
