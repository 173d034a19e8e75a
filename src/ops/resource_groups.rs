//! Operations on resource groups and replicas.

use std::collections::BTreeMap;
use std::time::Duration;

use super::features::{GROUP_CONFIG, NODE_LABELS};
use super::operation::{Lazy, Operation, Run, named, operation};
use super::wait::Wait;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::Request;
use crate::proto::common::KeyValuePair;
use crate::proto::milvus::{
    CreateResourceGroupRequest, DescribeResourceGroupRequest, DescribeResourceGroupResponse,
    DropResourceGroupRequest, GetReplicasRequest, GetReplicasResponse, ListResourceGroupsRequest,
    TransferReplicaRequest, UpdateResourceGroupsRequest,
};
use crate::proto::rg::{
    ResourceGroupConfig as Config, ResourceGroupLimit, ResourceGroupNodeFilter,
    ResourceGroupTransfer,
};

/// Creates a resource group. Returned by [`Client::create_resource_group`].
pub type CreateResourceGroup = Operation<CreateResourceGroupRequest>;

/// How many query nodes a [resource group](https://milvus.io/docs/resource_group.md) should have, and which. Since
/// Milvus 2.4.1.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ResourceGroupConfig {
    /// The number of nodes that the group needs. Milvus moves nodes into it if it has fewer.
    pub requests: u32,
    /// The greatest number of nodes. Milvus moves nodes out of it if it has more.
    pub limits: u32,
    /// The groups that missing nodes are taken from first.
    pub transfer_from: Vec<String>,
    /// The groups that redundant nodes are moved to first.
    pub transfer_to: Vec<String>,
    /// Labels that the nodes must have, with their values. Since Milvus 2.4.17.
    #[serde(serialize_with = "crate::data::as_map")]
    pub node_labels: Vec<(String, String)>,
}

/// A resource group as the server describes it. Returned by [`Client::describe_resource_group`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ResourceGroupInfo {
    /// The name of the group.
    pub name: String,
    /// The number of nodes that the group should have.
    pub capacity: u32,
    /// The number of nodes that work.
    pub available_nodes: u32,
    /// The number of loaded replicas by collection.
    pub loaded_replicas: BTreeMap<String, u32>,
    /// The number of nodes of other groups that hold replicas of this group, by collection.
    pub outgoing_nodes: BTreeMap<String, u32>,
    /// The number of nodes of this group that hold replicas of other groups, by collection.
    pub incoming_nodes: BTreeMap<String, u32>,
    /// How many nodes the group should have, and which.
    pub config: ResourceGroupConfig,
    /// The nodes of the group.
    pub nodes: Vec<NodeInfo>,
}

/// A query node. Part of [`ResourceGroupInfo`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct NodeInfo {
    /// The ID of the node.
    pub id: i64,
    /// The address of the node within the cluster.
    pub address: String,
    /// The host name of the node.
    pub hostname: String,
}

/// A copy of a collection in memory. Returned by [`Client::describe_replica`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ReplicaInfo {
    /// The ID of the replica.
    pub id: i64,
    /// The resource group whose nodes hold it.
    pub resource_group: String,
    /// The IDs of the query nodes that hold it.
    pub nodes: Vec<i64>,
    /// Its shards.
    pub shards: Vec<ShardInfo>,
    /// The number of nodes in other resource groups that hold parts of it, by resource group.
    pub outbound_nodes: BTreeMap<String, u32>,
}

/// A part of a replica: the rows of one channel. Part of [`ReplicaInfo`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ShardInfo {
    /// The channel of its rows.
    pub channel: String,
    /// The ID of the query node that leads it.
    pub leader: i64,
    /// The IDs of the query nodes that hold it.
    pub nodes: Vec<i64>,
}

/// # Resource groups
impl Client {
    /// Creates a [resource group](https://milvus.io/docs/resource_group.md), which is empty unless it is
    /// [configured](CreateResourceGroup::config). Milvus refuses the name of a group that exists with another
    /// configuration.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::ResourceGroupConfig;
    ///
    /// client.create_resource_group("search").config(ResourceGroupConfig::nodes(2, 4)).await?;
    /// # Ok(()) }
    /// ```
    pub fn create_resource_group(&self, group: impl Into<String>) -> CreateResourceGroup {
        let request = CreateResourceGroupRequest {
            resource_group: group.into(),
            ..Default::default()
        };
        Operation::new(self, "create_resource_group", request, drop)
            .about("resource group", |request| &request.resource_group)
    }

    /// Replaces the configurations of [resource groups](https://milvus.io/docs/resource_group.md), all at once. Since
    /// Milvus 2.4.1.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::ResourceGroupConfig;
    ///
    /// client.update_resource_groups([("search", ResourceGroupConfig::nodes(3, 3))]).await?;
    /// # Ok(()) }
    /// ```
    pub fn update_resource_groups<G: Into<String>>(
        &self,
        configs: impl IntoIterator<Item = (G, ResourceGroupConfig)>,
    ) -> Operation<UpdateResourceGroupsRequest> {
        let mut request = UpdateResourceGroupsRequest::default();
        let (mut refusal, mut has_labels) = (Ok(()), false);
        for (group, config) in configs {
            has_labels |= !config.node_labels.is_empty();
            match config.into_proto() {
                Ok(config) => drop(request.resource_groups.insert(group.into(), config)),
                Err(why) => refusal = Err(why),
            }
        }
        Operation::new(self, "update_resource_groups", request, drop)
            .try_set(|_| refusal)
            .uses(&NODE_LABELS, has_labels)
            .check(|request| match request.resource_groups.is_empty() {
                true => Err("configs is empty: configure at least one resource group".to_owned()),
                false => Ok(()),
            })
    }

    /// Drops a [resource group](https://milvus.io/docs/resource_group.md). Milvus refuses to drop one that has nodes.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_resource_group("search").await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_resource_group(
        &self,
        group: impl Into<String>,
    ) -> Operation<DropResourceGroupRequest> {
        let request = DropResourceGroupRequest {
            resource_group: group.into(),
            ..Default::default()
        };
        Operation::new(self, "drop_resource_group", request, drop)
            .about("resource group", |request| &request.resource_group)
    }

    /// Lists the names of the [resource groups](https://milvus.io/docs/resource_group.md).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let groups: Vec<String> = client.list_resource_groups().await?;
    /// # Ok(()) }
    /// ```
    pub fn list_resource_groups(&self) -> Operation<ListResourceGroupsRequest, Vec<String>> {
        let request = ListResourceGroupsRequest::default();
        Operation::new(self, "list_resource_groups", request, |answer| {
            answer.resource_groups
        })
    }

    /// Describes a [resource group](https://milvus.io/docs/resource_group.md): its nodes and replicas.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let group = client.describe_resource_group("search").await?;
    /// println!("{} of {} nodes work", group.available_nodes, group.capacity);
    /// # Ok(()) }
    /// ```
    pub fn describe_resource_group(
        &self,
        group: impl Into<String>,
    ) -> Operation<DescribeResourceGroupRequest, ResourceGroupInfo> {
        let request = DescribeResourceGroupRequest {
            resource_group: group.into(),
            ..Default::default()
        };
        let read = ResourceGroupInfo::from_proto;
        Operation::new(self, "describe_resource_group", request, read)
            .about("resource group", |request| &request.resource_group)
    }

    /// Moves replicas of a loaded collection from one [resource group](https://milvus.io/docs/resource_group.md) to
    /// another.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.transfer_replica("__default_resource_group", "search", "books", 1).await?;
    /// # Ok(()) }
    /// ```
    pub fn transfer_replica(
        &self,
        source: impl Into<String>,
        target: impl Into<String>,
        collection: impl Into<String>,
        replicas: u32,
    ) -> Operation<TransferReplicaRequest> {
        let mut request = TransferReplicaRequest::on(collection);
        request.source_resource_group = source.into();
        request.target_resource_group = target.into();
        request.num_replica = replicas.into();
        Operation::new(self, "transfer_replica", request, drop).check(|request| {
            named("source resource group", &request.source_resource_group)?;
            named("target resource group", &request.target_resource_group)?;
            match request.num_replica {
                0 => Err("replicas is 0: it must be at least 1".to_owned()),
                _ => Ok(()),
            }
        })
    }

    /// Describes the [replicas](https://milvus.io/docs/replica.md) of a collection: which query nodes hold them. The list is
    /// empty if the collection is not loaded.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for replica in client.describe_replica("books").await? {
    ///     println!("{} on nodes {:?}", replica.resource_group, replica.nodes);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such collection.
    #[doc(alias = "get_replicas")]
    pub fn describe_replica(&self, collection: impl Into<String>) -> DescribeReplica {
        DescribeReplica(Lazy::Builder(Builder {
            client: self.clone(),
            collection: collection.into(),
            timeout: None,
        }))
    }
}

impl CreateResourceGroup {
    /// How many nodes the group should have, and which. Default: none. Since Milvus 2.4.1.
    pub fn config(self, config: ResourceGroupConfig) -> Self {
        let has_labels = !config.node_labels.is_empty();
        self.try_set(|request| {
            request.config = Some(config.into_proto()?);
            Ok(())
        })
        .uses(&GROUP_CONFIG, true)
        .uses(&NODE_LABELS, has_labels)
    }
}

impl ResourceGroupConfig {
    /// A group that needs at least `requests` nodes, and has at most `limits`.
    pub fn nodes(requests: u32, limits: u32) -> Self {
        Self {
            requests,
            limits,
            ..Self::default()
        }
    }

    fn into_proto(self) -> Result<Config, String> {
        let limit = |name: &str, nodes: u32| {
            let node_num = i32::try_from(nodes);
            let node_num = node_num.map_err(|_| format!("{name} is {nodes}: it is too large"))?;
            Ok::<_, String>(Some(ResourceGroupLimit { node_num }))
        };
        let transfer = |groups: Vec<String>| {
            let groups = groups.into_iter();
            groups
                .map(|resource_group| ResourceGroupTransfer { resource_group })
                .collect()
        };
        let labels = self.node_labels.into_iter();
        let node_labels: Vec<_> = labels
            .map(|(key, value)| KeyValuePair { key, value })
            .collect();
        Ok(Config {
            requests: limit("requests", self.requests)?,
            limits: limit("limits", self.limits)?,
            transfer_from: transfer(self.transfer_from),
            transfer_to: transfer(self.transfer_to),
            node_filter: (!node_labels.is_empty())
                .then_some(ResourceGroupNodeFilter { node_labels }),
        })
    }

    fn from_proto(config: Config) -> Self {
        let nodes = |limit: Option<ResourceGroupLimit>| {
            count(limit.map(|limit| limit.node_num).unwrap_or_default())
        };
        let groups = |groups: Vec<ResourceGroupTransfer>| {
            let groups = groups.into_iter();
            groups.map(|group| group.resource_group).collect()
        };
        let filter = config.node_filter.unwrap_or_default();
        Self {
            requests: nodes(config.requests),
            limits: nodes(config.limits),
            transfer_from: groups(config.transfer_from),
            transfer_to: groups(config.transfer_to),
            node_labels: crate::proto::into_pairs(filter.node_labels),
        }
    }
}

impl ResourceGroupInfo {
    fn from_proto(answer: DescribeResourceGroupResponse) -> Self {
        let group = answer.resource_group.unwrap_or_default();
        let nodes = group.nodes.into_iter();
        Self {
            name: group.name,
            capacity: count(group.capacity),
            available_nodes: count(group.num_available_node),
            loaded_replicas: counts(group.num_loaded_replica),
            outgoing_nodes: counts(group.num_outgoing_node),
            incoming_nodes: counts(group.num_incoming_node),
            config: ResourceGroupConfig::from_proto(group.config.unwrap_or_default()),
            nodes: nodes
                .map(|node| NodeInfo {
                    id: node.node_id,
                    address: node.address,
                    hostname: node.hostname,
                })
                .collect(),
        }
    }
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

fn counts(numbers: impl IntoIterator<Item = (String, i32)>) -> BTreeMap<String, u32> {
    let numbers = numbers.into_iter();
    numbers
        .map(|(name, number)| (name, count(number)))
        .collect()
}

/// Describes the replicas of a collection. Returned by [`Client::describe_replica`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct DescribeReplica(Lazy<'static, Builder, Vec<ReplicaInfo>>);

#[derive(Debug, Clone)]
struct Builder {
    client: Client,
    collection: String,
    timeout: Option<Duration>,
}

operation!([] DescribeReplica => Vec<ReplicaInfo>, timeout);

impl Run<Vec<ReplicaInfo>> for Builder {
    async fn run(self) -> Result<Vec<ReplicaInfo>> {
        let (client, wait) = (&self.client, Wait::new(self.timeout));
        let call = Call::new("describe_replica").on(&self.collection);
        let steps = async {
            // Milvus finds replicas by the number of the collection only.
            let collection_id = client.look_up(wait.step(call)).await?.id;
            let request = GetReplicasRequest {
                collection_id,
                with_shard_nodes: true,
                ..Default::default()
            };
            client.call(wait.step(call), request).await
        };
        let answer = client.composite(call, steps)?.await?;
        Ok(ReplicaInfo::all(answer))
    }
}

impl ReplicaInfo {
    fn all(answer: GetReplicasResponse) -> Vec<Self> {
        let replicas = answer.replicas.into_iter();
        replicas
            .map(|replica| Self {
                id: replica.replica_id,
                resource_group: replica.resource_group_name,
                nodes: replica.node_ids,
                shards: replica
                    .shard_replicas
                    .into_iter()
                    .map(|shard| ShardInfo {
                        channel: shard.dm_channel_name,
                        leader: shard.leader_id,
                        nodes: shard.node_ids,
                    })
                    .collect(),
                outbound_nodes: counts(replica.num_outbound_node),
            })
            .collect()
    }
}
