use std::time::Duration;

use super::describe_index::{IndexInfo, IndexState, known};
use super::operation;
use super::wait::Wait;
use crate::client::{Call, Client};
use crate::error::{Error, Result};
use crate::index::Index;
use crate::proto::milvus::CreateIndexRequest;

/// An index to be built; `.await` sends it and waits until it is.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct CreateIndex {
    client: Client,
    collection: String,
    field: String,
    name: Option<String>,
    index: Index,
    wait: bool,
    timeout: Option<Duration>,
}

impl Client {
    /// Builds an index on a field, and waits until the rows that are there are indexed.
    ///
    /// One `CreateIndex` call, then `DescribeIndex` until it is finished. Rows inserted later are indexed as they are
    /// sealed. Building the same index again succeeds.
    pub fn create_index(
        &self,
        collection: impl Into<String>,
        field: impl Into<String>,
        index: Index,
    ) -> CreateIndex {
        CreateIndex {
            client: self.clone(),
            collection: collection.into(),
            field: field.into(),
            name: None,
            index,
            wait: true,
            timeout: None,
        }
    }
}

operation!(CreateIndex => ());

impl CreateIndex {
    /// The index's name. Default: the field's.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Returns as soon as the server has begun, when `false`. Default true.
    pub fn wait(mut self, wait: bool) -> Self {
        self.wait = wait;
        self
    }

    async fn send(self) -> Result<()> {
        let call = Call::new("create_index").on(&self.collection);
        let refuse = |why: String| Error::invalid_argument(call.operation, why).on(call.collection);
        self.index.check().map_err(refuse)?;
        let mut wait = Wait::new(self.timeout);
        let name = self.name.unwrap_or_default();
        let create = CreateIndexRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            field_name: self.field.clone(),
            extra_params: self.index.to_proto(),
            index_name: name.clone(),
            ..CreateIndexRequest::default()
        };
        if !self.wait {
            self.client
                .call(call.timeout(wait.remaining()), create)
                .await?;
            return Ok(());
        }
        let steps = async {
            self.client
                .call(call.timeout(wait.remaining()), create)
                .await?;
            let ask = |remaining| {
                let asked = known(&self.client, call.timeout(remaining), &name);
                async {
                    let mut known = asked.await?.into_iter();
                    Ok(known.find(|index| index.field == self.field))
                }
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
                None => "the index was not begun".to_owned(),
            };
            wait.until(call, ask, done, state).await
        };
        self.client.composite(call, Box::pin(steps))?.await
    }
}
