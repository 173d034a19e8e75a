//! Received values as Arrow arrays, value by value.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BinaryArray, BooleanArray, Float32Array, Float64Array, NullArray,
    PrimitiveArray, StringArray,
    types::{Int8Type, Int16Type, Int32Type, Int64Type},
};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType as ArrowType;

use super::super::cell::Cell;
use super::super::value::unreadable;
use super::lists::{lists, too_large};

/// An array of this type. `nulls` are those of the rows, and equal to the null cells.
pub(super) fn array<'a>(
    data_type: &ArrowType,
    cells: impl Iterator<Item = Cell<'a>>,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, String> {
    Ok(match data_type {
        ArrowType::Boolean => {
            let values = optional(cells, |cell| match cell {
                Cell::Bool(value) => Some(value),
                Cell::Int(value) => Some(value != 0),
                _ => None,
            })?;
            Arc::new(BooleanArray::from(values))
        }
        ArrowType::Int8 => integers::<Int8Type>(cells)?,
        ArrowType::Int16 => integers::<Int16Type>(cells)?,
        ArrowType::Int32 => integers::<Int32Type>(cells)?,
        ArrowType::Int64 => integers::<Int64Type>(cells)?,
        ArrowType::Float32 => {
            let values = optional(cells, |cell| match cell {
                Cell::Float(value) => Some(value),
                _ => None,
            })?;
            Arc::new(Float32Array::from(values))
        }
        ArrowType::Float64 => {
            let values = optional(cells, |cell| match cell {
                Cell::Double(value) => Some(value),
                Cell::Float(value) => Some(value.into()),
                _ => None,
            })?;
            Arc::new(Float64Array::from(values))
        }
        ArrowType::Utf8 => {
            let values = optional(cells, |cell| match cell {
                Cell::Text(text) => Some(text),
                Cell::Json(text) => std::str::from_utf8(text).ok(),
                _ => None,
            })?;
            check_size(values.iter().flatten().map(|text| text.len()))?;
            Arc::new(StringArray::from(values))
        }
        ArrowType::Binary => {
            let values = optional(cells, |cell| match cell {
                Cell::Bits(bytes, start, end) => Some(Cell::bytes(bytes, start, end)),
                _ => None,
            })?;
            check_size(values.iter().flatten().map(|bytes| bytes.len()))?;
            Arc::new(BinaryArray::from(values))
        }
        ArrowType::List(item) => {
            let rows: Vec<Cell<'_>> = cells.collect();
            if let Some(Cell::Unknown(number)) =
                rows.iter().find(|row| matches!(row, Cell::Unknown(_)))
            {
                return Err(unreadable(*number));
            }
            let lengths: Vec<usize> = rows.iter().map(|row| row.len()).collect();
            let items = rows.into_iter().flat_map(Cell::elements);
            lists(&lengths, array(item.data_type(), items, None)?, nulls)?
        }
        _ => Arc::new(NullArray::new(cells.count())),
    })
}

/// Reads each value; null stays null. A value that `read` does not accept is refused.
fn optional<'a, T>(
    cells: impl Iterator<Item = Cell<'a>>,
    read: impl Fn(Cell<'a>) -> Option<T>,
) -> Result<Vec<Option<T>>, String> {
    let one = |(row, cell)| match cell {
        Cell::Null => Ok(None),
        cell => match read(cell) {
            Some(value) => Ok(Some(value)),
            None => Err(format!(
                "row {row}: expected values of one type, found another"
            )),
        },
    };
    cells.enumerate().map(one).collect()
}

fn integers<'a, T: ArrowPrimitiveType>(
    cells: impl Iterator<Item = Cell<'a>>,
) -> Result<ArrayRef, String>
where
    T::Native: TryFrom<i64>,
{
    let values = optional(cells, |cell| match cell {
        Cell::Int(value) => T::Native::try_from(value).ok(),
        _ => None,
    })?;
    Ok(Arc::new(PrimitiveArray::<T>::from_iter(values)))
}

/// Refuses more values than an array's offsets can count.
fn check_size(mut lengths: impl Iterator<Item = usize>) -> Result<(), String> {
    let total = lengths.try_fold(0_usize, |total, length| total.checked_add(length));
    match total.and_then(|total| i32::try_from(total).ok()) {
        Some(_) => Ok(()),
        None => Err(too_large()),
    }
}
