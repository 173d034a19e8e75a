//! The keys of every attribute that this crate sets, from semantic conventions 1.45.0; `milvus.*` are its own.

/// `milvus`: the database's name; no vector database is registered with the conventions yet.
pub(crate) const DB_SYSTEM_NAME: &str = "db.system.name";
/// `default`: the Milvus database the call addresses.
pub(crate) const DB_NAMESPACE: &str = "db.namespace";
/// `books`: set when the call addresses one collection.
pub(crate) const DB_COLLECTION_NAME: &str = "db.collection.name";
/// `show_collections`: the RPC in snake case. Errors name the method that was called, `list_collections`, instead.
pub(crate) const DB_OPERATION_NAME: &str = "db.operation.name";
/// `100`: Milvus' error code, or the gRPC code's name if the call failed before Milvus answered.
pub(crate) const DB_RESPONSE_STATUS_CODE: &str = "db.response.status_code";
/// `CollectionNotFound`: the name of Milvus' error code, or its number if it has no name, or the gRPC code's name if
/// the call failed before Milvus answered; `DEADLINE_EXCEEDED` for every timeout, even where the server has a code of
/// its own; on attempts and RPC metrics always the gRPC code's name.
pub(crate) const ERROR_TYPE: &str = "error.type";
/// `grpc`: always.
pub(crate) const RPC_SYSTEM_NAME: &str = "rpc.system.name";
/// `milvus.proto.milvus.MilvusService/Search`: the fully-qualified method, or `_OTHER`.
pub(crate) const RPC_METHOD: &str = "rpc.method";
/// `my.Service/Method`: the method of a call whose `rpc.method` is `_OTHER`.
pub(crate) const RPC_METHOD_ORIGINAL: &str = "rpc.method_original";
/// `DEADLINE_EXCEEDED`: the gRPC code's name.
pub(crate) const RPC_STATUS_CODE: &str = "rpc.status_code";
/// `localhost`: the host of the first configured endpoint, or the path of its Unix socket.
pub(crate) const SERVER_ADDRESS: &str = "server.address";
/// `19530`: the port of the first configured endpoint.
pub(crate) const SERVER_PORT: &str = "server.port";
/// `10.0.0.7`: the address of the server on the connection that was used.
pub(crate) const NETWORK_PEER_ADDRESS: &str = "network.peer.address";
/// `19530`: its port.
pub(crate) const NETWORK_PEER_PORT: &str = "network.peer.port";
/// `year > ? and tag in [?]`: the filter, with `?` for literals; unchanged if it uses bound parameters.
pub(crate) const DB_QUERY_TEXT: &str = "db.query.text";
/// `10`: hits of a search over all its vectors, rows of a query.
pub(crate) const DB_RESPONSE_RETURNED_ROWS: &str = "db.response.returned_rows";

/// `["books", "films"]`: the collections, if the call addresses several.
pub(crate) const MILVUS_COLLECTION_NAMES: &str = "milvus.collection.names";
/// `["classics"]`: the partitions the call names.
pub(crate) const MILVUS_PARTITION_NAMES: &str = "milvus.partition.names";
/// `1000`: rows sent to be inserted or upserted.
pub(crate) const MILVUS_ROWS_SENT: &str = "milvus.rows.sent";
/// `1000`: rows that the server reports as inserted.
pub(crate) const MILVUS_ROWS_INSERTED: &str = "milvus.rows.inserted";
/// `1000`: rows that the server reports as upserted.
pub(crate) const MILVUS_ROWS_UPSERTED: &str = "milvus.rows.upserted";
/// `3`: rows that the server reports as deleted.
pub(crate) const MILVUS_ROWS_DELETED: &str = "milvus.rows.deleted";
/// `1`: query vectors.
pub(crate) const MILVUS_SEARCH_QUERIES: &str = "milvus.search.nq";
/// `10`: the maximum number of hits or rows requested.
pub(crate) const MILVUS_SEARCH_TOP_K: &str = "milvus.search.top_k";
/// `embedding`: the vector field searched; `title, body` if a hybrid search has several.
pub(crate) const MILVUS_SEARCH_FIELD: &str = "milvus.search.anns_field";
/// `COSINE`: the metric, if the request contains it; `COSINE, IP` if the parts of a hybrid search differ.
pub(crate) const MILVUS_SEARCH_METRIC: &str = "milvus.search.metric_type";
/// `768`: the dimension of the query vectors; the largest, if the parts of a hybrid search differ. Absent for
/// sparse vectors, texts and lists of vectors.
pub(crate) const MILVUS_SEARCH_DIMENSION: &str = "milvus.search.dimension";
/// `year`: the field or fields that hits are grouped by.
pub(crate) const MILVUS_SEARCH_GROUP_BY: &str = "milvus.search.group_by";
/// `rrf`: the ranker of a search or a hybrid search.
pub(crate) const MILVUS_SEARCH_RANKER: &str = "milvus.search.ranker";
/// `64`: the candidates an HNSW index keeps; like all `milvus.search.params.*` the largest, if the parts of a hybrid
/// search differ.
pub(crate) const MILVUS_SEARCH_EF: &str = "milvus.search.params.ef";
/// `16`: the clusters an IVF index searches.
pub(crate) const MILVUS_SEARCH_NPROBE: &str = "milvus.search.params.nprobe";
/// `0.8`: the outer bound of a range search: hits are nearer than this score.
pub(crate) const MILVUS_SEARCH_RADIUS: &str = "milvus.search.params.radius";
/// `0.95`: the inner bound of a range search: hits nearer than this score are left out.
pub(crate) const MILVUS_SEARCH_RANGE_FILTER: &str = "milvus.search.params.range_filter";
/// `100`: candidates a DiskANN index keeps.
pub(crate) const MILVUS_SEARCH_LIST: &str = "milvus.search.params.search_list";
/// `3`: the trade-off of recall and latency requested of an AUTOINDEX.
pub(crate) const MILVUS_SEARCH_LEVEL: &str = "milvus.search.params.level";
/// `200`: the candidates a SCANN index reorders.
pub(crate) const MILVUS_SEARCH_REORDER_K: &str = "milvus.search.params.reorder_k";
/// `2.0`: the candidates a quantized index refines, as a multiple of the hits requested.
pub(crate) const MILVUS_SEARCH_REFINE_K: &str = "milvus.search.params.refine_k";
/// `0.2`: the share of small values of a sparse vector that are ignored.
pub(crate) const MILVUS_SEARCH_DROP_RATIO: &str = "milvus.search.params.drop_ratio_search";
/// `128`: candidates a CAGRA index keeps.
pub(crate) const MILVUS_SEARCH_ITOPK_SIZE: &str = "milvus.search.params.itopk_size";
/// `3`: the number of output fields requested.
pub(crate) const MILVUS_OUTPUT_FIELDS: &str = "milvus.output_fields.count";
/// `3`: primary keys in the request, or values in a filter that is a single list, such as `id in [1, 2, 3]`.
pub(crate) const MILVUS_IDS: &str = "milvus.ids.count";
/// `60.0`: the time limit of the call, retries included, in seconds.
pub(crate) const MILVUS_TIMEOUT: &str = "milvus.timeout";
/// `Int64`: the type of the primary key of a new collection.
pub(crate) const MILVUS_COLLECTION_KEY_TYPE: &str = "milvus.collection.key_type";
/// `768`: the dimension of the first vector field of a new collection.
pub(crate) const MILVUS_COLLECTION_DIMENSION: &str = "milvus.collection.dimension";
/// `HNSW`: the kind of a new index.
pub(crate) const MILVUS_INDEX_TYPE: &str = "milvus.index.type";
/// `COSINE`: the metric of a new index.
pub(crate) const MILVUS_INDEX_METRIC: &str = "milvus.index.metric_type";
/// `Bounded`: the consistency level, if the request contains it.
pub(crate) const MILVUS_CONSISTENCY: &str = "milvus.consistency_level";
/// `true`: Milvus marks the error as retriable.
pub(crate) const MILVUS_RETRIABLE: &str = "milvus.retriable";
/// `2`: the number of retries.
pub(crate) const MILVUS_RESEND_COUNT: &str = "milvus.resend_count";
/// `2`: the number of the attempt, from 1.
pub(crate) const MILVUS_ATTEMPT: &str = "milvus.attempt.number";
/// `0.08`: the wait before this attempt, in seconds.
pub(crate) const MILVUS_ATTEMPT_BACKOFF: &str = "milvus.attempt.backoff";
/// `load_collection`: the method of `Client` that was called, on the span over its calls.
pub(crate) const MILVUS_OPERATION_NAME: &str = "milvus.operation.name";
/// `2`: the number of the page that the call fetches in a stream, from 1.
pub(crate) const MILVUS_PAGE_NUMBER: &str = "milvus.page.number";
/// `50`: the number of pages a stream fetched, or of batches written from a stream.
pub(crate) const MILVUS_STREAM_PAGES: &str = "milvus.stream.pages";
/// `49812`: the number of rows or hits a stream returned, or of rows written from a stream.
pub(crate) const MILVUS_STREAM_ROWS: &str = "milvus.stream.rows";
/// `13`: the number of polls of an operation that waits.
pub(crate) const MILVUS_POLL_COUNT: &str = "milvus.poll.count";
/// `21.0`: the cost of the call, in the server's units.
pub(crate) const MILVUS_COST_REPORTED: &str = "milvus.cost.report_value";
/// `4096.0`: bytes read from object storage.
pub(crate) const MILVUS_COST_REMOTE_BYTES: &str = "milvus.cost.scanned_remote_bytes";
/// `65536.0`: all bytes read.
pub(crate) const MILVUS_COST_TOTAL_BYTES: &str = "milvus.cost.scanned_total_bytes";
/// `0.97`: share of the reads that the server's caches answered.
pub(crate) const MILVUS_COST_CACHE_HITS: &str = "milvus.cost.cache_hit_ratio";

/// `CollectionNotFound`: the same as `error.type`.
pub(crate) const EXCEPTION_TYPE: &str = "exception.type";
/// `no such collection`: the message of the server or the client, without parts that may be from a filter.
pub(crate) const EXCEPTION_MESSAGE: &str = "exception.message";
/// `0.732`: the duration of the call, in seconds.
pub(crate) const MILVUS_CALL_DURATION: &str = "milvus.call.duration";
/// `0.5`: the threshold that made it slow, in seconds.
pub(crate) const MILVUS_SLOW_THRESHOLD: &str = "milvus.slow_call.threshold";
/// `ef=64, radius=0.8`: all `milvus.search.params.*` in one.
pub(crate) const MILVUS_SEARCH_PARAMETERS: &str = "milvus.search.parameters";

/// `localhost:19530`: the client's first server, or the path of its Unix socket; the same for all connections of the
/// client.
pub(crate) const DB_CLIENT_CONNECTION_POOL_NAME: &str = "db.client.connection.pool.name";
/// `used`: always, because HTTP/2 shares a connection among calls.
pub(crate) const DB_CLIENT_CONNECTION_STATE: &str = "db.client.connection.state";

/// The attribute of a cost figure in the `extra_info` of a status.
pub(super) fn cost(name: &[u8]) -> Option<&'static str> {
    match name {
        b"report_value" => Some(MILVUS_COST_REPORTED),
        b"scanned_remote_bytes" => Some(MILVUS_COST_REMOTE_BYTES),
        b"scanned_total_bytes" => Some(MILVUS_COST_TOTAL_BYTES),
        b"cache_hit_ratio" => Some(MILVUS_COST_CACHE_HITS),
        _ => None,
    }
}
