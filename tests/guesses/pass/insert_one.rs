use milvus_otel::Client;
use serde::Serialize;

#[derive(Serialize)]
pub struct Book {
    id: i64,
    title: String,
    embedding: [f32; 2],
}

pub async fn add(client: &Client, book: Book) -> milvus_otel::Result<()> {
    client.insert("books", &book).await?;
    client.insert("books", book).await?;
    client
        .upsert(
            "books",
            serde_json::json!({ "id": 1, "embedding": [0.1, 0.2] }),
        )
        .await?;
    Ok(())
}

fn main() {}
