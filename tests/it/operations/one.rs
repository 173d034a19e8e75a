//! Reads of one row, and pages.

use milvus_otel::proto::milvus::{HybridSearchRequest, QueryRequest, QueryResults, SearchRequest};
use milvus_otel::{Client, Id};
use prost::Message;
use serde::Deserialize;
use testkit::Fake;

use super::several::{keyed, rows};

#[derive(Debug, Deserialize, PartialEq)]
struct Key {
    id: i64,
}

async fn connect(fake: &Fake) -> Client {
    let builder = Client::builder("http://fake:19530").service(fake.service());
    builder.connect().await.unwrap()
}

fn received<T: Message + Default>(fake: &Fake, rpc: &str) -> Vec<T> {
    let decode = |call: &testkit::fake::Received| T::decode(call.message.as_slice()).unwrap();
    fake.calls_of(rpc).iter().map(decode).collect()
}

fn parameter(query: &QueryRequest, key: &str) -> Option<String> {
    let mut pairs = query.query_params.iter().filter(|pair| pair.key == key);
    pairs.next().map(|pair| pair.value.clone())
}

#[tokio::test]
async fn one_key_of_any_type_is_a_list_of_one() {
    let fake = keyed();
    fake.script("Query", [rows(&[7])]);
    let client = connect(&fake).await;
    let one = Id::Int(7);
    let gets = [
        client.get("books", 7),
        client.get("books", 7_u8),
        client.get("books", 7_i64),
        client.get("books", &one),
        client.get("books", one.clone()),
        client.get("books", [7]),
        client.get("books", vec![7_u32]),
        client.get("books", &[7_i64][..]),
        client.get("books", std::iter::once(7)),
        client.get("books", 7..8),
        client.get("books", Some(7)),
    ];
    let count = gets.len();
    for get in gets {
        assert_eq!(get.await.unwrap().len(), 1);
    }
    let sent: Vec<QueryRequest> = received(&fake, "Query");
    assert_eq!(sent.len(), count);
    for query in &sent {
        assert_eq!(
            (&query.expr, &query.expr_template_values),
            (&sent[0].expr, &sent[0].expr_template_values)
        );
    }
    let name = String::from("a");
    for text in [
        client.get("books", "a"),
        client.get("books", &name),
        client.get("books", name),
    ] {
        let _rows = text.await;
        let sent: Vec<QueryRequest> = received(&fake, "Query");
        assert!(format!("{:?}", sent[sent.len() - 1]).contains('a'));
    }
}

#[tokio::test]
async fn one_returns_a_row_or_none() {
    let fake = keyed();
    fake.script("Query", [rows(&[7])]);
    let client = connect(&fake).await;
    let row = client.get("books", 7).one().await.unwrap().unwrap();
    assert_eq!(row.get("id").and_then(|id| id.as_int()), Some(7));
    let key: Option<Key> = client.get("books", 7).rows().one().await.unwrap();
    assert_eq!(key, Some(Key { id: 7 }));
    let key: Option<Key> = client
        .query("books")
        .filter("id > 0")
        .one()
        .rows()
        .await
        .unwrap();
    assert_eq!(key, Some(Key { id: 7 }));
    let sent: Vec<QueryRequest> = received(&fake, "Query");
    assert_eq!(parameter(&sent[0], "limit"), None);
    assert_eq!(parameter(&sent[2], "limit").as_deref(), Some("1"));
    assert_eq!(sent[2].output_fields, ["id"]);

    fake.answer(
        "Query",
        &QueryResults {
            primary_field_name: "id".into(),
            ..QueryResults::default()
        },
    );
    assert!(client.get("books", 8).one().await.unwrap().is_none());
    let none: Vec<i64> = Vec::new();
    assert!(client.get("books", none).one().await.unwrap().is_none());
    let many = client
        .query("books")
        .filter("id > 0")
        .limit(9)
        .parameter("limit", 5)
        .one();
    assert!(many.await.unwrap().is_none());
    let sent: Vec<QueryRequest> = received(&fake, "Query");
    assert_eq!(
        parameter(&sent[sent.len() - 1], "limit").as_deref(),
        Some("1")
    );
}

#[tokio::test]
async fn pages_set_limit_and_offset() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    client
        .query("books")
        .filter("id > 0")
        .page(3, 20)
        .await
        .unwrap();
    let sent: Vec<QueryRequest> = received(&fake, "Query");
    assert_eq!(parameter(&sent[0], "limit").as_deref(), Some("20"));
    assert_eq!(parameter(&sent[0], "offset").as_deref(), Some("40"));
    // The answers are empty, which is no result of a search.
    let _none = client.search("books", [0.5]).page(2, 5).await;
    let sent: Vec<SearchRequest> = received(&fake, "Search");
    let pair = |key: &str, value: &str| {
        sent[0]
            .search_params
            .iter()
            .any(|pair| pair.key == key && pair.value == value)
    };
    assert!(
        pair("topk", "5") && pair("offset", "5"),
        "{:?}",
        sent[0].search_params
    );
    let _none = client
        .hybrid_search("books")
        .vector("v", [0.5])
        .page(2, 5)
        .await;
    let sent: Vec<HybridSearchRequest> = received(&fake, "HybridSearch");
    let pair = |key: &str| {
        let values = sent[0].rank_params.iter().filter(|pair| pair.key == key);
        values.map(|pair| pair.value.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((pair("limit"), pair("offset")), (vec!["5"], vec!["5"]));

    let calls = fake.calls().len();
    let why = "page 820 of 20 rows ends with row 16400: Milvus returns the first 16384 only: use .stream() to read more";
    let query = client.query("books").page(820, 20).await.unwrap_err();
    assert_eq!(query.message(), why);
    let search = client
        .search("books", [0.5])
        .page(820, 20)
        .await
        .unwrap_err();
    assert_eq!(search.message(), why);
    let hybrid = client
        .hybrid_search("books")
        .vector("v", [0.5])
        .page(820, 20);
    assert_eq!(hybrid.await.unwrap_err().message(), why);
    let zero = client.query("books").page(0, 20).await.unwrap_err();
    assert!(zero.is_invalid_argument() && zero.message() == "page is 0: pages are counted from 1");
    assert_eq!(fake.calls().len(), calls);
}
