//! The kinds of values that a method takes. The compiler infers them, so programs never name them.
//!
//! Methods such as [`Client::insert`](crate::Client::insert) take values of several kinds. A type could belong to two of
//! them, so the kind is a type parameter of the method's trait.

use std::marker::PhantomData;

/// A type that is `Serialize`: a row, or a list of rows.
#[derive(Debug, Clone, Copy)]
pub enum Serialized {}

/// A type that is converted by `into()`.
#[derive(Debug, Clone, Copy)]
pub enum Converted {}

/// A list, whose items are of the kind `K`.
#[derive(Debug, Clone, Copy)]
pub struct Listed<K = Converted>(PhantomData<K>);

/// A `Stream`, whose items are of the kind `K`.
#[derive(Debug, Clone, Copy)]
pub struct Streamed<K>(PhantomData<K>);

/// A stream or a list of batches of rows, whose kind is `K`.
#[derive(Debug, Clone, Copy)]
pub struct Batched<K>(PhantomData<K>);

/// A `Result`.
#[derive(Debug, Clone, Copy)]
pub enum Fallible {}
