use milvus_otel::Client;

pub async fn tenant(client: &Client, name: &str) -> milvus_otel::Result<Client> {
    if !client
        .list_databases()
        .await?
        .iter()
        .any(|database| database == name)
    {
        client.create_database(name).await?;
    }
    Ok(client.in_database(name))
}

fn main() {}
