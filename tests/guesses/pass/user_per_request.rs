use milvus_otel::Client;

pub async fn handle(client: &Client, token: &str, tenant: &str) -> milvus_otel::Result<u64> {
    client
        .with_token(token)
        .in_database(tenant)
        .count("books")
        .await
}

pub async fn as_ada(client: &Client) -> milvus_otel::Result<bool> {
    client
        .with_user("ada", "a password")
        .has_collection("books")
        .await
}

fn main() {}
