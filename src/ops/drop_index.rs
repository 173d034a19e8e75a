use std::time::Duration;

use super::describe_index::named;
use super::operation;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::milvus::DropIndexRequest;

/// An index to be dropped; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct DropIndex {
    client: Client,
    collection: String,
    name: String,
    timeout: Option<Duration>,
}

impl Client {
    /// Drops an index; the field's data stay.
    ///
    /// That there is none of this name is no error to Milvus; Milvus Lite 3 says
    /// [`is_not_found`](crate::Error::is_not_found).
    ///
    /// Milvus refuses to drop a vector field's index while the collection is loaded:
    /// [`release_collection`](Self::release_collection) it first.
    pub fn drop_index(&self, collection: impl Into<String>, name: impl Into<String>) -> DropIndex {
        DropIndex {
            client: self.clone(),
            collection: collection.into(),
            name: name.into(),
            timeout: None,
        }
    }
}

operation!(DropIndex => ());

impl DropIndex {
    async fn send(self) -> Result<()> {
        let call = Call::new("drop_index")
            .on(&self.collection)
            .timeout(self.timeout);
        named(call, &self.name)?;
        let request = DropIndexRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            index_name: self.name,
            ..DropIndexRequest::default()
        };
        self.client.call(call, request).await?;
        Ok(())
    }
}
