//! Reads whose settings depend on each other, or on the schema, on each server.

use std::collections::HashSet;
use std::time::Duration;

use milvus_otel::ops::{Search, SubSearch};
use milvus_otel::{
    Client, Consistency, Error, Field, Index, Metric, QueryVector, Schema,
    data::{SparseVector, Value},
};
use serde::Deserialize;
use serde_json::json;
use testkit::{Milvus, require};
use tokio_stream::StreamExt;

const STRONG: Consistency = Consistency::Strong;

/// Names that are no identifiers, or words of filters.
const ODD: [&str; 8] = [
    "颜色",
    "with space",
    "a-b",
    "and",
    "1a",
    "array_contains",
    "a.b",
    "x\"y",
];

fn refused(error: &Error, parts: &[&str]) {
    assert!(error.is_invalid_argument(), "{error:?}");
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "{text} does not say {part}");
    }
    assert!(!text.contains(char::is_control), "{text:?}");
}

/// Rows 0 to 99 of `{id, title, kind, v: [id, 0]}`; and one with dynamic fields.
async fn create(client: &Client) {
    for (name, dynamic) in [("reads", false), ("odd", true)] {
        client.drop_collection(name).await.unwrap();
        let schema = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::varchar("title", 20))
            .field(Field::int64("kind"))
            .field(Field::float_vector("v", 2))
            .dynamic_fields(dynamic);
        client
            .create_collection(name, schema.build().unwrap())
            .index("v", Index::flat(Metric::L2))
            .await
            .unwrap();
    }
    let rows: Vec<_> = (0..100)
        .map(|id| json!({ "id": id, "title": format!("t{id}"), "kind": id % 3, "v": [f64::from(id) / 3.0, 0.0] }))
        .collect();
    client.insert("reads", &rows).await.unwrap();
    let mut row = json!({ "id": 1, "title": "t", "kind": 0, "v": [0.5, 0.0], "plain": 5 });
    for (number, name) in ODD.iter().enumerate() {
        row[name] = number.into();
    }
    client.insert("odd", [row]).await.unwrap();
}

#[derive(Debug, Deserialize)]
struct Aliased {
    id: i64,
    #[serde(alias = "name")]
    title: String,
    #[serde(default)]
    stars: i64,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Lacking {
    #[expect(dead_code, reason = "read by serde")]
    id: i64,
    #[expect(dead_code, reason = "read by serde")]
    author: String,
}

async fn names(client: &Client) {
    // With what was cached by the insert, and with nothing.
    for client in [client.clone(), client.in_database("default")] {
        let query = client.query("reads").filter("id == 7").consistency(STRONG);
        let rows: Vec<Aliased> = query.clone().rows().await.unwrap();
        assert_eq!((rows[0].id, rows[0].title.as_str()), (7, "t7"));
        assert_eq!((rows[0].stars, &rows[0].note), (0, &None));
        let search = client.search("reads", [7.0 / 3.0, 0.0]).consistency(STRONG);
        let hits = search.clone().limit(1).rows::<Aliased>().await.unwrap();
        assert_eq!(
            (hits[0].entity.id, hits[0].entity.title.as_str()),
            (7, "t7")
        );
        let mut rows = query.clone().rows::<Aliased>().stream();
        assert_eq!(rows.next().await.unwrap().unwrap().title, "t7");
        // The last type counts.
        let rows = query.clone().rows::<Lacking>().rows::<Aliased>().await;
        assert_eq!(rows.unwrap()[0].title, "t7");

        let error = query.clone().rows::<Lacking>().await.unwrap_err();
        assert!(error.to_string().contains("author"), "{error}");
        let error = search.clone().rows::<Lacking>().await.unwrap_err();
        assert!(error.to_string().contains("author"), "{error}");
    }
    // What is known to be no field is not asked for.
    client.query("reads").output(["id"]).limit(1).await.unwrap();
    let nothing = client.insert("reads", json!([{ "id": 7 }])).await;
    assert!(nothing.unwrap_err().is_invalid_argument());
    let why = "no field \"nofield\": its fields are id, title, kind, v";
    let query = client
        .query("reads")
        .filter("id == 7")
        .output(["id", "nofield"]);
    refused(&query.await.unwrap_err(), &[why]);
    let search = client.search("reads", [0.0, 0.0]).output(["nofield"]);
    refused(&search.await.unwrap_err(), &[why]);
}

async fn odd_names(client: &Client) {
    #[derive(Debug, Deserialize)]
    struct Odd {
        plain: i64,
        #[serde(rename = "颜色")]
        color: i64,
        #[serde(rename = "and")]
        and: i64,
    }
    for client in [client.clone(), client.in_database("default")] {
        let query = || client.query("odd").filter("id == 1").consistency(STRONG);
        let search = || client.search("odd", [0.5, 0.0]).consistency(STRONG);
        for (number, name) in ODD.into_iter().enumerate() {
            let expected = Some(Value::Int(i64::try_from(number).unwrap()));
            let rows = query().output([name]).await.unwrap();
            assert_eq!(rows[0].get(name), expected, "{name}");
            assert_eq!(rows[0].get("plain"), None, "{name}");
            let hits = search().output(["title", name]).await.unwrap();
            assert_eq!(hits[0].entity.get(name), expected, "{name}");
            assert_eq!(hits[0].entity.get("plain"), None, "{name}");
            assert_eq!(hits[0].entity.get("title"), Some(Value::Text("t".into())));
        }
        let row = &query().rows::<Odd>().await.unwrap()[0];
        assert_eq!((row.plain, row.color, row.and), (5, 0, 3));
        let hit = &search().rows::<Odd>().await.unwrap()[0];
        assert_eq!((hit.entity.plain, hit.entity.color), (5, 0));
        let mut rows = query().output(["颜色"]).stream();
        let row = rows.next().await.unwrap().unwrap();
        assert_eq!(row.get("颜色"), Some(Value::Int(0)));
    }
}

async fn vectors(client: &Client, has_hybrid: bool) {
    let sparse = SparseVector::from([(1, 0.5)]);
    let query_vectors: [(QueryVector, &str); 4] = [
        ([1.0; 3].into(), "a float vector of 3"),
        (
            QueryVector::binary(vec![1; 8]),
            "a binary vector of 64 bits",
        ),
        (sparse.into(), "a sparse float vector"),
        ("dog".into(), "a text"),
    ];
    for (query_vector, what) in query_vectors {
        for field in [None, Some("v")] {
            let search = client.search("reads", query_vector.clone());
            let search = match field {
                Some(field) => search.field(field),
                None => search,
            };
            let error = search.await.unwrap_err();
            refused(&error, &["field \"v\" is a float vector of 2", what]);
            assert_eq!(error.attempts(), 0, "it was sent: {error}");
        }
        let hybrid = client
            .hybrid_search("reads")
            .vector("v", query_vector.clone());
        let error = hybrid.await.unwrap_err();
        if has_hybrid {
            refused(&error, &["field \"v\" is a float vector of 2", what]);
        } else {
            assert!(error.is_unsupported(), "{error}");
        }
    }
    for (field, why) in [
        (
            "nofield",
            "no field \"nofield\" to search: its vector fields are v",
        ),
        ("title", "field \"title\" has type varchar"),
    ] {
        let search = client.search("reads", [1.0, 2.0]).field(field);
        let error = search.await.unwrap_err();
        refused(&error, &[why]);
        assert_eq!(error.attempts(), 0, "it was sent: {error}");
    }
}

/// What a setter says holds, whatever another says.
async fn pages(client: &Client) {
    let query = || {
        let query = client.query("reads").filter("id >= 0");
        query.consistency(STRONG).output(["id"])
    };
    assert_eq!(query().offset(10).await.unwrap().len(), 90);
    assert_eq!(query().offset(100).await.unwrap().len(), 0);
    assert_eq!(query().offset(0).await.unwrap().len(), 100);
    assert_eq!(query().parameter("offset", 10).await.unwrap().len(), 90);
    assert_eq!(query().offset(10).limit(5).await.unwrap().len(), 5);
    let get = client.get("reads", 0..20).consistency(STRONG);
    assert_eq!(get.offset(5).await.unwrap().len(), 15);
    let all = client.query("reads").consistency(STRONG).output(["id"]);
    assert_eq!(all.offset(99).await.unwrap().len(), 1);
    refused(
        &query().offset(16384).await.unwrap_err(),
        &["offset is 16384"],
    );

    let search = || client.search("reads", [0.0, 0.0]).consistency(STRONG);
    let ids = |hits: Vec<milvus_otel::Hit>| -> Vec<i64> {
        hits.iter().map(|hit| hit.id.as_int().unwrap()).collect()
    };
    assert_eq!(ids(search().offset(2).limit(2).await.unwrap()), [2, 3]);
    assert_eq!(search().offset(2).await.unwrap().len(), 10);

    let zero = "limit is 0: it must be at least 1";
    refused(&query().limit(0).await.unwrap_err(), &[zero]);
    refused(&query().parameter("limit", 0).await.unwrap_err(), &[zero]);
    refused(&search().limit(0).await.unwrap_err(), &[zero]);
    refused(&search().parameter("topk", 0).await.unwrap_err(), &[zero]);
    let error = query().limit(0).stream().next().await.unwrap().unwrap_err();
    refused(&error, &[zero]);
    let error = search()
        .limit(0)
        .stream()
        .next()
        .await
        .unwrap()
        .unwrap_err();
    refused(&error, &[zero]);
    refused(
        &search().range_filter(1.0).await.unwrap_err(),
        &["range_filter: Milvus ignores it without a radius"],
    );
    refused(
        &search().group_size(2).await.unwrap_err(),
        &["group_size has no effect without groups"],
    );
    refused(
        &search().guarantee_timestamp(0).await.unwrap_err(),
        &["consistency and guarantee_timestamp cannot be combined"],
    );
}

async fn rounding(client: &Client, groups: bool) {
    let search = |digits| {
        let search = client.search("reads", [0.1, 0.2]).consistency(STRONG);
        search.limit(9).round_decimals(digits)
    };
    let is_rounded = |search: Search, digits: i32| async move {
        for hit in search.await.unwrap() {
            let shown = format!("{:.*}", usize::try_from(digits).unwrap(), hit.score);
            assert_eq!(shown.parse(), Ok(hit.score), "{digits} digits");
        }
    };
    for digits in [0, 2, 6] {
        is_rounded(search(digits), i32::try_from(digits).unwrap()).await;
    }
    let error = search(7).await.unwrap_err();
    refused(&error, &["round_decimals is 7: it must be at most 6"]);
    if groups {
        is_rounded(search(2).group_by("kind"), 2).await;
    }
}

async fn hybrid(client: &Client) {
    client.drop_collection("pages").await.unwrap();
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 2))
        .field(Field::float_vector("w", 2));
    client
        .create_collection("pages", schema.build().unwrap())
        .index("v", Index::flat(Metric::L2))
        .index("w", Index::flat(Metric::L2))
        .await
        .unwrap();
    let rows: Vec<_> = (0..12)
        .map(|id| json!({ "id": id, "v": [f64::from(id), 0.0], "w": [f64::from(id), 1.0] }))
        .collect();
    client.insert("pages", &rows).await.unwrap();
    let search = || {
        let search = client.hybrid_search("pages").consistency(STRONG);
        search.vector("v", [0.0, 0.0]).vector("w", [0.0, 1.0])
    };
    let ids = |hits: Vec<milvus_otel::Hit>| -> Vec<i64> {
        hits.iter().map(|hit| hit.id.as_int().unwrap()).collect()
    };
    for offset in [0, 2, 4, 10] {
        let page = search().limit(2).offset(offset).await.unwrap();
        let first = i64::try_from(offset).unwrap();
        assert_eq!(ids(page), [first, first + 1], "offset {offset}");
        let page = search()
            .rank_parameter("limit", 2)
            .rank_parameter("offset", offset);
        assert_eq!(
            ids(page.await.unwrap()),
            [first, first + 1],
            "offset {offset}"
        );
    }
    // A search with a limit of its own keeps it.
    let own = client
        .hybrid_search("pages")
        .consistency(STRONG)
        .search(SubSearch::new("v", [0.0, 0.0]).limit(3));
    assert_eq!(ids(own.limit(2).offset(2).await.unwrap()), [2]);
    for hit in search().round_decimals(2).await.unwrap() {
        assert_eq!(format!("{:.2}", hit.score).parse(), Ok(hit.score));
    }
    refused(&search().limit(0).await.unwrap_err(), &["limit is 0"]);
    let scorer = search().group_size(2);
    refused(
        &scorer.await.unwrap_err(),
        &["group_size has no effect without groups"],
    );
    client.drop_collection("pages").await.unwrap();
}

async fn streams(client: &Client) {
    let mut ids = HashSet::new();
    let query = client.query("reads").filter("id >= 0").consistency(STRONG);
    let mut rows = query.output(["title"]).stream().batch_size(7);
    while let Some(row) = rows.next().await {
        assert!(ids.insert(row.unwrap().get("id").unwrap().as_int().unwrap()));
    }
    assert_eq!(ids.len(), 100);
    // An index that looks at fewer candidates than a page has.
    let search = client.search("reads", [0.0, 0.0]).consistency(STRONG).ef(8);
    let hits: Vec<_> = search.stream().collect().await;
    let hits: Vec<_> = hits.into_iter().map(|hit| hit.unwrap().id).collect();
    assert_eq!(hits.len(), 100);
    assert_eq!(hits.iter().collect::<HashSet<_>>().len(), 100);
}

async fn check(uri: &str, groups: bool, has_hybrid: bool) {
    let client = Client::connect(uri).await.unwrap();
    create(&client).await;
    names(&client).await;
    odd_names(&client).await;
    vectors(&client, has_hybrid).await;
    pages(&client).await;
    rounding(&client, groups).await;
    streams(&client).await;
    if has_hybrid {
        hybrid(&client).await;
    }
    for name in ["reads", "odd"] {
        client.drop_collection(name).await.unwrap();
    }
}

#[tokio::test]
async fn reads_on_milvus() {
    let Some(milvus) = require(Milvus::shared_standalone().await) else {
        return;
    };
    check(milvus.uri(), false, false).await;
    // It would give hits as if there were no groups.
    let client = Client::connect(milvus.uri()).await.unwrap();
    let search = client.search("reads", [0.0, 0.0]).group_by("kind");
    let error = search.timeout(Duration::from_secs(30)).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    refused(&error, &["group_by", "Milvus 2.3.5", "2.4"]);
}

#[tokio::test]
async fn reads_on_milvus_lite() {
    let Some(milvus) = require(Milvus::lite().start().await) else {
        return;
    };
    check(milvus.uri(), true, true).await;
    // It has none, and would give the rows of all.
    let client = Client::connect(milvus.uri()).await.unwrap();
    let error = client.query("reads").limit(1).partitions(["p"]).await;
    refused(&error.unwrap_err(), &["partitions", "Milvus Lite 2.5"]);
}

#[tokio::test]
async fn reads_on_milvus_lite_in_python() {
    let Some(milvus) = require(Milvus::lite_python().start().await) else {
        return;
    };
    check(milvus.uri(), true, true).await;
}
