//! Writes larger than one message may be, in parts.

use std::ops::Range;

use bytes::Bytes;
use prost::Message;
use prost::encoding::encoded_len_varint;

use super::cell;
use super::columns::ColumnData;
use crate::proto::schema::{
    BytesArray, FieldData, GeometryArray, GeometryWktArray, JsonArray, MolArray, MolSmilesArray,
    ScalarField, StringArray, StructArrayField, TimeArray, TimestamptzArray, VectorArray,
    VectorField, field_data::Field as Data, scalar_field::Data as Scalar,
    vector_field::Data as Vector,
};
use crate::wire::{DoubleArray, FloatArray};

/// Some of the rows of a write.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) rows: Range<usize>,
    pub(crate) fields: Vec<FieldData>,
}

/// Cuts rows into parts of at most `limit` encoded bytes each, in order. Vectors are shared, not copied.
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
    // Names, types, dimensions and lengths, which every part repeats.
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

/// What a part takes of a field besides its rows.
fn overhead(field: &FieldData) -> usize {
    let inner = match &field.field {
        Some(Data::StructArrays(structs)) => structs.fields.iter().map(overhead).sum(),
        _ => 0,
    };
    field.field_name.len() + 96 + inner
}

/// The length of an embedded message with its tag and length.
fn framed(length: usize) -> usize {
    1 + encoded_len_varint(length as u64) + length
}

/// Adds what each row takes of this field.
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

/// A number's length as a varint, in which negative ones are the longest.
fn varint(number: Option<i64>) -> usize {
    number.map_or(0, |number| encoded_len_varint(number.cast_unsigned()))
}

fn value_size(field: &FieldData, index: usize) -> usize {
    match &field.field {
        Some(Data::Scalars(ScalarField { data: Some(data) })) => match data {
            Scalar::BoolData(_) => 1,
            Scalar::IntData(numbers) => varint(numbers.data.get(index).copied().map(i64::from)),
            Scalar::LongData(numbers) => varint(numbers.data.get(index).copied()),
            Scalar::FloatData(_) => 4,
            Scalar::DoubleData(_) => 8,
            Scalar::StringData(StringArray { data })
            | Scalar::GeometryWktData(GeometryWktArray { data })
            | Scalar::MolSmilesData(MolSmilesArray { data }) => {
                data.get(index).map_or(0, |text| framed(text.len()))
            }
            Scalar::JsonData(JsonArray { data })
            | Scalar::BytesData(BytesArray { data })
            | Scalar::GeometryData(GeometryArray { data })
            | Scalar::MolData(MolArray { data }) => {
                data.get(index).map_or(0, |bytes| framed(bytes.len()))
            }
            Scalar::ArrayData(arrays) => arrays
                .data
                .get(index)
                .map_or(0, |array| framed(array.encoded_len())),
            Scalar::DateData(days) => varint(days.data.get(index).copied().map(i64::from)),
            Scalar::TimestamptzData(TimestamptzArray { data })
            | Scalar::TimeData(TimeArray { data }) => varint(data.get(index).copied()),
        },
        Some(Data::Vectors(vectors)) => match &vectors.data {
            Some(Vector::SparseFloatVector(rows)) => {
                rows.contents.get(index).map_or(0, |row| framed(row.len()))
            }
            Some(Vector::VectorArray(rows)) => {
                let row = rows.data.get(index);
                row.map_or(0, |row| framed(row.encoded_len()))
            }
            Some(_) => cell::width(vectors),
            None => 0,
        },
        _ => 0,
    }
}

/// The rows of a field; `cursor` is how many values the rows before them have.
fn take(field: &FieldData, rows: Range<usize>, cursor: &mut usize) -> FieldData {
    if let Some(Data::StructArrays(structs)) = &field.field {
        // All fields of the structs have a value in the same rows.
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
        Some(Data::Scalars(ScalarField { data: Some(data) })) => Some(Data::Scalars(ScalarField {
            data: Some(take_scalars(data, values)),
        })),
        Some(Data::Vectors(vectors)) => Some(Data::Vectors(VectorField {
            dim: vectors.dim,
            data: vectors
                .data
                .as_ref()
                .map(|data| take_vectors(data, values, cell::width(vectors))),
        })),
        other => other.clone(),
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

pub(super) fn take_scalars(data: &Scalar, values: Range<usize>) -> Scalar {
    macro_rules! cut {
        ($array:expr) => {{
            let mut part = $array.clone_empty();
            part.data = $array.data.get(values).unwrap_or_default().to_vec();
            part
        }};
    }
    match data {
        Scalar::BoolData(array) => Scalar::BoolData(cut!(array)),
        Scalar::IntData(array) => Scalar::IntData(cut!(array)),
        Scalar::LongData(array) => Scalar::LongData(cut!(array)),
        Scalar::StringData(array) => Scalar::StringData(cut!(array)),
        Scalar::JsonData(array) => Scalar::JsonData(cut!(array)),
        Scalar::GeometryWktData(array) => Scalar::GeometryWktData(cut!(array)),
        Scalar::ArrayData(array) => Scalar::ArrayData(cut!(array)),
        Scalar::FloatData(array) => {
            let bytes = slice(array.as_le_bytes(), values, 4);
            Scalar::FloatData(FloatArray::from_le_bytes(bytes).unwrap_or_default())
        }
        Scalar::DoubleData(array) => {
            let bytes = slice(array.as_le_bytes(), values, 8);
            Scalar::DoubleData(DoubleArray::from_le_bytes(bytes).unwrap_or_default())
        }
        Scalar::BytesData(array) => Scalar::BytesData(cut!(array)),
        Scalar::GeometryData(array) => Scalar::GeometryData(cut!(array)),
        Scalar::TimestamptzData(array) => Scalar::TimestamptzData(cut!(array)),
        Scalar::MolData(array) => Scalar::MolData(cut!(array)),
        Scalar::MolSmilesData(array) => Scalar::MolSmilesData(cut!(array)),
        Scalar::DateData(array) => Scalar::DateData(cut!(array)),
        Scalar::TimeData(array) => Scalar::TimeData(cut!(array)),
    }
}

pub(super) fn take_vectors(data: &Vector, values: Range<usize>, width: usize) -> Vector {
    match data {
        Vector::FloatVector(array) => {
            let bytes = slice(array.as_le_bytes(), values, width);
            Vector::FloatVector(FloatArray::from_le_bytes(bytes).unwrap_or_default())
        }
        Vector::BinaryVector(bytes) => Vector::BinaryVector(slice(bytes, values, width)),
        Vector::Float16Vector(bytes) => Vector::Float16Vector(slice(bytes, values, width)),
        Vector::Bfloat16Vector(bytes) => Vector::Bfloat16Vector(slice(bytes, values, width)),
        Vector::Int8Vector(bytes) => Vector::Int8Vector(slice(bytes, values, width)),
        Vector::SparseFloatVector(rows) => {
            let contents = rows.contents.get(values).unwrap_or_default().to_vec();
            Vector::SparseFloatVector(crate::proto::schema::SparseFloatArray {
                contents,
                dim: rows.dim,
            })
        }
        Vector::VectorArray(array) => Vector::VectorArray(VectorArray {
            dim: array.dim,
            data: array.data.get(values).unwrap_or_default().to_vec(),
            element_type: array.element_type,
        }),
    }
}

fn slice(bytes: &Bytes, values: Range<usize>, width: usize) -> Bytes {
    let end = (values.end * width).min(bytes.len());
    bytes.slice((values.start * width).min(end)..end)
}

/// What an array of the wire has besides its values.
trait CloneEmpty {
    fn clone_empty(&self) -> Self;
}

macro_rules! nothing_else {
    ($($name:ident),*) => {
        $(impl CloneEmpty for crate::proto::schema::$name {
            fn clone_empty(&self) -> Self {
                Self::default()
            }
        })*
    };
}
nothing_else!(
    BoolArray,
    IntArray,
    LongArray,
    StringArray,
    JsonArray,
    GeometryWktArray,
    BytesArray,
    GeometryArray,
    TimestamptzArray,
    MolArray,
    MolSmilesArray,
    DateArray,
    TimeArray
);

impl CloneEmpty for crate::proto::schema::ArrayArray {
    fn clone_empty(&self) -> Self {
        Self {
            data: Vec::new(),
            element_type: self.element_type,
        }
    }
}

/// Columns that the schema does not name, as one JSON object per row.
pub(super) fn merge(columns: Vec<ColumnData>, rows: usize) -> Result<Vec<Bytes>, String> {
    let fields: Vec<FieldData> = columns.into_iter().map(ColumnData::into_proto).collect();
    let table = super::Table::new(fields, rows)?;
    (0..rows)
        .map(|row| {
            let mut object = serde_json::Map::new();
            for column in table.columns() {
                let value = column.cell(row).to_json();
                let value = value
                    .map_err(|why| format!("row {row}: {why} in field {:?}", column.name()))?;
                match value {
                    serde_json::Value::Object(fields) if column.name() == super::DYNAMIC_FIELD => {
                        object.extend(fields)
                    }
                    value => drop(object.insert(column.name().to_owned(), value)),
                }
            }
            Ok(serde_json::Value::Object(object)
                .to_string()
                .into_bytes()
                .into())
        })
        .collect()
}
