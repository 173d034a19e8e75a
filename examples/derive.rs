//! A collection whose schema and indexes come from a struct.
//!
//! `cargo run --example derive --features derive`

#[path = "shared/traced.rs"]
mod traced;

use std::error::Error;

use milvus_otel::{Client, Collection, Consistency, Index, Metric};
use serde::{Deserialize, Serialize};
use testkit::demo::Demo;

/// A row. The schema of the collection has these fields, and no others.
#[derive(Serialize, Deserialize, Collection)]
#[serde(rename_all = "camelCase")]
#[milvus(name = "derive", consistency = Consistency::Session)]
struct Book {
    #[milvus(primary_key)]
    id: i64,
    #[milvus(max_length = 200)]
    title: String,
    #[milvus(max_length = 20, max_capacity = 8)]
    tags: Vec<String>,
    page_count: i32,
    #[milvus(index = Index::flat(Metric::Cosine))]
    embedding: [f32; 4],
}

/// The struct in the next version of the program, with a field that the collection does not have.
#[derive(Serialize, Deserialize, Collection)]
#[serde(rename_all = "camelCase")]
#[milvus(name = "derive", consistency = Consistency::Session)]
struct NewBook {
    #[milvus(primary_key)]
    id: i64,
    #[milvus(max_length = 400)]
    title: String,
    #[milvus(max_length = 20, max_capacity = 8)]
    tags: Vec<String>,
    page_count: i64,
    rating: f32,
    #[milvus(index = Index::flat(Metric::Cosine))]
    embedding: [f32; 4],
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    traced::run(Demo::find_or_start().await?, Book::NAME, books).await
}

async fn books(client: &Client) -> milvus_otel::Result<()> {
    let books = client.collection::<Book>();
    // Creates it. The next time the program starts, this compares it with the struct.
    books.ensure().await?;

    let book = |id, title: &str, tag: &str, page_count, embedding| Book {
        id,
        title: title.into(),
        tags: vec![tag.into()],
        page_count,
        embedding,
    };
    let rows = [
        book(1, "Dune", "sand", 412, [0.9, 0.1, 0.3, 0.2]),
        book(2, "Solaris", "ocean", 204, [0.1, 0.8, 0.4, 0.3]),
        book(3, "Roadside Picnic", "zone", 209, [0.3, 0.4, 0.9, 0.1]),
    ];
    books.insert(&rows).await?;

    for hit in books
        .search([0.2, 0.7, 0.4, 0.3])
        .filter("pageCount < 300")
        .await?
    {
        let Book {
            title,
            tags,
            page_count,
            ..
        } = hit.entity;
        println!("{title} {tags:?}, {page_count} pages, at {:.3}", hit.score);
    }

    if let Err(error) = client.collection::<NewBook>().check().await {
        println!("the next version would not start: {}", error.message());
    }
    Ok(())
}
