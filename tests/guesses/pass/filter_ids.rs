use milvus_otel::{Client, Filter};

pub async fn remove(client: &Client, ids: &[i64]) -> milvus_otel::Result<u64> {
    Ok(client
        .delete("books", Filter::is_in("id", ids))
        .await?
        .count)
}

fn main() {}
