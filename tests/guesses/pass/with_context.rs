use milvus_otel::Client;
use opentelemetry::Context;
use opentelemetry::context::FutureExt;

pub async fn count(client: &Client, parent: Context) -> milvus_otel::Result<u64> {
    client.count("books").with_context(parent).await
}

fn main() {}
