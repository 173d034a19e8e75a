//! Programs that set their collection up before they read, and get the answers of the test.

use milvus_otel::{Client, Collection, Field, Hit, Index, Metric, Result, Schema};
use milvus_otel_testkit::Fake;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Book {
    id: i64,
    title: String,
    vector: Vec<f32>,
}

impl Collection for Book {
    const NAME: &'static str = "books";

    fn schema() -> Result<Schema> {
        Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::varchar("title", 20))
            .field(Field::float_vector("vector", 2))
            .build()
    }

    fn indexes() -> Vec<(String, Index)> {
        vec![("vector".to_owned(), Index::auto(Metric::L2))]
    }
}

fn dune() -> Book {
    Book {
        id: 7,
        title: "Dune".to_owned(),
        vector: vec![0.5, 0.5],
    }
}

/// A fake with answers to searches and to queries.
fn fake() -> Fake {
    let hit = Hit::new(7, 0.9).with_entity(dune());
    Fake::new().search([hit]).query([dune()])
}

async fn reads_what_the_test_gave(client: &Client) {
    let search = client.search("books", [0.0, 1.0]).rows::<Book>();
    let found: Vec<Book> = search
        .await
        .unwrap()
        .into_iter()
        .map(|hit| hit.entity)
        .collect();
    assert_eq!(found, [dune()]);
    let got = client.get("books", [7]).rows::<Book>().await.unwrap();
    assert_eq!(got, [dune()]);
}

#[tokio::test]
async fn a_program_that_only_reads_needs_no_collection() {
    let client = fake().client().await.unwrap();
    client.load_collection("books").await.unwrap();
    assert!(client.get_load_state("books").await.is_ok());
    reads_what_the_test_gave(&client).await;
}

#[tokio::test]
async fn a_program_that_creates_what_is_missing_writes_to_it() {
    let fake = fake();
    let client = fake.client().await.unwrap();
    assert!(!client.has_collection("books").await.unwrap());
    client.create_collection("books", 2).await.unwrap();
    assert!(client.has_collection("books").await.unwrap());
    let row = json!({ "id": 1, "vector": [0.0, 1.0], "title": "Emma" });
    client.insert("books", &[row]).await.unwrap();
    let stats = client.get_collection_stats("books").await.unwrap();
    assert_eq!(stats.rows, 1);
    reads_what_the_test_gave(&client).await;
}

#[tokio::test]
async fn a_typed_collection_is_ensured_and_written_to() {
    let fake = fake();
    let client = fake.client().await.unwrap();
    let books = client.collection::<Book>();
    // Also after a read, for which the collection was described.
    assert_eq!(books.get([7]).await.unwrap(), [dune()]);
    assert!(books.ensure().await.unwrap().created);
    assert!(!books.ensure().await.unwrap().created);
    assert!(books.check().await.unwrap().is_empty());
    books.insert(&[dune()]).await.unwrap();
    reads_what_the_test_gave(&client).await;
}
