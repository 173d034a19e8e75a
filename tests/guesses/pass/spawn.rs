use milvus_otel::Client;

pub async fn in_background(client: &Client) -> Result<(), Box<dyn std::error::Error>> {
    let dropping = tokio::spawn(client.drop_collection("old"));
    let searching = tokio::spawn(client.search("books", vec![0.1, 0.2]).limit(3));
    dropping.await??;
    println!("{}", searching.await??.len());
    Ok(())
}

fn main() {}
