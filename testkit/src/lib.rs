#![doc = include_str!("../README.md")]

mod assertions;
mod certificates;
pub mod demo;
pub mod fake;
pub mod html;
pub mod jsonl;
pub mod milvus;
mod names;
mod proto;
mod pymilvus;
pub mod receiver;
mod skip;
pub mod waterfall;

pub use assertions::Found;
pub use certificates::{Certificates, certificates};
pub use fake::{Fake, Reply};
pub use milvus::{Milvus, Unavailable};
pub use names::unique_name;
pub use pymilvus::pymilvus;
pub use receiver::Receiver;
pub use skip::require;
