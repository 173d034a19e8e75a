use milvus_otel::{Client, Row};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Params {
    page: usize,
    per_page: usize,
}

pub async fn list(client: &Client, params: Params) -> milvus_otel::Result<Vec<Row>> {
    client
        .query("books")
        .page(params.page, params.per_page)
        .await
}

pub async fn found(client: &Client, vector: Vec<f32>) -> milvus_otel::Result<usize> {
    Ok(client.search("books", vector).page(2, 20).await?.len())
}

fn main() {}
