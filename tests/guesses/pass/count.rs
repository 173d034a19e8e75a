use milvus_otel::Client;

pub async fn count(client: &Client) -> milvus_otel::Result<(u64, u64)> {
    tokio::try_join!(
        client.count("books"),
        client.count("books").filter("year > 1950")
    )
}

fn main() {}
