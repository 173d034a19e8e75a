use milvus_otel::Client;

pub async fn title(client: &Client) -> milvus_otel::Result<String> {
    let rows = client.query("books").filter("id == 1").await?;
    rows[0].field("title")
}

pub async fn year(client: &Client) -> milvus_otel::Result<Option<i64>> {
    let rows = client.query("books").filter("id == 1").await?;
    Ok(rows[0].get("year").and_then(|year| year.as_int()))
}

fn main() {}
