//! Streams of batches of rows, such as those of a Parquet file.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::input_rows::InputRows;
use super::kind::{Batched, Converted, Fallible, Listed, Streamed};
use super::row_stream::{BatchLimits, Batches, IntoRowStream, Iter, RowStream, StreamError};

/// An item of a [stream](IntoRowStream) of batches: [`Columns`](super::Columns), a `RecordBatch` of Arrow (feature
/// `arrow-60`), or a `Result` with one of these. The error of a `Result` ends the stream.
///
/// `K` is the [kind](super::kind) of the item, which the compiler infers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a batch of rows",
    label = "not a batch of rows",
    note = "a batch is `Columns`, or a `RecordBatch` of Arrow, or a `Result` with one"
)]
pub trait IntoBatch<'a, K> {
    /// The rows of the batch.
    ///
    /// # Errors
    ///
    /// The item is an error.
    fn into_batch(self) -> Result<InputRows<'a>, Box<dyn StdError + Send + Sync>>;
}

impl<'a, T: Into<InputRows<'a>>> IntoBatch<'a, Converted> for T {
    fn into_batch(self) -> Result<InputRows<'a>, StreamError> {
        Ok(self.into())
    }
}

impl<'a, T: Into<InputRows<'a>>, E: Into<StreamError>> IntoBatch<'a, Fallible> for Result<T, E> {
    fn into_batch(self) -> Result<InputRows<'a>, StreamError> {
        self.map(Into::into).map_err(Into::into)
    }
}

impl<'a, S, K> IntoRowStream<'a, Batched<Streamed<K>>> for S
where
    S: Stream<Item: IntoBatch<'a, K>> + Send + 'a,
{
    fn into_row_stream(self) -> RowStream<'a> {
        RowStream::new(Source {
            stream: Some(Box::pin(self)),
            read: <S::Item as IntoBatch<'a, K>>::into_batch,
            received: 0,
        })
    }
}

impl<'a, I, K> IntoRowStream<'a, Batched<Listed<K>>> for I
where
    I: Iterator<Item: IntoBatch<'a, K>> + Send + 'a,
{
    fn into_row_stream(self) -> RowStream<'a> {
        RowStream::new(Source {
            stream: Some(Box::pin(Iter(self))),
            read: <I::Item as IntoBatch<'a, K>>::into_batch,
            received: 0,
        })
    }
}

struct Source<'a, S: Stream> {
    /// `None` after its end, because it must not be polled again.
    stream: Option<Pin<Box<S>>>,
    read: fn(S::Item) -> Result<InputRows<'a>, StreamError>,
    received: usize,
}

impl<'a, S: Stream + Send> Batches<'a> for Source<'a, S> {
    /// The next batch that has rows, as the stream returned it.
    fn poll_batch(
        &mut self,
        context: &mut Context<'_>,
        _: BatchLimits,
    ) -> Poll<Option<Result<InputRows<'a>, StreamError>>> {
        while let Some(stream) = &mut self.stream {
            match ready!(stream.as_mut().poll_next(context)).map(self.read) {
                Some(Ok(batch)) if batch.is_empty() => {}
                Some(Ok(batch)) => {
                    self.received += batch.len();
                    return Poll::Ready(Some(Ok(batch)));
                }
                Some(Err(error)) => {
                    self.stream = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None => self.stream = None,
            }
        }
        Poll::Ready(None)
    }

    fn received(&self) -> usize {
        self.received
    }
}
