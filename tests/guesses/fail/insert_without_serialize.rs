// a row is a struct with `#[derive(serde::Serialize)]`
use milvus_otel::Client;

pub struct Book {
    pub id: i64,
}

pub async fn add(client: &Client, book: Book) -> milvus_otel::Result<u64> {
    Ok(client.insert("books", &book).await?.count)
}

fn main() {}
