use std::time::Duration;

use super::describe_index::named;
use super::operation;
use crate::client::{Call, Client};
use crate::error::{Error, Result};
use crate::proto::milvus::AlterIndexRequest;
use crate::proto::{MMAP_ENABLED, Parameters};

/// Properties to be given to an index; `.await` sends them.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct AlterIndexProperties {
    client: Client,
    collection: String,
    name: String,
    properties: Parameters,
    timeout: Option<Duration>,
}

impl Client {
    /// Sets properties of an index, as whether it is mapped into memory; what it was built with stays.
    ///
    /// One `AlterIndex` call (Milvus 2.4; 2.3 answers INTERNAL and changes nothing, Milvus Lite cannot do it). Milvus
    /// refuses it while the collection is loaded: [`release_collection`](Self::release_collection) it first.
    pub fn alter_index_properties(
        &self,
        collection: impl Into<String>,
        name: impl Into<String>,
    ) -> AlterIndexProperties {
        AlterIndexProperties {
            client: self.clone(),
            collection: collection.into(),
            name: name.into(),
            properties: Parameters::default(),
            timeout: None,
        }
    }
}

operation!(AlterIndexProperties => ());

impl AlterIndexProperties {
    /// Whether the index is mapped into memory from a file, so that it need not fit (`mmap.enabled`).
    pub fn mmap(self, enabled: bool) -> Self {
        self.property(MMAP_ENABLED, enabled)
    }

    /// A property in Milvus' own words. The last one of a name counts.
    pub fn property(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.properties.say(key, value);
        self
    }

    async fn send(self) -> Result<()> {
        let call = Call::new("alter_index_properties")
            .on(&self.collection)
            .timeout(self.timeout);
        named(call, &self.name)?;
        let refuse = |why: String| Error::invalid_argument(call.operation, why).on(call.collection);
        self.properties.check().map_err(refuse)?;
        let extra_params = self.properties.into_proto();
        if extra_params.is_empty() {
            return Err(refuse("there is no property to set".to_owned()));
        }
        let request = AlterIndexRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            index_name: self.name,
            extra_params,
            ..AlterIndexRequest::default()
        };
        self.client.call(call, request).await?;
        Ok(())
    }
}
