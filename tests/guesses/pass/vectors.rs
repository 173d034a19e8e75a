use milvus_otel::Client;

pub async fn all(client: &Client, vector: Vec<f32>, doubles: Vec<f64>) -> milvus_otel::Result<()> {
    client.search("books", &vector).await?;
    client.search("books", vector.as_slice()).await?;
    client.search("books", [0.1, 0.2]).await?;
    let floats: Vec<f32> = doubles.iter().map(|number| *number as f32).collect();
    client.search("books", floats).await?;
    client
        .search("books", doubles.iter().map(|number| *number as f32))
        .await?;
    client.search("books", vector.into_boxed_slice()).await?;
    Ok(())
}

fn main() {}
