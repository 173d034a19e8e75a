//! The Milvus wire contract: generated messages and clients, exempt from semver.
//!
//! [`Client`](crate::Client) covers everyday use; reach for these through [`Client::raw`](crate::Client::raw) when a
//! call has no method of its own yet. They follow the protobuf definitions in `proto/` (Milvus 3.0, as published
//! with pymilvus 3.0.2), so a new version of Milvus may add fields: fill requests with `..Default::default()`.
//!
//! `Debug` leaves out credentials, vectors, entities and filters.

#![allow(
    deprecated,
    missing_docs,
    clippy::all,
    clippy::future_not_send,
    clippy::use_self,
    reason = "generated code"
)]

use std::fmt;

#[rustfmt::skip]
#[path = "proto"]
mod generated {
    #[path = "milvus.proto.common.rs"]
    pub mod common;
    #[path = "milvus.proto.feder.rs"]
    pub mod feder;
    #[path = "milvus.proto.milvus.rs"]
    pub mod milvus;
    #[path = "milvus.proto.msg.rs"]
    pub mod msg;
    #[path = "milvus.proto.rg.rs"]
    pub mod rg;
    #[path = "milvus.proto.schema.rs"]
    pub mod schema;
}
pub use generated::{common, feder, milvus, msg, rg, schema};
#[rustfmt::skip]
mod redacted;
#[rustfmt::skip]
mod rpcs;

use crate::wire::Rpc;
pub use crate::wire::{DoubleArray, FloatArray};

/// The RPC at this HTTP/2 path, or `None` when the contract does not know it.
pub(crate) fn rpc(path: &str) -> Option<&'static Rpc> {
    let found = rpcs::RPCS.binary_search_by(|rpc| rpc.path.cmp(path)).ok()?;
    rpcs::RPCS.get(found)
}

/// A message that says how the call went.
pub(crate) trait Answer {
    /// Milvus' own status; `None` where the contract has none or the server left it out.
    fn status(&self) -> Option<&common::Status>;
}

/// A message that asks Milvus for something and gets one message back.
pub(crate) trait Request: prost::Message + Send + 'static {
    /// What comes back.
    type Answer: prost::Message + Answer + Default + Send + 'static;
    /// The HTTP/2 path of the RPC.
    const PATH: &'static str;
}

/// Stands in `Debug` for what must not be printed.
struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_rpc_is_found_by_its_path() {
        for rpc in &super::rpcs::RPCS {
            assert_eq!(
                super::rpc(rpc.path).map(|found| found.method),
                Some(rpc.method)
            );
        }
        assert!(super::rpc("/milvus.proto.milvus.MilvusService/NoSuch").is_none());
    }

    #[test]
    fn debug_leaves_secrets_and_vectors_out() {
        let request = super::milvus::CreateCredentialRequest {
            username: "ada".into(),
            password: "hunter2".into(),
            ..Default::default()
        };
        let shown = format!("{request:?}");
        assert!(
            shown.contains("ada") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
