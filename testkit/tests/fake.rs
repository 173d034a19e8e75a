//! The fake Milvus, as a test of an application uses it, and compared with real servers.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "fake/catalog.rs"]
mod catalog;
#[path = "fake/differential.rs"]
mod differential;
#[path = "fake/doubles.rs"]
mod doubles;
#[path = "fake/faults.rs"]
mod faults;
#[path = "fake/filters.rs"]
mod filters;
#[path = "fake/given.rs"]
mod given;
#[path = "fake/hybrid.rs"]
mod hybrid;
#[path = "fake/python.rs"]
mod python;
#[path = "fake/reads.rs"]
mod reads;
#[path = "fake/setup.rs"]
mod setup;
#[path = "fake/types.rs"]
mod types;
#[path = "fake/vectors.rs"]
mod vectors;
#[path = "fake/writes.rs"]
mod writes;

use milvus_otel::{Client, Field, Index, Metric, Schema};
use milvus_otel_testkit::Fake;
use serde_json::{Value as Json, json};

/// A client of a fake with the collection `books` of three rows.
async fn books() -> (Fake, Client) {
    let fake = Fake::new();
    let client = fake.client().await.unwrap();
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("title", 20).nullable())
        .field(Field::int32("year").default_value(2000))
        .field(Field::json("more"))
        .field(Field::float_vector("vector", 2))
        .dynamic_fields(true)
        .build()
        .unwrap();
    let create = client.create_collection("books", schema);
    create
        .index("vector", Index::auto(Metric::L2))
        .await
        .unwrap();
    let rows = [
        json!({ "id": 1, "title": "Dune", "year": 1965, "more": { "tags": ["sand", "worm"], "pages": 412 }, "vector": [0.0, 0.0], "lent": true }),
        json!({ "id": 2, "title": "Emma", "year": 1815, "more": {}, "vector": [1.0, 0.0] }),
        json!({ "id": 3, "title": null, "more": { "pages": null }, "vector": [3.0, 4.0] }),
    ];
    client.insert("books", &rows).await.unwrap();
    (fake, client)
}

/// Rows as JSON.
fn as_json(rows: &[milvus_otel::Row]) -> Json {
    serde_json::to_value(rows).unwrap()
}
