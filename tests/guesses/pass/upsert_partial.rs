use milvus_otel::Client;
use serde_json::json;

pub async fn rename(client: &Client) -> milvus_otel::Result<()> {
    client
        .upsert("books", [json!({ "id": 1, "title": "Dune Messiah" })])
        .partial(true)
        .await?;
    Ok(())
}

fn main() {}
