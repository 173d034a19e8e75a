use milvus_otel::Client;

pub async fn expire(client: &Client) -> milvus_otel::Result<()> {
    client
        .alter_collection_properties("books")
        .property("collection.ttl.seconds", 3600)
        .await?;
    client.truncate_collection("books").await
}

fn main() {}
