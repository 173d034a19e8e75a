// available fields are: `rows`
use milvus_otel::Client;

pub async fn rows(client: &Client) -> milvus_otel::Result<u64> {
    Ok(client.get_collection_stats("books").await?.row_count)
}

fn main() {}
