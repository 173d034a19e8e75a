//! The client on real servers: Milvus 2.3.5, Milvus Lite 2.5.1 and Milvus Lite 3.2.2, started by testkit.

mod broken_off;
mod features;
mod mistakes;
mod operations;
mod proxy;
mod reads;
mod reconnect;
mod refusals;
mod secured;
mod traces;
