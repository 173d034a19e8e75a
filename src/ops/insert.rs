use std::future::Future;
use std::pin::pin;

use super::operation::{Lazy, Run, operation};
use super::write::{Batch, Options, Written, asks_first, write, writing};
use crate::client::{Call, Client};
use crate::data::{InputRows, IntoRows};
use crate::error::Result;
use crate::proto::milvus::InsertRequest;

/// Inserts rows. Returned by [`Client::insert`].
#[derive(Debug)]
#[must_use = "operations do nothing unless awaited"]
pub struct Insert<'a>(Lazy<'a, Builder<'a>, Written>);

#[derive(Debug)]
struct Builder<'a> {
    client: Client,
    collection: String,
    input: InputRows<'a>,
    options: Options,
}

/// # Writing rows
impl Client {
    /// [Inserts](https://milvus.io/docs/insert-update-delete.md) rows: one typed row, a list or an iterator of them,
    /// [`Columns`](crate::data::Columns), or JSON. See [`IntoRows`].
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::data::Columns;
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
    /// client.insert("books", &books[0]).await?;
    ///
    /// let embeddings: Vec<f32> = vec![0.1; 2 * 768];
    /// let columns = Columns::new().int64("id", [2, 3]).float_vector("embedding", 768, embeddings);
    /// client.insert("books", columns).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Rows are checked against the schema of the collection before they are sent. Fields that the schema does not have
    /// become dynamic fields if the collection allows them. Rows that do not fit into one request are sent in several, in
    /// order. [`insert_stream`](Self::insert_stream) writes more rows than memory can hold.
    ///
    /// The schema is looked up once, and cached for all handles of the client that have the same credentials. If the
    /// server rejects a write because the schema has changed since, the write is built again for the new schema and
    /// sent once more. Servers before Milvus 2.5, and Milvus Lite, do not check the schema; for them, it is looked up
    /// again when it is older than a second.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for data that do not fit the schema; the error names
    /// the row and the field. If one of several requests failed,
    /// [`partial_write`](crate::Error::partial_write) tells which rows were written.
    #[doc(alias = "insert_one")]
    #[doc(alias = "insert_many")]
    #[doc(alias = "insert_points")]
    pub fn insert<'a, K>(
        &self,
        collection: impl Into<String>,
        rows: impl IntoRows<'a, K>,
    ) -> Insert<'a> {
        Insert(Lazy::Builder(Builder {
            client: self.clone(),
            collection: collection.into(),
            input: rows.into_rows(),
            options: Options::default(),
        }))
    }
}

impl Insert<'_> {
    /// A key of at most 256 printable ASCII characters by which the server recognises a retry of this insert. With a
    /// key, an insert that may have happened is retried like a read. Since Milvus 3.0.
    ///
    /// Both the server's setting `streaming.idempotency.enabled` and the collection's property
    /// `collection.insert.idempotency.enabled` must be on; otherwise Milvus 3 refuses the insert. Servers before 3.0 would
    /// ignore the key, so that a retry inserted the rows twice: for them, the operation is refused before anything is sent.
    /// If the version of the server is not known, the insert is retried like one without a key.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.options().idempotency_key = Some(key.into());
        self
    }

    fn options(&mut self) -> &mut Options {
        &mut self.0.builder_mut().options
    }
}

operation!(['a] Insert<'a> => Written, options.timeout);
writing!(Insert);

/// The request with these rows.
pub(super) fn request(collection: &str, options: &Options, batch: Batch) -> InsertRequest {
    InsertRequest {
        collection_name: collection.to_owned(),
        partition_name: options.partition.clone().unwrap_or_default(),
        fields_data: batch.fields,
        num_rows: batch.rows,
        schema_timestamp: batch.schema_timestamp,
        namespace: options.namespace.clone(),
        ..InsertRequest::default()
    }
}

impl Run<Written> for Builder<'_> {
    async fn run(self) -> Result<Written> {
        let Self {
            client,
            collection,
            input,
            options,
        } = self;
        let call = Call::new("insert").on(&collection);
        let request = |batch| request(&collection, &options, batch);
        let several = asks_first(&client, &collection, &input);
        // Pinned, so that the future holds it only once.
        let writing = pin!(write(&client, call, input, &options, request));
        client.composite_if(several, call, writing)?.await
    }
}
