use futures::StreamExt;
use milvus_otel::Client;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Book {
    pub title: String,
}

pub async fn titles(client: &Client) -> milvus_otel::Result<()> {
    let mut books = client.query("books").rows::<Book>().stream();
    while let Some(book) = books.next().await {
        println!("{}", book?.title);
    }
    Ok(())
}

fn main() {}
