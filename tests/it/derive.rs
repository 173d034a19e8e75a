//! The derive macro and typed collections. What the macro refuses is tested in derive/src/tests.rs.

mod names;
mod processes;
mod servers;

use std::collections::BTreeMap;

use milvus_otel::data::SparseVector;
use milvus_otel::ops::{Collection, CollectionOptions};
use milvus_otel::schema::{DataType, Function};
use milvus_otel::{Consistency, Field, Index, Metric, Schema};
use milvus_otel_derive::Collection;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const DIMENSION: u32 = 8;
const ENGLISH: &str = "english";

#[derive(Debug, Serialize, Deserialize)]
struct Isbn(String);

#[derive(Debug, Serialize, Deserialize)]
struct Chunk {
    text: String,
    embedding: Vec<f32>,
}

/// Every type and every attribute.
#[derive(Debug, Serialize, Deserialize, Collection)]
#[milvus(name = "everything", dynamic, namespaces, description = "all there is")]
#[milvus(consistency = Consistency::Session, shards = 2, partitions = 3)]
#[milvus(property("collection.ttl.seconds" = 3600), property("mmap.enabled" = true))]
#[milvus(field = Field::sparse_vector("words"), function = Function::bm25("bm25", "text", "words"))]
#[milvus(index("words" = Index::sparse_inverted(Metric::Bm25)))]
#[milvus(index("chunks[embedding]" = Index::hnsw(Metric::MaxSimCosine, 8, 64)))]
struct Everything {
    #[milvus(primary_key, auto_id, description = "who")]
    id: Option<i64>,
    #[milvus(varchar, max_length = 13, partition_key)]
    isbn: Isbn,
    #[milvus(clustering_key, index = Index::stl_sort())]
    year: i16,
    flag: bool,
    tiny: i8,
    medium: i32,
    single: f32,
    double: Option<f64>,
    #[milvus(int64)]
    unsigned: u32,
    #[milvus(max_length = 512, default = "untitled")]
    title: String,
    #[milvus(max_length = 9_000, analyzer = json!({ "type": ENGLISH }), text_match, mmap = true)]
    text: String,
    #[milvus(text)]
    body: String,
    value: Value,
    object: Map<String, Value>,
    more: BTreeMap<String, i64>,
    #[milvus(json, nullable)]
    chunk: Chunk,
    #[milvus(geometry)]
    place: String,
    #[milvus(timestamptz, default = "2026-03-01T12:00:00Z")]
    at: Option<String>,
    #[milvus(date)]
    day: String,
    #[milvus(time)]
    hour: String,
    #[milvus(mol)]
    molecule: String,
    #[milvus(max_length = 64, max_capacity = 16, parameter("mmap.enabled" = "false"))]
    tags: Vec<String>,
    #[milvus(max_capacity = 4)]
    flags: Vec<bool>,
    #[milvus(max_capacity = 4)]
    numbers: Option<Vec<f32>>,
    #[milvus(max_capacity = 4)]
    bytes: [i8; 4],
    #[milvus(array(int64), max_capacity = 4)]
    unsigned_numbers: Vec<u32>,
    #[milvus(max_capacity = 100, structs = [
        Field::varchar("text", 1024),
        Field::float_vector("embedding", DIMENSION),
    ])]
    chunks: Vec<Chunk>,
    #[milvus(dim = DIMENSION, index = Index::hnsw(Metric::Cosine, 16, 200))]
    dense: Vec<f32>,
    fixed: [f32; 4],
    bits: [u8; 2],
    #[milvus(dim = 16)]
    more_bits: Vec<u8>,
    #[milvus(dim = 16)]
    int8: Box<[i8]>,
    #[milvus(float16_vector, dim = 2)]
    half: Vec<f32>,
    #[milvus(bfloat16_vector)]
    brain: [f32; 2],
    sparse: SparseVector,
    #[milvus(sparse_vector)]
    sparse_map: Option<BTreeMap<u32, f32>>,
    #[serde(skip)]
    #[expect(dead_code, reason = "only the declaration is used")]
    cache: Option<std::time::Instant>,
}

#[test]
fn a_struct_declares_what_the_builder_declares() {
    let varchars = DataType::VarChar { max_length: 64 };
    let chunk = [
        Field::varchar("text", 1024),
        Field::float_vector("embedding", 8),
    ];
    let wanted = Schema::builder()
        .field(
            Field::int64("id")
                .primary_key()
                .auto_id()
                .description("who"),
        )
        .field(Field::varchar("isbn", 13).partition_key())
        .field(Field::int16("year").clustering_key())
        .field(Field::bool("flag"))
        .field(Field::int8("tiny"))
        .field(Field::int32("medium"))
        .field(Field::float("single"))
        .field(Field::double("double").nullable())
        .field(Field::int64("unsigned"))
        .field(Field::varchar("title", 512).default_value("untitled"))
        .field(
            Field::varchar("text", 9000)
                .analyzer(json!({ "type": "english" }))
                .text_match()
                .mmap(true),
        )
        .field(Field::text("body"))
        .field(Field::json("value"))
        .field(Field::json("object"))
        .field(Field::json("more"))
        .field(Field::json("chunk").nullable())
        .field(Field::geometry("place"))
        .field(
            Field::timestamptz("at")
                .nullable()
                .default_value("2026-03-01T12:00:00Z"),
        )
        .field(Field::date("day"))
        .field(Field::time("hour"))
        .field(Field::mol("molecule"))
        .field(Field::array("tags", varchars, 16).mmap(false))
        .field(Field::array("flags", DataType::Bool, 4))
        .field(Field::array("numbers", DataType::Float, 4).nullable())
        .field(Field::array("bytes", DataType::Int8, 4))
        .field(Field::array("unsigned_numbers", DataType::Int64, 4))
        .field(Field::struct_array("chunks", chunk, 100))
        .field(Field::float_vector("dense", 8))
        .field(Field::float_vector("fixed", 4))
        .field(Field::binary_vector("bits", 16))
        .field(Field::binary_vector("more_bits", 16))
        .field(Field::int8_vector("int8", 16))
        .field(Field::float16_vector("half", 2))
        .field(Field::bfloat16_vector("brain", 2))
        .field(Field::sparse_vector("sparse"))
        .field(Field::sparse_vector("sparse_map").nullable())
        .field(Field::sparse_vector("words"))
        .function(Function::bm25("bm25", "text", "words"))
        .dynamic_fields(true)
        .namespaces(true)
        .description("all there is")
        .build()
        .unwrap();
    let schema = Everything::schema().unwrap();
    for (field, wanted) in schema.fields().iter().zip(wanted.fields()) {
        assert_eq!(field, wanted);
    }
    assert_eq!(schema, wanted);
    assert_eq!(Everything::NAME, "everything");
    assert_eq!(
        Everything::indexes(),
        [
            ("year", Index::stl_sort()),
            ("dense", Index::hnsw(Metric::Cosine, 16, 200)),
            ("words", Index::sparse_inverted(Metric::Bm25)),
            (
                "chunks[embedding]",
                Index::hnsw(Metric::MaxSimCosine, 8, 64)
            ),
        ]
        .map(|(path, index)| (path.to_owned(), index))
    );
    let options = CollectionOptions::new()
        .consistency(Consistency::Session)
        .shards(2)
        .partitions(3)
        .property("collection.ttl.seconds", 3600)
        .property("mmap.enabled", true);
    assert_eq!(Everything::options(), options);
}

#[test]
fn constants_are_checked_when_the_schema_is_built() {
    const NONE: u32 = 0;

    #[derive(Collection)]
    #[milvus(name = "books")]
    #[expect(dead_code, reason = "only the declaration is used")]
    struct Book<'a> {
        #[milvus(primary_key, max_length = 9)]
        id: &'a str,
        #[milvus(dim = NONE)]
        v: Vec<f32>,
    }
    let error = Book::schema().unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    assert!(error.message().contains("\"v\" has dimension 0"), "{error}");
    assert_eq!(Book::options(), CollectionOptions::new());
}
