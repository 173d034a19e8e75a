//! The reason for a failure, from its code, or from its text if the code is unspecific.
//!
//! Milvus 2.3 answers most mistakes of a caller with code 65535, older servers without a code, and Milvus Lite with its
//! own codes. [`TEXTS`] lists how their messages begin, for each server. It contains only messages with exactly one
//! reason; a message that is not listed has none. tests/it/servers/mistakes.rs provokes them on the real servers.

use super::MilvusStatus;

/// The client's own message for a field that the collection does not have.
pub(crate) const NO_FIELD: &str = "the collection has no field";
/// The client's own message for a user about whom the server answered nothing.
pub(crate) const NO_USER: &str = "there is no user";

/// The reason for a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The request cannot work, whatever the server's state.
    Argument,
    /// It names a field that the collection does not have.
    Field,
    /// It names a collection, partition, index, database or alias that does not exist.
    Missing,
    /// It creates an object that already exists, perhaps with other settings.
    Taken,
    /// The server gave up because the call's deadline had passed.
    Time,
    /// The server has the RPC, but not this use of it.
    Unsupported,
}

use Reason::{Argument, Field, Missing, Taken, Time, Unsupported};

/// How a message is compared.
enum Text {
    Starts(&'static str),
    /// It has this beginning and this end, with a name in between.
    Around(&'static str, &'static str),
    /// A text from one part of the server that another part passes on.
    Within(&'static str),
}

use Text::{Around, Starts, Within};

impl Text {
    fn is_in(&self, text: &str) -> bool {
        match self {
            Starts(start) => text.starts_with(start),
            Around(start, end) => text.starts_with(start) && text.ends_with(end),
            Within(part) => text.contains(part),
        }
    }
}

/// The messages and their reasons. The first match counts.
const TEXTS: &[(Text, Reason)] = &[
    (Starts(NO_USER), Missing),
    // Milvus before 2.5 drops no properties, and before 3.0 it changes nothing about users but their passwords.
    (
        Starts("only support alter collection properties, but collection properties is empty"),
        Unsupported,
    ),
    (
        Starts("invalid password length: invalid parameter[0 out of range"),
        Unsupported,
    ),
    // Milvus before 2.4. First the messages that quote the caller's text, which may contain anything.
    (Starts("cannot parse expression: "), Argument),
    (Starts("Invalid expr: "), Argument),
    (
        Starts("failed to create query plan: failed to get field schema by name"),
        Field,
    ),
    (Starts("failed to create query plan: "), Argument),
    (Starts("failed to create expr plan, expr = "), Argument),
    (Starts("parse output field name failed: "), Argument),
    (Starts("Invalid collection name"), Argument),
    (Starts("Invalid partition name"), Argument),
    (Around("field ", " not exist"), Field),
    (Starts("cannot create index on non-exist field: "), Field),
    (Around("partition name ", " not found"), Missing),
    (
        Starts("create duplicate collection with different parameters"),
        Taken,
    ),
    (Starts("duplicated new collection name"), Taken),
    (Starts("database already exist: "), Taken),
    (
        Around(
            "database:",
            " not empty, must drop all collections before drop database",
        ),
        Argument,
    ),
    (Starts("user already exists: "), Taken),
    (Around("role [name:", "] already exists"), Taken),
    // "... or internal system error". Either way the server found nothing and did nothing.
    (
        Starts("not found the role, maybe the role isn't existed"),
        Missing,
    ),
    (
        Starts("not found the user, maybe the user isn't existed"),
        Missing,
    ),
    (Starts("not found the privilege name["), Argument),
    (
        Starts("fail to drop the role that it has privileges"),
        Argument,
    ),
    (
        Starts("CreateIndex failed: creating multiple indexes on same field"),
        Taken,
    ),
    (Starts("invalid max query result window"), Argument),
    (Starts("limit ["), Argument),
    (Starts("topk ["), Argument),
    (Starts("topk not found in search_params"), Argument),
    (Starts("offset ["), Argument),
    (Starts("offset+topk ["), Argument),
    (Starts("nq ["), Argument),
    (Starts("round_decimal ["), Argument),
    (
        Starts("empty expression should be used with limit"),
        Argument,
    ),
    (
        Starts("count entities with pagination is not allowed"),
        Argument,
    ),
    (Starts("metric type not found or not supported"), Argument),
    (Starts("invalid index type: "), Argument),
    (Starts("invalid dimension: "), Argument),
    (Around("the length(", ")"), Argument),
    (
        Starts("maximum shards's number should be limited to"),
        Argument,
    ),
    (Starts("primary key is not specified"), Argument),
    (Starts("multiple vector fields is not supported"), Argument),
    (Within(" out of range: ["), Argument),
    (Within("should be larger than k("), Argument),
    // A query node's answer, which the proxy passes on under 65535.
    (Within("metric type not match: invalid"), Argument),
    (Within(": invalid parameter["), Argument),
    (
        Within("Assert \"field_meta.get_sizeof() == element.line_sizeof_\""),
        Argument,
    ),
    (Within("[json.exception."), Argument),
    (Within("collection not found["), Missing),
    (Within("partition not found["), Missing),
    (Within("database not found["), Missing),
    // Milvus 2.2 has its codes in the text.
    (Within("code: CollectionNotExists"), Missing),
    (
        Around("ShowCollections failed: database:", " not found"),
        Missing,
    ),
    // The proxy and the query nodes of Milvus 2.3.
    (Starts("proxy TaskCondition context Done"), Time),
    (Within("context deadline exceeded"), Time),
    // Milvus Lite 2.5.
    (Starts("fieldName("), Field),
    (Starts("Can not found field "), Field),
    (
        Around("metric type ", "supported: L2 IP COSINE: "),
        Argument,
    ),
    (Starts("the length("), Argument),
    (Within("=> vector dimension mismatch"), Argument),
    (Within("=> vector type must be the same"), Argument),
    (Within("=> must have queries"), Argument),
    (Within("Type conflict in json"), Argument),
    // Milvus Lite 3.
    (Around("database '", "' does not exist"), Missing),
    (Around("database '", "' already exists"), Taken),
    (Around("collection '", "' already exists"), Taken),
    // Of a collection that is being created at the same time.
    (Starts("[Errno 17] File exists: "), Taken),
    (Around("alias '", "' already exists"), Taken),
    (
        Around("alias '", "' conflicts with an existing collection"),
        Taken,
    ),
    (Starts("index already exists for field "), Taken),
    (Around("anns_field '", "' not found in schema"), Field),
    (Around("group_by_field '", "' not found in schema"), Field),
    (Around("unknown field '", "' for create_index"), Field),
    (
        Starts("operands could not be broadcast together with shapes "),
        Argument,
    ),
    (
        Starts("matmul: Input operand 1 has a mismatch in its core dimension"),
        Argument,
    ),
];

impl MilvusStatus {
    /// The reason of the failure, if it is known.
    pub(super) fn reason(&self) -> Option<Reason> {
        if self.legacy_code == 4 {
            return Some(Missing);
        }
        match self.code {
            // Milvus before 2.3 has no codes. Below 100, only Milvus Lite 3 sends the same number in both fields, or 1 in
            // `code` alone.
            0 if self.legacy_code == 25 => Some(Missing),
            0 if self.legacy_code == 5 => self.by_text().or(Some(Argument)),
            0 => self.by_text(),
            1 if self.legacy_code != 56 => self.by_text(),
            // Milvus Lite 3: something is invalid or does not exist.
            6 if self.legacy_code == 6 => self.by_text().or(Some(Argument)),
            35 if self.legacy_code == 35 => Some(Taken),
            100 | 200 | 300 | 700 | 800 | 1600 => Some(Missing),
            1700 => Some(Field),
            301 | 702 | 1601 | 1602 => Some(Taken),
            105 | 107 | 109 | 303 | 802 | 1402 | 1701 | 2201 => Some(Argument),
            1100..1200 => self
                .by_text()
                .filter(|reason| *reason != Time)
                .or(Some(Argument)),
            10001 => Some(Time),
            2000 | 65535 => self.by_text().or_else(|| self.flagged()),
            _ => self.flagged(),
        }
    }

    /// Whether the server gave up because the call's deadline had passed.
    pub(crate) fn is_timeout(&self) -> bool {
        self.reason() == Some(Time)
    }

    fn by_text(&self) -> Option<Reason> {
        let found = TEXTS.iter().find(|(text, _)| text.is_in(&self.reason));
        found.map(|(_, reason)| *reason).or_else(|| self.flagged())
    }

    /// Milvus reports since 2.5 whether the request was at fault.
    fn flagged(&self) -> Option<Reason> {
        self.input_error.then_some(Argument)
    }
}
