use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::super::by_key::{by_key, same_collection};
use super::super::read::{Read, ReadRow};
use super::super::stream::{Paged, Pages, check_batch, poll_keyed};
use super::super::wait::Wait;
use super::{Query, QuerySpec, Rows};
use crate::client::{Call, Known};
use crate::data::{Id, Row, Table, Value};
use crate::error::Result;
use crate::filter::Filter;
use crate::otel::StreamSpan;

/// The default number of rows of a page.
const BATCH: u64 = 1000;

impl<T: Send + 'static> Query<T> {
    /// Reads any number of rows [page by page](https://milvus.io/docs/with-iterators.md), in the order of their primary
    /// keys. The next page is requested while the current one is processed.
    ///
    /// All pages show the collection as it was at the first page, since Milvus 2.4. A query with an offset, an order or
    /// groups is refused.
    ///
    /// If the filter uses `element_filter` (since Milvus 3.0), limit and batch size are numbers of structs. A row with more
    /// matching structs than its page had room for is returned again, with the other structs as its
    /// [`matched_elements`](Row::matched_elements).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use tokio_stream::StreamExt;
    ///
    /// let mut old = client.query("books").filter("year < 1900").stream().batch_size(500);
    /// while let Some(book) = old.next().await {
    ///     println!("{:?}", book?.get("title"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The stream must be polled within a tokio runtime. Dropping it cancels the request for the next page.
    #[doc(alias = "query_iterator")]
    #[doc(alias = "scroll")]
    pub fn stream(self) -> QueryStream<T> {
        let Read { spec, row } = self.0.into_builder();
        let pages = QueryPages::new(spec);
        QueryStream {
            paged: Paged::new(RowPages { pages, row }),
            last: None,
        }
    }
}

/// The rows of a [`Query`], page by page.
#[must_use = "streams do nothing unless polled"]
pub struct QueryStream<T: Send + 'static = Row> {
    paged: Paged<RowPages<T>>,
    last: Option<Id>,
}

/// Pages as rows.
struct RowPages<T> {
    pages: QueryPages,
    row: ReadRow<T>,
}

/// The pages of a query.
pub(super) struct QueryPages {
    query: QuerySpec,
    pub(super) batch: u64,
    left: Option<u64>,
    /// The collection that the pages so far were of.
    known: Option<Arc<Known>>,
    pub(super) last: Option<Id>,
    /// The last matching struct of the last row, if the filter matches structs.
    last_element: Option<u64>,
}

impl<T: Send + 'static> QueryStream<T> {
    /// The number of rows of a page, 1 to 16384. Default 1000. Has no effect after the first poll.
    pub fn batch_size(mut self, rows: usize) -> Self {
        if let Some(source) = self.paged.idle() {
            source.pages.batch = rows as u64;
        }
        self
    }

    /// Continues after this primary key, such as the [`cursor`](Self::cursor) of an earlier stream. If the filter uses
    /// `element_filter`, it continues after all structs of that row. Has no effect after the first poll.
    pub fn resume_after(mut self, id: impl Into<Id>) -> Self {
        if let Some(source) = self.paged.idle() {
            source.pages.last = Some(id.into());
        }
        self
    }

    /// The primary key of the row that was returned last.
    pub fn cursor(&self) -> Option<&Id> {
        self.last.as_ref()
    }
}

impl QueryPages {
    pub(super) fn new(query: QuerySpec) -> Self {
        Self {
            left: query.limit,
            query,
            batch: BATCH,
            known: None,
            last: None,
            last_element: None,
        }
    }

    pub(super) fn operation(&self) -> &'static str {
        self.query.operation
    }

    pub(super) fn collection(&self) -> &str {
        &self.query.collection
    }

    pub(super) fn span(&self, made_in: &opentelemetry::Context) -> StreamSpan {
        let spec = &self.query;
        spec.client
            .stream_span(Call::new("query_stream").on(&spec.collection), made_in)
    }

    /// Pages follow each other by primary key. The error names the argument that does not allow that.
    fn check(&self) -> Result<(), &'static str> {
        let query = &self.query;
        let has = |key: &str| query.parameters.contains(key);
        if has("limit") {
            return Err(
                "limit cannot be a parameter of a stream: use .limit(..) and .batch_size(..)",
            );
        }
        if query.offset.is_some() || has("offset") {
            return Err("offset is not available for a stream: skip its first rows instead");
        }
        if has("order_by_fields") {
            return Err(
                "order_by: a stream returns rows in the order of their primary keys: query without .stream()",
            );
        }
        if has("group_by_fields") {
            return Err("group_by: a stream cannot return groups: query without .stream()");
        }
        Ok(())
    }

    /// The next page of a collection, and the filter that begins it after the page before.
    fn next(&self, known: &Known, limit: u64) -> (QuerySpec, Filter) {
        let key = known.key();
        let filter = match &self.query.rows {
            Rows::Matching(filter) => filter.clone(),
            Rows::Ids(ids) => Filter::ids(key, ids),
        };
        let filter = match (&self.last, self.last_element) {
            (Some(last), Some(_)) => filter.since_id(key, last),
            (Some(last), None) => filter.after_id(key, last),
            (None, _) => filter,
        };
        let mut page = self.query.clone();
        page.limit = Some(limit);
        page.options.consistency.paged = true;
        page.options.output = page.options.output.with(key);
        let parameters = &mut page.parameters;
        parameters.set("iterator", "True");
        parameters.set("reduce_stop_for_best", "True");
        parameters.set("collection_id", known.id);
        if let (Some(last), Some(element)) = (&self.last, self.last_element) {
            parameters.set("query_iter_last_pk", last);
            parameters.set("query_iter_last_element_offset", element);
        }
        (page, filter)
    }

    /// Requests the next page: its rows, their primary keys, and whether there may be another page.
    pub(super) async fn next_page(&mut self) -> Result<(Table, Vec<Id>, bool)> {
        let limit = self.left.map_or(self.batch, |left| left.min(self.batch));
        let spec = &self.query;
        let (client, collection) = (spec.client.clone(), spec.collection.clone());
        let (operation, timeout) = (spec.operation, spec.options.timeout);
        let call = Call::new(operation).on(&collection).timeout(timeout);
        check_batch(self.batch).map_err(|why| call.refuse(why))?;
        self.check().map_err(|why| call.refuse(why))?;
        if self.query.rows.are_none() {
            return Ok((Table::default(), Vec::new(), false));
        }
        let wait = Wait::new(timeout);
        let fetch = |known: Arc<Known>| {
            let ((page, filter), wait) = (self.next(&known, limit), &wait);
            async move { page.send_filter(&filter, wait).await }
        };
        let (known, received) = match &self.known {
            None => by_key(&client, call, &wait, fetch).await?,
            Some(known) => {
                let received = fetch(Arc::clone(known)).await?;
                same_collection(&client, call, known, &received.key).await?;
                (Arc::clone(known), received)
            }
        };
        self.known = Some(Arc::clone(&known));
        let (key, table, timestamp) = (known.key(), received.table, received.timestamp);
        if timestamp > 0 {
            let consistency = &mut self.query.options.consistency;
            consistency.timestamp.get_or_insert(timestamp);
        }
        let started_from = (self.last.clone(), self.last_element);
        let mut ids = Vec::with_capacity(table.len());
        let mut count = 0;
        for row in 0..table.len() {
            let id = match table.value(row, key) {
                Some(Value::Int(id)) => Id::Int(id),
                Some(Value::Text(id)) => Id::Text(id),
                _ => {
                    let why = format!("row {row} has no primary key {key:?}");
                    return Err(call.invalid_response(why));
                }
            };
            let elements = table.matched_elements(row);
            count += elements.map_or(1, |elements| elements.len() as u64);
            if self.last.as_ref().is_none_or(|last| *last <= id) {
                self.last = Some(id.clone());
                self.last_element = elements.and_then(|elements| elements.last().copied());
            }
            ids.push(id);
        }
        self.left = self.left.map(|left| left.saturating_sub(count));
        // A server may return fewer rows than requested before the end, but never none. One that repeats a page would do so
        // forever.
        let why = match &started_from {
            (Some(_), Some(_))
                if !ids.is_empty() && started_from == (self.last.clone(), self.last_element) =>
            {
                Some("the server repeated a page: it ends where the one before it did")
            }
            (Some(last), None) if ids.iter().any(|id| id <= last) => {
                Some("the server repeated rows of an earlier page")
            }
            _ => None,
        };
        if let Some(why) = why {
            return Err(call.invalid_response(why));
        }
        let more = !ids.is_empty() && self.left != Some(0);
        Ok((table, ids, more))
    }
}

impl<T: Send + 'static> Pages for RowPages<T> {
    type Item = (Id, T);

    fn operation(&self) -> &'static str {
        self.pages.operation()
    }

    fn span(&self, made_in: &opentelemetry::Context) -> StreamSpan {
        self.pages.span(made_in)
    }

    async fn page(&mut self) -> Result<(Vec<(Id, T)>, bool)> {
        let (table, ids, more) = self.pages.next_page().await?;
        let table = Arc::new(table);
        let rows = ids.into_iter().enumerate();
        let rows = rows.map(|(row, id)| Ok((id, (self.row)(&table, row)?)));
        let rows: Result<_> = rows.collect();
        let (operation, collection) = (self.pages.operation(), self.pages.collection());
        let rows = rows.map_err(|error| error.during(operation, collection))?;
        Ok((rows, more))
    }
}

impl<T: Send + 'static> Stream for QueryStream<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        poll_keyed(&mut this.paged, &mut this.last, context)
    }
}

impl<T: Send + 'static> Unpin for QueryStream<T> {}

impl<T: Send + 'static> fmt::Debug for QueryStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryStream").finish_non_exhaustive()
    }
}
