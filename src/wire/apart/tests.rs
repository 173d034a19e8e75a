use std::pin::{Pin, pin};
use std::slice::from_ref;
use std::task::{Context, Poll, Waker};

use http_body::Body as _;
use tokio_stream::{Stream as _, iter};
use tonic::Status;
use tonic::body::Body;
use tonic::codec::{Codec as _, CompressionEncoding, EncodeBody, Streaming};

use super::*;
use crate::proto::milvus::InsertRequest;
use crate::proto::schema::{
    FieldData, ScalarField, VectorField, field_data::Field, scalar_field, vector_field,
};
use crate::wire::{Codec, Outgoing};

type InsertCodec = Codec<InsertRequest, InsertRequest>;

/// An insert of columns of so many floats; where there are some, fields before and after them too.
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

fn body(
    mut codec: InsertCodec,
    messages: &[InsertRequest],
    compression: Option<CompressionEncoding>,
) -> Body {
    let messages: Vec<_> = messages.iter().cloned().map(Ok).collect();
    let encoder = codec.encoder();
    Body::new(EncodeBody::new_client(
        encoder,
        iter(messages),
        compression,
        None,
    ))
}

fn frames(mut body: Body) -> Vec<Bytes> {
    let mut context = Context::from_waker(Waker::noop());
    let mut frames = Vec::new();
    while let Poll::Ready(Some(frame)) = Pin::new(&mut body).poll_frame(&mut context) {
        frames.push(frame.unwrap().into_data().unwrap());
    }
    frames
}

fn decoded(body: Body, compression: Option<CompressionEncoding>) -> Vec<InsertRequest> {
    let decoder = InsertCodec::default().decoder();
    let status = http::StatusCode::OK;
    let mut messages = pin!(Streaming::new_response(
        decoder,
        body,
        status,
        compression,
        None
    ));
    let mut context = Context::from_waker(Waker::noop());
    let mut decoded: Vec<InsertRequest> = Vec::new();
    loop {
        match messages.as_mut().poll_next(&mut context) {
            Poll::Ready(Some(Ok(message))) => decoded.push(message),
            // The body has no trailers, which an answer must have.
            Poll::Ready(_) => return decoded,
            Poll::Pending => panic!("all is there at once"),
        }
    }
}

/// Floats of which an array is just long enough to be left out.
const LONG: usize = MIN_LENGTH / 4;

#[test]
fn the_bytes_are_those_of_the_whole_message() {
    for (columns, pieces) in [
        (&[][..], 1),
        (&[LONG - 1], 1),
        (&[LONG], 4),
        (&[LONG - 1, 1, 3 * LONG], 4),
        (&[2 * LONG, LONG, 5, LONG + 1], 8),
    ] {
        let message = insert(columns);
        let [whole] = &frames(body(InsertCodec::default(), from_ref(&message), None))[..] else {
            panic!("several frames")
        };
        assert_eq!(whole[PREFIX..], message.encode_to_vec());
        let outgoing = Outgoing::take(body(
            InsertCodec::sharing_arrays(),
            from_ref(&message),
            None,
        ));
        assert_eq!(outgoing.pieces().count(), pieces, "{columns:?}");
        let found: Vec<u8> = outgoing.pieces().flatten().copied().collect();
        assert!(found == *whole, "other bytes with columns of {columns:?}");
    }
}

#[test]
fn arrays_are_shared_with_the_body_and_with_its_repetition() {
    let message = insert(&[LONG]);
    let Some(Field::Vectors(vectors)) = &message.fields_data[0].field else {
        panic!("no vectors")
    };
    let Some(vector_field::Data::FloatVector(array)) = &vectors.data else {
        panic!("no floats")
    };
    let address = array.as_le_bytes().as_ptr();
    let outgoing = Outgoing::take(body(
        InsertCodec::sharing_arrays(),
        from_ref(&message),
        None,
    ));
    for body in [outgoing.again().unwrap(), outgoing.into_body()] {
        assert!(frames(body).iter().any(|frame| frame.as_ptr() == address));
    }
}

#[test]
fn however_many_arrays_there_are_the_body_can_be_sent_again_by_the_next_layer() {
    let message = insert(&[LONG; MAX_ARRAYS + 2]);
    let codec = InsertCodec::sharing_arrays();
    let outgoing = Outgoing::take(body(codec, from_ref(&message), None));
    assert_eq!(outgoing.pieces().count(), MAX_PIECES);
    let next = Outgoing::take(outgoing.into_body());
    assert!(decoded(next.again().unwrap(), None) == [message]);
}

#[test]
fn nothing_is_left_out_where_nobody_puts_it_back() {
    let message = insert(&[LONG]);
    let body = body(InsertCodec::sharing_arrays(), from_ref(&message), None);
    let frames = frames(body);
    assert_eq!(frames.len(), 1);
    assert!(frames[0][PREFIX..] == message.encode_to_vec());
}

#[test]
fn nothing_is_left_out_of_what_is_compressed() {
    let gzip = Some(CompressionEncoding::Gzip);
    let message = insert(&[LONG]);
    let outgoing = Outgoing::take(body(
        InsertCodec::sharing_arrays(),
        from_ref(&message),
        gzip,
    ));
    assert_eq!(outgoing.pieces().count(), 1);
    assert!(decoded(outgoing.into_body(), gzip) == [message]);
}

#[test]
fn messages_that_share_a_frame_stay_apart() {
    let messages = [insert(&[LONG]), insert(&[2 * LONG]), insert(&[1])];
    let outgoing = Outgoing::take(body(InsertCodec::sharing_arrays(), &messages, None));
    assert!(decoded(outgoing.into_body(), None) == messages);
}

#[test]
fn a_body_that_fails_leaves_nothing_to_the_next() {
    let mut codec = InsertCodec::sharing_arrays();
    let failing = iter([Ok(insert(&[LONG])), Err(Status::aborted("no more"))]);
    let limited = EncodeBody::new_client(codec.encoder(), failing, None, Some(8));
    drop(Outgoing::take(Body::new(limited)));
    let message = insert(&[]);
    let outgoing = Outgoing::take(body(codec, from_ref(&message), None));
    let found: Vec<u8> = outgoing.pieces().flatten().copied().collect();
    assert_eq!(found[PREFIX..], message.encode_to_vec());
}
