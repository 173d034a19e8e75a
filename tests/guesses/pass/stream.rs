use futures::TryStreamExt;
use milvus_otel::{Client, Row};

pub async fn all(client: &Client) -> milvus_otel::Result<Vec<Row>> {
    client
        .query("books")
        .filter("year > 0")
        .stream()
        .batch_size(500)
        .try_collect()
        .await
}

fn main() {}
