use milvus_otel::Client;

pub async fn nearest(
    client: &Client,
    vectors: &[Vec<f32>],
    most: usize,
) -> milvus_otel::Result<usize> {
    let hits = client
        .search("books", &vectors[0])
        .limit(vectors.len().min(most))
        .await?;
    let rows = client.query("books").limit(most).offset(hits.len()).await?;
    Ok(rows.len())
}

fn main() {}
