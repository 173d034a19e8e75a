//! This client reads exactly what pymilvus 3.0.2 writes, and vice versa. Both get the same results when they describe
//! collections, filter, search, change and page through rows.

mod changes;
mod hybrid;
use crate::support::other;
mod rows;

use milvus_otel::proto::milvus::DescribeIndexRequest;
use milvus_otel::{Client, Consistency, Field, Index, Metric, QueryVector, Schema, data::Columns};
use serde_json::{Value as Json, json};
use testkit::{Milvus, Unavailable, require};

use other::Other;
use rows::{Both, bytes, columns, hex, nullable_fields, plain, scalar_fields, sparse};

/// A type of vectors, as both clients declare it.
struct Kind {
    field: Both,
    index: (Index, Json),
    values: [String; 3],
    column: fn(Columns, Vec<Vec<u8>>) -> Columns,
    query_vector: fn(&[u8]) -> QueryVector,
}

fn floats(numbers: [f32; 3]) -> String {
    let bytes: Vec<u8> = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    hex(&bytes)
}

fn numbers(bytes: &[u8]) -> Vec<f32> {
    let number = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
    bytes.chunks(4).map(number).collect()
}

fn float() -> Kind {
    Kind {
        field: (
            Field::float_vector("vector", 3),
            json!({ "name": "vector", "datatype": "FLOAT_VECTOR", "dim": 3 }),
        ),
        index: (
            Index::hnsw(Metric::L2, 8, 64),
            json!({ "index_type": "HNSW", "metric_type": "L2", "params": { "M": 8, "efConstruction": 64 } }),
        ),
        values: [
            floats([0.1, -0.0, 3.0e10]),
            floats([f32::from_bits(1), 0.25, 1.0]),
            floats([-1e-40, 0.5, 2.0]),
        ],
        column: |columns, vectors| {
            let flat: Vec<f32> = vectors.iter().flat_map(|bytes| numbers(bytes)).collect();
            columns.float_vector("vector", 3, flat)
        },
        query_vector: |bytes| numbers(bytes).into(),
    }
}

fn binary() -> Kind {
    Kind {
        field: (
            Field::binary_vector("vector", 16),
            json!({ "name": "vector", "datatype": "BINARY_VECTOR", "dim": 16 }),
        ),
        index: (
            Index::bin_flat(Metric::Hamming),
            json!({ "index_type": "BIN_FLAT", "metric_type": "HAMMING" }),
        ),
        values: ["00ff".into(), "aa01".into(), "0000".into()],
        column: |columns, vectors| columns.binary_vector("vector", 16, vectors.concat()),
        query_vector: |bytes| QueryVector::binary(bytes.to_vec()),
    }
}

fn sparse_floats() -> Kind {
    let pair = |key: u32, value: f32| hex(&key.to_le_bytes()) + &hex(&value.to_le_bytes());
    Kind {
        field: (
            Field::sparse_vector("vector"),
            json!({ "name": "vector", "datatype": "SPARSE_FLOAT_VECTOR" }),
        ),
        index: (
            Index::sparse_inverted(Metric::InnerProduct),
            json!({ "index_type": "SPARSE_INVERTED_INDEX", "metric_type": "IP" }),
        ),
        values: [
            pair(3, 0.5) + &pair(7, 1.0),
            pair(100_000, 0.1),
            pair(0, 1e-40) + &pair(7, 2.0),
        ],
        column: |columns, vectors| {
            columns.sparse_vector(
                "vector",
                vectors
                    .iter()
                    .map(|bytes| sparse(bytes))
                    .collect::<Vec<_>>(),
            )
        },
        query_vector: |bytes| sparse(bytes).into(),
    }
}

/// All tests on one server with one type of vectors.
async fn both_ways(client: &Client, other: &mut Other, kind: &Kind, nullable: bool) {
    let mut fields = scalar_fields();
    if nullable {
        fields.extend(nullable_fields());
    }
    fields.push(kind.field.clone());
    let rows = rows::rows(&kind.values, nullable);

    let specs: Vec<&Json> = fields.iter().map(|(_, spec)| spec).collect();
    other.ask(
        &json!({ "do": "create", "collection": "theirs", "fields": specs, "indexes": { "vector": kind.index.1 } }),
    );
    let written = other.ask(&json!({ "do": "insert", "collection": "theirs", "rows": rows }));
    assert_eq!(written, 3);

    let schema = fields
        .iter()
        .fold(Schema::builder(), |builder, (field, _)| {
            builder.field(field.clone())
        });
    let creation = client.create_collection("ours", schema.dynamic_fields(true).build().unwrap());
    creation
        .index("vector", kind.index.0.clone())
        .await
        .unwrap();
    client
        .insert("ours", columns(&rows, nullable, kind.column))
        .await
        .unwrap();

    for collection in ["theirs", "ours"] {
        both_read(client, other, collection, &rows).await;
        find(client, other, collection, kind).await;
        let one = |rows: &[Json]| columns(rows, nullable, kind.column);
        changes::both_ways(client, other, collection, &rows, one).await;
    }

    let theirs = client.describe_collection("theirs").await.unwrap();
    let ours = client.describe_collection("ours").await.unwrap();
    assert_eq!(ours.schema, theirs.schema);
    assert_eq!(ours.properties, theirs.properties);
    assert_eq!(
        (ours.shards, ours.consistency),
        (theirs.shards, theirs.consistency)
    );
    assert_eq!(index(client, "ours").await, index(client, "theirs").await);
    let describe = |collection: &str| json!({ "do": "describe", "collection": collection });
    assert_eq!(
        other.ask(&describe("ours")),
        other.ask(&describe("theirs")),
        "as pymilvus describes them"
    );

    // By pymilvus, which would otherwise use its cached schema.
    for collection in ["theirs", "ours"] {
        other.ask(&json!({ "do": "drop", "collection": collection }));
    }
}

/// Both clients read these rows.
async fn both_read(client: &Client, other: &mut Other, collection: &str, rows: &[Json]) {
    assert_eq!(
        read(client, collection).await,
        rows,
        "{collection}, read by this client"
    );
    let output = ["*", "color"];
    let mut told = other.ask(
        &json!({ "do": "query", "collection": collection, "filter": "key != ''", "output": output }),
    );
    let told = told.as_array_mut().unwrap();
    told.sort_by_key(|row| row["key"].to_string());
    assert_eq!(told, rows, "{collection}, read by pymilvus");
}

/// All rows, in the form they were written in.
async fn read(client: &Client, collection: &str) -> Vec<Json> {
    let query = client
        .query(collection)
        .filter("key != ''")
        .output(["*", "color"]);
    let rows = query.consistency(Consistency::Strong).await.unwrap();
    let row = |row: &milvus_otel::Row| -> Json {
        let value = |name: String| (name.clone(), plain(&row.get(&name).unwrap()));
        Json::Object(row.names().into_iter().map(value).collect())
    };
    let mut rows: Vec<Json> = rows.iter().map(row).collect();
    rows.sort_by_key(|row| row["key"].to_string());
    rows
}

/// Filters select the same rows, and searches find the same rows with the same scores.
async fn find(client: &Client, other: &mut Other, collection: &str, kind: &Kind) {
    let filters = [
        ("medium >= 0", 2),
        ("key like 'u%'", 1),
        ("json['b']['c'] == \"d\\n\\\"\"", 1),
        ("array_contains(longs, 7)", 1),
        ("color == 'red' or tiny == 0", 2),
        ("large < 0 and flag == false", 1),
    ];
    for (filter, count) in filters {
        let query = client.query(collection).filter(filter).output(["key"]);
        let rows = query.consistency(Consistency::Strong).await.unwrap();
        let mut ours: Vec<String> = rows
            .iter()
            .map(|row| row.get("key").unwrap().as_text().unwrap().to_owned())
            .collect();
        let theirs = other.ask(&json!({ "do": "query", "collection": collection, "filter": filter, "output": ["key"] }));
        let mut theirs: Vec<&str> = theirs
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["key"].as_str().unwrap())
            .collect();
        ours.sort();
        theirs.sort_unstable();
        assert_eq!(ours, theirs, "{filter}");
        assert_eq!(ours.len(), count, "{filter}");
    }
    for (vector, filter) in [(&kind.values[1], ""), (&kind.values[2], "tiny <= 0")] {
        let query_vector = (kind.query_vector)(&bytes(&vector.as_str().into()));
        let search = client
            .search(collection, query_vector)
            .field("vector")
            .filter(filter)
            .limit(3);
        let hits = search.consistency(Consistency::Strong).await.unwrap();
        let ours: Vec<Json> = hits
            .iter()
            .map(|hit| json!([hit.id.as_text().unwrap(), hex(&hit.score.to_le_bytes())]))
            .collect();
        assert!(!ours.is_empty());
        let theirs = other.ask(&json!({ "do": "search", "collection": collection, "vector": vector, "filter": filter, "limit": 3 }));
        assert_eq!(Json::from(ours), theirs, "{filter:?} in {collection}");
    }
}

/// The index of the vectors, by name, field and parameters.
async fn index(client: &Client, collection: &str) -> Vec<(String, String, Vec<(String, String)>)> {
    let request = DescribeIndexRequest {
        collection_name: collection.into(),
        ..DescribeIndexRequest::default()
    };
    let answer = client
        .raw()
        .describe_index(request)
        .await
        .unwrap()
        .into_inner();
    let one = |index: milvus_otel::proto::milvus::IndexDescription| {
        let mut parameters: Vec<_> = index
            .params
            .into_iter()
            .map(|pair| (pair.key, pair.value))
            .collect();
        parameters.sort();
        (index.index_name, index.field_name, parameters)
    };
    answer.index_descriptions.into_iter().map(one).collect()
}

async fn on(server: Result<Milvus, Unavailable>, kinds: &[Kind], nullable: bool) {
    let Some(milvus) = require(server) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    let Some(mut other) = Other::connect(include_str!("pymilvus_data/client.py"), milvus.uri())
    else {
        return;
    };
    for kind in kinds {
        both_ways(&client, &mut other, kind, nullable).await;
    }
    // Milvus 2.3 has no hybrid search.
    if nullable {
        hybrid::alike(&client, &mut other).await;
    }
    drop(other);
    milvus.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pymilvus_reads_our_rows_on_milvus() {
    on(
        Milvus::standalone().start().await,
        &[float(), binary()],
        false,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pymilvus_reads_our_rows_on_milvus_lite_in_python() {
    on(
        Milvus::lite_python().start().await,
        &[float(), sparse_floats()],
        true,
    )
    .await;
}
