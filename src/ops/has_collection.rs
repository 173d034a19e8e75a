use std::time::Duration;

use super::operation;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::milvus::HasCollectionRequest;

/// A question whether a collection exists; `.await` asks it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct HasCollection {
    client: Client,
    collection: String,
    timeout: Option<Duration>,
}

impl Client {
    /// Whether the database has a collection, or an alias of one, of this name.
    ///
    /// One `HasCollection` call; Milvus answers from its proxy's cache where it can.
    pub fn has_collection(&self, collection: impl Into<String>) -> HasCollection {
        HasCollection {
            client: self.clone(),
            collection: collection.into(),
            timeout: None,
        }
    }
}

operation!(HasCollection => bool);

impl HasCollection {
    async fn send(self) -> Result<bool> {
        let call = Call::new("has_collection")
            .on(&self.collection)
            .timeout(self.timeout);
        let request = HasCollectionRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            ..HasCollectionRequest::default()
        };
        Ok(self.client.call(call, request).await?.value)
    }
}
