use milvus_otel::{Client, Id};

pub async fn remove(client: &Client, id: i64, found: Id) -> milvus_otel::Result<u64> {
    client.delete("books", id).await?;
    client.delete("books", [id, id + 1]).await?;
    Ok(client.delete("books", found).await?.count)
}

fn main() {}
