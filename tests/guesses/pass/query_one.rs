use milvus_otel::{Client, Filter};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Book {
    pub id: i64,
    pub title: String,
}

pub async fn by_isbn(client: &Client, isbn: &str) -> milvus_otel::Result<Option<Book>> {
    let filter = Filter::new("isbn == {isbn}").bind("isbn", isbn);
    client
        .query("books")
        .filter(filter)
        .rows::<Book>()
        .one()
        .await
}

fn main() {}
