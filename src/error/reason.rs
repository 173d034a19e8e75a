//! What a failure is about, by its code, or by its text where the code is the server's for anything.
//!
//! Milvus 2.3 answers most mistakes of a caller with code 65535, servers before it with none, and Milvus Lite with codes
//! of its own. Their texts begin in a fixed way, which [`TEXTS`] lists by server. Only what can have no other cause is in
//! it: a text that is not listed says nothing. tests/it/servers/mistakes.rs provokes them on the real servers.

use super::MilvusStatus;

/// How this client refuses what names a field that the collection lacks.
pub(crate) const NO_FIELD: &str = "the collection has no field";

/// What a failure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The request cannot work, whatever the server's state.
    Argument,
    /// It names a field that the collection lacks.
    Field,
    /// It names a collection, partition, index, database or alias that does not exist.
    Missing,
    /// It creates what exists already, or exists otherwise.
    Taken,
    /// The server gave up because the call's time was over.
    Time,
}

use Reason::{Argument, Field, Missing, Taken, Time};

/// Which part of a text is compared.
enum Text {
    Starts(&'static str),
    /// It begins and ends so, with a name between.
    Around(&'static str, &'static str),
    /// The text of a part of the server that another part passes on.
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

/// The first that fits counts.
const TEXTS: &[(Text, Reason)] = &[
    // Milvus before 2.4. First what quotes the caller's text: anything may stand in it.
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
    /// What the failure is about, as far as the server tells.
    pub(super) fn reason(&self) -> Option<Reason> {
        if self.legacy_code == 4 {
            return Some(Missing);
        }
        match self.code {
            // Milvus before 2.3 has no codes. Below 100 only Milvus Lite 3 repeats the code in the legacy one, and
            // gives its 1 alone.
            0 if self.legacy_code == 25 => Some(Missing),
            0 if self.legacy_code == 5 => self.told().or(Some(Argument)),
            0 => self.told(),
            1 if self.legacy_code != 56 => self.told(),
            // What it was asked for cannot be, or is not there.
            6 if self.legacy_code == 6 => self.told().or(Some(Argument)),
            35 if self.legacy_code == 35 => Some(Taken),
            100 | 200 | 300 | 700 | 800 | 1600 => Some(Missing),
            1700 => Some(Field),
            301 | 702 | 1601 | 1602 => Some(Taken),
            105 | 107 | 109 | 303 | 802 | 1402 | 1701 | 2201 => Some(Argument),
            1100..1200 => self.told().filter(|told| *told != Time).or(Some(Argument)),
            10001 => Some(Time),
            2000 | 65535 => self.told().or_else(|| self.flagged()),
            _ => self.flagged(),
        }
    }

    fn told(&self) -> Option<Reason> {
        let told = TEXTS.iter().find(|(text, _)| text.is_in(&self.reason));
        told.map(|(_, reason)| *reason).or_else(|| self.flagged())
    }

    /// Milvus since 2.5 says itself whether the request was at fault.
    fn flagged(&self) -> Option<Reason> {
        self.input_error.then_some(Argument)
    }
}
