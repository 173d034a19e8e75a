use milvus_otel::{Client, Index, Metric};

pub async fn index(client: &Client) -> milvus_otel::Result<()> {
    client
        .create_index("books", "embedding", Index::ivf_flat(Metric::L2, 128))
        .await?;
    for index in client.list_indexes("books").await? {
        println!("{index:?}");
    }
    Ok(())
}

fn main() {}
