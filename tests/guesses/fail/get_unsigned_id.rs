// convert `u64` and `usize` by `i64::try_from`
use milvus_otel::Client;

pub async fn find(client: &Client, id: u64) -> milvus_otel::Result<bool> {
    Ok(client.get("books", id).one().await?.is_some())
}

fn main() {}
