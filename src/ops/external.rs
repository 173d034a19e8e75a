//! Operations on external collections, whose data lie outside of Milvus, and on file resources.

use std::time::SystemTime;

use super::background::{Background, Polling};
use super::names::{millisecond, server_enum};
use super::operation::Operation;
use super::wait::Polled;
use crate::client::{Call, Client};
use crate::error::Error;
use crate::proto::Request;
use crate::proto::milvus::{
    AddFileResourceRequest, GetRefreshExternalCollectionProgressRequest, ListFileResourcesRequest,
    ListRefreshExternalCollectionJobsRequest, RefreshExternalCollectionJobInfo,
    RefreshExternalCollectionRequest, RefreshExternalCollectionResponse, RemoveFileResourceRequest,
};

/// Reads the data of an external collection again. Returned by [`Client::refresh_external_collection`].
pub type RefreshExternalCollection = Background<RefreshExternalCollectionRequest, i64>;

server_enum! {
    /// The state of refreshing an external collection.
    RefreshState {
        /// It has not begun.
        Pending = 0 "Pending",
        /// Data are being read.
        InProgress = 1 "InProgress",
        /// The collection has the new data.
        Completed = 2 "Completed",
        /// It failed.
        Failed = 3 "Failed",
    }
}

/// How far refreshing an external collection is. Returned by [`Client::get_refresh_external_collection_progress`] and
/// [`Client::list_refresh_external_collection_jobs`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct RefreshJob {
    /// The ID of the job.
    pub id: i64,
    /// The collection.
    pub collection: String,
    /// The state.
    pub state: RefreshState,
    /// The part that is refreshed, in percent.
    pub percent: u8,
    /// Why it failed; empty if it did not.
    pub failure: String,
    /// Where the data are. What is needed to read them is left out, because it can contain credentials.
    pub source: String,
    /// When it began.
    #[serde(serialize_with = "crate::data::as_rfc3339")]
    pub started: Option<SystemTime>,
    /// When it ended.
    #[serde(serialize_with = "crate::data::as_rfc3339")]
    pub ended: Option<SystemTime>,
}

/// A file that analyzers use, such as a dictionary. Returned by [`Client::list_file_resources`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct FileResource {
    /// The ID of the file.
    pub id: i64,
    /// The name by which analyzers refer to it.
    pub name: String,
    /// Its path in the object storage.
    pub path: String,
}

/// # External collections and file resources
///
/// External collections need Milvus 3.0, file resources Milvus 2.6.
impl Client {
    /// Reads the data of an [external collection](crate::schema::SchemaBuilder::external_source) again. Returns
    /// the job's ID at once, or, with [`wait(true)`](Background::wait), when the collection has the new data.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.refresh_external_collection("lake").wait(true).await?;
    /// # Ok(()) }
    /// ```
    pub fn refresh_external_collection(
        &self,
        collection: impl Into<String>,
    ) -> RefreshExternalCollection {
        let request = RefreshExternalCollectionRequest::on(collection);
        let name = ("refresh_external_collection", "refresh");
        Background::new(self, name, request, poll, |answer| answer.job_id).wait(false)
    }

    /// Returns how far refreshing an external collection is.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let job = client.refresh_external_collection("lake").await?;
    /// println!("{} %", client.get_refresh_external_collection_progress(job).await?.percent);
    /// # Ok(()) }
    /// ```
    pub fn get_refresh_external_collection_progress(
        &self,
        job: i64,
    ) -> Operation<GetRefreshExternalCollectionProgressRequest, RefreshJob> {
        let request = GetRefreshExternalCollectionProgressRequest {
            job_id: job,
            ..Default::default()
        };
        let name = "get_refresh_external_collection_progress";
        Operation::new(self, name, request, |answer| {
            RefreshJob::from_proto(answer.job_info.unwrap_or_default())
        })
    }

    /// Lists the jobs that refreshed, or are refreshing, an external collection.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for job in client.list_refresh_external_collection_jobs("lake").await? {
    ///     println!("{:?}: {}", job.started, job.state);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list_refresh_external_collection_jobs(
        &self,
        collection: impl Into<String>,
    ) -> Operation<ListRefreshExternalCollectionJobsRequest, Vec<RefreshJob>> {
        let request = ListRefreshExternalCollectionJobsRequest::on(collection);
        let name = "list_refresh_external_collection_jobs";
        Operation::new(self, name, request, |answer| {
            let jobs = answer.jobs.into_iter();
            jobs.map(RefreshJob::from_proto).collect()
        })
    }

    /// Registers a file in the object storage with the server, so that
    /// [analyzers](https://milvus.io/docs/analyzer-overview.md) can use it. Since Milvus 2.6.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.add_file_resource("stop words", "dictionaries/stop.txt").await?;
    /// # Ok(()) }
    /// ```
    pub fn add_file_resource(
        &self,
        name: impl Into<String>,
        path: impl Into<String>,
    ) -> Operation<AddFileResourceRequest> {
        let request = AddFileResourceRequest {
            name: name.into(),
            path: path.into(),
            ..Default::default()
        };
        Operation::new(self, "add_file_resource", request, drop)
            .about("file resource", |request| &request.name)
            .check(|request| match request.path.as_str() {
                "" => Err("the path is empty".to_owned()),
                _ => Ok(()),
            })
    }

    /// Unregisters a file that [analyzers](https://milvus.io/docs/analyzer-overview.md) use. The file itself stays.
    /// Since Milvus 2.6.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.remove_file_resource("stop words").await?;
    /// # Ok(()) }
    /// ```
    pub fn remove_file_resource(
        &self,
        name: impl Into<String>,
    ) -> Operation<RemoveFileResourceRequest> {
        let request = RemoveFileResourceRequest {
            name: name.into(),
            ..Default::default()
        };
        Operation::new(self, "remove_file_resource", request, drop)
            .about("file resource", |request| &request.name)
    }

    /// Lists the files that [analyzers](https://milvus.io/docs/analyzer-overview.md) can use. Since Milvus 2.6.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for file in client.list_file_resources().await? {
    ///     println!("{}: {}", file.name, file.path);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list_file_resources(&self) -> Operation<ListFileResourcesRequest, Vec<FileResource>> {
        let request = ListFileResourcesRequest::default();
        Operation::new(self, "list_file_resources", request, |answer| {
            let files = answer.resources.into_iter();
            files
                .map(|file| FileResource {
                    id: file.id,
                    name: file.name,
                    path: file.path,
                })
                .collect()
        })
    }
}

impl RefreshExternalCollection {
    /// Reads the data from this place from now on. Default: from where the collection has them.
    pub fn source(self, source: impl Into<String>) -> Self {
        self.set(|request| request.external_source = source.into())
    }

    /// What is needed to read the data, as JSON: format, credentials. It appears in no span, log or error. Default: that
    /// of the collection.
    pub fn spec(self, spec: impl Into<String>) -> Self {
        self.set(|request| request.external_spec = spec.into())
    }
}

fn poll<'a>(
    client: &'a Client,
    call: Call<'a>,
    _: &'a RefreshExternalCollectionRequest,
    answer: &'a RefreshExternalCollectionResponse,
) -> Polling<'a> {
    Box::pin(async move {
        let request = GetRefreshExternalCollectionProgressRequest {
            job_id: answer.job_id,
            ..Default::default()
        };
        let answer = client.call(call, request).await?;
        let job = answer.job_info.unwrap_or_default();
        match RefreshState::from_proto(job.state) {
            RefreshState::Completed => Ok(Polled::percent(100, "refreshed")),
            RefreshState::Failed => {
                let why = format!("refreshing failed: {}", job.reason);
                Err(Error::background(call.operation, why).on(call.collection))
            }
            _ => Ok(Polled::percent(job.progress.min(99), "refreshed")),
        }
    })
}

impl RefreshJob {
    fn from_proto(job: RefreshExternalCollectionJobInfo) -> Self {
        Self {
            id: job.job_id,
            collection: job.collection_name,
            state: RefreshState::from_proto(job.state),
            percent: u8::try_from(job.progress.clamp(0, 100)).unwrap_or_default(),
            failure: job.reason,
            source: job.external_source,
            started: millisecond(job.start_time),
            ended: millisecond(job.end_time),
        }
    }
}
