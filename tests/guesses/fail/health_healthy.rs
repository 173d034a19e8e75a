// is_healthy
use milvus_otel::Client;

pub async fn healthy(client: &Client) -> milvus_otel::Result<bool> {
    Ok(client.check_health().await?.healthy)
}

fn main() {}
