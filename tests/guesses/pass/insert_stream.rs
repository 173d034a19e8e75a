use futures::{Stream, StreamExt};
use milvus_otel::Client;
use serde::Serialize;

#[derive(Serialize)]
pub struct Book {
    id: i64,
    embedding: Vec<f32>,
}

pub async fn ingest(
    client: &Client,
    books: impl Stream<Item = std::io::Result<Book>> + Send,
) -> milvus_otel::Result<u64> {
    let written = client
        .insert_stream("books", books)
        .batch_size(500)
        .progress(|progress| println!("{} rows", progress.count))
        .await?;
    Ok(written.count)
}

pub async fn copy(client: &Client) -> milvus_otel::Result<u64> {
    let rows = client.query("books").stream().map(|row| row);
    Ok(client.upsert_stream("books_2", rows).await?.count)
}

fn main() {}
