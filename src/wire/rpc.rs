//! What is known of an RPC before it is called. The rows are generated: see `proto/rpcs.rs`.

/// One RPC of the Milvus contract.
#[derive(Debug)]
pub(crate) struct Rpc {
    /// The HTTP/2 path, `/milvus.proto.milvus.MilvusService/Search`.
    pub(crate) path: &'static str,
    /// The fully-qualified method, `milvus.proto.milvus.MilvusService/Search`.
    pub(crate) method: &'static str,
    /// What Milvus users call it, `search`.
    pub(crate) operation: &'static str,
    pub(crate) class: Class,
    pub(crate) client_streaming: bool,
    pub(crate) server_streaming: bool,
    pub(crate) changes: Changes,
    /// Whether it changes rows, which reads with session consistency must see.
    pub(crate) writes: bool,
    /// Whether the request names a database.
    pub(crate) has_database: bool,
    /// Whether the request says which writes it must see.
    pub(crate) has_consistency: bool,
    /// Whether the request may hold a filter.
    pub(crate) has_filter: bool,
    /// What to read off the request.
    pub(crate) request: &'static [Field],
    /// Whether the answer has rows or hits, none of them perhaps.
    pub(crate) returns_rows: bool,
    /// What to read off the answer.
    pub(crate) response: &'static [Field],
}

/// Which collections may have another meaning or schema after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changes {
    Nothing,
    /// Those whose names or aliases the request holds.
    Named,
    /// Every one.
    All,
}

/// What a second sending of the same request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Changes nothing.
    Read,
    /// Leaves the same end state, but may undo what others did in between.
    Idempotent,
    /// The same, but it is done piece by piece: even a rate limit may come after a part of it.
    Piecewise,
    /// Adds, starts or fails something.
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
    /// Only that it is there: 1, once for each time.
    Present(Fact),
    /// That it is there and not empty: 1, once for each time.
    NonEmpty(Fact),
    /// How many bytes the first one has. What comes after it in the same message is not looked at.
    First(Fact),
    /// How many integers there are, packed or not.
    Varints(Fact),
    /// Floats, packed: their bytes.
    Floats(Fact),
    /// A message of which some fields are wanted.
    Message(&'static [Field]),
    /// The same in a field of type bytes. What cannot be read there does not keep the rest from being read.
    Embedded(&'static [Field]),
    /// An embedded `PlaceholderGroup`, which every search has. There is a short way to read it.
    QueryVectors(&'static [Field]),
    /// A message of two strings, a `KeyValuePair`, of which a search has several. There is a short way to read it.
    Pair(&'static [Field]),
}

/// What a field says about the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    Database,
    Collection,
    /// Another name that the request changes the meaning of: an alias, or a collection's new name.
    OtherName,
    Partition,
    /// Rows of a write.
    SentRows,
    /// Vectors of a search.
    Queries,
    Filter,
    /// A placeholder of the filter, whose value comes apart.
    FilterValues,
    /// A text that is bound to a placeholder, or JSON.
    BoundText,
    /// Numbers in a list that is bound.
    BoundNumbers,
    /// That a value is bound which is not read.
    BoundUnread,
    /// A field that is asked for.
    OutputField,
    /// Primary keys whose rows are searched for.
    Keys,
    /// What kind of vectors is searched for.
    VectorType,
    /// Bytes of the first vector.
    VectorLength,
    /// A parameter of a ranker; its value comes next.
    RankerKey,
    RankerValue,
    /// That another field of a schema begins: its name.
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
    /// Hits of one vector.
    FoundRows,
    /// Of all hits, one vector after the other.
    Scores,
    /// That another column begins.
    Column,
    /// Values in the column.
    ColumnRows,
    /// That a column has values which are not counted.
    OtherColumn,
    LegacyCode,
    Code,
    Reason,
    Detail,
    Retriable,
    /// The name of something else the server says; its value comes next.
    InfoKey,
    InfoValue,
}
