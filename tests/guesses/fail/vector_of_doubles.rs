// convert doubles by `vector.iter().map(|number| *number as f32)`
pub async fn search(client: &milvus_otel::Client, vector: Vec<f64>) {
    let _ = client.search("books", vector).await;
}

fn main() {}
