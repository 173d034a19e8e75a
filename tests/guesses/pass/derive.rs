use milvus_otel::{Client, Collection};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Collection)]
#[milvus(name = "books")]
pub struct Book {
    #[milvus(primary_key)]
    id: i64,
    #[milvus(max_length = 512)]
    title: String,
    #[milvus(dim = 768)]
    embedding: Vec<f32>,
}

pub async fn start(client: &Client, books: &[Book]) -> milvus_otel::Result<Vec<Book>> {
    let collection = client.collection::<Book>();
    collection.ensure().await?;
    collection.insert(books).await?;
    let first: Option<Book> = collection.get(1).one().await?;
    println!("{}", first.is_some());
    collection.query().filter("id > 0").await
}

fn main() {}
