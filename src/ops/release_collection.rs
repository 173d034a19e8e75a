use std::time::Duration;

use super::operation;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::milvus::ReleaseCollectionRequest;

/// A collection to be released; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct ReleaseCollection {
    client: Client,
    collection: String,
    timeout: Option<Duration>,
}

impl Client {
    /// Takes a collection out of the memory of the query nodes: it can no longer be searched until it is loaded again.
    ///
    /// Releasing one that is not loaded succeeds; its data stays.
    pub fn release_collection(&self, collection: impl Into<String>) -> ReleaseCollection {
        ReleaseCollection {
            client: self.clone(),
            collection: collection.into(),
            timeout: None,
        }
    }
}

operation!(ReleaseCollection => ());

impl ReleaseCollection {
    async fn send(self) -> Result<()> {
        let call = Call::new("release_collection")
            .on(&self.collection)
            .timeout(self.timeout);
        let request = ReleaseCollectionRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            ..ReleaseCollectionRequest::default()
        };
        self.client.call(call, request).await?;
        Ok(())
    }
}
