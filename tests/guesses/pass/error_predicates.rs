use milvus_otel::{Client, error::Code};

pub async fn ensure(client: &Client) -> milvus_otel::Result<()> {
    match client.describe_collection("books").await {
        Ok(_) => Ok(()),
        Err(error) if error.is_not_found() => client.create_collection("books", 4).await,
        Err(error) if error.code() == Some(Code::COLLECTION_NOT_LOADED) => {
            client.load_collection("books").await
        }
        Err(error) => Err(error),
    }
}

fn main() {}
