//! The client's cost per row, for different numbers of rows: `cargo bench --bench data`.
//!
//! The server is in this process and answers at once, in frames of HTTP/2's size. The benchmark measures CPU time and
//! allocations of this thread, and shows the best round. `benches/peers` does the same work with other clients, over a
//! socket. Vectors are short, so that a million of them fit in one request.
//!
//! By default, glibc returns large memory blocks to the operating system and requests them again. The cost of that depends
//! on the size and exceeds the cost measured here, so the benchmark makes glibc keep them. `MALLOC_MMAP_MAX_=65536 cargo
//! bench --bench data` includes that cost.

#![allow(missing_docs, clippy::needless_pass_by_value, clippy::unwrap_used)]

use std::hint::black_box;
use std::pin::{Pin, pin};
use std::process::Command;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use cpu_time::ThreadTime;
use http_body::{Body as _, Frame};
use milvus_otel::proto::common::KeyValuePair;
use milvus_otel::proto::milvus::{
    DescribeCollectionResponse, MutationResult, QueryResults, SearchResults,
};
use milvus_otel::proto::schema::{
    CollectionSchema, DataType, FieldData, FieldSchema, IDs, JsonArray, LongArray, ScalarField,
    SearchResultData, VectorField, field_data::Field as Data, i_ds::IdField,
    scalar_field::Data as Scalar, vector_field::Data as Vector,
};
use milvus_otel::{Client, data::Columns};
use prost::Message;
use serde::{Deserialize, Serialize};
use tonic::body::Body;

const DIMENSION: usize = 8;
const SIZES: [usize; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];
/// The limit for the cost per row with ten times the rows, relative to the cost before. Data that fits in the CPU's cache is
/// faster; work that grows with the square of the rows would cost ten times as much per row.
const GROWTH: f64 = 1.5;
/// Rows that are written or read in a round, by one or more operations.
const ROWS_PER_ROUND: usize = 100_000;
const ROUNDS: u32 = 7;
const HITS: usize = 10;
/// The maximum of query vectors that Milvus accepts.
const MOST_QUERIES: usize = 16_384;

#[derive(Clone, Serialize, Deserialize)]
struct Book {
    id: i64,
    embedding: Vec<f32>,
}

/// A row whose numbers are sent as JSON. Its eight 64-bit numbers take twice the bytes of the other rows' vectors.
#[derive(Clone, Serialize, Deserialize)]
struct Note {
    id: i64,
    embedding: [f32; DIMENSION],
    numbers: [f64; DIMENSION],
}

fn numbers() -> [f64; DIMENSION] {
    std::array::from_fn(|index| 1.0 / (3.0 + index as f64))
}

/// Runs this program again with an allocator that keeps its memory, unless the environment configures the allocator.
fn keep_memory() {
    const NO_MAPPINGS: &str = "MALLOC_MMAP_MAX_";
    if std::env::var_os(NO_MAPPINGS).is_none() {
        let status = Command::new(std::env::current_exe().unwrap())
            .args(std::env::args_os().skip(1))
            .env(NO_MAPPINGS, "0")
            .env("MALLOC_TRIM_THRESHOLD_", i64::MAX.to_string())
            .status()
            .unwrap();
        std::process::exit(status.code().unwrap_or(1));
    }
}

fn main() {
    keep_memory();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    println!(
        "| {DIMENSION} f32 per row | rows | µs | ns per row | of the size before, <= {GROWTH:.1} | allocations | bytes / payload |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|");
    let mut missed = 0;
    for (name, most, work) in WORKS {
        let mut before = None;
        for rows in SIZES.into_iter().filter(|rows| *rows <= most) {
            let cost = work(&Bench {
                runtime: &runtime,
                client: client(rows, name.ends_with("JSON")),
                rows,
            });
            let per_row = cost.cpu.as_nanos() as f64 / rows as f64;
            let growth = before.map_or_else(String::new, |before| {
                let growth = per_row / before;
                missed += u32::from(growth > GROWTH);
                let mark = if growth <= GROWTH {
                    "✓"
                } else {
                    "✗ MISSED"
                };
                format!("{growth:.2} {mark}")
            });
            println!(
                "| {name} | {rows} | {:.0} | {per_row:.1} | {growth} | {} | {:.3} |",
                cost.cpu.as_secs_f64() * 1e6,
                cost.allocations,
                cost.bytes as f64 / (rows * DIMENSION * 4) as f64,
            );
            before = Some(per_row);
        }
    }
    println!("\nTargets missed: {missed}.");
}

type Work = fn(&Bench<'_>) -> Cost;

/// A kind of work, and the maximum of its rows.
const WORKS: [(&str, usize, Work); 7] = [
    ("insert columns", usize::MAX, |bench| {
        let ids: Vec<i64> = (0..bench.rows as i64).collect();
        let vectors = vec![0.5_f32; bench.rows * DIMENSION];
        bench.best(
            || (ids.clone(), vectors.clone()),
            async |client, (ids, vectors)| {
                let dimension = DIMENSION as u32;
                let columns = Columns::new().int64("id", ids);
                let columns = columns.float_vector("embedding", dimension, vectors);
                black_box(client.insert("books", columns).await.unwrap());
            },
        )
    }),
    ("insert typed rows", usize::MAX, |bench| {
        let book = |id| Book {
            id,
            embedding: vec![0.5; DIMENSION],
        };
        let books: Vec<Book> = (0..bench.rows as i64).map(book).collect();
        bench.best(
            || books.as_slice(),
            async |client, books| {
                black_box(client.insert("books", books).await.unwrap());
            },
        )
    }),
    ("query to columns", usize::MAX, |bench| {
        bench.best(
            || (),
            async |client, ()| {
                let table = client.query("books").filter("id >= 0").columns();
                let table = table.await.unwrap();
                assert_eq!(table.len(), bench.rows);
                black_box(table.column("embedding").unwrap().bytes().unwrap());
            },
        )
    }),
    ("query to typed rows", usize::MAX, |bench| {
        bench.best(
            || (),
            async |client, ()| {
                let query = client.query("books").filter("id >= 0");
                let books: Vec<Book> = query.rows().await.unwrap();
                assert_eq!(books.len(), bench.rows);
                black_box(books);
            },
        )
    }),
    ("insert typed rows, doubles in JSON", 10_000, |bench| {
        let note = |id| Note {
            id,
            embedding: [0.5; DIMENSION],
            numbers: numbers(),
        };
        let notes: Vec<Note> = (0..bench.rows as i64).map(note).collect();
        bench.best(
            || notes.as_slice(),
            async |client, notes| {
                black_box(client.insert("books", notes).await.unwrap());
            },
        )
    }),
    ("query to typed rows, doubles in JSON", 10_000, |bench| {
        bench.best(
            || (),
            async |client, ()| {
                let query = client.query("books").filter("id >= 0");
                let notes: Vec<Note> = query.rows().await.unwrap();
                assert_eq!(notes.len(), bench.rows);
                black_box(notes);
            },
        )
    }),
    (
        "search for so many vectors, top 10",
        MOST_QUERIES,
        |bench| {
            let vectors = vec![vec![0.5_f32; DIMENSION]; bench.rows];
            bench.best(
                || vectors.clone(),
                async |client, vectors| {
                    let hits = client.search_many("books", vectors).limit(HITS);
                    let hits = hits.await.unwrap();
                    assert_eq!(hits.len(), bench.rows);
                    black_box(hits);
                },
            )
        },
    ),
];

struct Bench<'a> {
    runtime: &'a tokio::runtime::Runtime,
    client: Client,
    rows: usize,
}

#[derive(Clone, Copy)]
struct Cost {
    cpu: Duration,
    allocations: u64,
    bytes: u64,
}

impl Bench<'_> {
    /// The cost of one operation in the best round, without the preparation of its input.
    fn best<I>(&self, input: impl Fn() -> I, work: impl AsyncFn(&Client, I)) -> Cost {
        let calls = u32::try_from(ROWS_PER_ROUND.div_ceil(self.rows)).unwrap();
        let round = |_| {
            let mut total = Cost {
                cpu: Duration::ZERO,
                allocations: 0,
                bytes: 0,
            };
            for _ in 0..calls {
                let input = input();
                let counted = allocation_counter::measure(|| {
                    let started = ThreadTime::now();
                    self.runtime.block_on(work(&self.client, input));
                    total.cpu += started.elapsed();
                });
                total.allocations += counted.count_total;
                total.bytes += counted.bytes_total;
            }
            Cost {
                cpu: total.cpu / calls,
                allocations: total.allocations / u64::from(calls),
                bytes: total.bytes / u64::from(calls),
            }
        };
        let _warm_up = round(0);
        (0..ROUNDS).map(round).min_by_key(|cost| cost.cpu).unwrap()
    }
}

/// A client of a server whose answers have `rows` rows, with or without dynamic fields.
fn client(rows: usize, dynamic: bool) -> Client {
    let answers = [
        ("DescribeCollection", framed(&described(dynamic))),
        ("Query", framed(&queried(rows, dynamic))),
        ("Search", framed(&searched(rows))),
    ];
    let done = framed(&MutationResult::default());
    let service = tower::service_fn(move |request: http::Request<Body>| {
        let method = request.uri().path().rsplit('/').next().unwrap();
        let found = answers.iter().find(|(name, _)| *name == method);
        let message = found.map_or(&done, |(_, answer)| answer).clone();
        async move {
            let mut body = pin!(request.into_body());
            while let Some(frame) =
                std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await
            {
                black_box(frame.unwrap());
            }
            let response = http::Response::builder().header("content-type", "application/grpc");
            let body = Body::new(Answer {
                message,
                ended: false,
            });
            Ok::<_, std::convert::Infallible>(response.body(body).unwrap())
        }
    });
    let client = Client::builder("http://milvus.test").service(service);
    client.connect_lazy().unwrap()
}

/// A message in frames of HTTP/2's default size, then trailers that report success.
struct Answer {
    message: Bytes,
    ended: bool,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        let length = self.message.len().min(16 * 1024);
        if length > 0 {
            return Poll::Ready(Some(Ok(Frame::data(self.message.split_to(length)))));
        }
        if std::mem::replace(&mut self.ended, true) {
            return Poll::Ready(None);
        }
        let mut trailers = http::HeaderMap::new();
        trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }
}

fn framed(message: &impl Message) -> Bytes {
    let length = u32::try_from(message.encoded_len()).unwrap().to_be_bytes();
    [&[0], &length[..], &message.encode_to_vec()]
        .concat()
        .into()
}

fn described(dynamic: bool) -> DescribeCollectionResponse {
    let field = |name: &str, data_type: DataType| FieldSchema {
        name: name.to_owned(),
        data_type: data_type as i32,
        is_primary_key: name == "id",
        type_params: vec![KeyValuePair {
            key: "dim".into(),
            value: DIMENSION.to_string(),
        }],
        ..FieldSchema::default()
    };
    let schema = CollectionSchema {
        fields: vec![
            field("id", DataType::Int64),
            field("embedding", DataType::FloatVector),
        ],
        enable_dynamic_field: dynamic,
        ..CollectionSchema::default()
    };
    DescribeCollectionResponse {
        schema: Some(schema),
        ..DescribeCollectionResponse::default()
    }
}

fn keys(count: usize) -> LongArray {
    LongArray {
        data: (0..count as i64).collect(),
    }
}

fn queried(rows: usize, dynamic: bool) -> QueryResults {
    let field = |name: &str, data_type: DataType, data| FieldData {
        field_name: name.to_owned(),
        r#type: data_type as i32,
        field: Some(data),
        ..FieldData::default()
    };
    let ids = Data::Scalars(ScalarField {
        data: Some(Scalar::LongData(keys(rows))),
    });
    let vectors = Data::Vectors(VectorField {
        dim: DIMENSION as i64,
        data: Some(Vector::FloatVector(vec![0.25; rows * DIMENSION].into())),
    });
    let mut fields_data = vec![
        field("id", DataType::Int64, ids),
        field("embedding", DataType::FloatVector, vectors),
    ];
    if dynamic {
        let text = Bytes::from(serde_json::json!({ "numbers": numbers() }).to_string());
        let data = vec![text; rows];
        let json = Data::Scalars(ScalarField {
            data: Some(Scalar::JsonData(JsonArray { data })),
        });
        fields_data.push(FieldData {
            is_dynamic: true,
            ..field("$meta", DataType::Json, json)
        });
    }
    QueryResults {
        fields_data,
        ..QueryResults::default()
    }
}

fn searched(queries: usize) -> SearchResults {
    let total = queries * HITS;
    let results = SearchResultData {
        num_queries: queries as i64,
        top_k: HITS as i64,
        topks: vec![HITS as i64; queries],
        scores: vec![0.5; total],
        ids: Some(IDs {
            id_field: Some(IdField::IntId(keys(total))),
        }),
        primary_field_name: "id".into(),
        ..SearchResultData::default()
    };
    SearchResults {
        results: Some(results),
        ..SearchResults::default()
    }
}
