use std::time::Duration;

use super::indexes::{IndexInfo, IndexState, infos};
use super::operation::{Lazy, Run, operation};
use super::wait::Wait;
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
    timeout: Option<Duration>,
}

/// # Indexes
impl Client {
    /// Builds an [index](https://milvus.io/docs/index-explained.md) on a field, and waits until all existing rows are
    /// indexed.
    ///
    /// Rows that are inserted later are indexed when the server seals their segments. Building the same index again
    /// succeeds. The wait has no limit but the operation's [`timeout`](CreateIndex::timeout); the server continues to
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
}

impl Run<()> for Builder {
    async fn run(self) -> Result<()> {
        let client = &self.client;
        let call = Call::new("create_index").on(&self.collection);
        self.index.check().map_err(|why| call.refuse(why))?;
        let mut wait = Wait::new(self.timeout);
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
            let ask = |remaining| {
                let mut request = DescribeIndexRequest::on(&self.collection);
                request.index_name.clone_from(&self.name);
                let asked = client.call(call.timeout(remaining), request);
                async { Ok(infos(asked.await?).find(|index| index.field == self.field)) }
            };
            let done = |index: &Option<IndexInfo>| match index.as_ref().map(|index| &index.state) {
                Some(IndexState::Finished) => Ok(true),
                Some(IndexState::Failed { reason }) => {
                    let why = format!("the index on {:?} failed: {reason}", self.field);
                    Err(Error::background(call.operation, why).on(call.collection))
                }
                Some(_) | None => Ok(false),
            };
            let state = |index: &Option<IndexInfo>| match index {
                Some(index) => format!(
                    "indexed {} of {} rows",
                    index.indexed_rows, index.total_rows
                ),
                None => "the server had not started to index".to_owned(),
            };
            wait.until(call, ask, done, state).await
        };
        client.composite(call, Box::pin(steps))?.await
    }
}
