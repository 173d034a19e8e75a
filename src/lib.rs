//! A Milvus client in which every call is an OpenTelemetry span.

mod client;
mod error;
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
pub use client::{Client, ClientBuilder, Pending};
pub use error::{Code, Error, ErrorKind, Result};
pub use index::{Index, Metric};
pub use otel::OtelLayer;
pub use schema::{DataType, Field, Schema, SchemaBuilder};
pub use search::Consistency;
pub use stack::{AnswerBody, Answering, RetryPolicy, Stack, Transport, TransportError};
