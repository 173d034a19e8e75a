//! Values of all types that a server supports round-trip as typed rows, as columns and as JSON.

mod exact;
mod functions;
mod indexes;
mod nulls;

use std::collections::BTreeMap;

use milvus_otel::{
    Client, Consistency, Field, Index, Metric, QueryVector, Schema,
    data::{Columns, SparseVector, Value},
    schema::DataType,
};
use serde::{Deserialize, Serialize};
use testkit::{Milvus, Unavailable, require};

/// The types that all three servers support.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Scalars {
    key: String,
    flag: bool,
    tiny: i8,
    small: i16,
    medium: i32,
    large: i64,
    single: f32,
    double: f64,
    json: serde_json::Value,
    flags: Vec<bool>,
    bytes: Vec<i8>,
    longs: Vec<i64>,
    singles: Vec<f32>,
    words: Vec<String>,
}

fn scalar_fields() -> Vec<Field> {
    vec![
        Field::varchar("key", 64).primary_key(),
        Field::bool("flag"),
        Field::int8("tiny"),
        Field::int16("small"),
        Field::int32("medium"),
        Field::int64("large"),
        Field::float("single"),
        Field::double("double"),
        Field::json("json"),
        Field::array("flags", DataType::Bool, 8),
        Field::array("bytes", DataType::Int8, 8),
        Field::array("longs", DataType::Int64, 8),
        Field::array("singles", DataType::Float, 8),
        Field::array("words", DataType::VarChar { max_length: 40 }, 8),
    ]
}

fn scalars() -> Vec<Scalars> {
    let usual = Scalars {
        key: "usual \"key\" ü".into(),
        flag: true,
        tiny: -3,
        small: 300,
        medium: 70_000,
        large: 5_000_000_000,
        single: 0.5,
        double: 0.1,
        json: serde_json::json!({ "a": [1, 2.5, null], "b": { "c": "d" } }),
        flags: vec![true, false],
        bytes: vec![1, -1],
        longs: vec![i64::MAX],
        singles: vec![0.25, -0.5],
        words: vec!["one".into(), "zwölf".into()],
    };
    let extreme = Scalars {
        key: "extreme".into(),
        flag: false,
        tiny: i8::MIN,
        small: i16::MAX,
        medium: i32::MIN,
        large: i64::MIN,
        single: f32::MAX,
        double: f64::MIN_POSITIVE,
        json: serde_json::json!({ "": "" }),
        flags: vec![],
        bytes: vec![i8::MIN, i8::MAX],
        longs: vec![i64::MIN, 0],
        singles: vec![],
        words: vec![String::new()],
    };
    vec![extreme, usual]
}

/// A type of vectors: its field, its values in rows, and its values in columns.
struct Vectors {
    field: Field,
    metric: Metric,
    rows: [serde_json::Value; 2],
    columns: fn(Columns) -> Columns,
    query_vector: QueryVector,
}

fn float() -> Vectors {
    Vectors {
        field: Field::float_vector("vector", 3),
        metric: Metric::L2,
        rows: [
            serde_json::json!([0.5, -1.0, 3.0e10]),
            serde_json::json!([0.0, 0.25, 1.0]),
        ],
        columns: |columns| {
            columns.float_vector("vector", 3, vec![[0.5, -1.0, 3.0e10], [0.0, 0.25, 1.0]])
        },
        query_vector: [0.0, 0.25, 1.0].into(),
    }
}

/// 1.0 and 2.0, then 0.5 and -1.0.
const HALVES: [[u8; 4]; 2] = [[0x00, 0x3c, 0x00, 0x40], [0x00, 0x38, 0x00, 0xbc]];

fn float16() -> Vectors {
    Vectors {
        field: Field::float16_vector("vector", 2),
        metric: Metric::L2,
        rows: [
            serde_json::json!([1.0, 2.0]),
            serde_json::json!([0.5, -1.0]),
        ],
        columns: |columns| columns.float16_vector("vector", 2, HALVES.concat()),
        query_vector: QueryVector::float16(HALVES[1].to_vec()),
    }
}

fn binary() -> Vectors {
    Vectors {
        field: Field::binary_vector("vector", 16),
        metric: Metric::Hamming,
        rows: [serde_json::json!([0, 255]), serde_json::json!([170, 1])],
        columns: |columns| columns.binary_vector("vector", 16, vec![0_u8, 255, 170, 1]),
        query_vector: QueryVector::binary(vec![170, 1]),
    }
}

fn sparse() -> Vectors {
    Vectors {
        field: Field::sparse_vector("vector"),
        metric: Metric::InnerProduct,
        rows: [
            serde_json::json!({ "3": 0.5, "7": 1.0 }),
            serde_json::json!({ "100000": 2.0 }),
        ],
        columns: |columns| {
            columns.sparse_vector(
                "vector",
                [
                    SparseVector::from([(7, 1.0), (3, 0.5)]),
                    SparseVector::from([(100_000, 2.0)]),
                ],
            )
        },
        query_vector: SparseVector::from([(100_000, 1.0)]).into(),
    }
}

/// A row with a vector of any type.
fn row(scalars: &Scalars, vector: &serde_json::Value) -> serde_json::Value {
    let mut row = serde_json::to_value(scalars).unwrap();
    row["vector"] = vector.clone();
    row
}

async fn types(client: &Client, vectors: Vectors) {
    let fields = scalar_fields().into_iter().chain([vectors.field.clone()]);
    let schema = fields
        .fold(Schema::builder(), |builder, field| builder.field(field))
        .build()
        .unwrap();
    let index = match vectors.metric {
        Metric::InnerProduct => Index::new("SPARSE_INVERTED_INDEX").metric(Metric::InnerProduct),
        Metric::Hamming => Index::new("BIN_FLAT").metric(Metric::Hamming),
        metric => Index::flat(metric),
    };
    let _ = client.drop_collection("types").await;
    client
        .create_collection("types", schema.clone())
        .index("vector", index)
        .await
        .unwrap();
    let described = client.describe_collection("types").await.unwrap().schema;
    for field in schema.fields() {
        let back = described.field(field.name()).unwrap();
        match (back.data_type(), field.data_type()) {
            // Milvus Lite 3 does not store the maximum length of texts in an array.
            (DataType::Array { element, .. }, DataType::Array { .. })
                if **element == (DataType::VarChar { max_length: 0 }) => {}
            (back, sent) => assert_eq!(back, sent, "{}", field.name()),
        }
    }

    let all = scalars();
    let rows: Vec<_> = all
        .iter()
        .zip(&vectors.rows)
        .map(|(row_, vector)| row(row_, vector))
        .collect();
    client.insert("types", &rows).await.unwrap();
    check(client, &all, &vectors).await;

    client
        .delete("types", ["extreme", "usual \"key\" ü"])
        .await
        .unwrap();
    assert_eq!(
        client
            .count("types")
            .consistency(Consistency::Strong)
            .await
            .unwrap(),
        0
    );

    let each = |of: fn(&Scalars) -> Value| all.iter().map(of).collect::<Vec<_>>();
    assert_eq!(each(|row| Value::Int(row.large)).len(), 2);
    let columns = Columns::new()
        .varchar(
            "key",
            all.iter().map(|row| row.key.clone()).collect::<Vec<_>>(),
        )
        .bool("flag", all.iter().map(|row| row.flag).collect::<Vec<_>>())
        .int8("tiny", all.iter().map(|row| row.tiny).collect::<Vec<_>>())
        .int16("small", all.iter().map(|row| row.small).collect::<Vec<_>>())
        .int32(
            "medium",
            all.iter().map(|row| row.medium).collect::<Vec<_>>(),
        )
        .int64("large", all.iter().map(|row| row.large).collect::<Vec<_>>())
        .float(
            "single",
            all.iter().map(|row| row.single).collect::<Vec<_>>(),
        )
        .double(
            "double",
            all.iter().map(|row| row.double).collect::<Vec<_>>(),
        )
        .json(
            "json",
            all.iter().map(|row| row.json.clone()).collect::<Vec<_>>(),
        )
        .array(
            "flags",
            all.iter().map(|row| row.flags.clone()).collect::<Vec<_>>(),
        )
        .array(
            "bytes",
            all.iter().map(|row| row.bytes.clone()).collect::<Vec<_>>(),
        )
        .array(
            "longs",
            all.iter().map(|row| row.longs.clone()).collect::<Vec<_>>(),
        )
        .array(
            "singles",
            all.iter()
                .map(|row| row.singles.clone())
                .collect::<Vec<_>>(),
        )
        .array(
            "words",
            all.iter().map(|row| row.words.clone()).collect::<Vec<_>>(),
        );
    client
        .insert("types", (vectors.columns)(columns))
        .await
        .unwrap();
    check(client, &all, &vectors).await;
}

async fn check(client: &Client, all: &[Scalars], vectors: &Vectors) {
    let strong = Consistency::Strong;
    let query = client
        .query("types")
        .filter("large != 7")
        .consistency(strong);
    let mut found: Vec<Scalars> = query.clone().rows().await.unwrap();
    found.sort_by(|a, b| a.key.cmp(&b.key));
    assert_eq!(found, all);

    let mut whole: Vec<BTreeMap<String, serde_json::Value>> = query.rows().await.unwrap();
    whole.sort_by_key(|row| row["key"].to_string());
    let vectors_found: Vec<_> = whole.iter().map(|row| row["vector"].clone()).collect();
    let number = |value: &serde_json::Value| value.as_f64().unwrap() as f32;
    for (found, sent) in vectors_found.iter().zip(&vectors.rows) {
        match (found, sent) {
            (serde_json::Value::Array(found), serde_json::Value::Array(sent)) => {
                assert_eq!(
                    found.iter().map(number).collect::<Vec<_>>(),
                    sent.iter().map(number).collect::<Vec<_>>()
                );
            }
            (found, sent) => assert_eq!(found, sent),
        }
    }

    let hits = client
        .search("types", vectors.query_vector.clone())
        .field("vector")
        .limit(1)
        .consistency(strong)
        .rows::<Scalars>()
        .await
        .unwrap();
    assert_eq!(hits.len(), 1, "{hits:?}");
    assert_eq!(
        hits[0].entity, all[1],
        "{:?} found at {}",
        vectors.field, hits[0].score
    );
}

async fn connect(server: Result<Milvus, Unavailable>) -> Option<(Milvus, Client)> {
    let milvus = require(server)?;
    let client = Client::connect(milvus.uri()).await.unwrap();
    Some((milvus, client))
}

#[tokio::test]
async fn types_of_milvus() {
    let Some((milvus, client)) = connect(Milvus::standalone().start().await).await else {
        return;
    };
    for vectors in [float(), binary()] {
        types(&client, vectors).await;
    }
    let server = exact::Server {
        loses_largest_key: true,
        json_in: true,
        defaults: false,
        descriptions: true,
    };
    exact::exact(&client, server).await;
    exact::auto_ids(&client).await;
    let hybrid = client
        .hybrid_search("types")
        .vector("vector", [0.5])
        .await
        .unwrap_err();
    assert!(hybrid.is_unsupported(), "{hybrid}");
    milvus.stop().await;
}

#[tokio::test]
async fn types_of_milvus_lite() {
    let Some((_milvus, client)) = connect(Milvus::lite().start().await).await else {
        return;
    };
    for vectors in [float(), float16(), binary(), sparse()] {
        types(&client, vectors).await;
    }
    let server = exact::Server {
        loses_largest_key: false,
        json_in: true,
        defaults: false,
        descriptions: true,
    };
    exact::exact(&client, server).await;
    exact::auto_ids(&client).await;
    functions::words(&client, false).await;
}

#[tokio::test]
async fn types_of_milvus_lite_in_python() {
    let Some((_milvus, client)) = connect(Milvus::lite_python().start().await).await else {
        return;
    };
    for vectors in [float(), sparse()] {
        types(&client, vectors).await;
    }
    let server = exact::Server {
        loses_largest_key: false,
        json_in: false,
        defaults: true,
        descriptions: false,
    };
    exact::exact(&client, server).await;
    exact::auto_ids(&client).await;
    nulls::nulls(&client).await;
    functions::words(&client, true).await;
}
