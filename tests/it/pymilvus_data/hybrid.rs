//! Hybrid searches of both clients find the same rows with the same scores.

use milvus_otel::ops::SubSearch;
use milvus_otel::{
    Client, Consistency,
    data::{Columns, SparseVector},
    search::Ranker,
};
use serde_json::{Value as Json, json};

use super::other::Other;
use super::rows::hex;

const ROWS: u16 = 20;

/// Two vectors per row, which rank the rows differently.
fn dense(row: u16) -> [f32; 2] {
    let angle = f32::from(row) * 0.07;
    [angle.cos(), angle.sin()]
}

fn sparse(row: u16) -> SparseVector {
    [(1, f32::from(row % 7) + 0.5), (u32::from(row) + 2, 0.25)].into()
}

pub(crate) async fn alike(client: &Client, other: &mut Other) {
    other.ask(&json!({
        "do": "create", "collection": "hybrid",
        "fields": [
            { "name": "key", "datatype": "VARCHAR", "max_length": 9, "is_primary": true },
            { "name": "dense", "datatype": "FLOAT_VECTOR", "dim": 2 },
            { "name": "sparse", "datatype": "SPARSE_FLOAT_VECTOR" },
        ],
        "indexes": {
            "dense": { "index_type": "FLAT", "metric_type": "IP" },
            "sparse": { "index_type": "SPARSE_INVERTED_INDEX", "metric_type": "IP" },
        },
    }));
    let columns = Columns::new()
        .varchar(
            "key",
            (0..ROWS)
                .map(|row| format!("k{row:02}"))
                .collect::<Vec<_>>(),
        )
        .float_vector("dense", 2, (0..ROWS).map(dense).collect::<Vec<_>>())
        .sparse_vector("sparse", (0..ROWS).map(sparse).collect::<Vec<_>>());
    client.insert("hybrid", columns).await.unwrap();

    let dense_bytes: Vec<u8> = dense(3)
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let filter = "key >= 'k05'";
    let searches = json!([
        ["dense", hex(&dense_bytes), filter],
        ["sparse", hex(sparse(6).as_bytes()), ""],
    ]);
    for (ours, theirs) in [
        (Ranker::rrf(60), json!(["rrf", 60])),
        (Ranker::weighted([0.7, 0.2]), json!(["weighted", 0.7, 0.2])),
    ] {
        let search = client
            .hybrid_search("hybrid")
            .search(SubSearch::new("dense", dense(3).to_vec()).filter(filter))
            .vector("sparse", sparse(6))
            .ranker(ours)
            .limit(6);
        let hits = search.consistency(Consistency::Strong).await.unwrap();
        let ours: Vec<Json> = hits
            .iter()
            .map(|hit| json!([hit.id.as_text().unwrap(), hex(&hit.score.to_le_bytes())]))
            .collect();
        assert_eq!(ours.len(), 6);
        let told = other.ask(&json!({
            "do": "hybrid", "collection": "hybrid", "searches": searches, "ranker": theirs, "limit": 6,
        }));
        assert_eq!(Json::from(ours), told, "{theirs}");
    }
    other.ask(&json!({ "do": "drop", "collection": "hybrid" }));
}
