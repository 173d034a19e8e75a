use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::super::by_key::{by_key, same_collection};
use super::super::read::as_row;
use super::super::stream::{Paged, Pages, check_batch, poll_keyed};
use super::super::wait::Wait;
use super::{Query, Rows};
use crate::client::{Call, Known};
use crate::data::{Id, Row, Value};
use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::otel::StreamSpan;

/// How many rows a page has, unless the stream says otherwise.
const BATCH: u64 = 1000;

impl<T: Send + 'static> Query<T> {
    /// Reads any number of rows in the order of their primary keys, page by page: the next page is on its way while
    /// this one is looked at. All pages show the collection as it was at the first, where the server can (Milvus 2.4).
    /// An offset, an order or groups of the query's own are refused.
    ///
    /// Where `element_filter` matches structs (Milvus 3.0), the limit and the batch size are numbers of structs. A row
    /// with more of them than its page had room for comes again, with the others as its
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
    /// Must be polled within a tokio runtime. Dropping it gives up the page that is on its way.
    pub fn stream(self) -> QueryStream<T> {
        let left = self.limit;
        QueryStream {
            paged: Paged::new(QueryPages {
                query: self,
                batch: BATCH,
                left,
                known: None,
                last: None,
                last_element: None,
            }),
            last: None,
        }
    }
}

/// The rows of a [`Query`], page by page.
#[must_use = "streams do nothing unless polled"]
pub struct QueryStream<T: Send + 'static = Row> {
    paged: Paged<QueryPages<T>>,
    last: Option<Id>,
}

struct QueryPages<T> {
    query: Query<T>,
    batch: u64,
    left: Option<u64>,
    /// The collection that the pages so far were of.
    known: Option<Arc<Known>>,
    last: Option<Id>,
    /// Which struct of the last row was matched last, where a filter matches structs.
    last_element: Option<u64>,
}

impl<T: Send + 'static> QueryStream<T> {
    /// How many rows are asked for at once, 1 to 16384. Default 1000. Only before the first row.
    pub fn batch_size(mut self, rows: u64) -> Self {
        if let Some(pages) = self.paged.idle() {
            pages.batch = rows;
        }
        self
    }

    /// Goes on after this primary key, as [`cursor`](Self::cursor) of an earlier stream gave it; also after all structs
    /// of its row, where `element_filter` matches them. Only before the first row.
    pub fn resume_after(mut self, id: impl Into<Id>) -> Self {
        if let Some(pages) = self.paged.idle() {
            pages.last = Some(id.into());
        }
        self
    }

    /// The primary key of the row that was given last.
    pub fn cursor(&self) -> Option<&Id> {
        self.last.as_ref()
    }
}

impl<T: Send + 'static> QueryPages<T> {
    /// Pages follow each other by primary key. The error says what of the query is against that.
    fn check(&self) -> Result<(), &'static str> {
        let says = |key: &str| self.query.parameters.says(key);
        if says("limit") {
            return Err("limit: a stream has pages: say it by .limit(..) and .batch_size(..)");
        }
        if self.query.offset.is_some() || says("offset") {
            return Err("offset: a stream has none: skip the first rows of it");
        }
        if says("order_by_fields") {
            return Err("order_by: a stream gives rows in the order of their primary keys");
        }
        if says("group_by_fields") {
            return Err("group_by: a stream gives rows, not groups");
        }
        Ok(())
    }

    /// The next page of a collection, and the filter that begins it after the page before.
    fn next(&self, known: &Known, limit: u64) -> (Query<Row>, Filter) {
        let key = known.key();
        let filter = match &self.query.rows {
            Rows::Matching(filter) => filter.clone(),
            Rows::Of(ids) => Filter::ids(key, ids),
        };
        let filter = match (&self.last, self.last_element) {
            (Some(last), Some(_)) => filter.since_id(key, last),
            (Some(last), None) => filter.after_id(key, last),
            (None, _) => filter,
        };
        let mut page: Query<Row> = Query {
            limit: Some(limit),
            ..self.query.clone().reading(as_row)
        };
        page.seen.paged = true;
        page.output = page.output.with(key);
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
}

impl<T: Send + 'static> Pages for QueryPages<T> {
    type Item = (Id, T);

    fn span(&self, made_in: &opentelemetry::Context) -> StreamSpan {
        let call = Call::new("query_stream").on(&self.query.collection);
        self.query.client.stream_span(call, made_in)
    }

    async fn page(&mut self) -> Result<(Vec<(Id, T)>, bool)> {
        let limit = self.left.map_or(self.batch, |left| left.min(self.batch));
        let (client, collection) = (self.query.client.clone(), self.query.collection.clone());
        let call = Call::new("query")
            .on(&collection)
            .timeout(self.query.timeout);
        let refuse = |why: String| Error::invalid_argument(call.operation, why).on(call.collection);
        check_batch(self.batch).map_err(refuse)?;
        self.check().map_err(|why| refuse(why.to_owned()))?;
        let wait = Wait::new(self.query.timeout);
        let ask = |known: Arc<Known>| {
            let ((page, filter), wait) = (self.next(&known, limit), &wait);
            async move { page.ask(&filter, wait).await }
        };
        let (known, received) = match &self.known {
            None => by_key(&client, call, &wait, ask).await?,
            Some(known) => {
                let received = ask(Arc::clone(known)).await?;
                same_collection(&client, call, known, &received.key).await?;
                (Arc::clone(known), received)
            }
        };
        self.known = Some(Arc::clone(&known));
        let (key, table, timestamp) = (known.key(), received.table, received.timestamp);
        if self.query.seen.timestamp.is_none() && timestamp > 0 {
            self.query.seen.timestamp = Some(timestamp);
        }
        let table = Arc::new(table);
        let asked_from = (self.last.clone(), self.last_element);
        let mut rows = Vec::with_capacity(table.len());
        let mut count = 0;
        for row in 0..table.len() {
            let id = match table.value(row, key) {
                Some(Value::Int(id)) => Id::Int(id),
                Some(Value::Text(id)) => Id::Text(id),
                _ => {
                    let why = format!("row {row} has no primary key {key:?}");
                    return Err(Error::answer(call.operation, why).on(call.collection));
                }
            };
            let elements = table.matched_elements(row);
            count += elements.map_or(1, |elements| elements.len() as u64);
            if self.last.as_ref().is_none_or(|last| *last <= id) {
                self.last = Some(id.clone());
                self.last_element = elements.and_then(|elements| elements.last().copied());
            }
            let item = (self.query.read)(&table, row);
            rows.push((
                id,
                item.map_err(|error| error.during(call.operation, &collection))?,
            ));
        }
        self.left = self.left.map(|left| left.saturating_sub(count));
        // A server may give less than asked for before the end, but never nothing. One that repeats itself would do so
        // without end.
        let why = match &asked_from {
            (Some(_), Some(_))
                if !rows.is_empty() && asked_from == (self.last.clone(), self.last_element) =>
            {
                Some("a page ends where the one before it did")
            }
            (Some(last), None) if rows.iter().any(|(id, _)| id <= last) => {
                Some("a page has rows of one before it: the server repeats itself")
            }
            _ => None,
        };
        if let Some(why) = why {
            return Err(Error::answer(call.operation, why).on(call.collection));
        }
        let more = !rows.is_empty() && self.left != Some(0);
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
        f.debug_struct("QueryStream")
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}
