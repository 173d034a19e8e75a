//! A Milvus client in which every call is an OpenTelemetry span.

mod client;
mod data;
mod error;
mod filter;
mod index;
#[cfg(feature = "otlp")]
pub mod init;
pub mod ops;
pub mod otel;
pub mod proto;
mod schema;
mod search;
mod stack;
mod wire;

#[cfg(feature = "tls")]
pub use client::Tls;
pub use client::{Borrowing, Client, ClientBuilder, Pending};
pub use data::{
    ByteVectors, Column, Columns, Element, FloatVectors, Id, Input, Row, Scalars, SparseVector,
    Table, Value,
};
pub use error::{Code, Error, ErrorKind, PartialWrite, Result};
pub use filter::{Bound, Filter};
pub use index::{Index, Metric};
pub use otel::OtelLayer;
pub use schema::{DataType, Field, Schema, SchemaBuilder};
pub use search::{Consistency, Hit, Hits, Needle, Rerank};
pub use stack::{AnswerBody, Answering, RetryPolicy, Stack, Transport, TransportError};
