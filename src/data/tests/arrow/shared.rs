//! Vectors share the memory of the batch and of the answer.

use arrow_array::types::{Float16Type, Float32Type, Int8Type, UInt8Type, UInt16Type};
use arrow_array::{ArrowPrimitiveType, FixedSizeListArray, PrimitiveArray};
use arrow_buffer::NullBuffer;
use arrow_schema::Field as ArrowField;
use bytes::Bytes;
use prost::Message;

use super::*;
use crate::proto::milvus::QueryResults;
use crate::proto::schema::{field_data::Field as Data, vector_field::Data as Vector};

/// Three vectors of four numbers.
fn array<T: ArrowPrimitiveType>(nulls: Option<NullBuffer>) -> FixedSizeListArray
where
    T::Native: Default,
{
    let numbers: PrimitiveArray<T> = vec![T::Native::default(); 12]
        .into_iter()
        .map(Some)
        .collect();
    let item = Arc::new(ArrowField::new_list_field(T::DATA_TYPE, true));
    FixedSizeListArray::new(item, 4, Arc::new(numbers), nulls)
}

fn address(array: &FixedSizeListArray) -> *const u8 {
    array.values().to_data().buffers()[0].as_ptr()
}

fn sent(fields: &[FieldData]) -> &Bytes {
    let vectors = fields
        .iter()
        .find(|field| field.field_name == "vectors")
        .unwrap();
    let Some(Data::Vectors(vectors)) = &vectors.field else {
        panic!("{vectors:?}")
    };
    match vectors.data.as_ref().unwrap() {
        Vector::FloatVector(numbers) => numbers.as_le_bytes(),
        Vector::Float16Vector(bytes)
        | Vector::Bfloat16Vector(bytes)
        | Vector::Int8Vector(bytes)
        | Vector::BinaryVector(bytes) => bytes,
        other => panic!("{other:?}"),
    }
}

/// A field, its vectors, and the size of a number in bytes.
fn types(nulls: Option<NullBuffer>) -> [(Field, FixedSizeListArray, usize); 5] {
    let name = "vectors";
    [
        (
            Field::float_vector(name, 4),
            array::<Float32Type>(nulls.clone()),
            4,
        ),
        (
            Field::float16_vector(name, 4),
            array::<Float16Type>(nulls.clone()),
            2,
        ),
        (
            Field::bfloat16_vector(name, 4),
            array::<UInt16Type>(nulls.clone()),
            2,
        ),
        (
            Field::int8_vector(name, 4),
            array::<Int8Type>(nulls.clone()),
            1,
        ),
        (Field::binary_vector(name, 32), array::<UInt8Type>(nulls), 1),
    ]
}

#[test]
fn vectors_are_sent_from_the_memory_of_the_batch() {
    for (field, vectors, width) in types(None) {
        let start = address(&vectors);
        let schema = with(field);
        let batch = batch("vectors", vectors);
        let fields = fields(&batch, &schema).unwrap();
        assert_eq!(
            (sent(&fields).as_ptr(), sent(&fields).len()),
            (start, 12 * width)
        );

        // Also those of a slice.
        let fields = super::fields(batch.slice(1, 2), &schema).unwrap();
        let second = start.wrapping_add(4 * width);
        assert_eq!(
            (sent(&fields).as_ptr(), sent(&fields).len()),
            (second, 8 * width)
        );
    }
}

#[test]
fn vectors_around_a_null_are_joined() {
    let nulls = NullBuffer::from(vec![true, false, true]);
    for (field, vectors, width) in types(Some(nulls)) {
        let start = address(&vectors);
        let schema = with(field.nullable());
        let batch = batch("vectors", vectors);
        let fields = fields(&batch, &schema).unwrap();
        assert_eq!(sent(&fields).len(), 8 * width);
        assert_eq!(fields[1].valid_data, [true, false, true]);
        // A null at an end needs no copy.
        let fields = super::fields(batch.slice(0, 2), &schema).unwrap();
        assert_eq!(
            (sent(&fields).as_ptr(), sent(&fields).len()),
            (start, 4 * width)
        );
    }
}

#[test]
fn received_vectors_share_the_memory_of_the_answer_if_it_is_aligned() {
    for (field, vectors, width) in types(None) {
        let batch = batch("vectors", vectors);
        let fields_data = fields(&batch, &with(field)).unwrap();
        let answer = QueryResults {
            fields_data,
            ..QueryResults::default()
        }
        .encode_to_vec();
        let mut shared = 0;
        // At each distance from an aligned address.
        for distance in 0..8 {
            let bytes = Bytes::from([&vec![0; distance], &answer[..]].concat()).slice(distance..);
            let range = bytes.as_ptr_range();
            let fields = QueryResults::decode(bytes).unwrap().fields_data;
            let sent = sent(&fields).as_ptr();
            assert!(range.contains(&sent));
            let read: RecordBatch = Table::new(fields, 3).unwrap().try_into().unwrap();
            assert_eq!(
                read.column_by_name("vectors"),
                batch.column_by_name("vectors")
            );
            let found = address(read.column_by_name("vectors").unwrap().as_fixed_size_list());
            let is_aligned = sent.align_offset(width) == 0;
            assert_eq!(found == sent, is_aligned, "{width} bytes at {distance}");
            shared += usize::from(is_aligned);
        }
        assert!(shared >= 8 / width, "{shared}");
    }
}
