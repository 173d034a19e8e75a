// convert doubles by `vector.iter().map(|number| *number as f32)`
pub async fn search(client: &milvus_otel::Client, vectors: Vec<Vec<f64>>) {
    let _ = client.search_many("books", vectors).await;
}

fn main() {}
