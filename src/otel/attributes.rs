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
/// `100` or `UNAVAILABLE`: equal to `db.response.status_code`.
pub(crate) const ERROR_TYPE: &str = "error.type";
/// `grpc`.
pub(crate) const RPC_SYSTEM_NAME: &str = "rpc.system.name";
/// `milvus.proto.milvus.MilvusService/Search`, or `_OTHER`.
pub(crate) const RPC_METHOD: &str = "rpc.method";
/// The method that `_OTHER` stands for.
pub(crate) const RPC_METHOD_ORIGINAL: &str = "rpc.method_original";
/// `OK`, `DEADLINE_EXCEEDED`: the gRPC code's name.
pub(crate) const RPC_STATUS_CODE: &str = "rpc.status_code";
/// `localhost`: the host of the configured endpoint, or the path of its Unix socket.
pub(crate) const SERVER_ADDRESS: &str = "server.address";
/// `19530`.
pub(crate) const SERVER_PORT: &str = "server.port";
/// `10.0.0.7`: the other end of the connection that was used.
pub(crate) const NETWORK_PEER_ADDRESS: &str = "network.peer.address";
/// `19530`.
pub(crate) const NETWORK_PEER_PORT: &str = "network.peer.port";
