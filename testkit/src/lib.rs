//! Real Milvus without Docker, an OTLP receiver, a fake Milvus and a trace viewer.

mod certificates;
pub mod demo;
pub mod fake;
pub mod html;
pub mod jsonl;
pub mod milvus;
mod proto;
mod pymilvus;
pub mod receiver;
mod skip;
pub mod waterfall;

pub use certificates::{Certificates, certificates};
pub use fake::{Fake, Reply};
pub use milvus::{Milvus, Unavailable};
pub use pymilvus::pymilvus;
pub use receiver::Receiver;
pub use skip::require;
