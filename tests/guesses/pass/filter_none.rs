use milvus_otel::{Client, Filter};

pub async fn all(client: &Client, filter: Option<Filter>) -> milvus_otel::Result<u64> {
    client.count("books").filter(filter).await
}

fn main() {}
