use milvus_otel::Client;
use serde::Serialize;

#[derive(Serialize)]
pub struct Book<'a> {
    id: i64,
    title: &'a str,
    embedding: &'a [f32],
}

pub async fn add(client: &Client, books: &[Book<'_>]) -> milvus_otel::Result<u64> {
    Ok(client.insert("books", books).await?.count)
}

fn main() {}
