use milvus_otel::Client;
use tracing::Instrument;

pub async fn count(client: &Client) -> milvus_otel::Result<u64> {
    client
        .count("books")
        .instrument(tracing::info_span!("count books"))
        .await
}

fn main() {}
