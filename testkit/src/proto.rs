//! The server half of the Milvus contract, generated: see build.rs of milvus-otel.

#![allow(
    clippy::all,
    clippy::clone_on_ref_ptr,
    clippy::use_self,
    deprecated,
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    reason = "generated code"
)]

#[rustfmt::skip]
mod fake;
#[rustfmt::skip]
#[path = "proto/milvus.proto.milvus.rs"]
pub(crate) mod server;

pub(crate) use fake::RPCS;
