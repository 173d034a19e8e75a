//! Hybrid searches.

use milvus_otel::data::SparseVector;
use milvus_otel::ops::SubSearch;
use milvus_otel::search::Ranker;
use milvus_otel::{Client, Field, Hit, Index, Metric, Schema};
use milvus_otel_testkit::Fake;
use serde_json::json;

/// Three rows, of which the sparse search finds two.
async fn books() -> Client {
    let client = Fake::new().client().await.unwrap();
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("title", 20))
        .field(Field::float_vector("dense", 2))
        .field(Field::sparse_vector("words"))
        .build()
        .unwrap();
    let create = client.create_collection("books", schema);
    create
        .index("dense", Index::auto(Metric::L2))
        .index("words", Index::auto(Metric::InnerProduct))
        .await
        .unwrap();
    let rows = [
        json!({ "id": 1, "title": "Dune", "dense": [0.0, 0.0], "words": [[1, 1.0]] }),
        json!({ "id": 2, "title": "Emma", "dense": [1.0, 0.0], "words": [[2, 1.0]] }),
        json!({ "id": 3, "title": "It", "dense": [2.0, 0.0], "words": [[1, 3.0]] }),
    ];
    client.insert("books", &rows).await.unwrap();
    client
}

fn search(client: &Client) -> milvus_otel::ops::HybridSearch {
    client
        .hybrid_search("books")
        .vector("dense", [0.0, 0.0])
        .vector("words", SparseVector::from([(1, 1.0)]))
}

fn assert_found(hits: &[Hit], expected: &[(i64, f64)]) {
    let ids: Vec<i64> = hits.iter().map(|hit| hit.id.as_int().unwrap()).collect();
    let expected_ids: Vec<i64> = expected.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, expected_ids);
    for (hit, (id, score)) in hits.iter().zip(expected) {
        let difference = f64::from(hit.score) - score;
        assert!(difference.abs() < 1e-6, "{id}: {} not {score}", hit.score);
    }
}

#[tokio::test]
async fn hits_are_merged_by_rank() {
    let client = books().await;
    let hits = search(&client).output(["title"]).await.unwrap();
    let share = |rank: f64| 1.0 / (60.0 + rank);
    let expected = [
        (1, share(1.0) + share(2.0)),
        (3, share(3.0) + share(1.0)),
        (2, share(2.0)),
    ];
    assert_found(&hits, &expected);
    assert_eq!(hits[1].entity.field::<String>("title").unwrap(), "It");
    let second = search(&client).page(2, 2).await.unwrap();
    assert_found(&second, &expected[2..]);
    let steep = search(&client)
        .ranker(Ranker::rrf(1))
        .limit(2)
        .await
        .unwrap();
    assert_found(&steep, &[(1, 0.5 + 1.0 / 3.0), (3, 0.5)]);
}

#[tokio::test]
async fn hits_are_merged_by_weighted_scores() {
    let client = books().await;
    let weighted = search(&client).ranker(Ranker::weighted([0.5, 1.0]));
    let hits = weighted.await.unwrap();
    let scale = |angle: f64| angle.atan() / std::f64::consts::PI;
    let distance = |score: f64| 1.0 - 2.0 * scale(score);
    let product = |score: f64| 0.5 + scale(score);
    assert_found(
        &hits,
        &[
            (1, 0.5 * distance(0.0) + product(1.0)),
            (3, 0.5 * distance(4.0) + product(3.0)),
            (2, 0.5 * distance(1.0)),
        ],
    );
    let same = || SubSearch::new("dense", [0.0, 0.0]).limit(2);
    let plain = client.hybrid_search("books").search(same()).search(same());
    let plain = plain.ranker(Ranker::Weighted {
        weights: vec![1.0, 0.5],
        normalize: false,
    });
    // Only distances: the smallest sum is the nearest.
    assert_found(&plain.await.unwrap(), &[(1, 0.0), (2, 1.5)]);
}

#[tokio::test]
async fn wrong_rankers_are_refused() {
    let client = books().await;
    let heavy = search(&client).ranker(Ranker::weighted([0.5, 2.0]));
    assert!(heavy.await.unwrap_err().is_invalid_argument());
    let zero = search(&client).ranker(Ranker::rrf(0));
    assert!(zero.await.unwrap_err().is_invalid_argument());
    let grouped = search(&client).group_by("title").await.unwrap_err();
    assert!(grouped.is_unsupported(), "{grouped}");
}
