use milvus_otel::{Client, Schema};

pub async fn create(client: &Client, file: &str) -> Result<(), Box<dyn std::error::Error>> {
    let schema: Schema = serde_json::from_str(file)?;
    client.create_collection("books", schema).await?;
    Ok(())
}

fn main() {}
