//! One value of a received column, borrowed from the buffer it arrived in.

use super::float16::Half;
use crate::proto::schema::{FieldData, ScalarField, VectorField};
use bytes::Bytes;

/// A value in its column's buffer.
#[derive(Clone, Copy)]
pub(crate) enum Cell<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f32),
    Double(f64),
    Text(&'a str),
    Json(&'a Bytes),
    Array(&'a ScalarField),
    /// Little-endian 32-bit floats, from one offset of the buffer to another.
    Floats(&'a Bytes, usize, usize),
    /// Little-endian 16-bit floats of this format.
    Halves(&'a Bytes, usize, usize, Half),
    Int8s(&'a Bytes, usize, usize),
    Bits(&'a Bytes, usize, usize),
    Sparse(&'a Bytes),
    /// The vectors that the structs of one row have in one field.
    Vectors(&'a VectorField),
    /// The structs of one row: the fields they have, and the row.
    Structs(&'a [ReceivedField], usize),
    Struct(Struct<'a>),
    /// A value of the type with this number, which this version of the crate cannot read.
    Unknown(i32),
}

/// One struct of one row.
#[derive(Clone, Copy)]
pub(crate) struct Struct<'a> {
    pub(super) fields: &'a [ReceivedField],
    pub(super) row: usize,
    pub(super) index: usize,
}

/// A received field with a value or a null for every row, which [`ReceivedField::new`] has checked.
#[derive(Clone, PartialEq)]
pub(crate) struct ReceivedField {
    pub(super) field: FieldData,
    /// The index of each row's value, if the server left out the values of null rows.
    pub(super) indexes: Option<Vec<usize>>,
    /// The fields of an array of structs, each with one array per row.
    pub(super) inner: Vec<Self>,
}

impl<'a> Cell<'a> {
    /// The bytes between two offsets, which were checked when the cell was made.
    pub(super) fn bytes(bytes: &'a Bytes, start: usize, end: usize) -> &'a [u8] {
        bytes.get(start..end).unwrap_or_default()
    }
}
