//! Operations on snapshots.

use std::time::{Duration, SystemTime};

use super::background::{Background, Polling};
use super::names::{millisecond, server_enum, whole_seconds};
use super::operation::{Operation, named};
use super::wait::Polled;
use crate::client::{Call, Client};
use crate::error::Error;
use crate::proto::Request;
use crate::proto::milvus::{
    CreateSnapshotRequest, DescribeSnapshotRequest, DescribeSnapshotResponse, DropSnapshotRequest,
    GetRestoreSnapshotStateRequest, ListRestoreSnapshotJobsRequest, ListSnapshotsRequest,
    PinSnapshotDataRequest, RestoreSnapshotInfo, RestoreSnapshotRequest, RestoreSnapshotResponse,
    UnpinSnapshotDataRequest,
};

/// Creates a snapshot. Returned by [`Client::create_snapshot`].
pub type CreateSnapshot = Operation<CreateSnapshotRequest>;

/// Restores a snapshot. Returned by [`Client::restore_snapshot`].
pub type RestoreSnapshot = Background<RestoreSnapshotRequest, i64>;

/// Protects the data of a snapshot. Returned by [`Client::pin_snapshot_data`].
pub type PinSnapshotData = Operation<PinSnapshotDataRequest, i64>;

server_enum! {
    /// The state of restoring a snapshot.
    RestoreState {
        /// The server does not report it.
        Unspecified = 0 "None",
        /// It has not begun.
        Pending = 1 "Pending",
        /// Segments are being copied.
        Executing = 2 "Executing",
        /// The new collection is there.
        Completed = 3 "Completed",
        /// It failed.
        Failed = 4 "Failed",
    }
}

/// A snapshot as the server describes it. Returned by [`Client::describe_snapshot`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct SnapshotInfo {
    /// The name of the snapshot.
    pub name: String,
    /// The description; empty if there is none.
    pub description: String,
    /// The collection that it was taken of.
    pub collection: String,
    /// The partitions in it.
    pub partitions: Vec<String>,
    /// When it was taken.
    #[serde(serialize_with = "crate::data::as_rfc3339")]
    pub created: Option<SystemTime>,
    /// Where it is in the object storage.
    pub location: String,
}

/// How far restoring a snapshot is. Returned by [`Client::get_restore_snapshot_state`] and
/// [`Client::list_restore_snapshot_jobs`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct RestoreJob {
    /// The ID of the job.
    pub id: i64,
    /// The snapshot.
    pub snapshot: String,
    /// The database of the new collection.
    pub database: String,
    /// The new collection.
    pub collection: String,
    /// The state.
    pub state: RestoreState,
    /// The part that is restored, in percent.
    pub percent: u8,
    /// Why it failed; empty if it did not.
    pub failure: String,
    /// When it began.
    #[serde(serialize_with = "crate::data::as_rfc3339")]
    pub started: Option<SystemTime>,
    /// How long it took, or has taken so far.
    #[serde(serialize_with = "crate::data::as_seconds")]
    pub elapsed: Duration,
}

/// # Snapshots
///
/// All of them need Milvus 3.0.
impl Client {
    /// Takes a snapshot of a collection. It contains what was [flushed](Self::flush), and shares storage with the
    /// collection. The name must be unique.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.flush("books").await?;
    /// client.create_snapshot("books", "nightly").await?;
    /// # Ok(()) }
    /// ```
    pub fn create_snapshot(
        &self,
        collection: impl Into<String>,
        snapshot: impl Into<String>,
    ) -> CreateSnapshot {
        let mut request = CreateSnapshotRequest::on(collection);
        request.name = snapshot.into();
        Operation::new(self, "create_snapshot", request, drop)
            .about("snapshot", |request| &request.name)
    }

    /// Drops a snapshot of a collection.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_snapshot("books", "nightly").await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_snapshot(
        &self,
        collection: impl Into<String>,
        snapshot: impl Into<String>,
    ) -> Operation<DropSnapshotRequest> {
        let mut request = DropSnapshotRequest::on(collection);
        request.name = snapshot.into();
        Operation::new(self, "drop_snapshot", request, drop)
            .about("snapshot", |request| &request.name)
    }

    /// Lists the names of the snapshots of a collection.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let snapshots: Vec<String> = client.list_snapshots("books").await?;
    /// # Ok(()) }
    /// ```
    pub fn list_snapshots(
        &self,
        collection: impl Into<String>,
    ) -> Operation<ListSnapshotsRequest, Vec<String>> {
        let request = ListSnapshotsRequest::on(collection);
        Operation::new(self, "list_snapshots", request, |answer| answer.snapshots)
    }

    /// Describes a snapshot of a collection.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// println!("{}", client.describe_snapshot("books", "nightly").await?.location);
    /// # Ok(()) }
    /// ```
    pub fn describe_snapshot(
        &self,
        collection: impl Into<String>,
        snapshot: impl Into<String>,
    ) -> Operation<DescribeSnapshotRequest, SnapshotInfo> {
        let mut request = DescribeSnapshotRequest::on(collection);
        request.name = snapshot.into();
        Operation::new(self, "describe_snapshot", request, SnapshotInfo::from_proto)
            .about("snapshot", |request| &request.name)
    }

    /// Restores a snapshot of a collection as a new collection, `target`. Returns the job's ID at once, or, with
    /// [`wait(true)`](Background::wait), when the new collection is complete.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.restore_snapshot("books", "nightly", "books_restored").wait(true).await?;
    /// # Ok(()) }
    /// ```
    pub fn restore_snapshot(
        &self,
        collection: impl Into<String>,
        snapshot: impl Into<String>,
        target: impl Into<String>,
    ) -> RestoreSnapshot {
        let mut request = RestoreSnapshotRequest::on(collection);
        request.name = snapshot.into();
        request.target_collection_name = target.into();
        let name = ("restore_snapshot", "restore");
        Background::new(self, name, request, poll, |answer| answer.job_id)
            .try_set(|request| {
                named("snapshot", &request.name)?;
                named("target collection", &request.target_collection_name)
            })
            .wait(false)
    }

    /// Returns how far restoring a snapshot is.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let job = client.restore_snapshot("books", "nightly", "books_restored").await?;
    /// println!("{} %", client.get_restore_snapshot_state(job).await?.percent);
    /// # Ok(()) }
    /// ```
    pub fn get_restore_snapshot_state(
        &self,
        job: i64,
    ) -> Operation<GetRestoreSnapshotStateRequest, RestoreJob> {
        let request = GetRestoreSnapshotStateRequest {
            job_id: job,
            ..Default::default()
        };
        Operation::new(self, "get_restore_snapshot_state", request, |answer| {
            RestoreJob::from_proto(answer.info.unwrap_or_default())
        })
    }

    /// Lists the jobs that restored, or are restoring, snapshots of a collection.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for job in client.list_restore_snapshot_jobs("books").await? {
    ///     println!("{} as {}: {}", job.snapshot, job.collection, job.state);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list_restore_snapshot_jobs(
        &self,
        collection: impl Into<String>,
    ) -> Operation<ListRestoreSnapshotJobsRequest, Vec<RestoreJob>> {
        let request = ListRestoreSnapshotJobsRequest::on(collection);
        Operation::new(self, "list_restore_snapshot_jobs", request, |answer| {
            let jobs = answer.jobs.into_iter();
            jobs.map(RestoreJob::from_proto).collect()
        })
    }

    /// Protects the data of a snapshot from being removed while something reads it. Returns the ID of the pin, for
    /// [`unpin_snapshot_data`](Self::unpin_snapshot_data).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use std::time::Duration;
    ///
    /// let hour = Duration::from_secs(3600);
    /// let pin = client.pin_snapshot_data("books", "nightly").ttl(hour).await?;
    /// client.unpin_snapshot_data(pin).await?;
    /// # Ok(()) }
    /// ```
    pub fn pin_snapshot_data(
        &self,
        collection: impl Into<String>,
        snapshot: impl Into<String>,
    ) -> PinSnapshotData {
        let mut request = PinSnapshotDataRequest::on(collection);
        request.name = snapshot.into();
        Operation::new(self, "pin_snapshot_data", request, |answer| answer.pin_id)
            .about("snapshot", |request| &request.name)
    }

    /// Ends a protection that [`pin_snapshot_data`](Self::pin_snapshot_data) began.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let pin = client.pin_snapshot_data("books", "nightly").await?;
    /// client.unpin_snapshot_data(pin).await?;
    /// # Ok(()) }
    /// ```
    pub fn unpin_snapshot_data(&self, pin: i64) -> Operation<UnpinSnapshotDataRequest> {
        let request = UnpinSnapshotDataRequest {
            pin_id: pin,
            ..Default::default()
        };
        Operation::new(self, "unpin_snapshot_data", request, drop)
    }
}

impl CreateSnapshot {
    /// A description of the snapshot.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.set(|request| request.description = description.into())
    }

    /// How long the segments of the snapshot are protected from compaction, rounded up to seconds. Default: not at all.
    pub fn compaction_protection(self, duration: Duration) -> Self {
        self.set(|request| request.compaction_protection_seconds = whole_seconds(duration))
    }
}

impl RestoreSnapshot {
    /// The database of the new collection. Default: that of the snapshot.
    pub fn to_database(self, database: impl Into<String>) -> Self {
        self.set(|request| request.target_db_name = database.into())
    }
}

impl PinSnapshotData {
    /// The longest time to protect the data, rounded up to whole seconds. Default: until unpinned.
    pub fn ttl(self, ttl: Duration) -> Self {
        self.set(|request| request.ttl_seconds = whole_seconds(ttl))
    }
}

fn poll<'a>(
    client: &'a Client,
    call: Call<'a>,
    _: &'a RestoreSnapshotRequest,
    answer: &'a RestoreSnapshotResponse,
) -> Polling<'a> {
    Box::pin(async move {
        let request = GetRestoreSnapshotStateRequest {
            job_id: answer.job_id,
            ..Default::default()
        };
        let info = client.call(call, request).await?.info.unwrap_or_default();
        match RestoreState::from_proto(info.state) {
            RestoreState::Completed => Ok(Polled::percent(100, "restored")),
            RestoreState::Failed => {
                let why = format!("restoring failed: {}", info.reason);
                Err(Error::background(call.operation, why).on(call.collection))
            }
            _ => Ok(Polled::percent(info.progress.min(99).into(), "restored")),
        }
    })
}

impl SnapshotInfo {
    fn from_proto(answer: DescribeSnapshotResponse) -> Self {
        Self {
            name: answer.name,
            description: answer.description,
            collection: answer.collection_name,
            partitions: answer.partition_names,
            created: millisecond(answer.create_ts),
            location: answer.s3_location,
        }
    }
}

impl RestoreJob {
    fn from_proto(job: RestoreSnapshotInfo) -> Self {
        Self {
            id: job.job_id,
            snapshot: job.snapshot_name,
            database: job.db_name,
            collection: job.collection_name,
            state: RestoreState::from_proto(job.state),
            percent: u8::try_from(job.progress.clamp(0, 100)).unwrap_or_default(),
            failure: job.reason,
            started: i64::try_from(job.start_time).ok().and_then(millisecond),
            elapsed: Duration::from_millis(job.time_cost),
        }
    }
}
