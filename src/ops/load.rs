//! Operations that load collections and partitions into memory, and release them.

use super::background::{Background, Polling};
use super::features::LOAD_FIELDS;
use super::operation::{Operation, not_empty};
use super::wait::Polled;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::Request;
use crate::proto::milvus::{
    GetLoadingProgressRequest, GetLoadingProgressResponse, LoadCollectionRequest,
    LoadPartitionsRequest, ReleaseCollectionRequest, ReleasePartitionsRequest,
};

/// Loads a collection. Returned by [`Client::load_collection`] and [`Client::refresh_load`].
pub type LoadCollection = Background<LoadCollectionRequest>;

/// Loads partitions. Returned by [`Client::load_partitions`].
pub type LoadPartitions = Background<LoadPartitionsRequest>;

/// How urgent it is to load a collection, compared to others. Since Milvus 2.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoadPriority {
    /// Loaded before others. The default of the server.
    High,
    /// Loaded when nothing of high priority is left.
    Low,
}

/// # Loading
impl Client {
    /// [Loads](https://milvus.io/docs/load-and-release.md) a collection into the memory of the query nodes, and waits
    /// until it can be searched.
    ///
    /// Loading a collection that is loaded succeeds.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.load_collection("books").progress(|load| println!("{} %", load.percent())).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Milvus only loads a collection whose vector fields have an [index](Self::create_index)
    /// ([`Code::INDEX_NOT_FOUND`](crate::error::Code::INDEX_NOT_FOUND)).
    pub fn load_collection(&self, collection: impl Into<String>) -> LoadCollection {
        let mut request = LoadCollectionRequest::on(collection);
        request.replica_number = 1;
        let name = ("load_collection", "load");
        Background::new(self, name, request, poll_collection, drop)
    }

    /// [Loads](https://milvus.io/docs/load-and-release.md) what a bulk import or a compaction added to a loaded
    /// collection, and waits until it can be searched.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.refresh_load("books").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Milvus refuses to refresh a collection that is not loaded.
    pub fn refresh_load(&self, collection: impl Into<String>) -> LoadCollection {
        let mut request = LoadCollectionRequest::on(collection);
        request.refresh = true;
        let name = ("refresh_load", "load");
        Background::new(self, name, request, poll_collection, drop)
    }

    /// [Loads](https://milvus.io/docs/manage-partitions.md) partitions of a collection into the memory of the query
    /// nodes, and waits until they can be searched. Milvus Lite does not support this
    /// ([`is_unsupported`](crate::Error::is_unsupported)).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.load_partitions("books", ["classics"]).await?;
    /// # Ok(()) }
    /// ```
    pub fn load_partitions<P: Into<String>>(
        &self,
        collection: impl Into<String>,
        partitions: impl IntoIterator<Item = P>,
    ) -> LoadPartitions {
        let mut request = LoadPartitionsRequest::on(collection);
        request.replica_number = 1;
        request.partition_names = partitions.into_iter().map(Into::into).collect();
        let name = ("load_partitions", "load");
        Background::new(self, name, request, poll_partitions, drop)
            .try_set(|request| not_empty(&request.partition_names, NO_PARTITIONS))
    }

    /// [Releases](https://milvus.io/docs/load-and-release.md) a collection from the memory of the query nodes. It cannot
    /// be searched until it is loaded again. Its data stay.
    ///
    /// Releasing a collection that is not loaded succeeds.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.release_collection("books").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "unload")]
    pub fn release_collection(
        &self,
        collection: impl Into<String>,
    ) -> Operation<ReleaseCollectionRequest> {
        let request = ReleaseCollectionRequest::on(collection);
        Operation::new(self, "release_collection", request, drop)
    }

    /// [Releases](https://milvus.io/docs/manage-partitions.md) partitions from the memory of the query nodes. The other
    /// partitions stay loaded. Milvus Lite does not support this ([`is_unsupported`](crate::Error::is_unsupported)).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.release_partitions("books", ["classics"]).await?;
    /// # Ok(()) }
    /// ```
    pub fn release_partitions<P: Into<String>>(
        &self,
        collection: impl Into<String>,
        partitions: impl IntoIterator<Item = P>,
    ) -> Operation<ReleasePartitionsRequest> {
        let mut request = ReleasePartitionsRequest::on(collection);
        request.partition_names = partitions.into_iter().map(Into::into).collect();
        Operation::new(self, "release_partitions", request, drop)
            .check(|request| not_empty(&request.partition_names, NO_PARTITIONS))
    }
}

/// The options that loading a collection and loading partitions have in common.
macro_rules! load_options {
    ($name:ty) => {
        impl $name {
            /// The number of copies in memory, each on query nodes of its own. Default 1. Milvus refuses another number
            /// while the collection is loaded.
            pub fn replicas(self, replicas: u32) -> Self {
                self.try_set(|request| {
                    request.replica_number = i32::try_from(replicas).map_err(|_| {
                        let most = i32::MAX;
                        format!("replicas is {replicas}: it must be at most {most}")
                    })?;
                    Ok(())
                })
            }

            /// The [resource groups](Client::create_resource_group) whose query nodes hold the replicas: one for all, or
            /// one for each replica. Default: the resource group `__default_resource_group`.
            pub fn resource_groups<G: Into<String>>(
                self,
                groups: impl IntoIterator<Item = G>,
            ) -> Self {
                let groups = groups.into_iter().map(Into::into);
                self.set(|request| request.resource_groups.extend(groups))
            }

            /// Loads only these fields, which must include the primary key and a vector field. The others cannot be read
            /// or filtered by. Default: all fields. Since Milvus 2.5.
            pub fn fields<F: Into<String>>(self, fields: impl IntoIterator<Item = F>) -> Self {
                let fields = fields.into_iter().map(Into::into);
                self.set(|request| request.load_fields.extend(fields))
                    .uses(&LOAD_FIELDS, true)
            }

            /// Whether to skip the dynamic fields. Default false. Since Milvus 2.5.
            pub fn skip_dynamic_fields(self, skip: bool) -> Self {
                self.set(|request| request.skip_load_dynamic_field = skip)
                    .uses(&LOAD_FIELDS, skip)
            }

            /// The priority of loading. Default [`LoadPriority::High`]. Since Milvus 2.6.
            pub fn priority(self, priority: LoadPriority) -> Self {
                self.set(|request| {
                    let priority = priority.name().to_owned();
                    request
                        .load_params
                        .insert("load_priority".to_owned(), priority);
                })
            }
        }
    };
}

load_options!(LoadCollection);
load_options!(LoadPartitions);

impl LoadPartitions {
    /// Whether to load what was added to loaded partitions by a bulk import or a compaction. Default false.
    pub fn refresh(self, refresh: bool) -> Self {
        self.set(|request| request.refresh = refresh)
    }
}

impl LoadPriority {
    /// Returns the name in Milvus: `"high"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
        }
    }
}

const NO_PARTITIONS: &str = "partitions is empty: name at least one";

fn poll_collection<'a>(
    client: &'a Client,
    call: Call<'a>,
    request: &'a LoadCollectionRequest,
    _: &'a crate::proto::common::Status,
) -> Polling<'a> {
    Box::pin(async move { poll_loading(client, call, Vec::new(), request.refresh).await })
}

fn poll_partitions<'a>(
    client: &'a Client,
    call: Call<'a>,
    request: &'a LoadPartitionsRequest,
    _: &'a crate::proto::common::Status,
) -> Polling<'a> {
    let partitions = request.partition_names.clone();
    Box::pin(async move { poll_loading(client, call, partitions, request.refresh).await })
}

pub(super) async fn poll_loading(
    client: &Client,
    call: Call<'_>,
    partitions: Vec<String>,
    refresh: bool,
) -> Result<Polled> {
    let answer = progress(client, call, partitions).await?;
    // Milvus Lite has nothing to refresh, and always reports 0.
    let (percent, verb) = if refresh && !client.server(call).await.is_lite_3() {
        (answer.refresh_progress, "refreshed")
    } else {
        (answer.progress, "loaded")
    };
    Ok(Polled::percent(percent, verb))
}

/// How far a collection, or partitions of it, are loaded.
pub(super) async fn progress(
    client: &Client,
    call: Call<'_>,
    partitions: Vec<String>,
) -> Result<GetLoadingProgressResponse> {
    let mut request = GetLoadingProgressRequest::on(call.collection.unwrap_or_default());
    request.partition_names = partitions;
    client.call(call, request).await
}
