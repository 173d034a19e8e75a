//! The client on real servers: Milvus 2.3.5, Milvus Lite 2.5.1 and Milvus Lite 3.2.2, started by testkit.
#![cfg(all(feature = "otlp", feature = "tls"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

#[path = "servers/broken_off.rs"]
mod broken_off;
#[path = "servers/features.rs"]
mod features;
#[path = "servers/mistakes.rs"]
mod mistakes;
#[path = "servers/operations.rs"]
mod operations;
#[path = "servers/proxy.rs"]
mod proxy;
#[path = "servers/reads.rs"]
mod reads;
#[path = "servers/reconnect.rs"]
mod reconnect;
#[path = "servers/refusals.rs"]
mod refusals;
#[path = "servers/secured.rs"]
mod secured;
#[path = "servers/traces.rs"]
mod traces;
