//! Operations that merge segments.

use super::background::{Background, Polling};
use super::features::{CLUSTERING_COMPACTION, COMPACTION_TASKS, L0_COMPACTION, TARGET_SIZE};
use super::names::server_enum;
use super::operation::{Operation, Refusal};
use super::wait::Polled;
use crate::client::{Call, Client, Server, Version};
use crate::error::{Error, Result};
use crate::proto::Request;
use crate::proto::common::CompactionType;
use crate::proto::milvus::{
    CompactionMergeInfo, GetCompactionPlansRequest, GetCompactionPlansResponse,
    GetCompactionStateRequest, GetCompactionStateResponse, ManualCompactionRequest,
    ManualCompactionResponse,
};

/// Compacts a collection. Returned by [`Client::compact`].
pub type Compact = Background<ManualCompactionRequest, i64>;

server_enum! {
    /// Whether a compaction is finished.
    CompactionState {
        /// There is no such compaction, or it has not begun.
        Undefined = 0 "Undefined",
        /// Segments are being merged.
        Executing = 1 "Executing",
        /// All segments are merged.
        Completed = 2 "Completed",
    }
}

server_enum! {
    /// The state of one plan of a compaction.
    CompactionTaskState {
        /// The server does not report it.
        Unspecified = 0 "Unknown",
        /// Segments are being merged.
        Executing = 1 "Executing",
        /// It waits for a node.
        Pipelining = 2 "Pipelining",
        /// The segments are merged.
        Completed = 3 "Completed",
        /// It failed.
        Failed = 4 "Failed",
        /// It took too long.
        Timeout = 5 "Timeout",
        /// Clusters of rows are being found.
        Analyzing = 6 "Analyzing",
        /// The merged segments are being indexed.
        Indexing = 7 "Indexing",
        /// Leftover files are being removed.
        Cleaned = 8 "Cleaned",
        /// The merged segments are registered in the metadata.
        MetaSaved = 9 "MetaSaved",
        /// Statistics of the merged segments are being made.
        Statistic = 10 "Statistic",
    }
}

/// How far a compaction is. Returned by [`Client::get_compaction_state`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct CompactionProgress {
    /// Whether it is finished.
    pub state: CompactionState,
    /// The number of plans that are being executed.
    pub executing: u64,
    /// The number of plans that are finished.
    pub completed: u64,
    /// The number of plans that failed.
    pub failed: u64,
    /// The number of plans that took too long.
    pub timed_out: u64,
}

/// Which segments a compaction merges into which. Returned by [`Client::get_compaction_plans`] and
/// [`Client::list_compaction_tasks`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct CompactionPlan {
    /// The IDs of the segments that are merged.
    pub sources: Vec<i64>,
    /// The IDs of the new segments; empty until they are known.
    pub targets: Vec<i64>,
    /// The ID of the plan; 0 if the server does not report it (before Milvus 3.0, like all fields below).
    pub id: i64,
    /// The compaction that the plan belongs to.
    pub compaction: i64,
    /// The ID of the segments' collection.
    pub collection: i64,
    /// The ID of the segments' partition.
    pub partition: i64,
    /// The channel of the segments.
    pub channel: String,
    /// What kind of compaction it is, by its Milvus name: `Mix`.
    pub kind: String,
    /// How far it is.
    pub state: CompactionTaskState,
    /// Why it failed; empty if it did not.
    pub failure: String,
}

impl Client {
    /// Merges the small segments of a collection, and those with many deleted rows. Returns the ID of the compaction
    /// at once, or, with [`wait(true)`](Background::wait), when it is finished.
    ///
    /// Milvus compacts by itself, too.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let compaction = client.compact("books").await?;
    /// println!("{:?}", client.get_compaction_state(compaction).await?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such collection.
    pub fn compact(&self, collection: impl Into<String>) -> Compact {
        let request = ManualCompactionRequest::on(collection);
        let name = ("compact", "compaction");
        Background::new(self, name, request, poll, |answer| answer.compaction_id)
            .sent_by(|client, call, request| Box::pin(start(client, call, request)))
            .wait(false)
    }

    /// Returns how far a compaction is. For an ID that it does not know, Milvus 2.3 returns
    /// [`Completed`](CompactionState::Completed).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::CompactionState;
    ///
    /// let compaction = client.compact("books").await?;
    /// let state = client.get_compaction_state(compaction).await?.state;
    /// assert_ne!(state, CompactionState::Undefined);
    /// # Ok(()) }
    /// ```
    pub fn get_compaction_state(
        &self,
        compaction: i64,
    ) -> Operation<GetCompactionStateRequest, CompactionProgress> {
        let request = GetCompactionStateRequest {
            compaction_id: compaction,
        };
        Operation::new(self, "get_compaction_state", request, |answer| {
            CompactionProgress::from_proto(&answer)
        })
    }

    /// Returns which segments a compaction merges into which.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let compaction = client.compact("books").wait(true).await?;
    /// for plan in client.get_compaction_plans(compaction).await? {
    ///     println!("{:?} became {:?}", plan.sources, plan.targets);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn get_compaction_plans(
        &self,
        compaction: i64,
    ) -> Operation<GetCompactionPlansRequest, Vec<CompactionPlan>> {
        let request = GetCompactionPlansRequest {
            compaction_id: compaction,
            ..Default::default()
        };
        Operation::new(self, "get_compaction_plans", request, CompactionPlan::all)
            .without_collection()
    }

    /// Lists the compactions of a collection, including those that the server started by itself. Since Milvus 3.0.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for task in client.list_compaction_tasks("books").await? {
    ///     println!("{} {}: {}", task.id, task.kind, task.state);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list_compaction_tasks(
        &self,
        collection: impl Into<String>,
    ) -> Operation<GetCompactionPlansRequest, Vec<CompactionPlan>> {
        let request = GetCompactionPlansRequest::on(collection);
        Operation::new(self, "list_compaction_tasks", request, CompactionPlan::all)
            .uses(&COMPACTION_TASKS, true)
    }
}

impl Compact {
    /// Whether to cluster rows by the collection's [clustering key](crate::Field::clustering_key). Default false.
    /// Since Milvus 2.4.7.
    pub fn clustering(self, clustering: bool) -> Self {
        self.set(|request| request.major_compaction = clustering)
            .uses(&CLUSTERING_COMPACTION, clustering)
    }

    /// Whether to only apply deletions to the segments (L0 compaction). Default false. Since Milvus 2.6.3.
    pub fn l0(self, l0: bool) -> Self {
        self.set(|request| request.l0_compaction = l0)
            .uses(&L0_COMPACTION, l0)
    }

    /// The size that merged segments should have, in megabytes. Default: the server's setting. Since Milvus 2.6.10.
    pub fn target_size_mb(self, megabytes: u32) -> Self {
        self.try_set(|request| {
            request.target_size = target_size(megabytes)?;
            Ok(())
        })
        .uses(&TARGET_SIZE, true)
    }
}

fn poll<'a>(
    client: &'a Client,
    call: Call<'a>,
    _: &'a ManualCompactionRequest,
    answer: &'a ManualCompactionResponse,
) -> Polling<'a> {
    Box::pin(poll_compaction(client, call, answer.compaction_id))
}

/// Starts a compaction. Milvus before 2.6 may ignore the name of the collection: 2.3.5 accepts one that does not exist. So
/// it gets the ID of the collection.
pub(super) async fn start(
    client: &Client,
    call: Call<'_>,
    request: &mut ManualCompactionRequest,
) -> Result<ManualCompactionResponse> {
    let server = client.server(call).await;
    let reads_names = match server {
        Server::Milvus(version) => version >= Version(2, 6, 0),
        Server::Lite(_) => true,
        Server::Unknown => false,
    };
    if !reads_names {
        request.collection_id = client.look_up(call).await?.id;
    }
    client.call(call, request.clone()).await
}

pub(super) fn target_size(megabytes: u32) -> Result<i64, Refusal> {
    if megabytes == 0 {
        return Err("target_size_mb is 0: it must be at least 1".to_owned());
    }
    Ok(megabytes.into())
}

pub(super) async fn poll_compaction(
    client: &Client,
    call: Call<'_>,
    compaction_id: i64,
) -> Result<Polled> {
    // Milvus returns -1 if there is nothing to compact.
    if compaction_id <= 0 {
        return Ok(Polled::once(true, ""));
    }
    let request = GetCompactionStateRequest { compaction_id };
    let progress = CompactionProgress::from_proto(&client.call(call, request).await?);
    if progress.failed + progress.timed_out > 0 && progress.executing == 0 {
        let (failed, timed_out) = (progress.failed, progress.timed_out);
        let why =
            format!("compaction {compaction_id}: {failed} plans failed, {timed_out} timed out");
        return Err(Error::background(call.operation, why).on(call.collection));
    }
    let is_completed = progress.state == CompactionState::Completed;
    let done = progress.completed + u64::from(is_completed);
    let total = (progress.completed + progress.executing + 1).max(1);
    let state = format!("compacted {} of {} plans", progress.completed, total - 1);
    let done = if is_completed { total } else { done };
    Ok(Polled { done, total, state })
}

impl CompactionProgress {
    fn from_proto(answer: &GetCompactionStateResponse) -> Self {
        let count = |number| u64::try_from(number).unwrap_or_default();
        Self {
            state: CompactionState::from_proto(answer.state),
            executing: count(answer.executing_plan_no),
            completed: count(answer.completed_plan_no),
            failed: count(answer.failed_plan_no),
            timed_out: count(answer.timeout_plan_no),
        }
    }
}

impl CompactionPlan {
    fn all(answer: GetCompactionPlansResponse) -> Vec<Self> {
        let plans = answer.merge_infos.into_iter();
        plans.map(Self::from_proto).collect()
    }

    fn from_proto(plan: CompactionMergeInfo) -> Self {
        let kind = match CompactionType::try_from(plan.r#type) {
            Ok(kind) => kind
                .as_str_name()
                .trim_start_matches("CompactionType")
                .to_owned(),
            Err(_) => plan.r#type.to_string(),
        };
        let mut targets = plan.targets;
        if targets.is_empty() && plan.target > 0 {
            targets.push(plan.target);
        }
        Self {
            targets,
            kind,
            sources: plan.sources,
            id: plan.plan_id,
            compaction: plan.trigger_id,
            collection: plan.collection_id,
            partition: plan.partition_id,
            channel: plan.channel,
            state: CompactionTaskState::from_proto(plan.state),
            failure: plan.failure_reason,
        }
    }
}
