use std::time::Duration;

use super::describe_index::{IndexInfo, known};
use super::operation;
use crate::client::{Call, Client};
use crate::error::{Code, Result};

/// A question which indexes a collection has; `.await` asks it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct ListIndexes {
    client: Client,
    collection: String,
    field: Option<String>,
    timeout: Option<Duration>,
}

impl Client {
    /// The indexes of a collection, each with what [`describe_index`](Self::describe_index) says of it; none is no error.
    ///
    /// One `DescribeIndex` call.
    pub fn list_indexes(&self, collection: impl Into<String>) -> ListIndexes {
        ListIndexes {
            client: self.clone(),
            collection: collection.into(),
            field: None,
            timeout: None,
        }
    }
}

operation!(ListIndexes => Vec<IndexInfo>);

impl ListIndexes {
    /// Lists those on this field only. A field of JSON may have several.
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    async fn send(self) -> Result<Vec<IndexInfo>> {
        let call = Call::new("list_indexes")
            .on(&self.collection)
            .timeout(self.timeout);
        let mut indexes = match known(&self.client, call, "").await {
            Err(error) if error.code() == Some(Code::INDEX_NOT_FOUND) => Vec::new(),
            indexes => indexes?,
        };
        if let Some(field) = self.field {
            indexes.retain(|index| index.field == field);
        }
        Ok(indexes)
    }
}
