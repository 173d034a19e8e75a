//! The keys of every attribute this crate sets, after semantic conventions 1.45.0; `milvus.*` are its own.

/// Which revision of the conventions the names are from; part of the instrumentation scope.
pub(crate) const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.45.0";

/// `milvus`: the database's name; no vector database is registered with the conventions yet.
pub(crate) const DB_SYSTEM_NAME: &str = "db.system.name";
/// `default`: the Milvus database the call addresses.
pub(crate) const DB_NAMESPACE: &str = "db.namespace";
/// `books`: set when the call addresses one collection.
pub(crate) const DB_COLLECTION_NAME: &str = "db.collection.name";
/// `search`: what Milvus users call the RPC.
pub(crate) const DB_OPERATION_NAME: &str = "db.operation.name";
/// `100`: Milvus' error code, or the gRPC code's name where the call failed before Milvus answered.
pub(crate) const DB_RESPONSE_STATUS_CODE: &str = "db.response.status_code";
/// `100`: equal to `db.response.status_code`; on what is about gRPC, the gRPC code's name.
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
/// `13`: how often an operation that waits asked whether it is done.
pub(crate) const MILVUS_POLL_COUNT: &str = "milvus.poll.count";
/// `21`: what the call cost, in the server's own units.
pub(crate) const MILVUS_COST_REPORTED: &str = "milvus.cost.report_value";
/// `4096`: bytes read from object storage.
pub(crate) const MILVUS_COST_REMOTE_BYTES: &str = "milvus.cost.scanned_remote_bytes";
/// `65536`: bytes read in all.
pub(crate) const MILVUS_COST_TOTAL_BYTES: &str = "milvus.cost.scanned_total_bytes";
/// `0.97`: share of the reads that the server's caches answered.
pub(crate) const MILVUS_COST_CACHE_HITS: &str = "milvus.cost.cache_hit_ratio";

/// `http://localhost:19530`: the endpoint a connection leads to.
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
