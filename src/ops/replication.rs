//! Operations on the replication between clusters, and on the log that it reads.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use tonic::Streaming;

use super::features::FORCE_PROMOTE;
use super::operation::{Lazy, Operation, Refusal, Run, named, operation};
use crate::client::{Call, Client, is_error};
use crate::error::{Error, Failure, Result};
use crate::proto::common::{
    ConnectionParam, CrossClusterTopology, ImmutableMessage, MessageId, MilvusCluster,
    ReplicateCheckpoint, ReplicateConfiguration, WalName,
};
use crate::proto::milvus::dump_messages_response::Response;
use crate::proto::milvus::{
    DumpMessagesRequest, DumpMessagesResponse, GetReplicateConfigurationRequest,
    GetReplicateInfoRequest, GetReplicateInfoResponse, UpdateReplicateConfigurationRequest,
};

/// Configures the replication between clusters. Returned by [`Client::update_replicate_configuration`].
pub type UpdateReplicateConfiguration = Operation<UpdateReplicateConfigurationRequest>;

/// The clusters that replicate, and from which to which.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ReplicationConfig {
    /// The clusters.
    pub clusters: Vec<Cluster>,
    /// Pairs of cluster IDs: the first is replicated to the second.
    pub topology: Vec<(String, String)>,
}

/// A cluster that takes part in replication. Part of [`ReplicationConfig`].
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Cluster {
    /// The ID of the cluster.
    pub id: String,
    /// The address by which the other clusters reach it.
    pub uri: String,
    /// The token that the other clusters authenticate with. It appears in no span, log, error or `Debug`, and is not
    /// serialized.
    #[serde(skip)]
    pub token: String,
    /// The physical channels of its log.
    pub channels: Vec<String>,
}

/// How far a channel was replicated. Part of [`ReplicationInfo`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ReplicationCheckpoint {
    /// The cluster.
    pub cluster: String,
    /// The physical channel.
    pub channel: String,
    /// The last message that was replicated.
    pub message: LogPosition,
    /// The timestamp of that message.
    pub time_tick: u64,
}

/// How far a channel was replicated. Returned by [`Client::get_replicate_info`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ReplicationInfo {
    /// Where replication continues; `None` if the channel is not replicated.
    pub checkpoint: Option<ReplicationCheckpoint>,
    /// Where to continue in the log of a cluster that was replaced by a forced promotion.
    pub salvage_checkpoint: Option<ReplicationCheckpoint>,
}

/// A position in the log of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[non_exhaustive]
pub struct LogPosition {
    /// The id of the message, as the log spells it.
    pub id: String,
    /// The log by its Milvus name: `WoodPecker`, `Kafka`, `Pulsar`, `RocksMQ`.
    pub log: String,
}

/// A message of the log. Returned by the stream of [`Client::dump_messages`].
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct LogMessage {
    /// Where it is in the log.
    pub position: LogPosition,
    /// The properties of the message.
    pub properties: BTreeMap<String, String>,
    /// The message, encoded. `Debug` shows only its length. Serialized in base64.
    #[serde(serialize_with = "crate::data::as_base64")]
    pub payload: Bytes,
}

/// # Replication
impl Client {
    /// Sets which clusters take part in replication, and which is replicated to which. Since Milvus 2.6.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::{Cluster, ReplicationConfig};
    ///
    /// let mut config = ReplicationConfig::default();
    /// config.clusters.push(Cluster::new("a", "http://a:19530").token("root:Milvus").channels(["a-dml_0"]));
    /// config.clusters.push(Cluster::new("b", "http://b:19530").token("root:Milvus").channels(["b-dml_0"]));
    /// config.topology.push(("a".into(), "b".into()));
    /// client.update_replicate_configuration(config).await?;
    /// # Ok(()) }
    /// ```
    pub fn update_replicate_configuration(
        &self,
        config: ReplicationConfig,
    ) -> UpdateReplicateConfiguration {
        let request = UpdateReplicateConfigurationRequest {
            replicate_configuration: Some(config.into_proto()),
            ..Default::default()
        };
        Operation::new(self, "update_replicate_configuration", request, drop).check(|request| {
            let config = request.replicate_configuration.as_ref();
            let mut clusters = config.iter().flat_map(|config| &config.clusters);
            clusters.try_for_each(|cluster| named("cluster", &cluster.cluster_id))
        })
    }

    /// Returns which clusters take part in replication, and which is replicated to which. Since Milvus 2.6.12.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for (source, target) in client.get_replicate_configuration().await?.topology {
    ///     println!("{source} to {target}");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn get_replicate_configuration(
        &self,
    ) -> Operation<GetReplicateConfigurationRequest, ReplicationConfig> {
        let request = GetReplicateConfigurationRequest::default();
        Operation::new(self, "get_replicate_configuration", request, |answer| {
            ReplicationConfig::from_proto(answer.configuration.unwrap_or_default())
        })
    }

    /// Returns how far a channel of this cluster was replicated from another cluster. Since Milvus 2.6.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let info = client.get_replicate_info("a", "b-dml_0").await?;
    /// println!("{:?}", info.checkpoint.map(|checkpoint| checkpoint.time_tick));
    /// # Ok(()) }
    /// ```
    pub fn get_replicate_info(
        &self,
        source_cluster: impl Into<String>,
        channel: impl Into<String>,
    ) -> Operation<GetReplicateInfoRequest, ReplicationInfo> {
        let request = GetReplicateInfoRequest {
            source_cluster_id: source_cluster.into(),
            target_pchannel: channel.into(),
        };
        let read = ReplicationInfo::from_proto;
        Operation::new(self, "get_replicate_info", request, read).check(|request| {
            named("source cluster", &request.source_cluster_id)?;
            named("channel", &request.target_pchannel)
        })
    }

    /// Reads messages of a physical channel of the log, beginning after the message at `start`. Since Milvus 2.6.14.
    ///
    /// Resolves to a stream when the server has accepted the request. The stream is limited only by
    /// [`timeout`](DumpMessages::timeout), not by the client's timeout.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use futures::StreamExt as _;
    /// use milvus_otel::ops::LogPosition;
    ///
    /// let start = LogPosition::new("1/2", "WoodPecker");
    /// let mut messages = client.dump_messages("a-dml_0", start).await?;
    /// while let Some(message) = messages.next().await {
    ///     println!("{:?}", message?.position);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn dump_messages(&self, channel: impl Into<String>, start: LogPosition) -> DumpMessages {
        DumpMessages(Lazy::Builder(Builder {
            client: self.clone(),
            start,
            request: DumpMessagesRequest {
                pchannel: channel.into(),
                ..Default::default()
            },
            timeout: None,
        }))
    }
}

impl UpdateReplicateConfiguration {
    /// Whether to make this cluster the source at once, even if not everything was replicated to it. Default false.
    /// Since Milvus 2.6.14.
    pub fn force_promote(self, force: bool) -> Self {
        self.set(|request| request.force_promote = force)
            .uses(&FORCE_PROMOTE, force)
    }
}

/// Reads messages of the log. Returned by [`Client::dump_messages`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct DumpMessages(Lazy<'static, Builder, LogMessages>);

#[derive(Debug, Clone)]
struct Builder {
    client: Client,
    start: LogPosition,
    request: DumpMessagesRequest,
    timeout: Option<Duration>,
}

operation!([] DumpMessages => LogMessages, timeout);

impl DumpMessages {
    /// Reads only messages with this timestamp or a later one.
    pub fn from_time_tick(mut self, time_tick: u64) -> Self {
        self.0.builder_mut().request.start_timetick = time_tick;
        self
    }

    /// Reads only messages with this timestamp or an earlier one.
    pub fn to_time_tick(mut self, time_tick: u64) -> Self {
        self.0.builder_mut().request.end_timetick = time_tick;
        self
    }

    /// Whether to begin with the message at the start itself. Default false.
    pub fn include_start(mut self, include: bool) -> Self {
        self.0.builder_mut().request.include_start_message = include;
        self
    }
}

impl Run<LogMessages> for Builder {
    async fn run(mut self) -> Result<LogMessages> {
        let call = Call::new(NAME);
        named("channel", &self.request.pchannel).map_err(|why| call.refuse(why))?;
        let start = self.start.to_proto().map_err(|why| call.refuse(why))?;
        self.request.start_message_id = Some(start);
        let mut request = tonic::Request::new(self.request);
        if let Some(timeout) = self.timeout {
            request.set_timeout(timeout);
        }
        let answer = self.client.raw().dump_messages(request).await;
        let stream = answer.map_err(failed)?.into_inner();
        Ok(LogMessages {
            stream: Some(stream),
        })
    }
}

const NAME: &str = "dump_messages";

fn failed(status: tonic::Status) -> Error {
    let failure = Failure::not_sent(&status);
    Error::grpc(NAME, status, failure)
}

/// Messages of the log. Returned by [`Client::dump_messages`].
#[derive(Debug)]
pub struct LogMessages {
    /// `None` after an error.
    stream: Option<Streaming<DumpMessagesResponse>>,
}

impl Stream for LogMessages {
    type Item = Result<LogMessage>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(None);
        };
        loop {
            let error = match ready!(Pin::new(&mut *stream).poll_next(context)) {
                None => return Poll::Ready(None),
                Some(Ok(answer)) => match answer.response {
                    Some(Response::Message(message)) => {
                        return Poll::Ready(Some(Ok(LogMessage::from_proto(message))));
                    }
                    Some(Response::Status(status)) if is_error(&status) => {
                        Error::milvus(NAME, &status, None)
                    }
                    Some(Response::Status(_)) | None => continue,
                },
                Some(Err(status)) => failed(status),
            };
            self.stream = None;
            return Poll::Ready(Some(Err(error)));
        }
    }
}

impl Cluster {
    /// A cluster, by its id and the address by which the others reach it.
    pub fn new(id: impl Into<String>, uri: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            uri: uri.into(),
            ..Self::default()
        }
    }

    /// The token that the other clusters authenticate with: `user:password`, or an API key.
    pub fn token(self, token: impl Into<String>) -> Self {
        let token = token.into();
        Self { token, ..self }
    }

    /// The physical channels of the cluster's log.
    pub fn channels<C: Into<String>>(self, channels: impl IntoIterator<Item = C>) -> Self {
        let channels = channels.into_iter().map(Into::into).collect();
        Self { channels, ..self }
    }
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster")
            .field("id", &self.id)
            .field("uri", &self.uri)
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for LogMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogMessage")
            .field("position", &self.position)
            .field("bytes", &self.payload.len())
            .finish_non_exhaustive()
    }
}

impl LogPosition {
    /// A position, by the id of a message and the Milvus name of the log: `WoodPecker`, `Kafka`, `Pulsar`, `RocksMQ`.
    pub fn new(id: impl Into<String>, log: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            log: log.into(),
        }
    }

    fn to_proto(&self) -> std::result::Result<MessageId, Refusal> {
        if self.id.is_empty() {
            return Err("start has no message id".to_owned());
        }
        let log = WalName::from_str_name(&self.log).ok_or_else(|| {
            let log = &self.log;
            format!("start names the log {log:?}: expected WoodPecker, Kafka, Pulsar or RocksMQ")
        })?;
        Ok(MessageId {
            id: self.id.clone(),
            wal_name: log.into(),
        })
    }

    fn from_proto(position: MessageId) -> Self {
        let log = match WalName::try_from(position.wal_name) {
            Ok(log) => log.as_str_name().to_owned(),
            Err(_) => position.wal_name.to_string(),
        };
        let id = position.id;
        Self { id, log }
    }
}

impl LogMessage {
    fn from_proto(message: ImmutableMessage) -> Self {
        Self {
            position: LogPosition::from_proto(message.id.unwrap_or_default()),
            properties: message.properties.into_iter().collect(),
            payload: message.payload,
        }
    }
}

impl ReplicationConfig {
    fn into_proto(self) -> ReplicateConfiguration {
        let clusters = self.clusters.into_iter().map(|cluster| MilvusCluster {
            cluster_id: cluster.id,
            connection_param: Some(ConnectionParam {
                uri: cluster.uri,
                token: cluster.token,
            }),
            pchannels: cluster.channels,
        });
        let topology = self.topology.into_iter();
        ReplicateConfiguration {
            clusters: clusters.collect(),
            cross_cluster_topology: topology
                .map(
                    |(source_cluster_id, target_cluster_id)| CrossClusterTopology {
                        source_cluster_id,
                        target_cluster_id,
                    },
                )
                .collect(),
        }
    }

    fn from_proto(config: ReplicateConfiguration) -> Self {
        let clusters = config.clusters.into_iter().map(|cluster| {
            let connection = cluster.connection_param.unwrap_or_default();
            Cluster {
                id: cluster.cluster_id,
                uri: connection.uri,
                token: connection.token,
                channels: cluster.pchannels,
            }
        });
        let topology = config.cross_cluster_topology.into_iter();
        Self {
            clusters: clusters.collect(),
            topology: topology
                .map(|pair| (pair.source_cluster_id, pair.target_cluster_id))
                .collect(),
        }
    }
}

impl ReplicationInfo {
    fn from_proto(answer: GetReplicateInfoResponse) -> Self {
        let checkpoint = |checkpoint: ReplicateCheckpoint| ReplicationCheckpoint {
            cluster: checkpoint.cluster_id,
            channel: checkpoint.pchannel,
            message: LogPosition::from_proto(checkpoint.message_id.unwrap_or_default()),
            time_tick: checkpoint.time_tick,
        };
        Self {
            checkpoint: answer.checkpoint.map(checkpoint),
            salvage_checkpoint: answer.salvage_checkpoint.map(checkpoint),
        }
    }
}
