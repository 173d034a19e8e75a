//! Reading one row.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::super::operation::{Lazy, Run, operation};
use super::super::read::{Read, ReadOptions, reading, typed};
use super::{Query, QuerySpec, Rows};
use crate::data::Row;
use crate::error::Result;
use crate::proto::Parameters;

/// A [`Query`] for one row. Returned by [`Query::one`].
#[must_use = "operations do nothing unless awaited"]
pub struct QueryOne<T = Row>(Lazy<'static, Read<QuerySpec, T>, Option<T>>);

impl<T> Query<T> {
    /// Returns one row, or `None` if there is none. If several rows match, it is the first that the server returns; others
    /// are not requested.
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
    /// if let Some(row) = client.get("books", 7).one().await? {
    ///     println!("{:?}", row.get("title"));
    /// }
    /// let dune = Filter::new("title == {title}").bind("title", "Dune");
    /// let book: Option<Book> = client.query("books").filter(dune).rows().one().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "find_one")]
    #[doc(alias = "fetch_optional")]
    #[doc(alias = "fetch_one")]
    #[doc(alias = "first")]
    pub fn one(self) -> QueryOne<T> {
        let mut query = self.0.into_builder();
        // Several primary keys may have several rows, but a limit makes the server do more for the usual one.
        if matches!(query.spec.rows, Rows::Matching(_)) {
            query.spec.limit = Some(1);
            query.spec.parameters.remove("limit");
        }
        QueryOne(Lazy::Builder(query))
    }
}

impl<T> QueryOne<T> {
    /// Converts the row into a `U`. Requests the fields of the struct `U`, unless [`output`](Self::output) is set.
    pub fn rows<U: DeserializeOwned>(self) -> QueryOne<U> {
        let mut spec = self.0.into_builder().spec;
        spec.options.output = spec.options.output.of_rows::<U>();
        let row = typed::<U>;
        QueryOne(Lazy::Builder(Read { spec, row }))
    }

    fn options(&mut self) -> &mut ReadOptions {
        &mut self.0.builder_mut().spec.options
    }

    fn parameters(&mut self) -> &mut Parameters {
        &mut self.0.builder_mut().spec.parameters
    }
}

operation!([T: Send + 'static] QueryOne<T> => Option<T>, map |row| row);
reading!([T] QueryOne<T>);

impl<T: Send> Run<Option<T>> for Read<QuerySpec, T> {
    async fn run(self) -> Result<Option<T>> {
        let (table, _) = self.spec.table().await?;
        if table.is_empty() {
            return Ok(None);
        }
        let row = (self.row)(&Arc::new(table), 0);
        row.map(Some)
            .map_err(|error| error.during(self.spec.operation, &self.spec.collection))
    }
}

impl<T> Clone for QueryOne<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for QueryOne<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("QueryOne").field(&self.0).finish()
    }
}
