// convert `u64` and `usize` by `i64::try_from`
pub async fn remove(client: &milvus_otel::Client, id: u64) {
    let _ = client.delete("books", id).await;
}

fn main() {}
