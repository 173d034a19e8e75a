//! Operations on what clients report about themselves to the server.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::names::{millisecond, whole_seconds};
use super::operation::Operation;
use crate::client::{Client, client_info};
use crate::proto::common;
use crate::proto::milvus::{
    ClientHeartbeatRequest, ClientTelemetry, DeleteClientCommandRequest, GetClientTelemetryRequest,
    PushClientCommandRequest,
};

/// Returns what clients reported. Returned by [`Client::get_client_telemetry`].
pub type GetClientTelemetry = Operation<GetClientTelemetryRequest, Vec<ConnectedClient>>;

/// Reports to the server. Returned by [`Client::client_heartbeat`].
pub type ClientHeartbeat = Operation<ClientHeartbeatRequest, Vec<ClientCommand>>;

/// Sends a command to clients. Returned by [`Client::push_client_command`].
pub type PushClientCommand = Operation<PushClientCommandRequest, String>;

/// A client that reports to the server. Returned by [`Client::get_client_telemetry`].
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct ConnectedClient {
    /// The identifier under which the client reports.
    pub id: String,
    /// The client library: `"GoMilvusClient"`.
    pub sdk: String,
    /// The version of the client library.
    pub sdk_version: String,
    /// The host of the client, as the client reports it.
    pub host: String,
    /// The user of the client.
    pub user: String,
    /// `"active"` or `"inactive"`.
    pub status: String,
    /// When the client reported last.
    #[serde(serialize_with = "crate::data::as_rfc3339")]
    pub last_heartbeat: Option<SystemTime>,
    /// The databases that the client used.
    pub databases: Vec<String>,
    /// The client's operations; empty without [`include_metrics`](GetClientTelemetry::include_metrics).
    pub operations: Vec<OperationStats>,
}

/// The calls of one kind that a client made.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct OperationStats {
    /// The kind of call: `"Search"`.
    pub operation: String,
    /// All calls of this kind.
    pub total: CallStats,
    /// The calls by collection.
    pub collections: BTreeMap<String, CallStats>,
}

/// Numbers and durations of calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct CallStats {
    /// The number of calls.
    pub requests: u64,
    /// The number of calls that succeeded.
    pub successes: u64,
    /// The number of calls that failed.
    pub errors: u64,
    /// The mean duration.
    #[serde(serialize_with = "crate::data::as_seconds")]
    pub mean: Duration,
    /// The 99th percentile of the durations.
    #[serde(serialize_with = "crate::data::as_seconds")]
    pub p99: Duration,
    /// The longest duration.
    #[serde(serialize_with = "crate::data::as_seconds")]
    pub max: Duration,
}

/// A command that the server has for this client. Returned by [`Client::client_heartbeat`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ClientCommand {
    /// The identifier of the command.
    pub id: String,
    /// The kind of command: `"push_config"`.
    pub kind: String,
    /// The content, mostly JSON.
    #[serde(serialize_with = "crate::data::as_base64")]
    pub payload: Vec<u8>,
    /// When the command was pushed.
    #[serde(serialize_with = "crate::data::as_rfc3339")]
    pub created: Option<SystemTime>,
    /// Whether clients that connect later get it as well.
    pub persistent: bool,
}

/// # Client telemetry
///
/// Milvus 3.0 collects what clients report about their calls, and can send them commands. Nothing is reported unless
/// [`client_heartbeat`](Client::client_heartbeat) is called. This crate's own telemetry is exported by
/// [OpenTelemetry](crate::otel), and does not need this.
impl Client {
    /// Returns which clients report to the server, and what they reported. Since Milvus 3.0.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for other in client.get_client_telemetry().include_metrics(true).await? {
    ///     println!("{} {}: {}", other.sdk, other.sdk_version, other.status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn get_client_telemetry(&self) -> GetClientTelemetry {
        let request = GetClientTelemetryRequest::default();
        Operation::new(self, "get_client_telemetry", request, |answer| {
            let clients = answer.clients.into_iter();
            clients.map(ConnectedClient::from_proto).collect()
        })
    }

    /// Reports to the server that this client is alive, and returns the commands that the server has for it. The server
    /// forgets clients that do not report for some minutes. Since Milvus 3.0.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for command in client.client_heartbeat("worker 7").await? {
    ///     println!("{}: {} bytes", command.kind, command.payload.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn client_heartbeat(&self, id: impl Into<String>) -> ClientHeartbeat {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let mut info = client_info();
        info.reserved.insert(CLIENT_ID.to_owned(), id.into());
        let request = ClientHeartbeatRequest {
            client_info: Some(info),
            report_timestamp: now.map_or(0, |now| now.as_millis().try_into().unwrap_or(i64::MAX)),
            ..Default::default()
        };
        Operation::new(self, "client_heartbeat", request, |answer| {
            let commands = answer.commands.into_iter();
            commands.map(ClientCommand::from_proto).collect()
        })
        .check(|request| {
            let info = request.client_info.as_ref();
            match info.and_then(|info| info.reserved.get(CLIENT_ID)) {
                Some(id) if !id.is_empty() => Ok(()),
                _ => Err("the client's identifier is empty".to_owned()),
            }
        })
    }

    /// Sends a command to the clients that report to the server, with their next heartbeat. Returns the identifier of
    /// the command. `payload` is usually JSON. The clients define the kinds of commands. Since Milvus 3.0.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let config = br#"{"heartbeat_interval_ms": 60000}"#.to_vec();
    /// client.push_client_command("push_config", config).client("worker 7").await?;
    /// # Ok(()) }
    /// ```
    pub fn push_client_command(
        &self,
        kind: impl Into<String>,
        payload: impl Into<Vec<u8>>,
    ) -> PushClientCommand {
        let request = PushClientCommandRequest {
            command_type: kind.into(),
            payload: payload.into().into(),
            ..Default::default()
        };
        let name = "push_client_command";
        Operation::new(self, name, request, |answer| answer.command_id).check(|request| {
            match request.command_type.as_str() {
                "" => Err("the kind of command is empty".to_owned()),
                _ => Ok(()),
            }
        })
    }

    /// Withdraws a command that was [pushed](Self::push_client_command). Since Milvus 3.0.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let command = client.push_client_command("push_config", "{}").persistent(true).await?;
    /// client.delete_client_command(command).await?;
    /// # Ok(()) }
    /// ```
    pub fn delete_client_command(
        &self,
        command: impl Into<String>,
    ) -> Operation<DeleteClientCommandRequest> {
        let request = DeleteClientCommandRequest {
            command_id: command.into(),
        };
        Operation::new(self, "delete_client_command", request, drop)
    }
}

/// The key of the client's identifier in `ClientInfo::reserved`.
const CLIENT_ID: &str = "client_id";

impl GetClientTelemetry {
    /// Returns only clients that used this database. Default: all.
    pub fn database(self, database: impl Into<String>) -> Self {
        self.set(|request| request.database = database.into())
    }

    /// Returns only the client with this identifier. Default: all.
    pub fn client(self, id: impl Into<String>) -> Self {
        self.set(|request| request.client_id = id.into())
    }

    /// Whether to return the clients' [operations](ConnectedClient::operations). Default: false.
    pub fn include_metrics(self, include: bool) -> Self {
        self.set(|request| request.include_metrics = include)
    }
}

impl PushClientCommand {
    /// Sends the command to the client with this identifier only. Default: to all.
    pub fn client(self, id: impl Into<String>) -> Self {
        self.set(|request| request.target_client_id = id.into())
    }

    /// Sends the command to clients that used this database only. Default: to all.
    pub fn database(self, database: impl Into<String>) -> Self {
        self.set(|request| request.target_database = database.into())
    }

    /// How long the command is kept for clients that have not received it yet, rounded up to seconds. Default: the
    /// server's.
    pub fn ttl(self, ttl: Duration) -> Self {
        self.set(|request| request.ttl_seconds = whole_seconds(ttl))
    }

    /// Whether clients that connect later get the command as well. Default: false.
    pub fn persistent(self, persistent: bool) -> Self {
        self.set(|request| request.persistent = persistent)
    }
}

impl ConnectedClient {
    fn from_proto(client: ClientTelemetry) -> Self {
        let mut info = client.client_info.unwrap_or_default();
        Self {
            id: info.reserved.remove(CLIENT_ID).unwrap_or_default(),
            sdk: info.sdk_type,
            sdk_version: info.sdk_version,
            host: info.host,
            user: info.user,
            status: client.status,
            last_heartbeat: millisecond(client.last_heartbeat_time),
            databases: client.databases,
            operations: client
                .metrics
                .into_iter()
                .map(OperationStats::from_proto)
                .collect(),
        }
    }
}

impl OperationStats {
    fn from_proto(stats: common::OperationMetrics) -> Self {
        let collections = stats.collection_metrics.into_iter();
        Self {
            operation: stats.operation,
            total: CallStats::from_proto(stats.global.unwrap_or_default()),
            collections: collections
                .map(|(collection, stats)| (collection, CallStats::from_proto(stats)))
                .collect(),
        }
    }
}

impl CallStats {
    fn from_proto(stats: common::Metrics) -> Self {
        let count = |count: i64| u64::try_from(count).unwrap_or_default();
        let milliseconds = |time: f64| Duration::try_from_secs_f64(time / 1e3).unwrap_or_default();
        Self {
            requests: count(stats.request_count),
            successes: count(stats.success_count),
            errors: count(stats.error_count),
            mean: milliseconds(stats.avg_latency_ms),
            p99: milliseconds(stats.p99_latency_ms),
            max: milliseconds(stats.max_latency_ms),
        }
    }
}

impl ClientCommand {
    fn from_proto(command: common::ClientCommand) -> Self {
        Self {
            id: command.command_id,
            kind: command.command_type,
            payload: command.payload.into(),
            created: millisecond(command.create_time),
            persistent: command.persistent,
        }
    }
}
