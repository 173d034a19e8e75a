//! The table of RPCs: their class, their effects, and the fields to read. `proto/rpcs.rs` has the generated rows.

/// One RPC of the Milvus contract.
#[derive(Debug)]
pub(crate) struct Rpc {
    /// The HTTP/2 path, `/milvus.proto.milvus.MilvusService/Search`.
    pub(crate) path: &'static str,
    /// The fully-qualified method, `milvus.proto.milvus.MilvusService/Search`.
    pub(crate) method: &'static str,
    /// The name in snake case, `search`: the `db.operation.name` of spans and metrics.
    pub(crate) operation: &'static str,
    pub(crate) class: Class,
    pub(crate) client_streaming: bool,
    pub(crate) server_streaming: bool,
    pub(crate) changes: Changes,
    /// Whether it changes rows, so that later reads with session consistency must see it.
    pub(crate) writes: bool,
    /// Whether the request contains a database.
    pub(crate) has_database: bool,
    /// Whether the request contains a consistency level.
    pub(crate) has_consistency: bool,
    /// Whether the request may contain a filter.
    pub(crate) has_filter: bool,
    /// The fields to read in the request.
    pub(crate) request: &'static [Field],
    /// Whether the answer is a list of rows or hits, which may be empty.
    pub(crate) returns_rows: bool,
    /// The fields to read in the answer.
    pub(crate) response: &'static [Field],
}

/// The collections whose cached descriptions may be outdated after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changes {
    Nothing,
    /// Those whose names or aliases are in the request.
    Named,
    /// All collections.
    All,
}

/// What happens if the same request is sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Changes nothing.
    Read,
    /// The resulting state is the same, but changes that others made in between may be undone.
    Idempotent,
    /// Like `Idempotent`, but the server works in pieces: even a rate limit may be hit after part of the work is done.
    Piecewise,
    /// Something is added or started twice, or the second request fails.
    Once,
}

/// A wanted field of a message.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) number: u32,
    pub(crate) read: Read,
}

/// How a wanted field is read.
#[derive(Debug)]
pub(crate) enum Read {
    /// A string.
    Text(Fact),
    /// An integer, a bool or an enum; packed or not.
    Number(Fact),
    /// Its presence: 1 for each occurrence.
    Present(Fact),
    /// Its presence if it is not empty: 1 for each occurrence.
    NonEmpty(Fact),
    /// The length of the first occurrence. The rest of the message is skipped.
    First(Fact),
    /// The number of integers, packed or not.
    Varints(Fact),
    /// Floats, packed: their bytes.
    Floats(Fact),
    /// Some fields of a message.
    Message(&'static [Field]),
    /// Some fields of a message that is embedded in a field of type bytes. If it is malformed, reading continues after it.
    Embedded(&'static [Field]),
    /// An embedded `PlaceholderGroup`, which every search has and which has a faster reader.
    QueryVectors(&'static [Field]),
    /// A `KeyValuePair`, of which a search has several and which has a faster reader.
    Pair(&'static [Field]),
}

/// The meaning of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    Database,
    Collection,
    /// Another name whose meaning the request changes: an alias, or the new name of a collection.
    OtherName,
    Partition,
    /// Rows of a write.
    SentRows,
    /// Vectors of a search.
    Queries,
    Filter,
    /// A placeholder of the filter.
    FilterValues,
    /// A text or JSON that is bound to a placeholder.
    BoundText,
    /// Numbers in a list that is bound to a placeholder.
    BoundNumbers,
    /// A bound value that is not read.
    BoundUnread,
    /// A requested field.
    OutputField,
    /// Primary keys whose rows are searched for.
    Keys,
    /// The type of the query vectors.
    VectorType,
    /// The length of the first query vector in bytes.
    VectorLength,
    /// A parameter of a ranker; its value comes next.
    RankerKey,
    RankerValue,
    /// The name of a field of a schema, which is read first.
    SchemaField,
    SchemaKey,
    SchemaType,
    SchemaParameterKey,
    SchemaParameterValue,
    IndexParameterKey,
    IndexParameterValue,
    Consistency,
    ConsistencyByDefault,
    /// A parameter's name; its value comes next.
    ParameterKey,
    ParameterValue,
    InsertedRows,
    DeletedRows,
    UpsertedRows,
    /// The server's time of a write.
    Timestamp,
    /// The number of hits of one query vector.
    FoundRows,
    /// The scores of all hits, one query vector after the other.
    Scores,
    /// The beginning of a column.
    Column,
    /// Values in the column.
    ColumnRows,
    /// A column whose values are not counted.
    OtherColumn,
    LegacyCode,
    Code,
    Reason,
    Detail,
    Retriable,
    /// The key of an extra entry in the status; its value comes next.
    InfoKey,
    InfoValue,
}
