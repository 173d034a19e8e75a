//! Searches of vectors of all types.

use milvus_otel::data::SparseVector;
use milvus_otel::{Client, Field, Index, Metric, QueryVector, Schema};
use milvus_otel_testkit::Fake;
use serde_json::{Value as Json, json};

/// A collection with these vectors, whose keys are their places.
async fn collection(field: Field, metric: Metric, vectors: &[Json]) -> Client {
    let client = Fake::new().client().await.unwrap();
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(field)
        .build()
        .unwrap();
    let create = client.create_collection("all", schema);
    create.index("v", Index::auto(metric)).await.unwrap();
    let rows: Vec<Json> = vectors
        .iter()
        .enumerate()
        .map(|(id, vector)| json!({ "id": id, "v": vector }))
        .collect();
    client.insert("all", &rows).await.unwrap();
    client
}

async fn found(client: &Client, query: impl Into<QueryVector>) -> Vec<(i64, f32)> {
    let hits = client.search("all", query).await.unwrap();
    let hit = |hit: &milvus_otel::Hit| (hit.id.as_int().unwrap(), hit.score);
    hits.iter().map(hit).collect()
}

#[tokio::test]
async fn dense_vectors_of_all_number_types_are_compared_as_numbers() {
    let vectors = [json!([1, 0]), json!([3, 4]), json!([-1, 0])];
    // 1 and 0 in each format.
    let queries: [(Field, QueryVector); 4] = [
        (Field::float_vector("v", 2), [1.0, 0.0].into()),
        (
            Field::float16_vector("v", 2),
            QueryVector::float16(vec![0, 0x3c, 0, 0]),
        ),
        (
            Field::bfloat16_vector("v", 2),
            QueryVector::bfloat16(vec![0x80, 0x3f, 0, 0]),
        ),
        (Field::int8_vector("v", 2), QueryVector::int8(&[1, 0])),
    ];
    for (field, query) in queries {
        for (metric, expected) in [
            (Metric::L2, [(0, 0.0), (2, 4.0), (1, 20.0)]),
            (Metric::InnerProduct, [(1, 3.0), (0, 1.0), (2, -1.0)]),
            (Metric::Cosine, [(0, 1.0), (1, 0.6), (2, -1.0)]),
        ] {
            let client = collection(field.clone(), metric, &vectors).await;
            assert_eq!(found(&client, query.clone()).await, expected, "{field:?}");
        }
    }
    // As Milvus does, 16-bit vectors are searched with 32-bit floats too.
    let client = collection(Field::float16_vector("v", 2), Metric::L2, &vectors).await;
    assert_eq!(found(&client, [3.0, 4.0]).await[0], (1, 0.0));
}

#[tokio::test]
async fn binary_vectors_are_compared_by_their_bits() {
    let vectors = [json!([0b1111_0000]), json!([0b1100_0000]), json!([0])];
    for (metric, expected) in [
        (Metric::Hamming, [(0, 0.0), (1, 2.0), (2, 4.0)]),
        (Metric::Jaccard, [(0, 0.0), (1, 0.5), (2, 1.0)]),
    ] {
        let client = collection(Field::binary_vector("v", 8), metric, &vectors).await;
        let query = QueryVector::binary(vec![0b1111_0000]);
        assert_eq!(found(&client, query).await, expected);
        let near = client.search("all", QueryVector::binary(vec![0b1111_0000]));
        assert_eq!(
            near.radius(f64::from(expected[1].1)).await.unwrap().len(),
            1
        );
    }
}

#[tokio::test]
async fn sparse_vectors_are_found_by_the_dimensions_they_share() {
    let vectors = [
        json!([[1, 0.5], [7, 2.0]]),
        json!([[7, 0.5]]),
        json!([[3, 1.0]]),
    ];
    let client = collection(Field::sparse_vector("v"), Metric::InnerProduct, &vectors).await;
    let query = SparseVector::from([(1, 1.0), (7, 1.0)]);
    assert_eq!(found(&client, query).await, [(0, 2.5), (1, 0.5)]);
}
