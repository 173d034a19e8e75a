//! Splits a write that is too large for one request.

use std::ops::Range;

use prost::Message;

use super::arrays::framed;
use crate::proto::schema::{FieldData, ScalarField, StructArrayField, field_data::Field as Data};

/// The rows of a write that go into one request.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) rows: Range<usize>,
    pub(crate) fields: Vec<FieldData>,
}

/// Splits rows, in order, into parts of at most `limit` encoded bytes each. Vectors are shared, not copied.
///
/// # Errors
///
/// One row alone is larger than `limit`.
pub(crate) fn split(
    fields: Vec<FieldData>,
    rows: usize,
    limit: usize,
) -> Result<Vec<Part>, String> {
    let total: usize = fields.iter().map(|field| framed(field.encoded_len())).sum();
    if total <= limit {
        return Ok(vec![Part {
            rows: 0..rows,
            fields,
        }]);
    }
    // Every part repeats the names, types, dimensions and lengths.
    let overhead: usize = fields.iter().map(overhead).sum();
    let mut sizes = vec![0; rows];
    for field in &fields {
        add_sizes(field, &mut sizes);
    }
    let mut parts = Vec::new();
    let mut cursors: Vec<usize> = vec![0; fields.len()];
    let (mut start, mut size) = (0, overhead);
    for end in 0..=rows {
        let next = sizes.get(end).copied();
        if next.is_some_and(|next| overhead + next > limit) {
            return Err(format!(
                "row {end} takes {} bytes, more than the {limit} that one request may have",
                next.unwrap_or_default()
            ));
        }
        if let Some(next) = next.filter(|next| size + next <= limit) {
            size += next;
            continue;
        }
        if end > start {
            let cut = fields
                .iter()
                .zip(&mut cursors)
                .map(|(field, cursor)| take(field, start..end, cursor));
            parts.push(Part {
                rows: start..end,
                fields: cut.collect(),
            });
        }
        start = end;
        size = overhead + next.unwrap_or_default();
    }
    Ok(parts)
}

/// An upper limit of the bytes of a field that each part repeats.
fn overhead(field: &FieldData) -> usize {
    let inner = match &field.field {
        Some(Data::StructArrays(structs)) => structs.fields.iter().map(overhead).sum(),
        _ => 0,
    };
    field.field_name.len() + 96 + inner
}

/// Adds the encoded size of each row's value to the row's size.
fn add_sizes(field: &FieldData, sizes: &mut [usize]) {
    if let Some(Data::StructArrays(structs)) = &field.field {
        for inner in &structs.fields {
            add_sizes(inner, sizes);
        }
        return;
    }
    let valid = &field.valid_data;
    let mut index = 0;
    for (row, size) in sizes.iter_mut().enumerate() {
        if valid.get(row).is_some_and(|valid| !valid) {
            *size += 1;
            continue;
        }
        *size += 1 + value_size(field, index);
        index += 1;
    }
}

/// The encoded size of the value at this index.
fn value_size(field: &FieldData, index: usize) -> usize {
    match &field.field {
        Some(Data::Scalars(ScalarField { data: Some(data) })) => data.encoded_len_of(index),
        Some(Data::Vectors(vectors)) => vectors.encoded_len_of(index),
        // The sizes of structs are added field by field.
        Some(Data::StructArrays(_) | Data::Scalars(_)) | None => 0,
    }
}

/// The values of a field in some rows. `cursor` is the number of values in the rows before, and is advanced.
fn take(field: &FieldData, rows: Range<usize>, cursor: &mut usize) -> FieldData {
    if let Some(Data::StructArrays(structs)) = &field.field {
        // All fields of the structs have values in the same rows, so each starts at the same value.
        let start = *cursor;
        let inner = structs.fields.iter().map(|inner| {
            *cursor = start;
            take(inner, rows.clone(), cursor)
        });
        return FieldData {
            r#type: field.r#type,
            field_name: field.field_name.clone(),
            field: Some(Data::StructArrays(StructArrayField {
                fields: inner.collect(),
            })),
            ..FieldData::default()
        };
    }
    let valid = field
        .valid_data
        .get(rows.clone())
        .unwrap_or_default()
        .to_vec();
    let count = if valid.is_empty() {
        rows.len()
    } else {
        valid.iter().filter(|valid| **valid).count()
    };
    let values = *cursor..*cursor + count;
    *cursor = values.end;
    let data = match &field.field {
        Some(Data::Scalars(scalars)) => Some(Data::Scalars(ScalarField {
            data: scalars.data.as_ref().map(|data| data.slice(values)),
        })),
        Some(Data::Vectors(vectors)) => Some(Data::Vectors(vectors.slice(values))),
        Some(Data::StructArrays(_)) | None => None,
    };
    FieldData {
        r#type: field.r#type,
        field_name: field.field_name.clone(),
        field_id: field.field_id,
        is_dynamic: field.is_dynamic,
        valid_data: valid,
        field: data,
    }
}
