use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::super::stream::{Paged, Pages, poll_keyed};
use super::QueryColumns;
use super::stream::QueryPages;
use crate::data::{Id, Table};
use crate::error::Result;
use crate::otel::StreamSpan;
use futures_core::Stream;

impl QueryColumns {
    /// Reads any number of rows page by page, as [`Query::stream`](crate::ops::Query::stream) does, but returns each page
    /// as columns. No page is empty.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use tokio_stream::StreamExt;
    ///
    /// let mut pages = client.query("books").output(["year"]).columns().stream().batch_size(10_000);
    /// while let Some(page) = pages.next().await {
    ///     let page = page?;
    ///     println!("{} rows, {:?}", page.len(), page.column("year"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The stream must be polled within a tokio runtime. Dropping it cancels the request for the next page.
    pub fn stream(self) -> QueryTables {
        QueryTables {
            paged: Paged::new(TablePages {
                pages: QueryPages::new(self.0.into_builder()),
                order: Vec::new(),
            }),
            last: None,
        }
    }
}

/// The rows of a query, page by page, each as a [`Table`]. Returned by [`QueryColumns::stream`].
#[must_use = "streams do nothing unless polled"]
pub struct QueryTables {
    paged: Paged<TablePages>,
    last: Option<Id>,
}

/// Pages as tables.
struct TablePages {
    pages: QueryPages,
    /// The order of the fields in the first page.
    order: Vec<String>,
}

impl QueryTables {
    /// The number of rows of a page, 1 to 16384. Default 1000. Has no effect after the first poll.
    pub fn batch_size(mut self, rows: usize) -> Self {
        if let Some(TablePages { pages, .. }) = self.paged.idle() {
            pages.batch = rows as u64;
        }
        self
    }

    /// Continues after this primary key, such as the [`cursor`](Self::cursor) of an earlier stream. Has no effect after the
    /// first poll.
    pub fn resume_after(mut self, id: impl Into<Id>) -> Self {
        if let Some(TablePages { pages, .. }) = self.paged.idle() {
            pages.last = Some(id.into());
        }
        self
    }

    /// The largest primary key of the pages that were returned.
    pub fn cursor(&self) -> Option<&Id> {
        self.last.as_ref()
    }
}

impl Pages for TablePages {
    type Item = (Id, Table);

    fn operation(&self) -> &'static str {
        self.pages.operation()
    }

    fn span(&self, made_in: &opentelemetry::Context) -> StreamSpan {
        self.pages.span(made_in)
    }

    async fn page(&mut self) -> Result<(Vec<(Id, Table)>, bool)> {
        let (mut table, ids, more) = self.pages.next_page().await?;
        if self.order.is_empty() {
            self.order = table.field_order();
        }
        table.reorder(&self.order);
        let page = ids.into_iter().max();
        let page = page.map(|last| (last, table));
        Ok((page.into_iter().collect(), more))
    }

    fn rows((_, table): &(Id, Table)) -> usize {
        table.len()
    }
}

impl Stream for QueryTables {
    type Item = Result<Table>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        poll_keyed(&mut this.paged, &mut this.last, context)
    }
}

impl Unpin for QueryTables {}

impl fmt::Debug for QueryTables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryTables").finish_non_exhaustive()
    }
}
