//! Metrics of many collections, and of how good the answers of one are.

use crate::support::measured;

use std::collections::BTreeMap;
use std::time::Duration;

use measured::Meters;
use milvus_otel::otel::{AnswerQuality, WeakScore};
use milvus_otel::proto::common::KeyValuePair;
use milvus_otel::proto::milvus::{
    HasCollectionRequest, QueryRequest, SearchRequest, SearchResults,
};
use milvus_otel::proto::schema::SearchResultData;
use milvus_otel::{Client, OtelLayer, client::RetryPolicy};
use testkit::{Fake, Reply};

/// A client of the fake that measures here.
fn client(fake: &Fake, meters: &Meters, configure: impl Fn(OtelLayer) -> OtelLayer) -> Client {
    let layer = configure(meters.on(OtelLayer::new()));
    Client::builder("http://milvus.test:19530")
        .service(fake.service())
        .otel(layer)
        .retry(RetryPolicy::default().initial_backoff(Duration::from_millis(1)))
        .connect_lazy()
        .unwrap()
}

/// Beyond the names that are kept, operation, error and server are still told.
#[tokio::test]
async fn the_number_of_time_series_is_bounded() {
    const COLLECTIONS: usize = 10_000;
    let (fake, meters) = (Fake::scripted(), Meters::new());
    let client = client(&fake, &meters, |layer| layer);
    let mut raw = client.raw();
    for number in 0..COLLECTIONS {
        let collection_name = format!("tenant_{number}");
        let request = HasCollectionRequest {
            collection_name: collection_name.clone(),
            ..Default::default()
        };
        raw.has_collection(request).await.unwrap();
        let request = QueryRequest {
            collection_name,
            ..Default::default()
        };
        raw.query(request).await.unwrap();
    }
    // The last of them fails, and the first is still known by name.
    fake.script("HasCollection", [Reply::failure(100, 4, "gone")]);
    for number in [COLLECTIONS - 1, 0] {
        let call = client.has_collection(format!("tenant_{number}"));
        call.await.unwrap_err();
    }
    for (name, measured) in meters.read() {
        for series in &measured.series {
            assert!(
                !series.attributes.contains_key("otel.metric.overflow"),
                "{name}"
            );
        }
        assert!(
            measured.series.len() < 2000,
            "{name}: {}",
            measured.series.len()
        );
    }
    let of = |operation: &str, collection: &str, error: Option<&str>| {
        let series = meters.series("db.client.operation.duration");
        let mut matching = series.into_iter().filter(|series| {
            let attribute = |key: &str| series.attributes.get(key).map(String::as_str);
            attribute("db.operation.name") == Some(operation)
                && attribute("db.collection.name") == Some(collection)
                && attribute("error.type") == error
                && attribute("server.address") == Some("milvus.test")
        });
        matching.next().map_or(0, |series| series.count)
    };
    let gone = Some("CollectionNotFound");
    assert_eq!(of("has_collection", "tenant_0", None), 1);
    assert_eq!(of("has_collection", "tenant_0", gone), 1);
    assert_eq!(of("has_collection", "_OTHER", gone), 1);
    let named = 200;
    assert_eq!(of("query", &format!("tenant_{}", named - 1), None), 1);
    assert_eq!(of("query", "_OTHER", None), (COLLECTIONS - named) as u64);

    let few = Meters::new();
    let client = self::client(&fake, &few, |layer| layer.max_metric_collections(1));
    fake.script("HasCollection", [Reply::Message(Vec::new())]);
    for name in ["a", "b", "c"] {
        client.has_collection(name).await.unwrap();
    }
    let counts = few.series("db.client.operation.duration").into_iter();
    let mut counts: Vec<_> = counts
        .map(|series| {
            (
                series.attributes["db.collection.name"].clone(),
                series.count,
            )
        })
        .collect();
    counts.sort();
    assert_eq!(counts, [("_OTHER".to_owned(), 2), ("a".to_owned(), 1)]);
}

/// What reveals that searches find less than they did, without a look at what they find.
#[tokio::test]
async fn the_quality_of_answers_is_measured() {
    let (fake, meters) = (Fake::scripted(), Meters::new());
    let quality = AnswerQuality::new()
        .weak_hits(|collection| (collection == "books").then_some(WeakScore::Below(0.6)));
    let client = client(&fake, &meters, |layer| {
        layer.answer_quality(quality.clone())
    });
    let found = SearchResults {
        results: Some(SearchResultData {
            scores: vec![0.875, 0.75, 0.5, 0.625],
            topks: vec![3, 0, 1],
            ..Default::default()
        }),
        ..Default::default()
    };
    fake.script(
        "Search",
        [Reply::message(&found), Reply::failure(1100, 5, "no")],
    );
    let search = || SearchRequest {
        collection_name: "books".into(),
        nq: 3,
        search_params: vec![KeyValuePair {
            key: "metric_type".into(),
            value: "COSINE".into(),
        }],
        ..Default::default()
    };
    let mut raw = client.raw();
    raw.search(search()).await.unwrap();
    let wanted = BTreeMap::from(
        [
            ("server.address", "milvus.test"),
            ("server.port", "19530"),
            ("db.system.name", "milvus"),
            ("db.operation.name", "search"),
            ("db.namespace", "default"),
            ("db.collection.name", "books"),
            ("milvus.search.metric_type", "COSINE"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned())),
    );
    for (name, count, sum) in [("top_score", 2, 1.5), ("score_spread", 2, 0.375)] {
        let series = meters.only(&format!("milvus.client.search.{name}"));
        assert_eq!((series.count, series.sum), (count, sum), "{name}");
        assert_eq!(series.attributes, wanted);
    }
    let counters = || {
        ["queries", "empty_queries", "weak_hits"]
            .map(|name| meters.only(&format!("milvus.client.search.{name}")).sum)
    };
    assert_eq!(counters(), [3.0, 1.0, 1.0]);
    // A failure says nothing of what is there, nor does any other call.
    raw.search(search()).await.unwrap();
    client.has_collection("books").await.unwrap();
    assert_eq!(counters(), [3.0, 1.0, 1.0]);
    // Nothing at all was found.
    fake.answer("Search", &SearchResults::default());
    raw.search(search()).await.unwrap();
    assert_eq!(counters(), [6.0, 4.0, 1.0]);

    let plain = Meters::new();
    fake.answer("Search", &found);
    let mut raw = self::client(&fake, &plain, |layer| layer).raw();
    raw.search(search()).await.unwrap();
    assert_eq!(plain.series("milvus.client.search.top_score"), []);
}
