//! Reading rows by a filter or by primary keys.

mod arguments;
mod page;
mod spec;
mod stream;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde::de::DeserializeOwned;

pub(super) use spec::{QuerySpec, Rows};
pub use stream::QueryStream;

use super::operation::{Lazy, Run, operation};
use super::read::{Read, ReadOptions, as_row, reading, typed};
use crate::client::Client;
use crate::data::{Id, Row, Table};
use crate::error::Result;
use crate::filter::Filter;
use crate::proto::Parameters;

/// Reads rows by a filter or by primary keys. Returned by [`Client::query`] and [`Client::get`].
#[must_use = "operations do nothing unless awaited"]
pub struct Query<T = Row>(Lazy<'static, Read<QuerySpec, T>, Vec<T>>);

/// # Reading rows
impl Client {
    /// Reads the rows that match a [filter](https://milvus.io/docs/get-and-scalar-query.md). Without a filter, it reads
    /// any rows, and needs a [`limit`](Query::limit).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::Filter;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Book {
    ///     id: i64,
    ///     title: String,
    /// }
    ///
    /// let old = Filter::new("year < {year}").bind("year", 1950);
    /// let books: Vec<Book> = client.query("books").filter(old).rows().await?;
    /// let table = client.query("books").filter("id in [1, 2]").output(["embedding"]).columns().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Milvus returns at most 16384 rows at once. Use [`stream`](Query::stream) to read more.
    ///
    /// # Errors
    ///
    /// [`Code::COLLECTION_NOT_LOADED`](crate::error::Code::COLLECTION_NOT_LOADED) if the collection is not
    /// [loaded](Self::load_collection); [`is_invalid_argument`](crate::Error::is_invalid_argument) for a filter or a field
    /// that does not fit the collection.
    pub fn query(&self, collection: impl Into<String>) -> Query {
        let rows = Rows::Matching(Filter::default());
        Query::new(QuerySpec::new(self, "query", collection.into(), rows))
    }

    /// Reads rows by their [primary keys](https://milvus.io/docs/get-and-scalar-query.md). Keys without a row are ignored;
    /// the server decides on the order.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for book in client.get("books", [1, 2]).output(["title"]).await? {
    ///     println!("{:?}", book.get("title"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`query`](Self::query).
    pub fn get<I: Into<Id>>(
        &self,
        collection: impl Into<String>,
        ids: impl IntoIterator<Item = I>,
    ) -> Query {
        let ids = Rows::Ids(ids.into_iter().map(Into::into).collect());
        Query::new(QuerySpec::new(self, "get", collection.into(), ids))
    }
}

operation!([T: Send + 'static] Query<T> => Vec<T>, map |rows| rows);
reading!([T] Query<T>);

impl Query {
    fn new(spec: QuerySpec) -> Self {
        let row = as_row;
        Self(Lazy::Builder(Read { spec, row }))
    }
}

impl<T> Query<T> {
    /// The rows to read: a [`Filter`], or an expression as text. After [`get`](Client::get) it replaces the primary keys.
    pub fn filter(mut self, filter: impl Into<Filter>) -> Self {
        self.spec().rows = Rows::Matching(filter.into());
        self
    }

    /// The maximum number of rows, at least 1. Together with the offset it must not exceed 16384.
    pub fn limit(mut self, limit: u64) -> Self {
        self.spec().limit = Some(limit);
        self.parameters().remove("limit");
        self
    }

    /// Skips this many rows at the start. Without a limit, it is an error if more rows follow than the 16384 that
    /// Milvus gives from the first on.
    pub fn offset(mut self, offset: u64) -> Self {
        self.spec().offset = Some(offset);
        self.parameters().remove("offset");
        self
    }

    /// Converts each row into a `U`. Requests the fields of the struct `U`, unless [`output`](Self::output) is set.
    pub fn rows<U: DeserializeOwned>(self) -> Query<U> {
        let mut spec = self.0.into_builder().spec;
        spec.options.output = spec.options.output.of_rows::<U>();
        let row = typed::<U>;
        Query(Lazy::Builder(Read { spec, row }))
    }

    /// Returns the columns as they are received, without a copy.
    pub fn columns(self) -> QueryColumns {
        QueryColumns(Lazy::Builder(self.0.into_builder().spec))
    }

    fn spec(&mut self) -> &mut QuerySpec {
        &mut self.0.builder_mut().spec
    }

    fn options(&mut self) -> &mut ReadOptions {
        &mut self.spec().options
    }

    fn parameters(&mut self) -> &mut Parameters {
        &mut self.spec().parameters
    }
}

impl<T: Send> Run<Vec<T>> for Read<QuerySpec, T> {
    async fn run(self) -> Result<Vec<T>> {
        let (table, _) = self.spec.table().await?;
        let table = Arc::new(table);
        (0..table.len())
            .map(|row| (self.row)(&table, row))
            .collect::<Result<_>>()
            .map_err(|error| error.during(self.spec.operation, &self.spec.collection))
    }
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Query<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Query").field(&self.0).finish()
    }
}

/// A [`Query`] whose rows are returned as a [`Table`]. Returned by [`Query::columns`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct QueryColumns(Lazy<'static, QuerySpec, Table>);

operation!([] QueryColumns => Table, options.timeout);
