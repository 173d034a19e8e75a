//! The messages and the client generated from Milvus' protobuf definitions. They are exempt from semver.
//!
//! Most programs need only [`Client`](crate::Client). For an RPC without a method of its own, pass a message of this module
//! to [`Client::send`](crate::Client::send), or use the generated client, [`Client::raw`](crate::Client::raw).
//!
//! The definitions are those of Milvus 3.0, as published with pymilvus 3.0.2. New versions may add fields, so end every
//! request with `..Default::default()`. Fields with an enum are integers, because a newer Milvus may send values that the
//! enum does not have; convert them with `DataType::try_from(field.data_type)`.
//!
//! `Debug` omits credentials, vectors, entities and filters.

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
#[cfg(test)]
mod open_enums;
mod parameters;
pub(crate) use parameters::{
    MMAP_ENABLED, Parameters, check_pairs, finite, flag, into_pairs, set_pair,
};
#[rustfmt::skip]
mod redacted;
mod lookup;
#[cfg(any(test, fuzzing))]
pub(crate) use lookup::nth;
pub(crate) use lookup::rpc;
mod request;
pub use request::{Answer, Request};
#[rustfmt::skip]
mod rpcs;

pub use crate::wire::{DoubleArray, FloatArray};

/// Shown by `Debug` instead of secrets and user data.
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

    /// Whether the name of an RPC suggests that it changes the meaning of a collection's name, or a schema.
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
