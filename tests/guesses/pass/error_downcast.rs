use milvus_otel::Client;

pub async fn status(client: &Client) -> u16 {
    let counted: Result<u64, Box<dyn std::error::Error + Send + Sync>> =
        client.count("books").await.map_err(Into::into);
    match counted {
        Ok(_) => 200,
        Err(error) => match error.downcast_ref::<milvus_otel::Error>() {
            Some(error) if error.is_not_found() => 404,
            _ => 500,
        },
    }
}

fn main() {}
