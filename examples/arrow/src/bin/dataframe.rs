//! Reads a collection page by page into a data frame of Polars, and works with it.
//!
//! `MILVUS_URI=http://localhost:19530 cargo run --bin dataframe`

use std::error::Error;
use std::io::Cursor;

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use milvus_otel::data::Columns;
use milvus_otel::{Client, Consistency, Field, Index, Metric, Schema};
use polars::prelude::*;
use tokio_stream::StreamExt as _;

const FILMS: &str = "arrow_dataframe";
const ROWS: i64 = 5000;
const DIMENSION: u32 = 4;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env().await?;
    fill(&client).await?;

    let query = client
        .query(FILMS)
        .filter("year >= 1950")
        .output(["title", "year", "embedding"]);
    let mut pages = query
        .consistency(Consistency::Strong)
        .columns()
        .stream()
        .batch_size(1000);
    let mut batches = Vec::new();
    while let Some(page) = pages.next().await {
        batches.push(RecordBatch::try_from(page?)?);
    }
    let mut films = frame(&batches)?;
    println!("{films}");

    let years = films.column("year")?.i32()?;
    let mean = years.mean().unwrap_or_default();
    println!("{} films, of the year {mean:.1} on average", films.height());

    // A column of our own: the length of each vector.
    let numbers = films.column("embedding")?.array()?.get_inner();
    let numbers: Vec<f32> = numbers.f32()?.into_no_null_iter().collect();
    let vectors = numbers.chunks(DIMENSION as usize);
    let lengths = vectors.map(|vector| vector.iter().map(|n| n * n).sum::<f32>().sqrt());
    let lengths = Series::from_iter(lengths).with_name("length".into());
    films.with_column(lengths.into())?;
    let late = films.filter(&films.column("year")?.i32()?.gt(2000))?;
    let longest = late.select(["title", "year", "length"])?;
    let longest = longest.sort(
        ["length"],
        SortMultipleOptions::default().with_order_descending(true),
    )?;
    println!("the longest vectors after 2000:\n{}", longest.head(Some(3)));
    client.drop_collection(FILMS).await?;
    Ok(())
}

/// A data frame of these batches.
fn frame(batches: &[RecordBatch]) -> Result<DataFrame, Box<dyn Error>> {
    let Some(first) = batches.first() else {
        return Ok(DataFrame::empty());
    };
    let mut stream = StreamWriter::try_new(Vec::new(), &first.schema())?;
    for batch in batches {
        stream.write(batch)?;
    }
    Ok(IpcStreamReader::new(Cursor::new(stream.into_inner()?)).finish()?)
}

/// Some films to read.
async fn fill(client: &Client) -> milvus_otel::Result<()> {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("title", 64))
        .field(Field::int32("year"))
        .field(Field::float_vector("embedding", DIMENSION))
        .build()?;
    client.drop_collection(FILMS).await?;
    let creation = client.create_collection(FILMS, schema);
    creation.index("embedding", Index::flat(Metric::L2)).await?;
    let numbers: Vec<f32> = (0..ROWS * i64::from(DIMENSION))
        .map(|n| (n % 1013) as f32 / 1013.0)
        .collect();
    let columns = Columns::new()
        .int64("id", (0..ROWS).collect::<Vec<_>>())
        .varchar(
            "title",
            (0..ROWS).map(|id| format!("film {id}")).collect::<Vec<_>>(),
        )
        .int32(
            "year",
            (0..ROWS)
                .map(|id| 1900 + (id % 127) as i32)
                .collect::<Vec<_>>(),
        )
        .float_vector("embedding", DIMENSION, numbers);
    client.insert(FILMS, columns).await?;
    Ok(())
}
