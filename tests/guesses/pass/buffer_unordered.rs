use futures::StreamExt;
use milvus_otel::Client;

pub async fn searches(client: &Client, vectors: Vec<Vec<f32>>) -> usize {
    futures::stream::iter(vectors)
        .map(|vector| client.search("books", vector).limit(5))
        .buffer_unordered(8)
        .filter_map(async |found| found.ok())
        .fold(0, async |sum, hits| sum + hits.len())
        .await
}

fn main() {}
