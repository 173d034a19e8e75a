//! Results of any size, page by page: the next page is fetched while this one is processed.
//!
//! `cargo run --example iterators`

#[path = "shared/traced.rs"]
mod traced;

use std::error::Error;

use milvus_otel::{Client, Consistency, data::Columns};
use serde::Deserialize;
use testkit::demo::Demo;
use tokio_stream::StreamExt;

#[derive(Deserialize)]
struct Number {
    id: i64,
    square: i64,
}

const NUMBERS: &str = "iterators";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    traced::run(Demo::find_or_start().await?, NUMBERS, pages).await
}

async fn pages(client: &Client) -> milvus_otel::Result<()> {
    client.create_collection(NUMBERS, 2).await?;
    let ids: Vec<i64> = (0..5000).collect();
    let squares: Vec<i64> = ids.iter().map(|id| id * id).collect();
    let vectors: Vec<[f32; 2]> = ids
        .iter()
        .map(|&id| [(id as f32).cos(), (id as f32).sin()])
        .collect();
    let columns = Columns::new()
        .int64("id", ids)
        .int64("square", squares)
        .float_vector("vector", 2, vectors);
    client.insert(NUMBERS, columns).await?;

    // In the order of the primary key. With the cursor, another stream can continue from here later.
    let query = client
        .query(NUMBERS)
        .filter("id % 2 == 0")
        .consistency(Consistency::Session);
    let mut even = query.clone().rows::<Number>().stream().batch_size(500);
    let mut sum = 0;
    while let Some(number) = even.next().await.transpose()? {
        sum += number.square;
        if number.id == 1998 {
            break;
        }
    }
    println!("the squares of the first 1000 even numbers add up to {sum}");
    if let Some(last) = even.cursor() {
        let mut rest = query.rows::<Number>().stream().resume_after(last.clone());
        let first = rest.next().await.transpose()?.map(|number| number.id);
        println!("the stream that resumes after {last} begins with {first:?}");
    }

    // The nearest first, until the loop ends or the limit is reached.
    let search = client
        .search(NUMBERS, [1.0, 0.0])
        .consistency(Consistency::Session);
    let mut near = search.limit(2500).stream().batch_size(1000);
    let (mut found, mut last) = (0, 0.0);
    while let Some(hit) = near.next().await.transpose()? {
        (found, last) = (found + 1, hit.score);
    }
    println!("{found} numbers by similarity, the last at {last:.3}");
    Ok(())
}
