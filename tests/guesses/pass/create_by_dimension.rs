use milvus_otel::{Client, Metric};

pub async fn create(client: &Client) -> milvus_otel::Result<()> {
    if client.has_collection("books").await? {
        client.drop_collection("books").await?;
    }
    client
        .create_collection("books", 768)
        .metric(Metric::Cosine)
        .await
}

fn main() {}
