//! A retry sends the bytes it has: nothing is encoded or copied again.

use crate::support::allocated;
use crate::support::answers;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use allocated::allocated;
use answers::{answered, response, server};
use bytes::Bytes;
use http_body::Body as _;
use milvus_otel::proto::FloatArray;
use milvus_otel::proto::common;
use milvus_otel::proto::milvus::{DescribeCollectionResponse, InsertRequest, MutationResult};
use milvus_otel::proto::schema::{
    CollectionSchema, DataType, FieldData, FieldSchema, VectorField, field_data, vector_field,
};
use milvus_otel::{Client, OtelLayer, client::RetryPolicy, data::Columns};
use opentelemetry_sdk::trace::SdkTracerProvider;
use prost::Message;
use tonic::body::Body;

fn insert() -> InsertRequest {
    let values: Vec<f32> = (0..768_u16).cycle().take(768_000).map(f32::from).collect();
    let vectors = VectorField {
        dim: 768,
        data: Some(vector_field::Data::FloatVector(values.into())),
    };
    InsertRequest {
        collection_name: "books".into(),
        num_rows: 1000,
        fields_data: vec![FieldData {
            field: Some(field_data::Field::Vectors(vectors)),
            ..Default::default()
        }],
        ..Default::default()
    }
}

fn described(vectors: DataType) -> DescribeCollectionResponse {
    let field = |name: &str, data_type: DataType| FieldSchema {
        name: name.to_owned(),
        data_type: data_type as i32,
        is_primary_key: name == "id",
        type_params: vec![common::KeyValuePair {
            key: "dim".into(),
            value: "768".into(),
        }],
        ..FieldSchema::default()
    };
    DescribeCollectionResponse {
        schema: Some(CollectionSchema {
            fields: vec![field("id", DataType::Int64), field("v", vectors)],
            ..CollectionSchema::default()
        }),
        ..DescribeCollectionResponse::default()
    }
}

/// What was received, by attempt: frames as they came, not copied.
type Bodies = Arc<Mutex<Vec<Vec<Bytes>>>>;

/// Refuses the first calls by a rate limit.
async fn answer(
    request: http::Request<Body>,
    bodies: Bodies,
    refused: usize,
    vectors: DataType,
) -> http::Response<Body> {
    if request.uri().path().ends_with("/DescribeCollection") {
        return response(200, answered(&described(vectors).encode_to_vec()));
    }
    let mut body = pin!(request.into_body());
    let mut frames = Vec::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        frames.push(frame.unwrap().into_data().unwrap());
    }
    let mut bodies = bodies.lock().unwrap();
    bodies.push(frames);
    let code = if bodies.len() <= refused { 8 } else { 0 };
    let status = Some(common::Status {
        code,
        ..Default::default()
    });
    let result = MutationResult {
        status,
        ..Default::default()
    };
    response(200, answered(&result.encode_to_vec()))
}

/// A client, and the bodies its service receives; the collection has vectors of this type.
fn client(refused: usize, vectors: DataType) -> (Client, Bodies) {
    let bodies = Bodies::default();
    let into = Arc::clone(&bodies);
    let client = Client::builder("http://milvus.test")
        .service(server(move |request| {
            answer(request, Arc::clone(&into), refused, vectors)
        }))
        .otel(OtelLayer::new().tracer_provider(&SdkTracerProvider::builder().build()))
        .retry(RetryPolicy::default())
        .connect_lazy()
        .unwrap();
    (client, bodies)
}

/// Sends it, and counts what is allocated meanwhile.
async fn send(refused: usize) -> (u64, Vec<Vec<Bytes>>) {
    let (client, bodies) = client(refused, DataType::FloatVector);
    let mut raw = client.raw();
    let request = insert();
    let (counted, answer) = allocated(raw.insert(request)).await;
    let answer = answer.unwrap().into_inner();
    assert_eq!(answer.status.unwrap().code, 0);
    let bodies = std::mem::take(&mut *bodies.lock().unwrap());
    (counted.bytes_total, bodies)
}

#[tokio::test(start_paused = true)]
async fn a_retry_encodes_nothing() {
    let payload = insert().encoded_len() as u64;
    send(0).await;
    let (once, first) = send(0).await;
    let (thrice, bodies) = send(2).await;
    assert_eq!((first.len(), bodies.len()), (1, 3));
    assert!(
        once >= payload && once < payload + payload / 20,
        "{once} bytes for a payload of {payload}"
    );
    let two_retries = thrice.saturating_sub(once);
    assert!(
        two_retries < 32 * 1024,
        "{two_retries} bytes for two retries"
    );

    let encoded = insert().encode_to_vec();
    for body in &bodies {
        let [frame] = body.as_slice() else {
            panic!("{} frames", body.len());
        };
        assert!(frame[5..] == encoded, "another body");
        assert_eq!(frame.as_ptr(), bodies[0][0].as_ptr(), "copied");
    }
}

/// A type of vectors, the bytes of one, how a column is made of them, and what that is on the wire.
type VectorType = (
    DataType,
    usize,
    fn(Columns, Bytes) -> Columns,
    fn(Bytes) -> vector_field::Data,
);

const VECTOR_TYPES: [VectorType; 5] = [
    (
        DataType::FloatVector,
        768 * 4,
        |columns, bytes| columns.float_vector("v", 768, bytes),
        |bytes| vector_field::Data::FloatVector(FloatArray::from_le_bytes(bytes).unwrap()),
    ),
    (
        DataType::Float16Vector,
        768 * 2,
        |columns, bytes| columns.float16_vector("v", 768, bytes),
        vector_field::Data::Float16Vector,
    ),
    (
        DataType::BFloat16Vector,
        768 * 2,
        |columns, bytes| columns.bfloat16_vector("v", 768, bytes),
        vector_field::Data::Bfloat16Vector,
    ),
    (
        DataType::Int8Vector,
        768,
        |columns, bytes| columns.int8_vector("v", 768, bytes),
        vector_field::Data::Int8Vector,
    ),
    (
        DataType::BinaryVector,
        768 / 8,
        |columns, bytes| columns.binary_vector("v", 768, bytes),
        vector_field::Data::BinaryVector,
    ),
];

#[tokio::test(start_paused = true)]
async fn every_attempt_sends_the_vectors_without_copying() {
    for (data_type, width, add, on_wire) in VECTOR_TYPES {
        let (client, bodies) = client(2, data_type);
        let vectors: Bytes = (0..251).cycle().take(1000 * width).collect();
        let (address, expected) = (vectors.as_ptr(), on_wire(vectors.clone()));
        let columns = Columns::new().int64("id", (0..1000).collect::<Vec<_>>());
        let columns = add(columns, vectors);
        let (counted, written) = allocated(async { client.insert("books", columns).await }).await;
        written.unwrap();
        assert!(
            counted.bytes_total < 128 * 1024,
            "{data_type:?}: {counted:?}"
        );

        let bodies = std::mem::take(&mut *bodies.lock().unwrap());
        assert_eq!(bodies.len(), 3);
        for body in &bodies {
            assert!(
                body.iter().any(|frame| frame.as_ptr() == address),
                "vectors of {data_type:?} were copied"
            );
            let whole = body.concat();
            let length = u32::from_be_bytes(whole[1..5].try_into().unwrap());
            assert_eq!((whole[0], length as usize), (0, whole.len() - 5));
            let received = InsertRequest::decode(&whole[5..]).unwrap();
            assert_eq!(received.num_rows, 1000);
            let Some(field_data::Field::Vectors(vectors)) = &received.fields_data[1].field else {
                panic!("no vectors");
            };
            assert!(
                vectors.data.as_ref() == Some(&expected),
                "other vectors of {data_type:?}"
            );
        }
    }
}
