use std::time::Duration;

use super::operation;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::milvus::DropCollectionRequest;

/// A collection to be dropped; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct DropCollection {
    client: Client,
    collection: String,
    timeout: Option<Duration>,
}

impl Client {
    /// Drops a collection with everything in it: rows, indexes, partitions.
    ///
    /// Dropping a collection that does not exist succeeds. Milvus refuses to drop one by its alias (Milvus Lite does
    /// it), or while an alias points to it: drop the alias first.
    pub fn drop_collection(&self, collection: impl Into<String>) -> DropCollection {
        DropCollection {
            client: self.clone(),
            collection: collection.into(),
            timeout: None,
        }
    }
}

operation!(DropCollection => ());

impl DropCollection {
    async fn send(self) -> Result<()> {
        let call = Call::new("drop_collection")
            .on(&self.collection)
            .timeout(self.timeout);
        let request = DropCollectionRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            ..DropCollectionRequest::default()
        };
        self.client.call(call, request).await?;
        Ok(())
    }
}
