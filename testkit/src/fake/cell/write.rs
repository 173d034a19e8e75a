//! Values to the columns of an answer.

use bytes::Bytes;
use milvus_otel::proto::schema::{
    ArrayArray, BoolArray, DataType, FieldData, FieldSchema, IntArray, JsonArray, LongArray,
    ScalarField, SparseFloatArray, StringArray, VectorField, field_data::Field as Data,
    scalar_field::Data as Scalar, vector_field::Data as Vector,
};
use milvus_otel::proto::{DoubleArray, FloatArray};

use super::super::fail::Outcome;
use super::{Cell, data_type, dimension, element, is_vector};

/// A column of an answer.
pub(in crate::fake) fn write<'a>(
    field: &FieldSchema,
    cells: impl Iterator<Item = &'a Cell>,
) -> Outcome<FieldData> {
    let cells: Vec<&Cell> = cells.collect();
    let data_type = data_type(field.data_type)?;
    let data = if is_vector(field.data_type) {
        Data::Vectors(vectors_from(field, data_type, &cells))
    } else {
        Data::Scalars(scalars_from(data_type, field, &cells)?)
    };
    let valid = |cell: &&Cell| **cell != Cell::Null;
    let valid_data = if field.nullable {
        cells.iter().map(valid).collect()
    } else {
        Vec::new()
    };
    Ok(FieldData {
        r#type: field.data_type,
        field_name: field.name.clone(),
        field_id: field.field_id,
        is_dynamic: field.is_dynamic,
        valid_data,
        field: Some(data),
    })
}

/// Vectors; like Milvus, without those that are null.
fn vectors_from(field: &FieldSchema, data_type: DataType, cells: &[&Cell]) -> VectorField {
    let contents = cells.iter().filter_map(|cell| match cell {
        Cell::Vector(bytes) => Some(bytes.clone()),
        _ => None,
    });
    let dim = i64::try_from(dimension(field)).unwrap_or_default();
    let joined = |contents: &mut dyn Iterator<Item = Bytes>| -> Bytes {
        contents.flat_map(|bytes| bytes.to_vec()).collect()
    };
    let mut contents = contents;
    let data = match data_type {
        DataType::SparseFloatVector => {
            let contents: Vec<Bytes> = contents.collect();
            let last = |bytes: &Bytes| {
                let pair = bytes.len().checked_sub(8)?;
                let index = bytes.get(pair..pair + 4)?.try_into().ok()?;
                Some(i64::from(u32::from_le_bytes(index)) + 1)
            };
            let dim = contents.iter().filter_map(last).max().unwrap_or_default();
            return VectorField {
                dim,
                data: Some(Vector::SparseFloatVector(SparseFloatArray {
                    contents,
                    dim,
                })),
            };
        }
        DataType::FloatVector => {
            let floats = FloatArray::from_le_bytes(joined(&mut contents));
            Vector::FloatVector(floats.unwrap_or_default())
        }
        DataType::BinaryVector => Vector::BinaryVector(joined(&mut contents)),
        DataType::Float16Vector => Vector::Float16Vector(joined(&mut contents)),
        DataType::BFloat16Vector => Vector::Bfloat16Vector(joined(&mut contents)),
        _ => Vector::Int8Vector(joined(&mut contents)),
    };
    VectorField {
        dim,
        data: Some(data),
    }
}

/// Scalars; like Milvus, with any value in the place of a null.
fn scalars_from(data_type: DataType, field: &FieldSchema, cells: &[&Cell]) -> Outcome<ScalarField> {
    use DataType as T;
    let int = |cell: &&Cell| {
        if let Cell::Int(value) = cell {
            *value
        } else {
            0
        }
    };
    let small = |cell: &&Cell| i32::try_from(int(cell)).unwrap_or_default();
    let text = |cell: &&Cell| {
        if let Cell::Text(value) = cell {
            value.clone()
        } else {
            String::new()
        }
    };
    let data = match data_type {
        T::Bool => {
            let data = cells.iter().map(|cell| **cell == Cell::Bool(true));
            Scalar::BoolData(BoolArray {
                data: data.collect(),
            })
        }
        T::Int8 | T::Int16 | T::Int32 => Scalar::IntData(IntArray {
            data: cells.iter().map(small).collect(),
        }),
        T::Int64 => Scalar::LongData(LongArray {
            data: cells.iter().map(int).collect(),
        }),
        T::Float => {
            let number = |cell: &&Cell| {
                if let Cell::Float(value) = cell {
                    *value
                } else {
                    0.0
                }
            };
            let data: Vec<f32> = cells.iter().map(number).collect();
            Scalar::FloatData(FloatArray::from(data))
        }
        T::Double => {
            let number = |cell: &&Cell| {
                if let Cell::Double(value) = cell {
                    *value
                } else {
                    0.0
                }
            };
            let data: Vec<f64> = cells.iter().map(number).collect();
            Scalar::DoubleData(DoubleArray::from(data))
        }
        T::Json => {
            let json = |cell: &&Cell| {
                if let Cell::Json(text) = cell {
                    text.clone()
                } else {
                    Bytes::new()
                }
            };
            Scalar::JsonData(JsonArray {
                data: cells.iter().map(json).collect(),
            })
        }
        T::Array => {
            let element = element(field);
            let element_type = super::data_type(element.data_type)?;
            let array = |cell: &&Cell| {
                let values: Vec<&Cell> = match cell {
                    Cell::Array(values) => values.iter().collect(),
                    _ => Vec::new(),
                };
                scalars_from(element_type, &element, &values)
            };
            Scalar::ArrayData(ArrayArray {
                data: cells.iter().map(array).collect::<Outcome<_>>()?,
                element_type: field.element_type,
            })
        }
        _ => Scalar::StringData(StringArray {
            data: cells.iter().map(text).collect(),
        }),
    };
    Ok(ScalarField { data: Some(data) })
}
