//! Inserts a Parquet file batch by batch, with progress. The vectors of a batch are sent without being copied.
//!
//! `MILVUS_URI=http://localhost:19530 cargo run --bin parquet`. The program writes the file first.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, FixedSizeListArray, Float32Array, Int16Array, Int64Array, RecordBatch, StringArray,
};
use arrow_schema::Schema as ArrowSchema;
use milvus_otel::{Client, Consistency, Field, Index, Metric, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

const FILMS: &str = "arrow_parquet";
const ROWS: usize = 20_000;
const BATCH: usize = 4000;
const DIMENSION: usize = 128;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env().await?;
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("title", 64))
        .field(Field::int16("year"))
        .field(Field::float_vector("embedding", DIMENSION as u32))
        .build()?;
    let path = std::env::temp_dir().join(format!("films-{}.parquet", std::process::id()));
    write(&path, &schema)?;

    client.drop_collection(FILMS).await?;
    let creation = client.create_collection(FILMS, schema);
    creation.index("embedding", Index::flat(Metric::L2)).await?;
    let inserted = insert(&client, &path).await;
    std::fs::remove_file(&path)?;
    let rows = inserted?;

    let count = client.count(FILMS).consistency(Consistency::Strong).await?;
    println!("{rows} rows in the file, {count} in Milvus");
    client.drop_collection(FILMS).await?;
    Ok(())
}

/// Inserts the rows of a file. Its columns are named and typed like the fields of the collection.
async fn insert(client: &Client, path: &Path) -> Result<u64, Box<dyn Error>> {
    let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let rows = usize::try_from(file.metadata().file_metadata().num_rows())?;
    let batches = file.with_batch_size(BATCH).build()?;
    let written = client.insert_stream(FILMS, batches).progress(|batch| {
        let rate = batch.count as f64 / batch.elapsed.as_secs_f64();
        let bar = "#".repeat(batch.count as usize * 30 / rows);
        println!("[{bar:<30}] {} of {rows} rows, {rate:.0}/s", batch.count);
    });
    Ok(written.await?.count)
}

/// Writes a file of films, as another program would have done.
fn write(path: &Path, schema: &Schema) -> Result<(), Box<dyn Error>> {
    let schema = Arc::new(ArrowSchema::try_from(schema)?);
    let mut file = ArrowWriter::try_new(File::create(path)?, Arc::clone(&schema), None)?;
    for start in (0..ROWS).step_by(BATCH) {
        let rows = start..start + BATCH;
        let ids = rows.clone().map(|row| row as i64);
        let titles = rows.clone().map(|row| format!("film {row}"));
        let years = rows.clone().map(|row| 1900 + (row % 127) as i16);
        let numbers = (rows.start * DIMENSION..rows.end * DIMENSION).map(|n| (n % 1013) as f32);
        let numbers: ArrayRef = Arc::new(Float32Array::from_iter_values(numbers));
        let item = Arc::new(arrow_schema::Field::new_list_field(
            numbers.data_type().clone(),
            true,
        ));
        let vectors = FixedSizeListArray::try_new(item, DIMENSION as i32, numbers, None)?;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from_iter_values(ids)),
            Arc::new(StringArray::from_iter_values(titles)),
            Arc::new(Int16Array::from_iter_values(years)),
            Arc::new(vectors),
        ];
        file.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
    }
    file.close()?;
    Ok(())
}
