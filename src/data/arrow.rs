//! Arrow's record batches, written and read without copying vectors (feature `arrow-60`, for version 60 of Arrow's
//! crates).
//!
//! The feature adds 16 crates to a build with default features: Arrow's arrays and schemas, without compute kernels,
//! file formats and casts.
//!
//! `RecordBatch` converts into [`InputRows`](super::InputRows), so inserts and upserts take it. The columns of a query
//! and the hits of a search convert into a `RecordBatch`, and a [`Schema`](crate::Schema) into the schema of Arrow:
//!
//! ```no_run
//! # async fn example(client: milvus_otel::Client, batch: arrow_array::RecordBatch) -> Result<(), Box<dyn std::error::Error>> {
//! use arrow_array::RecordBatch;
//!
//! client.insert("books", &batch).await?;
//!
//! let books = client.query("books").filter("year > 1950").columns().await?;
//! let books = RecordBatch::try_from(&books)?;
//!
//! let hits = client.search_many("books", [[0.1, 0.2], [0.3, 0.4]]).output(["title"]).columns().await?;
//! let hits = RecordBatch::try_from(&hits)?;
//! assert_eq!(hits.schema().field(0).name(), "_query");
//! # Ok(())
//! # }
//! ```
//!
//! [`QueryColumns::stream`](crate::ops::QueryColumns::stream) reads any number of rows, page by page.
//!
//! # Types
//!
//! | field | written from | read as |
//! |---|---|---|
//! | bool | `Boolean` | `Boolean` |
//! | int8, int16, int32, int64 | integers of any width, whose values must be in range | `Int8`, `Int16`, `Int32`, `Int64` |
//! | float | floats of any width, and decimals, rounded; integers of at most 32 bits | `Float32` |
//! | double | floats of any width; integers of at most 32 bits; decimals, rounded | `Float64` |
//! | varchar, text, geometry, mol | `Utf8`, `LargeUtf8`, `Utf8View` | `Utf8` |
//! | timestamptz | text; `Timestamp`, which is a local time without a time zone | `Utf8`, as the server writes it |
//! | date, time | text; `Date32`, `Date64`; `Time32`, `Time64` | `Utf8`, as the server writes it |
//! | json | text or bytes that are JSON; structs, lists, maps and all other types, as JSON | `Utf8` with the extension `arrow.json` |
//! | array | lists: `List`, `LargeList`, `FixedSizeList`, `ListView`, `LargeListView` | `List` |
//! | float vector | lists of `Float32`; of `Float64` or `Float16`, rounded | `FixedSizeList` of `Float32` |
//! | float16 vector | lists of `Float16`; of `Float32` or `Float64`, rounded | `FixedSizeList` of `Float16` |
//! | bfloat16 vector | lists of `UInt16` or `FixedSizeBinary(2)`, the bits; of floats, rounded | `FixedSizeList` of `UInt16` |
//! | int8 vector | lists of `Int8` | `FixedSizeList` of `Int8` |
//! | binary vector | lists of `UInt8`, with eight bits in each | `FixedSizeList` of `UInt8` |
//! | sparse vector | `Struct` of the lists `indices` and `values`, as in Milvus' Parquet files; `Map`; a list of pairs | `Struct` of the lists `indices` and `values` |
//! | array of structs | a list of `Struct` | `List` of `Struct` |
//!
//! Dense vectors can also be written from `FixedSizeBinary`, `Binary`, `LargeBinary` and `BinaryView`, as little-endian
//! bytes. In JSON, a decimal is a number: an integer of at most 64 bits, or the nearest double. A `Dictionary` is
//! written like its values. Columns that the schema does not have become dynamic fields, if the collection has them; a
//! column `$meta` of JSON objects is merged with them. Whatever does not fit is refused before anything is sent; the
//! error names the column, its Arrow type, the expected type and the row.
//!
//! # Nulls
//!
//! A null is written as null if the field is nullable or has a default value. Lists with nulls in them are refused,
//! because Milvus cannot store them. All fields of a received batch are nullable, so that the batches of a query have
//! one schema.
//!
//! # Dynamic fields
//!
//! They are read as one column `$meta` of JSON objects, or, if they were requested by name, as one column of JSON values
//! each: the text `red` is `"red"` there.
//!
//! # Hits
//!
//! The batch begins with the columns `_query`, the index of the query vector (`UInt32`), and `_score` (`Float32`), and
//! in searches for structs `_element`, the index of the struct (`UInt64`). The requested fields and the primary key
//! follow, then the fields that hits were grouped by. Hits that did not come from a server have their keys in `_id`.
//! Highlights are left out.
//!
//! # Copies
//!
//! Columns of dense vectors, floats and doubles are sent from the memory of the batch, even if it is a slice of a
//! larger one. They are copied if their numbers are of another type, if there are null rows between the vectors, since
//! Milvus expects the remaining ones without gaps, or if they are `Binary`, `LargeBinary` or `BinaryView`. Other scalars
//! are copied into the request.
//!
//! Received vectors, floats and doubles share the memory of the answer. Arrow requires numbers to be aligned to their
//! size. In an answer they are aligned only by chance; otherwise the column is copied once. Int8 and binary vectors are
//! copied only if rows are null.

mod buffers;
mod cells;
mod decimals;
mod fields;
mod json;
mod lists;
mod read;
mod received;
mod refusal;
mod scalars;
mod simple;
mod sparse;
mod times;
mod types;
mod values;
mod vectors;
mod write;

pub(crate) use read::{batch, column, columns};
pub(crate) use types::field;
