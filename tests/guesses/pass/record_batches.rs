use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::ArrowError;
use milvus_otel::Client;
use tokio_stream::Stream;

pub async fn load(
    client: &Client,
    file: impl RecordBatchReader + Send,
    pages: impl Stream<Item = Result<RecordBatch, ArrowError>> + Send,
    batches: Vec<RecordBatch>,
) -> milvus_otel::Result<u64> {
    client.insert_stream("films", batches.iter()).await?;
    client.insert_stream("films", batches.into_iter()).await?;
    client.upsert_stream("films", pages).in_flight(2).await?;
    let written = client
        .insert_stream("films", file)
        .progress(|batch| println!("{}", batch.count));
    Ok(written.await?.count)
}

fn main() {}
