//! Why the in-memory Milvus refuses a call.

use milvus_otel::error::Code;
use milvus_otel::proto::common;

use super::Reply;

/// A refusal.
#[derive(Debug)]
pub(super) enum Fail {
    /// What Milvus answers.
    Milvus(common::Status),
    /// Milvus can do it; the fake cannot.
    Missing(String),
}

pub(super) type Outcome<T> = Result<T, Fail>;

/// The codes of Milvus 2.2, which newer servers send too.
mod legacy {
    pub(super) const UNEXPECTED: i32 = 1;
    pub(super) const COLLECTION_NOT_EXISTS: i32 = 4;
    pub(super) const ILLEGAL_ARGUMENT: i32 = 5;
    pub(super) const INDEX_NOT_EXIST: i32 = 25;
    pub(super) const RATE_LIMIT: i32 = 49;
    pub(super) const FORCE_DENY: i32 = 52;
}

/// Milvus 2.2's number for a code.
fn legacy(code: Code) -> i32 {
    match code {
        Code::COLLECTION_NOT_FOUND => legacy::COLLECTION_NOT_EXISTS,
        Code::PARAMETER_INVALID => legacy::ILLEGAL_ARGUMENT,
        Code::INDEX_NOT_FOUND => legacy::INDEX_NOT_EXIST,
        Code::RATE_LIMIT => legacy::RATE_LIMIT,
        Code::QUOTA_EXCEEDED => legacy::FORCE_DENY,
        _ => legacy::UNEXPECTED,
    }
}

/// The status with which Milvus answers a failed call.
pub(super) fn status(code: Code, reason: impl Into<String>) -> common::Status {
    let reason = reason.into();
    #[expect(deprecated, reason = "servers still send both")]
    common::Status {
        code: code.0,
        error_code: legacy(code),
        detail: reason.clone(),
        reason,
        ..Default::default()
    }
}

impl Fail {
    pub(super) fn new(code: Code, reason: impl Into<String>) -> Self {
        Self::Milvus(status(code, reason))
    }

    /// A parameter that Milvus refuses.
    pub(super) fn invalid(reason: impl std::fmt::Display) -> Self {
        Self::new(
            Code::PARAMETER_INVALID,
            format!("{reason}: invalid parameter"),
        )
    }

    /// A failure for which Milvus has no code.
    pub(super) fn unexpected(reason: impl Into<String>) -> Self {
        Self::new(Code::UNEXPECTED, reason)
    }

    /// What the fake lacks: an RPC, a parameter or a type.
    pub(super) fn missing(what: impl std::fmt::Display) -> Self {
        Self::Missing(format!(
            "the fake has no {what}: script it, or use Milvus Lite"
        ))
    }

    pub(super) fn collection_not_found(database: &str, name: &str) -> Self {
        let why = format!("collection not found[database={database}][collection={name}]");
        Self::new(Code::COLLECTION_NOT_FOUND, why)
    }

    pub(super) fn database_not_found(name: &str) -> Self {
        let why = format!("database not found[database={name}]");
        Self::new(Code::DATABASE_NOT_FOUND, why)
    }

    pub(super) fn partition_not_found(name: &str) -> Self {
        let why = format!("partition not found[partition={name}]");
        Self::new(Code::PARTITION_NOT_FOUND, why)
    }

    pub(super) fn not_loaded(collection: i64) -> Self {
        let why = format!("collection not loaded[collection={collection}]");
        Self::new(Code::COLLECTION_NOT_LOADED, why)
    }

    pub(super) fn index_not_found(collection: &str) -> Self {
        let why = format!("index not found[collection={collection}]");
        Self::new(Code::INDEX_NOT_FOUND, why)
    }
}

impl From<Fail> for Reply {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::Milvus(status) => Self::Failure(status),
            Fail::Missing(why) => Self::Status(tonic::Code::Unimplemented, why),
        }
    }
}
