use std::pin::Pin;
use std::time::Duration;

use milvus_otel::Client;

pub async fn within(client: &Client) -> Result<u64, Box<dyn std::error::Error>> {
    Ok(tokio::time::timeout(Duration::from_secs(1), client.count("books")).await??)
}

pub async fn either(client: &Client) -> Option<u64> {
    tokio::select! {
        count = client.count("books") => count.ok(),
        _ = tokio::time::sleep(Duration::from_secs(1)) => None,
    }
}

pub type Counting = Pin<Box<dyn Future<Output = milvus_otel::Result<u64>> + Send>>;

pub fn boxed(client: &Client) -> Counting {
    Box::pin(client.count("books"))
}

fn main() {}
