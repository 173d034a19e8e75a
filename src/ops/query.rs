//! Reading rows by a filter or by primary keys.

mod arguments;
mod one;
mod page;
mod spec;
mod stream;
mod tables;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde::de::DeserializeOwned;

pub use one::QueryOne;
pub(super) use spec::{QuerySpec, Rows};
pub use stream::QueryStream;
pub use tables::QueryTables;

use super::operation::{Lazy, Run, operation};
use super::page::page_offset;
use super::read::{Read, ReadOptions, as_row, reading, typed};
use crate::client::Client;
use crate::data::{IntoIds, Row, Table};
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
    #[doc(alias = "find")]
    #[doc(alias = "scroll")]
    #[doc(alias = "select")]
    pub fn query(&self, collection: impl Into<String>) -> Query {
        let rows = Rows::Matching(Filter::default());
        Query::new(QuerySpec::new(self, "query", collection.into(), rows))
    }

    /// Reads rows by their [primary keys](https://milvus.io/docs/get-and-scalar-query.md): one key, or a list of them. See
    /// [`IntoIds`]. Keys without a row are ignored; the server decides on the order. [`one`](Query::one) returns the row of
    /// a single key.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for book in client.get("books", [1, 2]).output(["title"]).await? {
    ///     println!("{:?}", book.get("title"));
    /// }
    /// let book = client.get("books", 7).one().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`query`](Self::query).
    #[doc(alias = "find_by_id")]
    #[doc(alias = "get_points")]
    #[doc(alias = "retrieve")]
    pub fn get<K>(&self, collection: impl Into<String>, ids: impl IntoIds<K>) -> Query {
        let ids = Rows::Ids(ids.into_ids());
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

    /// The maximum number of rows, at least 1. Default: none, which needs a filter. Together with the offset it must
    /// not exceed 16384.
    pub fn limit(mut self, limit: usize) -> Self {
        self.spec().limit = Some(limit as u64);
        self.parameters().remove("limit");
        self
    }

    /// Skips this many rows at the start. Without a limit, all matching rows, including the skipped ones, must fit into
    /// the 16384 that Milvus returns at most; otherwise the query fails.
    pub fn offset(mut self, offset: usize) -> Self {
        self.spec().offset = Some(offset as u64);
        self.parameters().remove("offset");
        self
    }

    /// Returns page `number` of a list with `size` rows on each page, as web pages show it. The first page is 1. Sets limit
    /// and offset, which together must not exceed 16384: [`stream`](Self::stream) reads more. Rows that are written in the
    /// meantime move others to another page.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let books = client.query("books").filter("year > 1950").page(2, 20).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "paginate")]
    pub fn page(mut self, number: usize, size: usize) -> Self {
        match page_offset(number, size) {
            Ok(offset) => self.limit(size).offset(offset),
            Err(why) => {
                self.spec().refusal.get_or_insert(why);
                self
            }
        }
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
