//! Inserting and reading your own structs as rows.
//!
//! `cargo run --example typed_rows`

#[path = "shared/traced.rs"]
mod traced;

use std::error::Error;

use milvus_otel::{Client, Consistency, Field, Hit, Index, Metric, Schema, schema::DataType};
use serde::{Deserialize, Serialize};
use testkit::demo::Demo;

/// A row. `pages` is not in the schema, so it is a dynamic field; `None` leaves it out.
#[derive(Serialize, Deserialize)]
struct Book {
    id: i64,
    title: String,
    tags: Vec<String>,
    embedding: [f32; 4],
    pages: Option<u32>,
}

/// A struct for reading may have fewer fields; only these are requested.
#[derive(Deserialize)]
struct Title {
    title: String,
}

const BOOKS: &str = "typed_rows";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    traced::run(Demo::find_or_start().await?, BOOKS, books).await
}

async fn books(client: &Client) -> milvus_otel::Result<()> {
    let word = DataType::VarChar { max_length: 20 };
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("title", 200))
        .field(Field::array("tags", word, 8))
        .field(Field::float_vector("embedding", 4))
        .dynamic_fields(true);
    client
        .create_collection(BOOKS, schema.build()?)
        .index("embedding", Index::flat(Metric::Cosine))
        .await?;

    let book = |id, title: &str, tag: &str, embedding, pages| Book {
        id,
        title: title.into(),
        tags: vec![tag.into()],
        embedding,
        pages,
    };
    let books = [
        book(1, "Dune", "sand", [0.9, 0.1, 0.3, 0.2], Some(412)),
        book(2, "Solaris", "ocean", [0.1, 0.8, 0.4, 0.3], Some(204)),
        book(3, "Roadside Picnic", "zone", [0.3, 0.4, 0.9, 0.1], None),
    ];
    client.insert(BOOKS, &books).await?;

    let read = client
        .query(BOOKS)
        .filter("id in [1, 3]")
        .consistency(Consistency::Session);
    for book in read.rows::<Book>().await? {
        println!("{} {:?} {:?}", book.title, book.tags, book.pages);
    }
    let near = client.search(BOOKS, [0.2, 0.7, 0.4, 0.3]).limit(2);
    let hits: Vec<Hit<Title>> = near.consistency(Consistency::Session).rows().await?;
    for hit in hits {
        println!("{} at {:.3}: {}", hit.id, hit.score, hit.entity.title);
    }
    Ok(())
}
