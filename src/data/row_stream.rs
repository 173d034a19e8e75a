//! Streams of rows, which are written batch by batch.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::Serialize;

use super::input_rows::{InputRows, IntoRows};
use super::kind::{Fallible, Listed, Serialized, Streamed};
use super::row_size::row_size;

/// An error of the caller's stream.
pub(crate) type StreamError = Box<dyn StdError + Send + Sync>;

/// The rows of an [`insert_stream`](crate::Client::insert_stream) or [`upsert_stream`](crate::Client::upsert_stream), made
/// by [`IntoRowStream`].
pub struct RowStream<'a>(Box<dyn Batches<'a> + Send + 'a>);

/// What [`insert_stream`](crate::Client::insert_stream) and [`upsert_stream`](crate::Client::upsert_stream) take: a `Stream`
/// or an iterator of [rows](IntoRow) or of [batches](super::IntoBatch) of rows, or of `Result`s with these.
///
/// `K` is the [kind](super::kind) of the stream, which the compiler infers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream of rows",
    label = "not a stream or an iterator of rows",
    note = "pass a `Stream` or an iterator that is `Send`; its items are structs with `#[derive(serde::Serialize)]`, maps or JSON objects, `Columns` or a `RecordBatch`, or `Result`s with them",
    note = "`insert` and `upsert` take a row or a list of rows"
)]
pub trait IntoRowStream<'a, K> {
    /// Converts into a stream of rows.
    fn into_row_stream(self) -> RowStream<'a>;
}

/// An item of a [stream of rows](IntoRowStream): a struct or a map that is `Serialize`, or a `Result` with one.
///
/// The error of a `Result` ends the stream. It must not itself be `Serialize`, as a `String` is, because the compiler could
/// not tell whether the `Result` is a row.
///
/// `K` is the [kind](super::kind) of the item, which the compiler infers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row",
    label = "not a row",
    note = "a row is a struct with `#[derive(serde::Serialize)]`, a map or a JSON object, or a `Result` with one; it must be `Send + Sync`"
)]
pub trait IntoRow<K> {
    /// The type of the row.
    type Row: Serialize + Send + Sync;

    /// The row.
    ///
    /// # Errors
    ///
    /// The item is an error.
    fn into_row(self) -> Result<Self::Row, Box<dyn StdError + Send + Sync>>;
}

impl<T: Serialize + Send + Sync> IntoRow<Serialized> for T {
    type Row = T;

    fn into_row(self) -> Result<T, StreamError> {
        Ok(self)
    }
}

impl<T: Serialize + Send + Sync, E: Into<StreamError>> IntoRow<Fallible> for Result<T, E> {
    type Row = T;

    fn into_row(self) -> Result<T, StreamError> {
        self.map_err(Into::into)
    }
}

impl<'a, S, K> IntoRowStream<'a, Streamed<K>> for S
where
    S: Stream<Item: IntoRow<K, Row: 'a>> + Send + 'a,
{
    fn into_row_stream(self) -> RowStream<'a> {
        RowStream::new(Source::new(self, <S::Item as IntoRow<K>>::into_row))
    }
}

impl<'a, I, K> IntoRowStream<'a, Listed<K>> for I
where
    I: Iterator<Item: IntoRow<K, Row: 'a>> + Send + 'a,
{
    fn into_row_stream(self) -> RowStream<'a> {
        RowStream::new(Source::new(Iter(self), <I::Item as IntoRow<K>>::into_row))
    }
}

/// When a batch is full.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchLimits {
    pub(crate) rows: usize,
    /// Approximately.
    pub(crate) bytes: usize,
}

impl<'a> RowStream<'a> {
    pub(super) fn new(source: impl Batches<'a> + Send + 'a) -> Self {
        Self(Box::new(source))
    }

    /// The next batch, once it is full or the stream has ended. Rows of an incomplete batch are kept.
    ///
    /// # Errors
    ///
    /// The stream's own. The rows that were received since the batch before are dropped.
    pub(crate) fn poll_batch(
        &mut self,
        context: &mut Context<'_>,
        limits: BatchLimits,
    ) -> Poll<Option<Result<InputRows<'a>, StreamError>>> {
        self.0.poll_batch(context, limits)
    }

    /// The number of rows that the stream has returned so far.
    pub(crate) fn received(&self) -> usize {
        self.0.received()
    }
}

impl fmt::Debug for RowStream<'_> {
    /// The count only: rows are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowStream({} so far)", self.received())
    }
}

/// A [`RowStream`] with the type of its rows erased.
pub(super) trait Batches<'a> {
    fn poll_batch(
        &mut self,
        context: &mut Context<'_>,
        limits: BatchLimits,
    ) -> Poll<Option<Result<InputRows<'a>, StreamError>>>;

    fn received(&self) -> usize;
}

struct Source<S: Stream, R> {
    /// `None` after its end, because it must not be polled again.
    stream: Option<Pin<Box<S>>>,
    read: fn(S::Item) -> Result<R, StreamError>,
    batch: Vec<R>,
    batch_bytes: usize,
    received: usize,
}

impl<S: Stream, R> Source<S, R> {
    fn new(stream: S, read: fn(S::Item) -> Result<R, StreamError>) -> Self {
        Self {
            stream: Some(Box::pin(stream)),
            read,
            batch: Vec::new(),
            batch_bytes: 0,
            received: 0,
        }
    }
}

impl<'a, S, R> Batches<'a> for Source<S, R>
where
    S: Stream + Send,
    R: Serialize + Send + Sync + 'a,
{
    fn poll_batch(
        &mut self,
        context: &mut Context<'_>,
        limits: BatchLimits,
    ) -> Poll<Option<Result<InputRows<'a>, StreamError>>> {
        while self.batch.len() < limits.rows && self.batch_bytes < limits.bytes {
            let Some(stream) = &mut self.stream else {
                break;
            };
            match ready!(stream.as_mut().poll_next(context)).map(self.read) {
                Some(Ok(row)) => {
                    self.batch_bytes += row_size(&row);
                    self.batch.push(row);
                    self.received += 1;
                }
                Some(Err(error)) => {
                    self.stream = None;
                    self.batch.clear();
                    return Poll::Ready(Some(Err(error)));
                }
                None => self.stream = None,
            }
        }
        self.batch_bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        Poll::Ready((!batch.is_empty()).then(|| Ok(batch.into_rows())))
    }

    fn received(&self) -> usize {
        self.received
    }
}

/// An iterator as a stream.
pub(super) struct Iter<I>(pub(super) I);

// Nothing in it is pinned.
impl<I> Unpin for Iter<I> {}

impl<I: Iterator> Stream for Iter<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}
