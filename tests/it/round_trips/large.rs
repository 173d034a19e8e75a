//! Vectors that are too long to be copied into the encoded message.

use milvus_otel::{Client, Consistency, Field, Index, Metric, Schema, data::Columns};
use serde::{Deserialize, Serialize};

const ROWS: usize = 400;
const DIMENSION: usize = 128;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Row {
    id: i64,
    embedding: Vec<f32>,
    weight: f64,
}

fn row(id: usize) -> Row {
    let number = |index: usize| (id * DIMENSION + index) as f32 / 4.0;
    Row {
        id: id as i64,
        embedding: (0..DIMENSION).map(number).collect(),
        weight: id as f64 / 8.0,
    }
}

/// Half of the rows are written as columns, half as typed rows. All are read back.
pub(crate) async fn vectors(client: &Client) {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("embedding", DIMENSION as u32))
        .field(Field::double("weight"));
    client
        .create_collection("large", schema.build().unwrap())
        .index("embedding", Index::flat(Metric::L2))
        .await
        .unwrap();
    let rows: Vec<Row> = (0..2 * ROWS).map(row).collect();
    let (first, second) = rows.split_at(ROWS);
    let ids: Vec<i64> = first.iter().map(|row| row.id).collect();
    let weights: Vec<f64> = first.iter().map(|row| row.weight).collect();
    let embeddings = first.iter().flat_map(|row| row.embedding.clone());
    let columns = Columns::new()
        .int64("id", ids)
        .float_vector(
            "embedding",
            DIMENSION as u32,
            embeddings.collect::<Vec<_>>(),
        )
        .double("weight", weights);
    let written = client.insert("large", columns).await.unwrap();
    assert_eq!(written.count, ROWS as u64);
    let written = client.insert("large", second).await.unwrap();
    assert_eq!(written.count, ROWS as u64);

    let query = client.query("large").filter("id >= 0");
    let query = query.consistency(Consistency::Strong);
    let mut found: Vec<Row> = query.rows().await.unwrap();
    found.sort_by_key(|row| row.id);
    assert!(found == rows, "other rows came back");
}
