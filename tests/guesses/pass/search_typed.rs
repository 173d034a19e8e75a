use milvus_otel::{Client, Hit};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Book {
    pub title: String,
}

pub async fn nearest(client: &Client, query: &[f32]) -> milvus_otel::Result<Vec<String>> {
    let hits: Vec<Hit<Book>> = client.search("books", query).rows().await?;
    Ok(hits.into_iter().map(|hit| hit.entity.title).collect())
}

fn main() {}
