//! Answers of the test's own, and what was called.

use milvus_otel::data::Value;
use milvus_otel::proto::milvus::SearchRequest;
use milvus_otel::{Hit, Row};
use milvus_otel_testkit::Fake;
use tokio_stream::StreamExt as _;

use super::{as_json, books};

/// Three hits and rows with fields of several types.
async fn answers() -> (Vec<Hit>, Vec<Row>) {
    let (_, client) = books().await;
    let hits = client
        .search("books", [0.0, 0.0])
        .output(["title", "year", "more", "vector", "lent"])
        .await
        .unwrap();
    let rows = client.query("books").filter("id > 0").await.unwrap();
    (hits, rows)
}

#[tokio::test]
async fn searches_return_the_given_hits() {
    let (hits, _) = answers().await;
    let client = Fake::new().search(hits.clone()).client().await.unwrap();
    let found = client
        .search("anything", [0.5; 7])
        .output(["title"])
        .await
        .unwrap();
    assert_eq!(
        serde_json::to_value(&found[0].entity).unwrap(),
        serde_json::to_value(&hits[0].entity).unwrap()
    );
    let of = |hits: &[Hit]| {
        hits.iter()
            .map(|hit| (hit.id.clone(), hit.score))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&found), of(&hits));
    assert_eq!(
        client
            .search("anything", [0.5])
            .limit(1)
            .await
            .unwrap()
            .len(),
        1
    );
    let several = client
        .search_many("anything", [[0.5], [0.6]])
        .await
        .unwrap();
    assert_eq!(several.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3]);
    let streamed: Result<Vec<_>, _> = client
        .search("anything", [0.5])
        .stream()
        .batch_size(2)
        .collect()
        .await;
    let streamed = streamed.unwrap();
    assert_eq!(of(&streamed), of(&hits));
}

#[tokio::test]
async fn pages_of_given_hits_differ() {
    let hits = (1..=5).map(|id| Hit::new(id, 1.0 / id as f32));
    let client = Fake::new().search(hits).client().await.unwrap();
    let page = |number| client.search("books", [0.5]).page(number, 2);
    let merged = |number| {
        let search = client.hybrid_search("books").vector("v", [0.5]);
        search.page(number, 2)
    };
    for (number, expected) in [(1, &[1, 2][..]), (2, &[3, 4]), (3, &[5]), (4, &[])] {
        let ids = |hits: Vec<Hit>| hits.into_iter().map(|hit| hit.id).collect::<Vec<_>>();
        assert_eq!(ids(page(number).await.unwrap()), expected, "page {number}");
        let merged = ids(merged(number).await.unwrap());
        assert_eq!(merged, expected, "merged page {number}");
    }
}

#[tokio::test]
async fn queries_return_the_given_rows() {
    let (_, mut rows) = answers().await;
    // A field that only some rows have is null in the others.
    rows[1] = rows[1].clone().with_field("lent", false);
    rows[2] = rows[2].clone().with_field("lent", Value::Null);
    let client = Fake::new().query(rows.clone()).client().await.unwrap();
    assert_eq!(
        as_json(&client.query("anything").filter("x == 1").await.unwrap()),
        as_json(&rows)
    );
    assert_eq!(
        as_json(&client.get("anything", [1]).await.unwrap()),
        as_json(&rows)
    );
    assert_eq!(client.count("anything").await.unwrap(), 3);
    let streamed: Result<Vec<_>, _> = client
        .query("anything")
        .stream()
        .batch_size(2)
        .collect()
        .await;
    let streamed = streamed.unwrap();
    assert_eq!(as_json(&streamed), as_json(&rows));
}

#[tokio::test]
async fn answers_can_be_those_of_one_collection() {
    let (hits, rows) = answers().await;
    let fake = Fake::new()
        .search::<Row>([])
        .collection("books")
        .search(hits)
        .collection("films")
        .query(rows);
    let client = fake.client().await.unwrap();
    assert_eq!(client.search("books", [0.5]).await.unwrap().len(), 3);
    assert_eq!(client.search("films", [0.5]).await.unwrap().len(), 0);
    assert_eq!(client.count("films").await.unwrap(), 3);
    assert!(client.count("books").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn calls_can_be_inspected() {
    let (fake, client) = books().await;
    assert_eq!((fake.count_of("insert"), fake.count_of("search")), (1, 0));
    client.search("books", [0.0, 0.0]).limit(4).await.unwrap();
    let call = fake.calls_of("search").swap_remove(0);
    assert_eq!(
        (call.rpc.as_str(), call.collection.as_deref()),
        ("Search", Some("books"))
    );
    let traceparent = call.traceparent();
    assert!(
        traceparent.is_none_or(|context| context.starts_with("00-")),
        "{traceparent:?}"
    );
    let request: SearchRequest = call.request().unwrap();
    assert_eq!(request.nq, 1);
    client
        .in_database("default")
        .list_collections()
        .await
        .unwrap();
    assert_eq!(
        fake.calls().last().unwrap().database.as_deref(),
        Some("default")
    );
}

#[test]
#[should_panic(expected = "did you mean \"list_collections\"?")]
fn a_misspelled_operation_panics() {
    Fake::new().count_of("list_Collections");
}
