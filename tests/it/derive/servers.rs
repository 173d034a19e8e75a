//! Typed collections on real servers.

use std::collections::BTreeMap;

use milvus_otel::data::SparseVector;
use milvus_otel::ops::{Collection, LoadState, TypedCollection};
use milvus_otel::schema::Function;
use milvus_otel::{Client, Consistency, Field, Index, Metric};
use milvus_otel_derive::Collection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use testkit::{Milvus, Unavailable, require};

/// What all servers have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Collection)]
#[serde(rename_all = "camelCase")]
#[milvus(name = "books", consistency = Consistency::Strong)]
struct Book {
    #[milvus(primary_key)]
    id: i64,
    #[milvus(max_length = 64)]
    title: String,
    #[milvus(max_length = 20, max_capacity = 8)]
    tags: Vec<String>,
    page_count: i32,
    price: f64,
    notes: serde_json::Value,
    #[milvus(dim = 4, index = Index::flat(Metric::L2))]
    embedding: Vec<f32>,
}

/// The same collection, as another version of a program declares it.
#[derive(Debug, Serialize, Deserialize, Collection)]
#[serde(rename_all = "camelCase")]
#[milvus(name = "books", dynamic)]
struct Changed {
    #[milvus(primary_key)]
    id: i64,
    #[milvus(max_length = 128)]
    title: String,
    #[milvus(max_length = 20, max_capacity = 4)]
    tags: Vec<String>,
    page_count: i64,
    price: Option<f64>,
    rating: f32,
    #[milvus(dim = 8, index = Index::flat(Metric::Cosine))]
    embedding: Vec<f32>,
}

/// The same collection, with less room, and another index.
#[derive(Debug, Serialize, Deserialize, Collection)]
#[serde(rename_all = "camelCase")]
#[milvus(name = "books", consistency = Consistency::Session)]
struct Narrower {
    #[milvus(primary_key)]
    id: i64,
    #[milvus(max_length = 32)]
    title: String,
    #[milvus(max_length = 20, max_capacity = 4)]
    tags: Vec<String>,
    page_count: i32,
    price: f64,
    notes: serde_json::Value,
    #[milvus(dim = 4, index = Index::ivf_flat(Metric::L2, 64))]
    embedding: Vec<f32>,
}

fn book(id: i64, title: &str, page_count: i32) -> Book {
    Book {
        id,
        title: title.to_owned(),
        tags: vec!["novel".to_owned()],
        page_count,
        price: 9.5,
        notes: json!({ "read": true }),
        embedding: vec![id as f32, 0.0, 0.0, 1.0],
    }
}

async fn connect(server: Result<Milvus, Unavailable>) -> Option<(Milvus, Client)> {
    let milvus = require(server)?;
    let client = Client::connect(milvus.uri()).await.unwrap();
    Some((milvus, client))
}

/// The life of a collection, from the first start of a program to its next versions.
async fn life(client: &Client) {
    let books = client.collection::<Book>();
    let _ = client.drop_collection(Book::NAME).await;
    assert!(books.check().await.unwrap_err().is_not_found());
    let ensured = books.ensure().await.unwrap();
    assert!(ensured.created);
    assert_eq!(books.compare().await.unwrap(), []);
    assert_eq!(books.check().await.unwrap(), []);
    let again = books.ensure().await.unwrap();
    assert_eq!((again.created, again.indexed), (false, vec![]));
    assert_eq!(again.differences, []);

    let rows = [
        book(1, "Dune", 412),
        book(2, "Solaris", 204),
        book(3, "Ubik", 202),
    ];
    assert_eq!(books.insert(&rows).await.unwrap().count, 3);
    let changed = book(2, "Solaris", 205);
    books.upsert(&changed).await.unwrap();
    let hits = books.search([2.2, 0.0, 0.0, 1.0]).limit(2).await.unwrap();
    assert_eq!(hits[0].entity, changed);
    assert_eq!(hits[1].entity, rows[2]);
    let many = books
        .search_many([[1.0, 0.0, 0.0, 1.0], [3.0, 0.0, 0.0, 1.0]])
        .limit(1);
    let many: Vec<i64> = many
        .await
        .unwrap()
        .iter()
        .map(|hits| hits[0].entity.id)
        .collect();
    assert_eq!(many, [1, 3]);
    assert_eq!(
        books.query().filter("pageCount < 203").await.unwrap(),
        [rows[2].clone()]
    );
    assert_eq!(books.get([1]).await.unwrap(), [rows[0].clone()]);
    books.delete([1]).await.unwrap();
    assert_eq!(books.count().await.unwrap(), 2);

    let error = client.collection::<Changed>().check().await.unwrap_err();
    assert!(error.is_invalid_argument());
    let message = error.message();
    for part in [
        "field \"title\" is of type varchar of at most 64 bytes, not varchar of at most 128 bytes",
        "field \"pageCount\" is of type int32, not int64",
        "field \"price\" cannot be null",
        "field \"rating\" is missing",
        "field \"embedding\" is of type float vector of 4, not float vector of 8",
        "field \"notes\" is not declared, and every row needs it",
        "field \"embedding\" has an index with the metric L2, not COSINE",
        "the collection has no dynamic fields",
        "; allowed: field \"tags\" is of type array of at most 8 ",
    ] {
        assert!(message.contains(part), "{message} does not have {part}");
    }
    let refused = client.collection::<Changed>().ensure().await.unwrap_err();
    assert_eq!(refused.message(), message);
    assert_eq!(refused.operation(), "ensure");

    let narrower = client.collection::<Narrower>();
    let allowed = narrower.check().await.unwrap();
    let fields: Vec<_> = allowed
        .iter()
        .map(|difference| difference.field.as_deref())
        .collect();
    assert_eq!(
        fields,
        [Some("title"), Some("tags"), Some("embedding"), None],
        "{allowed:?}"
    );
    assert_eq!(narrower.ensure().await.unwrap().differences, allowed);
}

/// A collection that was created, but neither indexed nor loaded, is completed.
async fn completed(client: &Client) {
    let books = client.collection::<Book>().named("interrupted");
    let _ = client.drop_collection(books.name()).await;
    let schema = Book::schema().unwrap();
    let create = client.create_collection(books.name(), schema);
    create.consistency(Consistency::Strong).await.unwrap();
    let differences = books.compare().await.unwrap();
    let shown: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["field \"embedding\" has no index"]);
    assert!(!differences[0].is_allowed);
    assert!(books.check().await.is_err());

    let ensured = books.ensure().await.unwrap();
    assert_eq!((ensured.created, ensured.differences), (false, vec![]));
    assert_eq!(ensured.indexed, ["embedding"]);
    assert_eq!(books.compare().await.unwrap(), []);
    let state = client.get_load_state(books.name()).await.unwrap();
    assert_eq!(state, LoadState::Loaded);
}

/// Several programs with connections of their own start at once.
async fn started_at_once(uri: &str) {
    for round in 0..3 {
        let client = Client::connect(uri).await.unwrap();
        let name = format!("race_{round}");
        let _ = client.drop_collection(name.as_str()).await;
        let starts = (0..4).map(|_| async {
            let client = Client::connect(uri).await.unwrap();
            client
                .collection::<Book>()
                .named(name.as_str())
                .ensure()
                .await
        });
        for ensured in futures::future::join_all(starts).await {
            let ensured = ensured.unwrap();
            assert_eq!(ensured.differences, []);
        }
        let books: TypedCollection<Book> = client.collection().named(name.as_str());
        assert_eq!(books.compare().await.unwrap(), []);
        books.insert(&[book(1, "Dune", 412)]).await.unwrap();
        assert_eq!(books.count().await.unwrap(), 1);
        client.drop_collection(name.as_str()).await.unwrap();
    }
}

/// What Milvus Lite 3 has in addition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Collection)]
#[milvus(name = "articles", description = "texts", consistency = Consistency::Strong)]
#[milvus(field = Field::sparse_vector("words"), function = Function::bm25("bm25", "text", "words"))]
#[milvus(index("words" = Index::sparse_inverted(Metric::Bm25)))]
struct Article {
    #[milvus(primary_key, auto_id)]
    id: Option<i64>,
    #[milvus(max_length = 8, partition_key)]
    tenant: String,
    #[milvus(max_length = 999, analyzer = json!({}), text_match)]
    text: String,
    #[milvus(max_length = 8, default = "en")]
    language: Option<String>,
    #[milvus(index = Index::inverted())]
    stars: Option<i16>,
    #[milvus(timestamptz)]
    at: String,
    #[milvus(dim = 2, index = Index::flat(Metric::Cosine))]
    embedding: Vec<f32>,
    #[milvus(index = Index::sparse_inverted(Metric::InnerProduct))]
    topics: SparseVector,
}

async fn articles(client: &Client) {
    let articles = client.collection::<Article>();
    articles.ensure().await.unwrap();
    assert_eq!(articles.compare().await.unwrap(), []);
    let article = |text: &str, stars: Option<i16>| Article {
        id: None,
        tenant: "a".to_owned(),
        text: text.to_owned(),
        language: stars.map(|_| "de".to_owned()),
        stars,
        at: "2026-03-01T12:00:00Z".to_owned(),
        embedding: vec![0.5, 1.0],
        topics: SparseVector::from([(3, 0.5)]),
    };
    let rows = [article("running dogs", Some(3)), article("a cat", None)];
    let written = articles.insert(&rows).await.unwrap();
    assert_eq!(written.count, 2);
    let hits = articles.search("dogs").field("words").await.unwrap();
    assert_eq!(hits.len(), 1);
    let found = &hits[0].entity;
    assert_eq!(found.stars, Some(3));
    assert_eq!(found.topics, rows[0].topics);
    // The server has generated the key, and filled in the default value.
    assert!(found.id.is_some());
    let rest = articles.query().filter("stars is null").await.unwrap();
    assert_eq!(rest[0].language.as_deref(), Some("en"));
    let hybrid = articles
        .hybrid_search()
        .vector("words", "cat")
        .vector("embedding", [0.5, 1.0]);
    assert_eq!(hybrid.await.unwrap().len(), 2);
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Collection)]
#[milvus(name = "tagged", dynamic, consistency = Consistency::Strong)]
struct Tagged {
    #[milvus(primary_key)]
    id: i64,
    #[milvus(index = Index::flat(Metric::L2))]
    v: [f32; 2],
    #[serde(flatten)]
    more: BTreeMap<String, i64>,
}

/// Without an index for any of its vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Collection)]
#[milvus(name = "plain", consistency = Consistency::Strong)]
struct Plain {
    #[milvus(primary_key)]
    id: i64,
    v: [f32; 2],
}

/// The same collection, as a program declares it that chooses the index.
#[derive(Debug, Serialize, Deserialize, Collection)]
#[milvus(name = "plain", consistency = Consistency::Strong)]
struct Chosen {
    #[milvus(primary_key)]
    id: i64,
    #[milvus(index = Index::flat(Metric::L2))]
    v: [f32; 2],
}

/// Vectors without a declared index are indexed and loaded; an index that exists is kept.
async fn default_indexes(client: &Client) {
    let plain = client.collection::<Plain>();
    let row = Plain {
        id: 1,
        v: [0.5, 1.0],
    };
    for existing in ["none", "created", "indexed"] {
        let _ = client.drop_collection(Plain::NAME).await;
        match existing {
            "created" => {
                let schema = Plain::schema().unwrap();
                let create = client.create_collection(Plain::NAME, schema);
                create.consistency(Consistency::Strong).await.unwrap();
                let differences = plain.compare().await.unwrap();
                let shown: Vec<String> = differences.iter().map(ToString::to_string).collect();
                assert_eq!(shown, ["field \"v\" has no index"]);
            }
            "indexed" => {
                client.collection::<Chosen>().ensure().await.unwrap();
            }
            _ => {}
        }
        let ensured = plain.ensure().await.unwrap();
        let indexed: &[&str] = if existing == "created" { &["v"] } else { &[] };
        assert_eq!(ensured.indexed, indexed);
        assert_eq!(plain.compare().await.unwrap(), []);
        let metric = client.list_indexes(Plain::NAME).await.unwrap()[0].metric;
        let kept = existing == "indexed";
        let expected = if kept { Metric::L2 } else { Metric::Cosine };
        assert_eq!(metric, Some(expected));
        plain.insert(&row).await.unwrap();
        assert_eq!(plain.get(1).one().await.unwrap().as_ref(), Some(&row));
        assert_eq!(plain.search([0.5, 1.0]).await.unwrap()[0].entity, row);
    }
}

/// Rows in all shapes, and streams of them.
async fn rows(client: &Client) {
    let books = client.collection::<Book>().named("shapes");
    let _ = client.drop_collection(books.name()).await;
    books.ensure().await.unwrap();
    let all: Vec<Book> = (1..=6).map(|id| book(id, "Dune", 1)).collect();
    assert_eq!(books.insert(&all[0]).await.unwrap().count, 1);
    assert_eq!(books.insert(all[1].clone()).await.unwrap().count, 1);
    assert_eq!(books.upsert(all.clone()).await.unwrap().count, 6);
    let pages = all.iter().map(|book| Book {
        page_count: 2,
        ..book.clone()
    });
    let written = books.upsert_stream(pages).batch_size(4).await.unwrap();
    assert_eq!((written.count, written.batches), (6, 2));
    let more = (7..=8).map(|id| Ok::<_, std::io::Error>(book(id, "Ubik", 3)));
    assert_eq!(books.insert_stream(more).await.unwrap().count, 2);
    let found = books.query().filter("id > 0").await.unwrap();
    let count = |pages| found.iter().filter(|book| book.page_count == pages).count();
    assert_eq!((count(2), count(3)), (6, 2));
    books
        .delete(found.iter().map(|book| book.id))
        .await
        .unwrap();
    assert_eq!(books.count().await.unwrap(), 0);
}

/// A flattened map has the dynamic fields.
async fn dynamic_fields(client: &Client) {
    let rows = client.collection::<Tagged>();
    rows.ensure().await.unwrap();
    let more = BTreeMap::from([("views".to_owned(), 7)]);
    let row = Tagged {
        id: 1,
        v: [0.5, 1.0],
        more,
    };
    rows.insert([&row]).await.unwrap();
    assert_eq!(rows.query().filter("views == 7").await.unwrap(), [row]);
}

#[tokio::test]
async fn typed_collections_of_milvus() {
    let Some((milvus, client)) = connect(Milvus::standalone().start().await).await else {
        return;
    };
    life(&client).await;
    completed(&client).await;
    default_indexes(&client).await;
    rows(&client).await;
    started_at_once(milvus.uri()).await;
    // It is too old for what the struct declares, which is said before anything is created.
    let error = client.collection::<Article>().ensure().await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    assert_eq!(error.operation(), "ensure");
    assert!(!client.has_collection(Article::NAME).await.unwrap());
    milvus.stop().await;
}

#[tokio::test]
async fn typed_collections_of_milvus_lite() {
    let Some((milvus, client)) = connect(Milvus::lite().start().await).await else {
        return;
    };
    life(&client).await;
    completed(&client).await;
    default_indexes(&client).await;
    rows(&client).await;
    started_at_once(milvus.uri()).await;
}

#[tokio::test]
async fn typed_collections_of_milvus_lite_in_python() {
    let Some((milvus, client)) = connect(Milvus::lite_python().start().await).await else {
        return;
    };
    life(&client).await;
    completed(&client).await;
    default_indexes(&client).await;
    rows(&client).await;
    started_at_once(milvus.uri()).await;
    articles(&client).await;
    dynamic_fields(&client).await;
}

#[tokio::test]
async fn typed_collections_of_the_fake() {
    let client = testkit::Fake::new().client().await.unwrap();
    default_indexes(&client).await;
    rows(&client).await;
}
