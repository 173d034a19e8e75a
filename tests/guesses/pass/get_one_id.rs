use milvus_otel::{Client, Row};

pub async fn find(client: &Client, id: i64, name: &str) -> milvus_otel::Result<Option<Row>> {
    let author = client.get("authors", name).output(["born"]).one().await?;
    if author.is_none() {
        return Ok(None);
    }
    client.get("books", id).one().await
}

pub async fn several(client: &Client, ids: &[i64]) -> milvus_otel::Result<Vec<Row>> {
    client.get("books", ids).await
}

fn main() {}
