use milvus_otel::{Client, ClientBuilder};

pub async fn connect() -> milvus_otel::Result<Client> {
    let client = Client::from_env().await?;
    println!("{}", client.endpoint());
    ClientBuilder::from_env()?
        .database("library")
        .connect()
        .await
}

fn main() {}
