use std::time::Duration;

use super::describe_index::named;
use super::operation;
use crate::client::{Call, Client};
use crate::error::{Error, Result};
use crate::proto::milvus::AlterIndexRequest;

/// Properties to be taken from an index; `.await` sends them.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct DropIndexProperties {
    client: Client,
    collection: String,
    name: String,
    keys: Vec<String>,
    timeout: Option<Duration>,
}

impl Client {
    /// Takes properties from an index, so that the server's own settings count again: `["mmap.enabled"]`.
    ///
    /// One `AlterIndex` call (Milvus 2.5). What
    /// [`alter_index_properties`](Self::alter_index_properties) needs, this does too.
    pub fn drop_index_properties<K: Into<String>>(
        &self,
        collection: impl Into<String>,
        name: impl Into<String>,
        keys: impl IntoIterator<Item = K>,
    ) -> DropIndexProperties {
        DropIndexProperties {
            client: self.clone(),
            collection: collection.into(),
            name: name.into(),
            keys: keys.into_iter().map(Into::into).collect(),
            timeout: None,
        }
    }
}

operation!(DropIndexProperties => ());

impl DropIndexProperties {
    async fn send(self) -> Result<()> {
        let call = Call::new("drop_index_properties")
            .on(&self.collection)
            .timeout(self.timeout);
        named(call, &self.name)?;
        if self.keys.is_empty() {
            let why = "there is no property to drop";
            return Err(Error::invalid_argument(call.operation, why).on(call.collection));
        }
        let request = AlterIndexRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            index_name: self.name,
            delete_keys: self.keys,
            ..AlterIndexRequest::default()
        };
        self.client.call(call, request).await?;
        Ok(())
    }
}
