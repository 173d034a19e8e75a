use std::pin::pin;

use super::write::{Batch, Options, Written, asks_first, write, writing};
use crate::client::{Call, Client};
use crate::data::Input;
use crate::error::Result;
use crate::proto::milvus::InsertRequest;

/// Rows to be inserted; `.await` sends them.
#[derive(Debug)]
#[must_use = "operations do nothing unless awaited"]
pub struct Insert<'a> {
    client: Client,
    collection: String,
    input: Input<'a>,
    options: Options,
}

impl Client {
    /// Inserts rows: typed ones, [`Columns`](crate::Columns), or JSON.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::Columns;
    /// use serde::Serialize;
    ///
    /// #[derive(Serialize)]
    /// struct Book {
    ///     id: i64,
    ///     title: Option<String>,
    ///     embedding: Vec<f32>,
    /// }
    ///
    /// let books = vec![Book { id: 1, title: Some("Dune".into()), embedding: vec![0.1; 768] }];
    /// let written = client.insert("books", &books).await?;
    /// assert_eq!(written.count, 1);
    ///
    /// let embeddings: Vec<f32> = vec![0.1; 2 * 768];
    /// let columns = Columns::new().int64("id", [2, 3]).float_vector("embedding", 768, embeddings);
    /// client.insert("books", columns).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Rows are checked against the collection's schema before anything is sent. The schema is looked up once and cached
    /// for all handles of the connection; a write that the server rejects because the schema has changed since is built
    /// once more for the new one. Servers that do not check the schema (before Milvus 2.5, Milvus Lite) get no row that
    /// was built for a schema older than a second. What is too large for one request goes in several, in order. Fields that the schema does not name
    /// become dynamic fields, where the collection allows them.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for data that does not fit, naming row and field.
    /// Where several requests were needed and one failed,
    /// [`partial_write`](crate::Error::partial_write) says which rows are in.
    pub fn insert<'a>(
        &self,
        collection: impl Into<String>,
        rows: impl Into<Input<'a>>,
    ) -> Insert<'a> {
        Insert {
            client: self.clone(),
            collection: collection.into(),
            input: rows.into(),
            options: Options::default(),
        }
    }
}

impl Insert<'_> {
    /// A name for this write, by which the server recognises it when it is sent again. With it an insert that may have
    /// happened is retried like a read.
    ///
    /// The server must know keys: Milvus 3 with `streaming.idempotency.enabled`, and the collection's property
    /// `collection.insert.idempotency.enabled`. Others ignore the key, and a retry may then insert the rows twice.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.options.idempotency_key = Some(key.into());
        self
    }

    async fn send(self) -> Result<Written> {
        let Self {
            client,
            collection,
            input,
            options,
        } = self;
        let call = Call::new("insert").on(&collection);
        let request = |batch: Batch| InsertRequest {
            db_name: client.database().unwrap_or_default().to_owned(),
            collection_name: collection.clone(),
            partition_name: options.partition.clone().unwrap_or_default(),
            fields_data: batch.fields,
            num_rows: batch.rows,
            schema_timestamp: batch.schema_timestamp,
            namespace: options.namespace.clone(),
            ..InsertRequest::default()
        };
        let several = asks_first(&client, &collection, &input);
        // Pinned, so that this future holds it once.
        let writing = pin!(write(&client, call, input, &options, request));
        client.composite_if(several, call, writing)?.await
    }
}

writing!(Insert);
