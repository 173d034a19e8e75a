//! The keys of every attribute this crate sets, after semantic conventions 1.45.0; `milvus.*` are its own.

/// `milvus`: the database's name; no vector database is registered with the conventions yet.
pub(crate) const DB_SYSTEM_NAME: &str = "db.system.name";
/// `default`: the Milvus database the call addresses.
pub(crate) const DB_NAMESPACE: &str = "db.namespace";
/// `books`: set when the call addresses one collection.
pub(crate) const DB_COLLECTION_NAME: &str = "db.collection.name";
/// `show_collections`: the RPC's name in snake case. Errors name the method of `Client` that was called, `list_collections`.
pub(crate) const DB_OPERATION_NAME: &str = "db.operation.name";
/// `100`: Milvus' error code, or the gRPC code's name where the call failed before Milvus answered.
pub(crate) const DB_RESPONSE_STATUS_CODE: &str = "db.response.status_code";
/// `CollectionNotFound`: Milvus' name of its code, the number where it has none, or the gRPC code's name where the call
/// failed before Milvus answered; on what is about gRPC, the gRPC code's name.
pub(crate) const ERROR_TYPE: &str = "error.type";
/// `grpc`: always.
pub(crate) const RPC_SYSTEM_NAME: &str = "rpc.system.name";
/// `milvus.proto.milvus.MilvusService/Search`: the fully-qualified method, or `_OTHER`.
pub(crate) const RPC_METHOD: &str = "rpc.method";
/// `my.Service/Method`: the method that `_OTHER` stands for.
pub(crate) const RPC_METHOD_ORIGINAL: &str = "rpc.method_original";
/// `DEADLINE_EXCEEDED`: the gRPC code's name.
pub(crate) const RPC_STATUS_CODE: &str = "rpc.status_code";
/// `localhost`: the host of the configured endpoint, or the path of its Unix socket.
pub(crate) const SERVER_ADDRESS: &str = "server.address";
/// `19530`: the port of the configured endpoint.
pub(crate) const SERVER_PORT: &str = "server.port";
/// `10.0.0.7`: the other end of the connection that was used.
pub(crate) const NETWORK_PEER_ADDRESS: &str = "network.peer.address";
/// `19530`: its port.
pub(crate) const NETWORK_PEER_PORT: &str = "network.peer.port";
/// `year > ? and tag in [?]`: the filter, without its literals; as it is where its values come apart from it.
pub(crate) const DB_QUERY_TEXT: &str = "db.query.text";
/// `10`: hits of a search over all its vectors, rows of a query.
pub(crate) const DB_RESPONSE_RETURNED_ROWS: &str = "db.response.returned_rows";

/// `["books", "films"]`: the collections, where the call addresses more than one.
pub(crate) const MILVUS_COLLECTION_NAMES: &str = "milvus.collection.names";
/// `["classics"]`: the partitions the call names.
pub(crate) const MILVUS_PARTITION_NAMES: &str = "milvus.partition.names";
/// `1000`: rows that were sent to be inserted or upserted.
pub(crate) const MILVUS_ROWS_SENT: &str = "milvus.rows.sent";
/// `1000`: rows the server says it inserted.
pub(crate) const MILVUS_ROWS_INSERTED: &str = "milvus.rows.inserted";
/// `1000`: rows the server says it upserted.
pub(crate) const MILVUS_ROWS_UPSERTED: &str = "milvus.rows.upserted";
/// `3`: rows the server says it deleted.
pub(crate) const MILVUS_ROWS_DELETED: &str = "milvus.rows.deleted";
/// `1`: vectors searched for.
pub(crate) const MILVUS_SEARCH_QUERIES: &str = "milvus.search.nq";
/// `10`: how many hits, or rows, were asked for at most.
pub(crate) const MILVUS_SEARCH_TOP_K: &str = "milvus.search.top_k";
/// `embedding`: the vector field searched; `title, body` where a hybrid search has several.
pub(crate) const MILVUS_SEARCH_FIELD: &str = "milvus.search.anns_field";
/// `COSINE`: by what vectors are compared, where the request says it; `COSINE, IP` where that differs.
pub(crate) const MILVUS_SEARCH_METRIC: &str = "milvus.search.metric_type";
/// `768`: how many dimensions the vectors searched for have; the most, where parts of a hybrid search differ. None of
/// sparse vectors, texts and lists of vectors.
pub(crate) const MILVUS_SEARCH_DIMENSION: &str = "milvus.search.dimension";
/// `year`: the field, or the fields, by which hits are grouped.
pub(crate) const MILVUS_SEARCH_GROUP_BY: &str = "milvus.search.group_by";
/// `rrf`: what puts the hits of a search or of the parts of a hybrid one in order.
pub(crate) const MILVUS_SEARCH_RANKER: &str = "milvus.search.ranker";
/// `64`: candidates an HNSW index keeps; this and all `milvus.search.params.*` are the largest, where parts of a hybrid
/// search differ.
pub(crate) const MILVUS_SEARCH_EF: &str = "milvus.search.params.ef";
/// `16`: clusters an IVF index looks into.
pub(crate) const MILVUS_SEARCH_NPROBE: &str = "milvus.search.params.nprobe";
/// `0.8`: the score that hits of a range search must reach.
pub(crate) const MILVUS_SEARCH_RADIUS: &str = "milvus.search.params.radius";
/// `0.95`: the score that hits of a range search must not exceed.
pub(crate) const MILVUS_SEARCH_RANGE_FILTER: &str = "milvus.search.params.range_filter";
/// `100`: candidates a DiskANN index keeps.
pub(crate) const MILVUS_SEARCH_LIST: &str = "milvus.search.params.search_list";
/// `3`: the trade of recall for latency that an AUTOINDEX is asked for.
pub(crate) const MILVUS_SEARCH_LEVEL: &str = "milvus.search.params.level";
/// `200`: candidates a SCANN index looks at again.
pub(crate) const MILVUS_SEARCH_REORDER_K: &str = "milvus.search.params.reorder_k";
/// `2.0`: how many times the hits asked for a quantized index looks at again.
pub(crate) const MILVUS_SEARCH_REFINE_K: &str = "milvus.search.params.refine_k";
/// `0.2`: share of the small values of a sparse vector that is left out.
pub(crate) const MILVUS_SEARCH_DROP_RATIO: &str = "milvus.search.params.drop_ratio_search";
/// `128`: candidates a CAGRA index keeps.
pub(crate) const MILVUS_SEARCH_ITOPK_SIZE: &str = "milvus.search.params.itopk_size";
/// `3`: how many fields the answer was asked to have.
pub(crate) const MILVUS_OUTPUT_FIELDS: &str = "milvus.output_fields.count";
/// `3`: primary keys searched by, or values in the list where the filter is one, as `id in [1, 2, 3]` is.
pub(crate) const MILVUS_IDS: &str = "milvus.ids.count";
/// `60.0`: how long the call may take, all its attempts included, in seconds.
pub(crate) const MILVUS_TIMEOUT: &str = "milvus.timeout";
/// `Int64`: the type of the primary key of a new collection.
pub(crate) const MILVUS_COLLECTION_KEY_TYPE: &str = "milvus.collection.key_type";
/// `768`: how many dimensions the first vector field of a new collection has.
pub(crate) const MILVUS_COLLECTION_DIMENSION: &str = "milvus.collection.dimension";
/// `HNSW`: the kind of a new index.
pub(crate) const MILVUS_INDEX_TYPE: &str = "milvus.index.type";
/// `COSINE`: by what a new index compares vectors.
pub(crate) const MILVUS_INDEX_METRIC: &str = "milvus.index.metric_type";
/// `Bounded`: which writes the call must see, where the request says it.
pub(crate) const MILVUS_CONSISTENCY: &str = "milvus.consistency_level";
/// `true`: Milvus marks the failure as one that passes.
pub(crate) const MILVUS_RETRIABLE: &str = "milvus.retriable";
/// `2`: how often the call was sent again.
pub(crate) const MILVUS_RESEND_COUNT: &str = "milvus.resend_count";
/// `2`: which attempt of its call this is.
pub(crate) const MILVUS_ATTEMPT: &str = "milvus.attempt.number";
/// `0.08`: how long the client waited before this attempt, in seconds.
pub(crate) const MILVUS_ATTEMPT_BACKOFF: &str = "milvus.attempt.backoff";
/// `load_collection`: the method that was called, of a span over the calls that it takes.
pub(crate) const MILVUS_OPERATION_NAME: &str = "milvus.operation.name";
/// `2`: which page of a stream the call asks for.
pub(crate) const MILVUS_PAGE_NUMBER: &str = "milvus.page.number";
/// `50`: how many pages a stream asked for.
pub(crate) const MILVUS_STREAM_PAGES: &str = "milvus.stream.pages";
/// `49812`: how many rows or hits a stream gave to its caller.
pub(crate) const MILVUS_STREAM_ROWS: &str = "milvus.stream.rows";
/// `13`: how often an operation that waits asked whether it is done.
pub(crate) const MILVUS_POLL_COUNT: &str = "milvus.poll.count";
/// `21.0`: what the call cost, in the server's own units.
pub(crate) const MILVUS_COST_REPORTED: &str = "milvus.cost.report_value";
/// `4096.0`: bytes read from object storage.
pub(crate) const MILVUS_COST_REMOTE_BYTES: &str = "milvus.cost.scanned_remote_bytes";
/// `65536.0`: bytes read in all.
pub(crate) const MILVUS_COST_TOTAL_BYTES: &str = "milvus.cost.scanned_total_bytes";
/// `0.97`: share of the reads that the server's caches answered.
pub(crate) const MILVUS_COST_CACHE_HITS: &str = "milvus.cost.cache_hit_ratio";

/// `CollectionNotFound`: as `error.type`.
pub(crate) const EXCEPTION_TYPE: &str = "exception.type";
/// `no such collection`: what the server or the client said, without what may be of a filter.
pub(crate) const EXCEPTION_MESSAGE: &str = "exception.message";
/// `0.732`: how long the call took, in seconds.
pub(crate) const MILVUS_CALL_DURATION: &str = "milvus.call.duration";
/// `0.5`: how long it could have taken without being slow, in seconds.
pub(crate) const MILVUS_SLOW_THRESHOLD: &str = "milvus.slow_call.threshold";
/// `ef=64, radius=0.8`: all `milvus.search.params.*` in one.
pub(crate) const MILVUS_SEARCH_PARAMETERS: &str = "milvus.search.parameters";

/// `localhost:19530`: the server a connection leads to, or the path of its Unix socket.
pub(crate) const DB_CLIENT_CONNECTION_POOL_NAME: &str = "db.client.connection.pool.name";
/// `used`: HTTP/2 shares a connection among calls, so none is ever idle.
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
