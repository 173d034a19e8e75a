//! Rows, columns and vectors, for writing and reading.

mod arrays;
mod cell;
mod check;
mod columns;
mod convert;
mod deserialize;
mod dynamic;
mod float16;
mod id;
mod input_rows;
mod json;
mod received;
mod row;
mod rows;
mod scalars;
mod serialize;
mod sink;
mod sparse;
mod split;
mod structs;
mod table;
mod value;
mod vectors;
mod write_rules;

pub use columns::{Columns, Element};
pub(crate) use deserialize::field_names;
pub use id::Id;
pub(crate) use id::{from_proto as ids_from_proto, to_proto as ids_to_proto};
pub use input_rows::InputRows;
pub(crate) use received::rows_of;
pub use row::Row;
pub use scalars::Scalars;
pub use sparse::SparseVector;
pub(crate) use split::{Part, split};
pub use table::{Column, Table};
pub use value::Value;
pub use vectors::{ByteVectors, FloatVectors};
pub(crate) use write_rules::WriteRules;

/// The field in which Milvus stores the fields that the schema does not declare.
pub(crate) const DYNAMIC_FIELD: &str = "$meta";

#[cfg(test)]
mod tests;
