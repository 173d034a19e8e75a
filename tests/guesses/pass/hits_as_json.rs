use milvus_otel::Client;

pub async fn handler(client: &Client) -> Result<String, Box<dyn std::error::Error>> {
    let hits = client.search("books", [0.1, 0.2]).await?;
    Ok(serde_json::to_string(&hits)?)
}

pub async fn describe(client: &Client) -> Result<String, Box<dyn std::error::Error>> {
    Ok(serde_json::to_string(
        &client.describe_collection("books").await?,
    )?)
}

fn main() {}
