use milvus_otel::{Client, data::Columns};

pub async fn add(client: &Client, vectors: Vec<f32>) -> milvus_otel::Result<u64> {
    let ids: Vec<i64> = (0..vectors.len() as i64 / 768).collect();
    let columns = Columns::new()
        .int64("id", ids)
        .float_vector("embedding", 768, vectors);
    Ok(client.insert("books", columns).await?.count)
}

fn main() {}
