//! Results page by page, as a `Stream`.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use opentelemetry::context::FutureExt;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::error::{Error, Result};
use crate::otel::StreamSpan;

/// A source of pages.
pub(super) trait Pages: Send + Sized + 'static {
    type Item: Send + 'static;

    /// The method of `Client` that began the stream, as errors name it.
    fn operation(&self) -> &'static str;

    /// Starts the span over all pages.
    fn span(&self, made_in: &opentelemetry::Context) -> StreamSpan;

    /// Requests the next page. The result also tells whether there may be another page.
    fn page(&mut self) -> impl Future<Output = Result<(Vec<Self::Item>, bool)>> + Send;

    /// The number of rows in an item.
    fn rows(_item: &Self::Item) -> usize {
        1
    }
}

/// Refuses a batch size that no server supports.
pub(super) fn check_batch(size: u64) -> Result<(), String> {
    match size {
        1..=16384 => Ok(()),
        _ => Err(format!("batch_size is {size}: it must be 1 to 16384")),
    }
}

/// Returns the items of one page while the next one is being requested.
pub(super) struct Paged<P: Pages> {
    operation: &'static str,
    items: VecDeque<P::Item>,
    fetch: Fetch<P>,
    parent: (opentelemetry::Context, tracing::Span),
    /// Set by the first poll.
    span: Option<StreamSpan>,
}

type Fetched<P> = (P, Result<(Vec<<P as Pages>::Item>, bool)>);

enum Fetch<P: Pages> {
    /// Nothing was requested yet.
    Idle(P),
    Running(JoinHandle<Fetched<P>>),
    Done,
}

impl<P: Pages> Paged<P> {
    /// The span's parent is the context of the first poll, or, if there is none, the current context.
    pub(super) fn new(pages: P) -> Self {
        Self {
            operation: pages.operation(),
            items: VecDeque::new(),
            fetch: Fetch::Idle(pages),
            parent: (opentelemetry::Context::current(), tracing::Span::current()),
            span: None,
        }
    }

    /// The source of the pages, before the first one is requested.
    pub(super) fn idle(&mut self) -> Option<&mut P> {
        match &mut self.fetch {
            Fetch::Idle(pages) => Some(pages),
            Fetch::Running(_) | Fetch::Done => None,
        }
    }

    /// The span of the stream. Log records of its pages belong to the `tracing` span of the first poll, if there is one.
    fn span(&mut self, pages: &P) -> &StreamSpan {
        let (made_in, logged_in) = &mut self.parent;
        self.span.get_or_insert_with(|| {
            let current = tracing::Span::current();
            if !current.is_none() {
                *logged_in = current;
            }
            pages.span(made_in)
        })
    }

    /// Requests the next page in a task of its own. Fails without a tokio runtime.
    fn start(&mut self, mut pages: P) -> Result<()> {
        let Ok(runtime) = Handle::try_current() else {
            let why = "no tokio runtime is running: poll the stream inside one";
            return Err(Error::invalid_argument(self.operation, why));
        };
        let stream = self.span(&pages).clone();
        let (context, (_, span)) = (stream.next_page(), self.parent.clone());
        let fetch = async move {
            let page = pages.page().await;
            drop(stream);
            (pages, page)
        };
        self.fetch = Fetch::Running(runtime.spawn(fetch.with_context(context).instrument(span)));
        Ok(())
    }

    /// Ends the span with the stream.
    fn failed(&mut self, error: Error) -> Error {
        if let Some(span) = self.span.take() {
            span.fail(&error);
        }
        error
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<P::Item>>> {
        loop {
            if let Some(item) = self.items.pop_front() {
                if let Some(span) = &self.span {
                    span.rows(P::rows(&item));
                }
                return Poll::Ready(Some(Ok(item)));
            }
            match std::mem::replace(&mut self.fetch, Fetch::Done) {
                Fetch::Done => {
                    self.span = None;
                    return Poll::Ready(None);
                }
                Fetch::Idle(pages) => {
                    if let Err(error) = self.start(pages) {
                        return Poll::Ready(Some(Err(self.failed(error))));
                    }
                }
                Fetch::Running(mut task) => {
                    let Poll::Ready(joined) = Pin::new(&mut task).poll(context) else {
                        self.fetch = Fetch::Running(task);
                        return Poll::Pending;
                    };
                    let Ok((pages, page)) = joined else {
                        let why = "the runtime shut down while a page was requested";
                        return Poll::Ready(Some(Err(
                            self.failed(Error::timeout(self.operation, why))
                        )));
                    };
                    let (items, more) = match page {
                        Ok(page) => page,
                        Err(error) => return Poll::Ready(Some(Err(self.failed(error)))),
                    };
                    self.items = items.into();
                    if more && let Err(error) = self.start(pages) {
                        return Poll::Ready(Some(Err(self.failed(error))));
                    }
                }
            }
        }
    }
}

impl<P: Pages> Drop for Paged<P> {
    fn drop(&mut self) {
        if let Fetch::Running(task) = &self.fetch {
            task.abort();
        }
    }
}

/// Polls a stream of keys and items, and remembers the last key.
pub(super) fn poll_keyed<P, K, T>(
    paged: &mut Paged<P>,
    last: &mut Option<K>,
    context: &mut Context<'_>,
) -> Poll<Option<Result<T>>>
where
    P: Pages<Item = (K, T)>,
{
    Poll::Ready(match ready!(paged.poll(context)) {
        Some(Ok((key, item))) => {
            *last = Some(key);
            Some(Ok(item))
        }
        Some(Err(error)) => Some(Err(error)),
        None => None,
    })
}
