//! Rows of one type, which writes of typed collections take.

use std::borrow::Borrow;
use std::marker::PhantomData;

use futures_core::Stream;
use serde::{Serialize, Serializer};

use super::input_rows::{InputRows, IntoRows};
use super::kind::{Listed, Serialized, Streamed};
use super::row_stream::{IntoRow, IntoRowStream, RowStream};

/// What [`insert`](crate::ops::TypedCollection::insert) and [`upsert`](crate::ops::TypedCollection::upsert) of a typed
/// collection take: one row, or a list or an iterator of rows. A row is a `T`, or a reference or a pointer to one, such as
/// `&T`, `Box<T>` or `Arc<T>`.
///
/// `K` is the [kind](super::kind) of the rows, which the compiler infers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a row of the collection nor a list of its rows",
    label = "expected rows of type `{T}`",
    note = "pass a `{T}` or a reference to one, or a list or an iterator of these; they must be `Send + Sync`",
    note = "rows of another type, JSON and `Columns` are written by `insert` and `upsert` of `Client`"
)]
pub trait IntoTypedRows<'a, T, K> {
    /// Converts into rows.
    fn into_typed_rows(self) -> InputRows<'a>;
}

impl<'a, T, R> IntoTypedRows<'a, T, Serialized> for R
where
    T: Serialize + 'a,
    R: Borrow<T> + Send + Sync + 'a,
{
    fn into_typed_rows(self) -> InputRows<'a> {
        Typed::new(self).into_rows()
    }
}

impl<'a, T, I> IntoTypedRows<'a, T, Listed<Serialized>> for I
where
    T: Serialize + 'a,
    I: IntoIterator<Item: Borrow<T> + Send + Sync + 'a>,
{
    fn into_typed_rows(self) -> InputRows<'a> {
        let rows = self.into_iter().map(Typed::new);
        rows.collect::<Vec<_>>().into_rows()
    }
}

/// A row that is written like the `T` that it is or refers to.
struct Typed<R, T>(R, PhantomData<fn() -> T>);

impl<R, T> Typed<R, T> {
    fn new(row: R) -> Self {
        Self(row, PhantomData)
    }
}

impl<R: Borrow<T>, T: Serialize> Serialize for Typed<R, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.borrow().serialize(serializer)
    }
}

/// What [`insert_stream`](crate::ops::TypedCollection::insert_stream) and
/// [`upsert_stream`](crate::ops::TypedCollection::upsert_stream) of a typed collection take: a `Stream` or an iterator of
/// `T`, `&T`, or `Result`s with these.
///
/// `K` is the [kind](super::kind) of the stream, which the compiler infers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream of rows of the collection",
    label = "expected a stream or an iterator of rows of type `{T}`",
    note = "pass a `Stream` or an iterator that is `Send`; its items are `{T}`, references to them, or `Result`s with them",
    note = "`insert` and `upsert` take a row or a list of rows"
)]
pub trait IntoTypedRowStream<'a, T, K> {
    /// Converts into a stream of rows.
    fn into_typed_row_stream(self) -> RowStream<'a>;
}

impl<'a, T, S, K> IntoTypedRowStream<'a, T, Streamed<K>> for S
where
    S: Stream<Item: IntoRow<K, Row: Borrow<T> + 'a>> + Send + 'a,
{
    fn into_typed_row_stream(self) -> RowStream<'a> {
        IntoRowStream::<'a, Streamed<K>>::into_row_stream(self)
    }
}

impl<'a, T, I, K> IntoTypedRowStream<'a, T, Listed<K>> for I
where
    I: Iterator<Item: IntoRow<K, Row: Borrow<T> + 'a>> + Send + 'a,
{
    fn into_typed_row_stream(self) -> RowStream<'a> {
        IntoRowStream::<'a, Listed<K>>::into_row_stream(self)
    }
}
