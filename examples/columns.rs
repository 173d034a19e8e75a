//! Many rows as columns, with the vectors in one flat `Vec<f32>`, which is not copied.
//!
//! `cargo run --example columns`; set `ROWS=1000000` for more rows.

#[path = "shared/traced.rs"]
mod traced;

use std::error::Error;
use std::io::{IsTerminal as _, stdout};
use std::time::Instant;

use milvus_otel::{Client, Consistency, Field, Index, Metric, Schema, data::Columns};
use testkit::demo::Demo;

const DIMENSION: u32 = 128;
const BATCH: usize = 2000;

const POINTS: &str = "columns";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    traced::run(Demo::find_or_start().await?, POINTS, fill).await
}

async fn fill(client: &Client) -> milvus_otel::Result<()> {
    let rows = std::env::var("ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(20_000);
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("point", DIMENSION));
    let creation = client.create_collection(POINTS, schema.build()?);
    creation.index("point", Index::flat(Metric::L2)).await?;

    let begun = Instant::now();
    for start in (0..rows).step_by(BATCH) {
        let end = rows.min(start + BATCH);
        let ids: Vec<i64> = (start as i64..end as i64).collect();
        // One vector after the other, in one `Vec` that is sent without being copied.
        let points: Vec<f32> = (start * DIMENSION as usize..end * DIMENSION as usize)
            .map(|number| (number % 1013) as f32 / 1013.0)
            .collect();
        let batch = Columns::new()
            .int64("id", ids)
            .float_vector("point", DIMENSION, points);
        client.insert(POINTS, batch).await?;

        let rate = end as f64 / begun.elapsed().as_secs_f64();
        let bar = "#".repeat(end * 30 / rows);
        if stdout().is_terminal() {
            print!("\r[{bar:<30}] {end} of {rows} rows, {rate:.0}/s ");
        }
        if end == rows || !stdout().is_terminal() {
            println!("[{bar:<30}] {end} of {rows} rows, {rate:.0}/s");
        }
    }

    let read = client.query(POINTS).filter("id < 1000").output(["point"]);
    let table = read.consistency(Consistency::Session).columns().await?;
    // The received numbers, without a copy.
    if let Some(numbers) = table.column("point").and_then(|points| points.floats()) {
        let (count, sum) = (numbers.len(), numbers.sum::<f32>());
        println!(
            "{} rows read; the mean of their {count} numbers is {:.3}",
            table.len(),
            sum / count as f32
        );
    }
    Ok(())
}
