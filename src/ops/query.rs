mod arguments;
mod page;
mod stream;

use page::Page;
pub use stream::QueryStream;

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::by_key::by_key;
use super::features;
use super::fields::{Fit, Output};
use super::read::{ReadRow, Seen, as_row, awaited, flag, pair, reading, typed};
use super::wait::Wait;
use crate::client::{Call, Client, Known, Pending};
use crate::data::{Id, Row, Table};
use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::proto::Parameters;
use crate::proto::milvus::{QueryRequest, QueryResults};

/// A question for rows; `.await` asks it.
#[must_use = "operations do nothing unless awaited"]
pub struct Query<T = Row> {
    pub(super) client: Client,
    pub(super) collection: String,
    pub(super) rows: Rows,
    pub(super) partitions: Vec<String>,
    pub(super) output: Output,
    pub(super) limit: Option<u64>,
    pub(super) offset: Option<u64>,
    pub(super) parameters: Parameters,
    pub(super) seen: Seen,
    ignore_growing: bool,
    pub(super) namespace: Option<String>,
    pub(super) timeout: Option<Duration>,
    pub(super) read: ReadRow<T>,
    operation: &'static str,
    /// Why it cannot be asked, where a setter found that.
    refused: Option<String>,
}

/// Which rows.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    Matching(Filter),
    Of(Vec<Id>),
}

impl Client {
    /// Reads rows by a filter; all of them, up to Milvus' limit of 16384, with no filter and a
    /// [`limit`](Query::limit).
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
    /// For more rows than that, see [`stream`](Query::stream).
    pub fn query(&self, collection: impl Into<String>) -> Query {
        Query::new(
            self,
            collection.into(),
            Rows::Matching(Filter::default()),
            "query",
        )
    }

    /// Reads rows by their primary keys. Keys that no row has are passed over; the order is the server's.
    pub fn get<I: Into<Id>>(
        &self,
        collection: impl Into<String>,
        ids: impl IntoIterator<Item = I>,
    ) -> Query {
        let ids = ids.into_iter().map(Into::into).collect();
        Query::new(self, collection.into(), Rows::Of(ids), "get")
    }
}

impl Query {
    fn new(client: &Client, collection: String, rows: Rows, operation: &'static str) -> Self {
        Self {
            client: client.clone(),
            collection,
            rows,
            partitions: Vec::new(),
            output: Output::All,
            limit: None,
            offset: None,
            parameters: Parameters::default(),
            seen: Seen::default(),
            ignore_growing: false,
            namespace: None,
            timeout: None,
            read: as_row,
            operation,
            refused: None,
        }
    }
}

impl<T> Query<T> {
    /// Which rows: a [`Filter`], or an expression as text. On [`get`](Client::get) it replaces the keys.
    pub fn filter(mut self, filter: impl Into<Filter>) -> Self {
        self.rows = Rows::Matching(filter.into());
        self
    }

    /// The maximum number of rows, at least 1. Together with the offset it must not exceed 16384.
    pub fn limit(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self.parameters.unset("limit");
        self
    }

    /// Skips this many rows at the start. Without a limit, it is an error if more rows follow than the 16384 that
    /// Milvus gives from the first on.
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self.parameters.unset("offset");
        self
    }

    /// Returns rows as a type of yours. Unless [`output`](Self::output) says otherwise, the fields of the struct are
    /// asked for.
    pub fn rows<U: DeserializeOwned>(mut self) -> Query<U> {
        let output = std::mem::take(&mut self.output).of_rows::<U>();
        Query {
            output,
            ..self.reading(typed::<U>)
        }
    }

    /// Returns the columns as they are received, without a copy.
    pub fn columns(self) -> QueryColumns {
        QueryColumns(self.reading(as_row))
    }

    fn reading<U>(self, read: ReadRow<U>) -> Query<U> {
        Query {
            read,
            client: self.client,
            collection: self.collection,
            rows: self.rows,
            partitions: self.partitions,
            output: self.output,
            limit: self.limit,
            offset: self.offset,
            parameters: self.parameters,
            seen: self.seen,
            ignore_growing: self.ignore_growing,
            namespace: self.namespace,
            timeout: self.timeout,
            operation: self.operation,
            refused: self.refused,
        }
    }

    /// Sends it, and gives what was received with the server's time of it.
    pub(super) async fn table(&self) -> Result<(Table, u64)> {
        self.check()?;
        let several = matches!(&self.rows, Rows::Of(ids) if !ids.is_empty())
            && self.client.cached_schema(&self.collection).is_none();
        let call = Call::new(self.operation).on(&self.collection);
        let client = &self.client;
        client
            .composite_if(several, call, pin!(self.fetch()))?
            .await
    }

    async fn fetch(&self) -> Result<(Table, u64)> {
        let wait = Wait::new(self.timeout);
        let answer = match &self.rows {
            Rows::Matching(filter) => self.ask(filter, &wait).await?,
            Rows::Of(ids) if ids.is_empty() => return Ok((Table::default(), 0)),
            Rows::Of(ids) => {
                let call = Call::new(self.operation).on(&self.collection);
                let wait = &wait;
                let ask = |known: Arc<Known>| async move {
                    self.ask(&Filter::ids(known.key(), ids), wait).await
                };
                by_key(&self.client, call, wait, ask).await?.1
            }
        };
        Ok((answer.table, answer.timestamp))
    }

    /// Refuses what cannot be asked, before anything is sent.
    fn check(&self) -> Result<Page> {
        let refuse =
            |why: String| Error::invalid_argument(self.operation, why).on(Some(&self.collection));
        if let Some(why) = &self.refused {
            return Err(refuse(why.clone()));
        }
        self.parameters.check().map_err(refuse)?;
        self.seen.check().map_err(refuse)?;
        self.page().map_err(refuse)
    }

    /// Asks for the rows that a filter lets through.
    pub(super) async fn ask(&self, filter: &Filter, wait: &Wait) -> Result<Received> {
        let call = Call::new(self.operation).on(&self.collection);
        let refuse = |why: String| Error::invalid_argument(call.operation, why).on(call.collection);
        let page = self.check()?;
        let used = features::of_query(&self.parameters)
            .chain(features::of_rows(&self.partitions, self.namespace.as_ref()));
        let filter = filter.clone();
        let filter = filter.for_server(self.client.placing()).map_err(refuse)?;
        features::check(&self.client, call.timeout(wait.remaining()), used).await?;
        let step = call.timeout(wait.remaining());
        let filter =
            if self.has_page() && filter.is_list() && self.client.server(step).await.is_lite_3() {
                filter.twice()
            } else {
                filter
            };
        let mut fit = Fit::new(&self.client, call.timeout(wait.remaining()), &self.output).await?;
        let fields = fit.fields(&self.output, |_| Ok(())).await?;
        let (output_fields, mut shown) = match fields {
            Some(fields) => (fields.asked, fields.shown),
            None => (self.output.names(), None),
        };
        let guarantee = self.seen.guarantee(&self.client);
        let mut query_params = Vec::with_capacity(3);
        query_params.extend(page.limit().map(|limit| pair("limit", limit)));
        query_params.extend(self.offset.map(|offset| pair("offset", offset)));
        query_params.push(pair("ignore_growing", flag(self.ignore_growing)));
        let mut request = QueryRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            expr: filter.text().to_owned(),
            expr_template_values: filter.values(),
            output_fields,
            partition_names: self.partitions.clone(),
            guarantee_timestamp: guarantee.timestamp,
            consistency_level: guarantee.level,
            use_default_consistency: guarantee.use_default,
            query_params: self.parameters.clone().over(query_params),
            namespace: self.namespace.clone(),
            ..QueryRequest::default()
        };
        let step = call.timeout(wait.remaining());
        let answer = match self
            .client
            .call_kept(step, &request, QueryResults::default())
            .await
        {
            Ok(answer) => answer,
            Err(error) => {
                let sent = &request.output_fields;
                let fields = fit.otherwise(error, sent, &self.output, |_| Ok(())).await?;
                request.output_fields = fields.asked;
                shown = fields.shown;
                self.client
                    .call(call.timeout(wait.remaining()), request)
                    .await?
            }
        };
        let refuse = |why: String| Error::answer(call.operation, why).on(call.collection);
        let rows = rows_in(&answer.fields_data).map_err(refuse)?;
        let fields = if rows == 0 {
            Vec::new()
        } else {
            answer.fields_data
        };
        let table = Table::new(fields, rows)
            .and_then(|table| table.with_matched_elements(answer.element_indices))
            .map_err(refuse)?;
        page.check(rows)
            .map_err(|why| Error::invalid_argument(call.operation, why).on(call.collection))?;
        let shown = shown.as_ref().unwrap_or(&answer.output_fields);
        Ok(Received {
            table: table.asked_for(shown),
            timestamp: answer.session_ts,
            key: answer.primary_field_name,
        })
    }

    async fn send(self) -> Result<Vec<T>> {
        let (table, _) = self.table().await?;
        let table = Arc::new(table);
        (0..table.len())
            .map(|row| (self.read)(&table, row))
            .collect::<Result<_>>()
            .map_err(|error| error.during(self.operation, &self.collection))
    }
}

/// What came back.
pub(super) struct Received {
    pub(super) table: Table,
    /// The server's time of it; 0 where it does not say.
    pub(super) timestamp: u64,
    /// What the server calls the primary key; nothing where it does not say.
    pub(super) key: String,
}

/// How many rows an answer has: what its first field says, nulls included.
fn rows_in(fields: &[crate::proto::schema::FieldData]) -> Result<usize, String> {
    let counts = fields.iter().map(crate::data::rows_of);
    counts.reduce(|a, b| Ok(a?.max(b?))).unwrap_or(Ok(0))
}

// Derived, it would ask the same of the rows' type.
impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            collection: self.collection.clone(),
            rows: self.rows.clone(),
            partitions: self.partitions.clone(),
            output: self.output.clone(),
            limit: self.limit,
            offset: self.offset,
            parameters: self.parameters.clone(),
            seen: self.seen,
            ignore_growing: self.ignore_growing,
            namespace: self.namespace.clone(),
            timeout: self.timeout,
            read: self.read,
            operation: self.operation,
            refused: self.refused.clone(),
        }
    }
}

impl<T> fmt::Debug for Query<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("collection", &self.collection)
            .field("rows", &self.rows)
            .field("output", &self.output)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

reading!([T] Query<T>, parameters);
awaited!(Query<T> => Vec<T>);

/// A [`Query`] whose rows come as a [`Table`]; `.await` asks it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct QueryColumns(Query);

impl IntoFuture for QueryColumns {
    type Output = Result<Table>;
    type IntoFuture = Pending<Table>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.0.table().await?.0) })
    }
}
