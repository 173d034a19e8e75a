use milvus_otel::{Client, Filter};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Book {
    pub id: i64,
    pub title: Option<String>,
}

pub async fn old(client: &Client, year: i32) -> milvus_otel::Result<Vec<Book>> {
    let filter = Filter::new("year < {year}").bind("year", year);
    client.query("books").filter(filter).rows().await
}

fn main() {}
