//! The Milvus wire contract: generated messages and clients, exempt from semver.
//!
//! [`Client`](crate::Client) covers everyday use; reach for these through [`Client::raw`](crate::Client::raw) when a
//! call has no method of its own yet. They follow the protobuf definitions in `proto/` (Milvus 3.0, as published
//! with pymilvus 3.0.2), so a new version of Milvus may add fields: fill requests with `..Default::default()`. Fields
//! that hold an enum are plain integers, since a newer Milvus may send a value that the enum here does not have:
//! `DataType::try_from(field.data_type)` says which it is, if any.
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
use std::sync::LazyLock;

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
#[cfg(test)]
mod open_enums;
mod parameters;
pub(crate) use parameters::{MMAP_ENABLED, Parameters, check_pairs, finite, set_pair};
#[rustfmt::skip]
mod redacted;
#[rustfmt::skip]
mod rpcs;

use crate::wire::Rpc;
pub use crate::wire::{DoubleArray, FloatArray};

/// The RPC at this HTTP/2 path, or `None` when the contract does not know it.
pub(crate) fn rpc(path: &str) -> Option<&'static Rpc> {
    let mut slot = slot_of(path);
    loop {
        let rpc = TABLE[slot]?;
        if rpc.path == path {
            return Some(rpc);
        }
        slot = (slot + 1) % SLOTS;
    }
}

/// Any RPC of the contract.
#[cfg(any(test, fuzzing))]
pub(crate) fn nth(number: usize) -> &'static Rpc {
    &rpcs::RPCS[number % rpcs::RPCS.len()]
}

/// More than three times as many as there are RPCs, so that a search seldom looks at two.
const SLOTS: usize = 512;

/// The RPCs by a hash of their path: every call asks for one, and a binary search compares 50 bytes eight times.
static TABLE: LazyLock<[Option<&'static Rpc>; SLOTS]> = LazyLock::new(|| {
    let mut table = [None; SLOTS];
    for rpc in &rpcs::RPCS {
        let mut slot = slot_of(rpc.path);
        while table[slot].is_some() {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = Some(rpc);
    }
    table
});

fn slot_of(path: &str) -> usize {
    let (words, rest) = path.as_bytes().as_chunks::<8>();
    let last = rest
        .iter()
        .fold(path.len() as u64, |hash, byte| hash << 8 | u64::from(*byte));
    let hash = words
        .iter()
        .map(|word| u64::from_le_bytes(*word))
        .chain([last])
        .fold(0_u64, |hash, word| {
            (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
        });
    (hash >> 32) as usize % SLOTS
}

/// A message that says how the call went.
pub trait Answer {
    /// Milvus' own status; `None` where the contract has none or the server left it out.
    fn status(&self) -> Option<&common::Status>;
}

/// A message that asks Milvus for something and gets one message back: [`Client::send`](crate::Client::send) sends it.
///
/// All requests of the contract are; so may be one of your own, for an RPC that a newer Milvus has.
pub trait Request: prost::Message {
    /// What comes back.
    type Answer: prost::Message + Answer + Default + Send + 'static;
    /// The HTTP/2 path of the RPC: `/milvus.proto.milvus.MilvusService/HasCollection`.
    const PATH: &'static str;

    /// The name of the database that the request is addressed to; `None` for a request that is addressed to none.
    ///
    /// [`Client`](crate::Client) fills in the database it works in if the name is empty.
    fn database_mut(&mut self) -> Option<&mut String> {
        None
    }

    /// The name of the collection that the request is about; `None` for a request that is not about one collection.
    fn collection(&self) -> Option<&str> {
        None
    }

    /// The name of the collection that the request is about, to set it.
    fn collection_mut(&mut self) -> Option<&mut String> {
        None
    }

    /// A request about this collection. All other fields have their default values.
    fn on(collection: impl Into<String>) -> Self
    where
        Self: Default + Sized,
    {
        let mut request = Self::default();
        if let Some(name) = request.collection_mut() {
            *name = collection.into();
        }
        request
    }
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
    use crate::wire::{Changes, Class, Fact, Field, Read};

    #[test]
    fn every_rpc_is_found_by_its_path() {
        for rpc in &super::rpcs::RPCS {
            assert_eq!(
                super::rpc(rpc.path).map(|found| found.method),
                Some(rpc.method)
            );
        }
        for unknown in [
            "/milvus.proto.milvus.MilvusService/NoSuch",
            "",
            "/",
            "/milvus.proto.milvus.MilvusService/Searc",
        ] {
            assert!(super::rpc(unknown).is_none(), "{unknown}");
        }
    }

    /// By the words in its name, an RPC changes what a collection's name means or what the collection looks like.
    fn looks_like_a_change(rpc: &str) -> bool {
        const VERBS: [&str; 12] = [
            "Create",
            "Drop",
            "Delete",
            "Remove",
            "Alter",
            "Update",
            "Rename",
            "Add",
            "Truncate",
            "Restore",
            "Refresh",
            "Replicate",
        ];
        const OBJECTS: [&str; 8] = [
            "Collection",
            "Alias",
            "Field",
            "Function",
            "Schema",
            "Database",
            "Manifest",
            "Message",
        ];
        let restores = matches!(rpc, "RestoreSnapshot" | "RestoreExternalSnapshot");
        let changes = VERBS.iter().any(|verb| rpc.starts_with(verb)) || rpc.starts_with("Batch");
        restores
            || changes
                && !rpc.starts_with("BatchDescribe")
                && OBJECTS.iter().any(|object| rpc.contains(object))
    }

    fn has(fields: &[Field], fact: Fact) -> bool {
        fields.iter().any(|field| match &field.read {
            Read::Text(read)
            | Read::Number(read)
            | Read::Present(read)
            | Read::NonEmpty(read)
            | Read::First(read)
            | Read::Varints(read)
            | Read::Floats(read) => *read == fact,
            Read::Message(fields)
            | Read::Embedded(fields)
            | Read::QueryVectors(fields)
            | Read::Pair(fields) => has(fields, fact),
        })
    }

    #[test]
    fn an_rpc_that_changes_collections_is_marked() {
        let mut changing = 0;
        for rpc in &super::rpcs::RPCS {
            let (_, name) = rpc.method.rsplit_once('/').unwrap();
            let marked = rpc.changes != Changes::Nothing;
            assert!(
                marked || !looks_like_a_change(name),
                "{name} needs `changes` in rpcs.toml"
            );
            assert!(!marked || rpc.class != Class::Read, "{name} reads");
            if rpc.changes == Changes::Named {
                let named = has(rpc.request, Fact::Collection) || has(rpc.request, Fact::OtherName);
                assert!(named, "{name} names no collection");
            }
            changing += usize::from(marked);
        }
        assert!(changing > 20, "{changing}");
        for (name, facts) in [
            ("RenameCollection", &[Fact::Collection, Fact::OtherName][..]),
            ("CreateAlias", &[Fact::Collection, Fact::OtherName]),
            ("AlterAlias", &[Fact::Collection, Fact::OtherName]),
            ("DropAlias", &[Fact::OtherName]),
            ("RestoreSnapshot", &[Fact::Collection, Fact::OtherName]),
        ] {
            let rpc = super::rpc(&format!("/milvus.proto.milvus.MilvusService/{name}")).unwrap();
            for fact in facts {
                assert!(has(rpc.request, *fact), "{name} {fact:?}");
            }
        }
    }

    #[test]
    fn an_rpc_that_changes_rows_is_marked() {
        for rpc in &super::rpcs::RPCS {
            let (_, name) = rpc.method.rsplit_once('/').unwrap();
            let timed = has(rpc.response, Fact::Timestamp);
            assert_eq!(
                timed,
                matches!(name, "Insert" | "Upsert" | "Delete"),
                "{name}"
            );
            assert!(rpc.writes || !timed, "{name}");
            let inserts = ["Insert", "Upsert", "Import"]
                .iter()
                .any(|verb| name.starts_with(verb));
            assert!(rpc.writes || !inserts, "{name} needs `writes` in rpcs.toml");
        }
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
