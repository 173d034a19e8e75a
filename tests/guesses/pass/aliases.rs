use milvus_otel::Client;

pub async fn switch(client: &Client) -> milvus_otel::Result<String> {
    client.create_alias("books_v1", "books").await?;
    client.alter_alias("books_v2", "books").await?;
    Ok(client.describe_alias("books").await?.collection)
}

fn main() {}
