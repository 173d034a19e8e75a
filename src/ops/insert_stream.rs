//! Writing streams of rows.

use std::future::Future;

use super::operation::{Lazy, operation};
use super::upsert::upserting;
use super::write::writing;
use super::write_stream::{Builder, Kind, StreamWritten, streaming};
use crate::client::Client;
use crate::data::{IntoRowStream, RowStream};
use crate::proto::schema::FieldPartialUpdateOp;
use crate::proto::schema::field_partial_update_op::OpType;

/// Inserts a stream of rows. Returned by [`Client::insert_stream`].
#[derive(Debug)]
#[must_use = "operations do nothing unless awaited"]
pub struct InsertStream<'a>(Lazy<'a, Builder<'a>, StreamWritten>);

/// Inserts or replaces a stream of rows. Returned by [`Client::upsert_stream`].
#[derive(Debug)]
#[must_use = "operations do nothing unless awaited"]
pub struct UpsertStream<'a>(Lazy<'a, Builder<'a>, StreamWritten>);

impl Client {
    /// Inserts the rows of a `Stream` or an iterator, in batches. The number of rows is not limited by memory.
    ///
    /// Items are [rows](crate::data::IntoRow), or `Result`s with rows. They can also be [batches](crate::data::IntoBatch)
    /// of rows: `Columns`, or with the feature `arrow-60` each `RecordBatch` of a Parquet file, as its reader returns them.
    /// Each is then written as it is, whatever the batch size.
    ///
    /// ```no_run
    /// # async fn example(
    /// #     client: milvus_otel::Client, lines: impl Iterator<Item = std::io::Result<String>> + Send,
    /// # ) -> milvus_otel::Result<()> {
    /// use std::io;
    /// use serde_json::Value;
    ///
    /// // `lines` are those of a file with a JSON object in each line.
    /// let rows = lines.map(|line| Ok::<Value, io::Error>(serde_json::from_str(&line?)?));
    /// let written = client
    ///     .insert_stream("books", rows)
    ///     .batch_size(500)
    ///     .progress(|progress| println!("{} rows", progress.count))
    ///     .await?;
    /// println!("{} rows in {} batches", written.count, written.batches);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A batch of rows is sent when it has [`batch_size`](InsertStream::batch_size) rows or
    /// [`batch_bytes`](InsertStream::batch_bytes) bytes, and at the end of the stream. The stream is polled only while
    /// there is room for its rows: at most one batch is read in advance of those that are [in
    /// flight](InsertStream::in_flight). Each batch is an [`insert`](Self::insert) with the same checks and retries.
    /// All batches share one INTERNAL parent span, which has the number of rows and of batches.
    ///
    /// Dropping the operation cancels it: nothing more is sent, and batches in flight may or may not be written.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert), for the first batch that fails, and
    /// [`ErrorKind::Stream`](crate::ErrorKind::Stream) if an item of the stream is an error, which is the
    /// [`source`](std::error::Error::source). Then nothing more is read or sent.
    /// [`partial_write`](crate::Error::partial_write) tells which rows of the stream were written. It has no primary keys:
    /// [`progress`](InsertStream::progress) gets those of each batch. If the stream itself returns a
    /// [`milvus_otel::Error`](crate::Error), such as that of a [`query`](crate::ops::Query::stream), it is returned unchanged
    /// but for the rows that were written.
    #[doc(alias = "insert_iter")]
    #[doc(alias = "bulk_insert")]
    #[doc(alias = "upload_points")]
    pub fn insert_stream<'a, K>(
        &self,
        collection: impl Into<String>,
        rows: impl IntoRowStream<'a, K>,
    ) -> InsertStream<'a> {
        InsertStream::new(self, collection.into(), rows.into_row_stream())
    }

    /// Inserts the rows of a `Stream` or an iterator, replacing existing rows with the same primary keys, in batches. Works
    /// like [`insert_stream`](Self::insert_stream).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// // Copies a collection.
    /// let rows = client.query("books").stream();
    /// client.upsert_stream("books_2", rows).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`insert_stream`](Self::insert_stream).
    pub fn upsert_stream<'a, K>(
        &self,
        collection: impl Into<String>,
        rows: impl IntoRowStream<'a, K>,
    ) -> UpsertStream<'a> {
        UpsertStream::new(self, collection.into(), rows.into_row_stream())
    }
}

operation!(['a] InsertStream<'a> => StreamWritten, map |written| written);
streaming!(InsertStream);
writing!(InsertStream);

operation!(['a] UpsertStream<'a> => StreamWritten, map |written| written);
streaming!(UpsertStream);
writing!(UpsertStream);
upserting!(UpsertStream);

impl<'a> InsertStream<'a> {
    pub(super) fn new(client: &Client, collection: String, rows: RowStream<'a>) -> Self {
        let builder = Builder::new(client, collection, rows, Kind::Insert);
        Self(Lazy::Builder(builder))
    }

    /// A name for this write. Each batch has the key `key-1`, `key-2` and so on as its
    /// [`idempotency_key`](crate::ops::Insert::idempotency_key). If the same stream is written again with the same key and
    /// batch sizes, the server ignores the batches that it has already written. Since Milvus 3.0.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.options().idempotency_key = Some(key.into());
        self
    }
}

impl<'a> UpsertStream<'a> {
    pub(super) fn new(client: &Client, collection: String, rows: RowStream<'a>) -> Self {
        let builder = Builder::new(client, collection, rows, Kind::Upsert);
        Self(Lazy::Builder(builder))
    }

    fn array_ops(&mut self) -> &mut Vec<FieldPartialUpdateOp> {
        &mut self.0.builder_mut().array_ops
    }
}
