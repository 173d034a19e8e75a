//! A value of a received column, borrowed from the response's buffer.

use super::float16::Half;
use crate::proto::schema::{FieldData, ScalarField, VectorField};
use bytes::Bytes;

/// A borrowed value of a received column. Vectors are byte ranges in the column's buffer.
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
    /// Little-endian 32-bit floats, between these two offsets of the buffer.
    Floats(&'a Bytes, usize, usize),
    /// Little-endian 16-bit floats of this format.
    Halves(&'a Bytes, usize, usize, Half),
    Int8s(&'a Bytes, usize, usize),
    Bits(&'a Bytes, usize, usize),
    Sparse(&'a Bytes),
    /// The vectors of one field in all structs of one row.
    Vectors(&'a VectorField),
    /// The structs of one row: their fields, and the row's index.
    Structs(&'a [ReceivedField], usize),
    Struct(Struct<'a>),
    /// A value of a type that this version of the crate cannot read, by the type's number in Milvus' protocol.
    Unknown(i32),
}

/// One struct of an array of structs.
#[derive(Clone, Copy)]
pub(crate) struct Struct<'a> {
    pub(super) fields: &'a [ReceivedField],
    pub(super) row: usize,
    pub(super) index: usize,
}

/// A received field that has a value or a null for every row: [`ReceivedField::new`] checks that.
#[derive(Clone, PartialEq)]
pub(crate) struct ReceivedField {
    pub(super) field: FieldData,
    /// For each row the index of its value, if the server sent no values for null rows.
    pub(super) indexes: Option<Vec<usize>>,
    /// The fields of an array of structs, each with one array per row.
    pub(super) inner: Vec<Self>,
}

impl<'a> Cell<'a> {
    /// The bytes between two offsets of the buffer. The offsets were checked when the cell was made.
    pub(super) fn bytes(bytes: &'a Bytes, start: usize, end: usize) -> &'a [u8] {
        bytes.get(start..end).unwrap_or_default()
    }
}
