use std::time::Duration;

use super::operation;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::search::Consistency;

/// A question how many rows there are; `.await` asks it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct Count {
    client: Client,
    collection: String,
    filter: Filter,
    partitions: Vec<String>,
    namespace: Option<String>,
    consistency: Option<Consistency>,
    timeout: Option<Duration>,
}

impl Client {
    /// Counts the rows of a loaded collection, or those that a filter lets through (`count(*)`).
    pub fn count(&self, collection: impl Into<String>) -> Count {
        Count {
            client: self.clone(),
            collection: collection.into(),
            filter: Filter::default(),
            partitions: Vec::new(),
            namespace: None,
            consistency: None,
            timeout: None,
        }
    }
}

operation!(Count => u64);

impl Count {
    /// Counts only these rows.
    pub fn filter(mut self, filter: impl Into<Filter>) -> Self {
        self.filter = filter.into();
        self
    }

    /// Counts only in these partitions. Default: all.
    pub fn partitions<P: Into<String>>(mut self, partitions: impl IntoIterator<Item = P>) -> Self {
        self.partitions = partitions.into_iter().map(Into::into).collect();
        self
    }

    /// Counts only in this namespace of a collection that [has them](crate::SchemaBuilder::namespaces) (Milvus 3.0).
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Which writes are counted. Default: what the collection was created with;
    /// mostly bounded, which may miss what was written a moment ago.
    /// [`Consistency::Session`](crate::Consistency::Session) sees all that this client wrote.
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = Some(consistency);
        self
    }

    async fn send(self) -> Result<u64> {
        let mut query = self
            .client
            .query(self.collection.as_str())
            .filter(self.filter)
            .output(["count(*)"]);
        query.partitions = self.partitions;
        query.namespace = self.namespace;
        query.seen.consistency = self.consistency;
        query.timeout = self.timeout;
        let table = query.columns().await?;
        let count = table.columns().next().map(|column| column.value(0));
        let count = count
            .and_then(|value| value.as_int())
            .and_then(|count| u64::try_from(count).ok());
        count.ok_or_else(|| {
            Error::answer("count", "the server's answer has no count").on(Some(&self.collection))
        })
    }
}
