use std::time::Duration;

use super::operation;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::milvus::ShowCollectionsRequest;

/// A question which collections exist; `.await` asks it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct ListCollections {
    client: Client,
    timeout: Option<Duration>,
}

impl Client {
    /// The names of the database's collections, in no particular order; aliases are not listed.
    ///
    /// With authorization switched on, Milvus lists those the user may see.
    pub fn list_collections(&self) -> ListCollections {
        ListCollections {
            client: self.clone(),
            timeout: None,
        }
    }
}

operation!(ListCollections => Vec<String>);

impl ListCollections {
    async fn send(self) -> Result<Vec<String>> {
        let call = Call::new("list_collections").timeout(self.timeout);
        let request = ShowCollectionsRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            ..ShowCollectionsRequest::default()
        };
        Ok(self.client.call(call, request).await?.collection_names)
    }
}
