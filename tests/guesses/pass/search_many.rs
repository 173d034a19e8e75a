use milvus_otel::Client;

pub async fn nearest(client: &Client, queries: &[Vec<f32>]) -> milvus_otel::Result<usize> {
    let found = client.search_many("books", queries).limit(3).await?;
    Ok(found.iter().map(Vec::len).sum())
}

fn main() {}
