//! Lists of received values.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, ListArray};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::Field as ArrowField;

/// Lists of these lengths.
pub(super) fn lists(
    lengths: &[usize],
    values: ArrayRef,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, String> {
    let offsets = lengths.iter().scan(0_usize, |end, length| {
        *end = end.saturating_add(*length);
        Some(i32::try_from(*end))
    });
    let offsets: Result<Vec<i32>, _> = std::iter::once(Ok(0)).chain(offsets).collect();
    let offsets = offsets.map_err(|_| too_large())?;
    let item = Arc::new(ArrowField::new_list_field(values.data_type().clone(), true));
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    let array = ListArray::try_new(item, offsets, values, nulls);
    Ok(Arc::new(array.map_err(|error| error.to_string())?))
}

pub(super) fn too_large() -> String {
    "expected at most 2 GiB of values in one batch: read fewer rows at once".to_owned()
}
