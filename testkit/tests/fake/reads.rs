//! Queries and searches.

use milvus_otel::Metric;
use milvus_otel::error::Code;
use milvus_otel_testkit::Fake;
use serde_json::json;
use tokio_stream::StreamExt as _;

use super::{as_json, books};

#[tokio::test]
async fn searches_return_the_nearest_rows_first() {
    let (_, client) = books().await;
    let hits = client
        .search("books", [0.0, 0.0])
        .limit(2)
        .output(["title", "lent"])
        .await
        .unwrap();
    let found: Vec<_> = hits.iter().map(|hit| (hit.id.clone(), hit.score)).collect();
    assert_eq!(found, [(1.into(), 0.0), (2.into(), 1.0)]);
    assert_eq!(
        serde_json::to_value(&hits[0].entity).unwrap(),
        json!({ "id": 1, "title": "Dune", "lent": true })
    );
    let far = client
        .search("books", [0.0, 0.0])
        .filter("title is null or year < 1900")
        .await
        .unwrap();
    assert_eq!(
        far.iter().map(|hit| hit.score).collect::<Vec<_>>(),
        [1.0, 25.0]
    );
    let several = client
        .search_many("books", [[3.0, 4.0], [1.0, 0.0]])
        .limit(1)
        .await
        .unwrap();
    assert_eq!(
        (several[0][0].id.clone(), several[1][0].id.clone()),
        (3.into(), 2.into())
    );
    let within = client
        .search("books", [0.0, 0.0])
        .radius(25.0)
        .range_filter(1.0)
        .await
        .unwrap();
    assert_eq!(within.len(), 1);
    let by_id = client.search_by_ids("books", [3]).limit(1).await.unwrap();
    assert_eq!(by_id[0][0].id, 3);
}

#[tokio::test]
async fn similarities_are_those_of_the_metric() {
    let client = Fake::new().client().await.unwrap();
    for (metric, name, score) in [
        (Metric::InnerProduct, "products", 10.0),
        (Metric::Cosine, "angles", 1.0),
    ] {
        client
            .create_collection(name, 2)
            .metric(metric)
            .await
            .unwrap();
        let rows = [
            json!({ "id": 1, "vector": [3.0, 1.0] }),
            json!({ "id": 2, "vector": [-1.0, 0.0] }),
        ];
        client.insert(name, &rows).await.unwrap();
        let hits = client.search(name, [3.0, 1.0]).await.unwrap();
        assert!(
            (hits[0].score - score).abs() < 1e-6,
            "{name}: {}",
            hits[0].score
        );
        assert!(hits[1].score < 0.0);
    }
    let wrong = client
        .search("angles", [1.0, 0.0])
        .metric(Metric::L2)
        .await
        .unwrap_err();
    assert!(wrong.is_invalid_argument(), "{wrong}");
}

#[tokio::test]
async fn a_query_vector_of_a_wrong_dimension_is_refused() {
    let (fake, _) = books().await;
    // A client that knows no schema leaves it to the server.
    let wrong = fake
        .client()
        .await
        .unwrap()
        .search("books", [0.0; 3])
        .await
        .unwrap_err();
    assert_eq!(wrong.code(), Some(Code::PARAMETER_INVALID));
}

#[tokio::test]
async fn streams_return_everything_once() {
    let client = Fake::new().client().await.unwrap();
    client
        .create_collection("points", 1)
        .metric(Metric::L2)
        .await
        .unwrap();
    let rows: Vec<_> = (0..25)
        .map(|id| json!({ "id": id, "vector": [id] }))
        .collect();
    client.insert("points", &rows).await.unwrap();
    let queried: Result<Vec<_>, _> = client
        .query("points")
        .filter("id != 3")
        .stream()
        .batch_size(10)
        .collect()
        .await;
    let queried = queried.unwrap();
    let ids: Vec<i64> = queried
        .iter()
        .map(|row| row.get("id").unwrap().as_int().unwrap())
        .collect();
    assert_eq!(ids, (0..25).filter(|id| *id != 3).collect::<Vec<_>>());
    let found: Result<Vec<_>, _> = client
        .search("points", [0.0])
        .stream()
        .batch_size(10)
        .collect()
        .await;
    let found = found.unwrap();
    let ids: Vec<_> = found.iter().map(|hit| hit.id.clone()).collect();
    assert_eq!(ids, (0..25).map(milvus_otel::Id::from).collect::<Vec<_>>());
}

#[tokio::test]
async fn pages_and_counts_are_those_of_the_rows() {
    let (_, client) = books().await;
    let page = client
        .query("books")
        .filter("id > 0")
        .offset(1)
        .limit(1)
        .output(["id"])
        .await
        .unwrap();
    assert_eq!(as_json(&page), json!([{ "id": 2 }]));
    assert_eq!(
        client
            .count("books")
            .filter("title is not null")
            .await
            .unwrap(),
        2
    );
    let endless = client.query("books").await.unwrap_err();
    assert!(endless.is_invalid_argument(), "{endless}");
    let unknown = client.query("books").filter("id ==").await.unwrap_err();
    assert_eq!(unknown.code(), Some(Code::PARAMETER_INVALID));
    client.flush("books").await.unwrap();
}

#[tokio::test]
async fn an_unknown_field_is_refused() {
    let client = Fake::new().client().await.unwrap();
    let schema = milvus_otel::Schema::builder()
        .field(milvus_otel::Field::int64("id").primary_key())
        .field(milvus_otel::Field::float_vector("vector", 1))
        .build()
        .unwrap();
    let index = milvus_otel::Index::auto(Metric::L2);
    client
        .create_collection("points", schema)
        .index("vector", index)
        .await
        .unwrap();
    let output = client
        .query("points")
        .filter("id > 0")
        .output(["colour"])
        .await
        .unwrap_err();
    assert!(output.is_not_found(), "{output}");
    let filter = client
        .query("points")
        .filter("colour == 'red'")
        .await
        .unwrap_err();
    assert!(filter.is_invalid_argument(), "{filter}");
    assert!(!filter.to_string().contains("red"), "{filter}");
}
