use milvus_otel::Client;

pub async fn clean(client: &Client) -> milvus_otel::Result<u64> {
    Ok(client.delete("books", "year < 1900").await?.count)
}

fn main() {}
