use std::time::Duration;

use super::indexes::{IndexInfo, IndexState, infos};
use super::operation::{Lazy, Run, operation};
use super::wait::{Polled, Progress, Report, Wait};
use crate::client::{Call, Client};
use crate::error::{Error, Result};
use crate::index::Index;
use crate::proto::Request;
use crate::proto::milvus::{CreateIndexRequest, DescribeIndexRequest};

/// Builds an index. Returned by [`Client::create_index`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct CreateIndex(Lazy<'static, Builder, ()>);

#[derive(Debug, Clone)]
struct Builder {
    client: Client,
    collection: String,
    field: String,
    name: String,
    index: Index,
    wait: bool,
    report: Option<Report>,
    timeout: Option<Duration>,
}

/// # Indexes
impl Client {
    /// Builds an [index](https://milvus.io/docs/index-explained.md) on a field, and waits until all existing rows are
    /// indexed.
    ///
    /// Rows that are inserted later are indexed when the server seals their segments. Building the same index again
    /// succeeds. By default, the wait is not limited: set a [`timeout`](CreateIndex::timeout). The server continues to
    /// build if it expires.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::{Index, Metric};
    ///
    /// client.create_index("books", "embedding", Index::hnsw(Metric::Cosine, 16, 200)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Milvus refuses an index that does not fit the type of the field, and another index on a vector field that has
    /// one.
    pub fn create_index(
        &self,
        collection: impl Into<String>,
        field: impl Into<String>,
        index: Index,
    ) -> CreateIndex {
        CreateIndex(Lazy::Builder(Builder {
            client: self.clone(),
            collection: collection.into(),
            field: field.into(),
            name: String::new(),
            index,
            wait: true,
            report: None,
            timeout: None,
        }))
    }
}

operation!([] CreateIndex => (), timeout);

impl CreateIndex {
    /// The name of the index. Default: the name of the field.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.builder_mut().name = name.into();
        self
    }

    /// Whether to wait until the index is built. `false` returns as soon as the server has accepted the request.
    /// Default true.
    pub fn wait(mut self, wait: bool) -> Self {
        self.0.builder_mut().wait = wait;
        self
    }

    /// Calls `report` with the number of indexed rows after each poll of the server.
    pub fn progress(mut self, report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.0.builder_mut().report = Some(Report::new(report));
        self
    }
}

impl Run<()> for Builder {
    async fn run(self) -> Result<()> {
        let client = &self.client;
        let call = Call::new("create_index").on(&self.collection);
        self.index.check().map_err(|why| call.refuse(why))?;
        let wait = Wait::new(self.timeout).reporting(self.report.clone());
        let create = CreateIndexRequest {
            collection_name: self.collection.clone(),
            field_name: self.field.clone(),
            extra_params: self.index.to_proto(),
            index_name: self.name.clone(),
            ..Default::default()
        };
        if !self.wait {
            client.call(wait.step(call), create).await?;
            return Ok(());
        }
        let steps = async {
            client.call(wait.step(call), create).await?;
            wait.until(call, "index", |call| self.poll(call)).await
        };
        client.composite(call, Box::pin(steps))?.await
    }
}

impl Builder {
    async fn poll(&self, call: Call<'_>) -> Result<Polled> {
        let mut request = DescribeIndexRequest::on(&self.collection);
        request.index_name.clone_from(&self.name);
        let answer = self.client.call(call, request).await?;
        let index = infos(answer).find(|index| index.field == self.field);
        poll_of(call, index.as_ref())
    }
}

/// How far an index is built; `None` if the server has not begun.
pub(super) fn poll_of(call: Call<'_>, index: Option<&IndexInfo>) -> Result<Polled> {
    let Some(index) = index else {
        return Ok(Polled::once(false, "the server had not started to index"));
    };
    let (done, total) = (index.indexed_rows, index.total_rows);
    let state = format!("indexed {done} of {total} rows");
    let is_finished = match &index.state {
        IndexState::Finished => true,
        IndexState::Failed { reason } => {
            let why = format!("the index on {:?} failed: {reason}", index.field);
            return Err(Error::background(call.operation, why).on(call.collection));
        }
        _ => false,
    };
    // Rows that are inserted meanwhile can make the numbers equal too early, or keep them apart.
    let total = total.max(1);
    let done = if is_finished {
        total
    } else {
        done.min(total - 1)
    };
    Ok(Polled { done, total, state })
}
