use milvus_otel::Client;

pub async fn tidy(client: &Client) -> milvus_otel::Result<u64> {
    client.flush("books").await?;
    client.compact("books").wait(true).await?;
    Ok(client.get_collection_stats("books").await?.rows)
}

fn main() {}
