//! Memory allocations of inserts and reads.

use crate::support::allocated;
use crate::support::answers;

use std::pin::pin;

use allocated::allocated;
use allocation_counter::AllocationInfo;
use answers::{response, server};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::{Body as _, Frame};
use milvus_otel::proto::common::KeyValuePair;
use milvus_otel::proto::milvus::{
    DescribeCollectionResponse, MutationResult, QueryResults, SearchResults,
};
use milvus_otel::proto::schema::{
    CollectionSchema, DataType, FieldData, FieldSchema, IDs, LongArray, ScalarField,
    SearchResultData, VectorField, field_data, i_ds::IdField, scalar_field, vector_field,
};
use milvus_otel::{
    Client,
    data::{Columns, IntoRows},
};
use prost::Message;
use serde::{Deserialize, Serialize};
use tonic::body::Body;

const ROWS: usize = 1000;
const DIMENSION: usize = 768;
const FRAME: usize = 16 * 1024;
const PAYLOAD: usize = ROWS * (DIMENSION * 4 + 8);

#[derive(Serialize, Deserialize)]
struct Row<T = f32> {
    id: i64,
    v: Vec<T>,
}

/// A thousand rows.
fn rows<T: Clone>(number: T) -> Vec<Row<T>> {
    let row = |id| Row {
        id,
        v: vec![number.clone(); DIMENSION],
    };
    (0..ROWS as i64).map(row).collect()
}

fn described(vectors: DataType) -> Vec<u8> {
    let dimension = match vectors {
        DataType::BinaryVector => DIMENSION * 8,
        _ => DIMENSION,
    };
    let field = |name: &str, data_type: DataType| FieldSchema {
        name: name.to_owned(),
        data_type: data_type as i32,
        is_primary_key: name == "id",
        type_params: vec![KeyValuePair {
            key: "dim".into(),
            value: dimension.to_string(),
        }],
        ..FieldSchema::default()
    };
    let schema = CollectionSchema {
        fields: vec![field("id", DataType::Int64), field("v", vectors)],
        ..CollectionSchema::default()
    };
    DescribeCollectionResponse {
        schema: Some(schema),
        ..Default::default()
    }
    .encode_to_vec()
}

fn queried() -> Vec<u8> {
    let ids = scalar_field::Data::LongData(LongArray {
        data: (0..ROWS as i64).collect(),
    });
    let vectors: Vec<f32> = vec![0.25; ROWS * DIMENSION];
    let vectors = VectorField {
        dim: DIMENSION as i64,
        data: Some(vector_field::Data::FloatVector(vectors.into())),
    };
    let field = |name: &str, data_type: DataType, field| FieldData {
        field_name: name.to_owned(),
        r#type: data_type as i32,
        field: Some(field),
        ..FieldData::default()
    };
    QueryResults {
        fields_data: vec![
            field(
                "id",
                DataType::Int64,
                field_data::Field::Scalars(ScalarField { data: Some(ids) }),
            ),
            field(
                "v",
                DataType::FloatVector,
                field_data::Field::Vectors(vectors),
            ),
        ],
        ..QueryResults::default()
    }
    .encode_to_vec()
}

fn searched() -> Vec<u8> {
    let results = SearchResultData {
        num_queries: 1,
        top_k: 10,
        topks: vec![10],
        scores: vec![0.5; 10],
        ids: Some(IDs {
            id_field: Some(IdField::IntId(LongArray {
                data: (0..10).collect(),
            })),
        }),
        primary_field_name: "id".into(),
        ..SearchResultData::default()
    };
    SearchResults {
        results: Some(results),
        ..SearchResults::default()
    }
    .encode_to_vec()
}

/// Reads a request to its end, and discards it.
async fn drain(request: http::Request<Body>) {
    let mut body = pin!(request.into_body());
    while let Some(frame) = std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await
    {
        frame.unwrap();
    }
}

/// A client of a collection with vectors of this type.
async fn connect(vectors: DataType) -> Client {
    let frame = |message: Vec<u8>| {
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        Bytes::from([&[0], &length[..], &message].concat())
    };
    let description = frame(described(vectors));
    let (rows, hits) = (frame(queried()), frame(searched()));
    let done = frame(MutationResult::default().encode_to_vec());
    let service = server(move |request: http::Request<Body>| {
        let answer = match request.uri().path().rsplit('/').next().unwrap() {
            "DescribeCollection" => &description,
            "Query" => &rows,
            "Search" => &hits,
            _ => &done,
        };
        let answer = answer.clone();
        async move {
            drain(request).await;
            // In frames of the default size of HTTP/2.
            let frame = |at| Ok(Frame::data(answer.slice(at..answer.len().min(at + FRAME))));
            let mut frames: Vec<_> = (0..answer.len()).step_by(FRAME).map(frame).collect();
            let done = (
                HeaderName::from_static("grpc-status"),
                HeaderValue::from_static("0"),
            );
            frames.push(Ok(Frame::trailers(HeaderMap::from_iter([done]))));
            response(200, frames)
        }
    });
    let client = Client::builder("http://milvus.test")
        .service(service)
        .connect_lazy()
        .unwrap();
    client.describe_collection("books").await.unwrap();
    client
}

fn ratio(stats: &AllocationInfo) -> f64 {
    stats.bytes_total as f64 / PAYLOAD as f64
}

/// The bytes that an insert allocates, relative to the size of its keys and vectors. Each vector has `width` bytes.
async fn inserted<'a, K>(client: &Client, rows: impl IntoRows<'a, K>, width: usize) -> f64 {
    let (stats, done) = allocated(async { client.insert("books", rows).await }).await;
    done.unwrap();
    stats.bytes_total as f64 / (ROWS * (width + 8)) as f64
}

#[tokio::test]
async fn vectors_of_rows_are_copied_once_and_of_columns_never() {
    let client = connect(DataType::FloatVector).await;
    client.insert("books", rows(0.0_f32)).await.unwrap();
    let vectors: Vec<f32> = vec![0.5; ROWS * DIMENSION];
    let columns = Columns::new()
        .int64("id", (0..ROWS as i64).collect::<Vec<_>>())
        .float_vector("v", 768, vectors);
    let (columns, done) = allocated(async { client.insert("books", columns).await }).await;
    done.unwrap();

    let rows = rows(0.5_f32);
    let (rows, done) = allocated(async { client.insert("books", &rows).await }).await;
    done.unwrap();

    let query = || client.query("books").filter("id >= 0");
    let (read, table) = allocated(async { query().columns().await }).await;
    let table = table.unwrap();
    assert_eq!(
        table.column("v").unwrap().floats().unwrap().len(),
        ROWS * DIMENSION
    );

    let (typed_read, typed) = allocated(async { query().rows::<Row>().await }).await;
    assert_eq!(typed.unwrap().len(), ROWS);

    let (least, done) = allocated(async { client.has_collection("books").await }).await;
    done.unwrap();

    let query = vec![0.5; DIMENSION];
    client.search("books", &query).await.unwrap();
    let (search, done) = allocated(async { client.search("books", query).limit(10).await }).await;
    done.unwrap();

    println!(
        "insert columns {:.3}x, {} allocations",
        ratio(&columns),
        columns.count_total
    );
    println!(
        "insert rows    {:.3}x, {} allocations",
        ratio(&rows),
        rows.count_total
    );
    println!(
        "query columns  {:.3}x, {} allocations",
        ratio(&read),
        read.count_total
    );
    println!(
        "query rows     {:.3}x, {} allocations",
        ratio(&typed_read),
        typed_read.count_total
    );
    println!("has_collection {} allocations", least.count_total);
    println!("search         {} allocations", search.count_total);
    // Keys are encoded. Vectors are sent without a copy.
    assert!(ratio(&columns) <= 0.05, "{columns:?}");
    // The rows are copied into one column, which is sent without a copy.
    assert!(ratio(&rows) <= 1.05, "{rows:?}");
    // The decoder copies the frames of a response into one buffer. The result shares this buffer.
    assert!(ratio(&read) <= 1.1, "{read:?}");
    assert!(ratio(&typed_read) <= 2.2, "{typed_read:?}");
    // Each growth of a buffer counts.
    assert!(least.count_total <= 31, "{least:?}");
    assert!(search.count_total <= 46, "{search:?}");
}

#[cfg(feature = "arrow-60")]
#[tokio::test]
async fn vectors_of_record_batches_are_copied_no_more_than_those_of_columns() {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, FixedSizeListArray, Float32Array, Int64Array, RecordBatch};
    use arrow_schema::{DataType as ArrowType, Field};

    let client = connect(DataType::FloatVector).await;
    let batch = |rows: usize| {
        let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows as i64));
        let numbers = Float32Array::from(vec![0.5; rows * DIMENSION]);
        let item = Arc::new(Field::new_list_field(ArrowType::Float32, true));
        let vectors = FixedSizeListArray::new(item, DIMENSION as i32, Arc::new(numbers), None);
        RecordBatch::try_from_iter([("id", ids), ("v", Arc::new(vectors))]).unwrap()
    };
    inserted(&client, batch(1), 4 * DIMENSION).await;
    let whole = batch(2 * ROWS);
    let slice = inserted(&client, whole.slice(ROWS, ROWS), 4 * DIMENSION).await;

    let query = client.query("books").filter("id >= 0").columns();
    let (read, batch) = allocated(async { RecordBatch::try_from(query.await?) }).await;
    assert_eq!(batch.unwrap().num_rows(), ROWS);
    println!("insert a batch {slice:.3}x");
    println!(
        "query to a batch {:.3}x, {} allocations",
        ratio(&read),
        read.count_total
    );
    // The ranges of the vectors are collected.
    assert!(slice <= 0.05, "{slice}");
    // The answer is gathered in one buffer, and copied once more unless its vectors happen to be aligned.
    assert!(ratio(&read) <= 2.15, "{read:?}");
}

/// A type of vectors, the bytes of one vector, and a function that builds a column.
type VectorType = (DataType, usize, fn(Columns, Vec<u8>) -> Columns);

const VECTOR_TYPES: [VectorType; 4] = [
    (DataType::Float16Vector, DIMENSION * 2, |columns, bytes| {
        columns.float16_vector("v", DIMENSION as u32, bytes)
    }),
    (DataType::BFloat16Vector, DIMENSION * 2, |columns, bytes| {
        columns.bfloat16_vector("v", DIMENSION as u32, bytes)
    }),
    (DataType::Int8Vector, DIMENSION, |columns, bytes| {
        columns.int8_vector("v", DIMENSION as u32, bytes)
    }),
    (DataType::BinaryVector, DIMENSION, |columns, bytes| {
        columns.binary_vector("v", DIMENSION as u32 * 8, bytes)
    }),
];

#[tokio::test]
async fn byte_vectors_are_copied_no_more_than_float_vectors() {
    for (data_type, width, add) in VECTOR_TYPES {
        let client = connect(data_type).await;
        let columns = |rows: usize| {
            let ids: Vec<i64> = (0..rows as i64).collect();
            add(Columns::new().int64("id", ids), vec![5; rows * width])
        };
        inserted(&client, columns(1), width).await;
        let columns = inserted(&client, columns(ROWS), width).await;
        let rows = if width == DIMENSION {
            inserted(&client, rows(5_u8), width).await
        } else {
            inserted(&client, rows(0.5_f32), width).await
        };
        println!(
            "{}: insert columns {columns:.3}x, rows {rows:.3}x",
            data_type.as_str_name()
        );
        assert!(columns <= 0.05, "{data_type:?}: {columns}");
        assert!(rows <= 1.05, "{data_type:?}: {rows}");
    }
}
