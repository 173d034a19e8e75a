//! Rows, columns and vectors, for writing and reading.

mod arrays;
#[cfg(feature = "arrow-60")]
pub mod arrow;
mod batch_stream;
mod cell;
mod check;
mod columns;
mod convert;
mod deserialize;
mod dynamic;
mod float16;
mod from_serialize;
mod from_values;
mod id;
mod input_rows;
mod into_ids;
mod json;
pub mod kind;
mod received;
mod row;
mod row_list;
mod row_size;
mod row_stream;
mod rows;
mod scalars;
mod serial;
mod serialize;
mod sink;
mod sparse;
mod split;
mod structs;
mod table;
mod typed_rows;
mod value;
mod values;
mod vectors;
mod write_rules;

pub use batch_stream::IntoBatch;
pub use columns::{Columns, Element};
pub(crate) use deserialize::field_names;
pub(crate) use from_values::table as table_of;
pub use id::Id;
pub(crate) use id::{from_proto as ids_from_proto, to_proto as ids_to_proto};
pub use input_rows::{InputRows, IntoRows};
pub use into_ids::IntoIds;
pub(crate) use received::rows_of;
pub use row::Row;
pub(crate) use row_stream::{BatchLimits, StreamError};
pub use row_stream::{IntoRow, IntoRowStream, RowStream};
pub use scalars::Scalars;
pub(crate) use serial::{as_base64, as_map, as_rfc3339, as_seconds};
pub use sparse::SparseVector;
pub(crate) use split::{Part, split};
pub use table::{Column, Table};
pub use typed_rows::{IntoTypedRowStream, IntoTypedRows};
pub use value::Value;
pub use vectors::{ByteVectors, FloatVectors};
pub(crate) use write_rules::WriteRules;

/// The field in which Milvus stores the fields that the schema does not declare.
pub(crate) const DYNAMIC_FIELD: &str = "$meta";

#[cfg(test)]
mod tests;
