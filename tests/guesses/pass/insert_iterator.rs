use std::collections::HashMap;

use milvus_otel::Client;
use serde::Serialize;

#[derive(Serialize, Clone)]
pub struct Book {
    id: i64,
    embedding: Vec<f32>,
}

pub async fn add(client: &Client, books: HashMap<i64, Book>) -> milvus_otel::Result<()> {
    client.insert("books", books.values()).await?;
    client
        .insert("books", books.values().cloned().collect::<Vec<_>>())
        .await?;
    client
        .insert("books", books.into_values().filter(|book| book.id > 0))
        .await?;
    let rows = (0..10).map(|id| Book {
        id,
        embedding: vec![0.5; 2],
    });
    client.insert("books", rows).await?;
    Ok(())
}

fn main() {}
