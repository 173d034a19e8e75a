use std::time::Duration;

use milvus_otel::Client;

pub async fn connect() -> milvus_otel::Result<bool> {
    let client = Client::builder("http://localhost:19530")
        .user("root", "Milvus")
        .database("default")
        .timeout(Duration::from_secs(5))
        .connect()
        .await?;
    client.has_collection("books").await
}

fn main() {}
