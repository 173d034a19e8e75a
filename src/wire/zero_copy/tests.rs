use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use http_body::Body as _;
use tonic::body::Body;

use super::*;
use crate::proto::milvus::InsertRequest;
use crate::proto::schema::{
    FieldData, ScalarField, VectorField, field_data::Field, scalar_field, vector_field,
};
use crate::wire::{FloatArray, Outgoing};

/// An insert of columns with these numbers of floats, and fields before and after them if there are any.
fn insert(columns: &[usize]) -> InsertRequest {
    let column = |(index, length): (usize, &usize)| {
        let floats = vec![index as f32 + 0.5; *length];
        let field = if index.is_multiple_of(2) {
            Field::Vectors(VectorField {
                dim: 8,
                data: Some(vector_field::Data::FloatVector(floats.into())),
            })
        } else {
            Field::Scalars(ScalarField {
                data: Some(scalar_field::Data::FloatData(floats.into())),
            })
        };
        FieldData {
            field_name: format!("column {index}"),
            field: Some(field),
            ..FieldData::default()
        }
    };
    InsertRequest {
        collection_name: "books".into(),
        fields_data: columns.iter().enumerate().map(column).collect(),
        num_rows: 7,
        ..InsertRequest::default()
    }
}

/// An insert of one column of vectors.
fn insert_of(vectors: vector_field::Data) -> InsertRequest {
    InsertRequest {
        fields_data: vec![FieldData {
            field: Some(Field::Vectors(VectorField {
                dim: 8,
                data: Some(vectors),
            })),
            ..FieldData::default()
        }],
        ..InsertRequest::default()
    }
}

fn frames(mut body: Body) -> Vec<Bytes> {
    let mut context = Context::from_waker(Waker::noop());
    let mut frames = Vec::new();
    while let Poll::Ready(Some(frame)) = Pin::new(&mut body).poll_frame(&mut context) {
        frames.push(frame.unwrap().into_data().unwrap());
    }
    frames
}

/// The message of a body that has no other.
fn decoded(body: Body) -> InsertRequest {
    let bytes: Vec<u8> = frames(body).concat();
    InsertRequest::decode(&bytes[PREFIX..]).unwrap()
}

/// How many floats make an array just long enough to be left out.
const LONG: usize = MIN_LENGTH / 4;

#[test]
fn the_bytes_are_those_of_the_whole_message() {
    for (columns, pieces) in [
        (&[][..], 1),
        (&[LONG - 1], 1),
        (&[LONG], 3),
        (&[LONG - 1, 1, 3 * LONG], 3),
        (&[2 * LONG, LONG, 5, LONG + 1], 7),
    ] {
        let message = insert(columns);
        let encoded = message.encode_to_vec();
        let length = u32::try_from(encoded.len()).unwrap();
        let whole = [&[0], &length.to_be_bytes()[..], &encoded].concat();
        let outgoing = Outgoing::of(&message).unwrap();
        assert_eq!(outgoing.pieces().count(), pieces, "{columns:?}");
        let found: Vec<u8> = outgoing.pieces().flatten().copied().collect();
        assert!(found == whole, "other bytes with columns of {columns:?}");
    }
}

#[test]
fn the_body_and_its_copy_share_vectors_of_every_type() {
    let types: [fn(Bytes) -> vector_field::Data; 5] = [
        |bytes| vector_field::Data::FloatVector(FloatArray::from_le_bytes(bytes).unwrap()),
        vector_field::Data::Float16Vector,
        vector_field::Data::Bfloat16Vector,
        vector_field::Data::Int8Vector,
        vector_field::Data::BinaryVector,
    ];
    for (number, of_type) in types.into_iter().enumerate() {
        let bytes = Bytes::from(vec![7; MIN_LENGTH]);
        let address = bytes.as_ptr();
        let message = insert_of(of_type(bytes));
        let outgoing = Outgoing::of(&message).unwrap();
        for body in [outgoing.try_clone().unwrap(), outgoing.into_body()] {
            let frames = frames(body);
            assert!(
                frames.iter().any(|frame| frame.as_ptr() == address),
                "type {number} was copied"
            );
            assert!(
                frames.concat()[PREFIX..] == message.encode_to_vec(),
                "other bytes of type {number}"
            );
        }
    }
}

#[test]
fn a_body_with_any_number_of_arrays_can_be_sent_again() {
    let message = insert(&[LONG; MAX_ARRAYS + 2]);
    let outgoing = Outgoing::of(&message).unwrap();
    assert_eq!(outgoing.pieces().count(), MAX_PIECES);
    let mut next = Outgoing::new(outgoing.into_body());
    next.read_ready();
    assert!(decoded(next.try_clone().unwrap()) == message);
}

#[test]
fn messages_encoded_elsewhere_are_complete() {
    let message = insert(&[LONG]);
    let before = message.encode_to_vec();
    let framed: Vec<u8> = frames(Outgoing::of(&message).unwrap().into_body()).concat();
    assert!(before == framed[PREFIX..]);
    assert!(before == message.encode_to_vec());
}

#[test]
fn lengths_counted_elsewhere_do_not_affect_the_next_frame() {
    let elsewhere = insert(&[LONG, 2 * LONG]).encode_to_vec();
    let long = "x".repeat(elsewhere.len());
    let message = InsertRequest {
        db_name: long.clone(),
        collection_name: long,
        ..InsertRequest::default()
    };
    let outgoing = Outgoing::of(&message).unwrap();
    let frame = frames(outgoing.into_body()).pop().unwrap();
    let length = frame.len();
    let frame = frame.try_into_mut().expect("the only owner");
    assert_eq!(frame.capacity(), length, "it had to grow");
}

/// A message that fails to be encoded, after an array of another one was left out.
#[derive(Debug)]
struct Failing;

impl Message for Failing {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        insert(&[LONG]).encode_raw(buffer);
        panic!("it cannot be encoded");
    }
    fn encoded_len(&self) -> usize {
        8
    }
    fn merge_field(
        &mut self,
        _: u32,
        _: prost::encoding::WireType,
        _: &mut impl bytes::Buf,
        _: prost::encoding::DecodeContext,
    ) -> Result<(), prost::DecodeError> {
        unreachable!("it is not decoded")
    }
    fn clear(&mut self) {}
}

#[test]
fn a_failed_message_leaves_no_recorded_bytes() {
    std::panic::catch_unwind(|| Outgoing::of(&Failing)).unwrap_err();
    let message = insert(&[]);
    let found: Vec<u8> = frames(Outgoing::of(&message).unwrap().into_body()).concat();
    assert_eq!(found[PREFIX..], message.encode_to_vec());
}
