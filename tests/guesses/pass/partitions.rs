use milvus_otel::Client;

pub async fn shard_by_year(client: &Client) -> milvus_otel::Result<()> {
    client.create_partition("books", "y1965").await?;
    if client.has_partition("books", "y1965").await? {
        client.load_partitions("books", ["y1965"]).await?;
    }
    for partition in client.list_partitions("books").await? {
        println!("{partition}");
    }
    client.release_partitions("books", ["y1965"]).await?;
    client.drop_partition("books", "y1965").await
}

fn main() {}
