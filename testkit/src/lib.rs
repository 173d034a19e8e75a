//! Real Milvus without Docker, an OTLP receiver, a fake Milvus and a trace viewer.

mod certificates;
pub mod milvus;
mod skip;

pub use certificates::{Certificates, certificates};
pub use milvus::{Milvus, Unavailable};
pub use skip::require;
