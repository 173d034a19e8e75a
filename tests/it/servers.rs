//! The client on real servers: Milvus 2.3.5, Milvus Lite 2.5.1 and Milvus Lite 3.2.2, started by testkit.

mod admin_mistakes;
mod broken_off;
mod every_operation;
mod features;
mod mistakes;
mod operations;
pub(crate) mod proxy;
mod reads;
mod reconnect;
pub(crate) mod refusals;
mod secured;
mod streams;
mod traces;
