use std::time::Duration;

use super::operation;
use crate::client::{Call, Client};
use crate::error::{Error, Result};
use crate::proto::milvus::DescribeCollectionRequest;
use crate::schema::Schema;
use crate::search::Consistency;

/// A question what a collection looks like; `.await` asks it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct DescribeCollection {
    client: Client,
    collection: String,
    timeout: Option<Duration>,
}

/// What a server knows of a collection.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CollectionInfo {
    /// Its name; not the alias it was asked for by.
    pub name: String,
    /// The number Milvus knows it by, which a new collection of the same name does not have.
    pub id: i64,
    /// Its fields.
    pub schema: Schema,
    /// Other names it goes by, where the server tells: Milvus Lite does not.
    pub aliases: Vec<String>,
    /// Which writes searches see that do not say otherwise; `None` for a level of the server's own.
    pub consistency: Option<Consistency>,
    /// Over how many channels writes are spread.
    pub shards: u32,
    /// How many partitions it has; 0 where the server does not tell.
    pub partitions: u64,
    /// Its properties, in Milvus' own words.
    pub properties: Vec<(String, String)>,
}

impl Client {
    /// The schema and settings of a collection, by its name or an alias.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) when there is none of this name.
    pub fn describe_collection(&self, collection: impl Into<String>) -> DescribeCollection {
        DescribeCollection {
            client: self.clone(),
            collection: collection.into(),
            timeout: None,
        }
    }
}

operation!(DescribeCollection => CollectionInfo);

impl DescribeCollection {
    async fn send(self) -> Result<CollectionInfo> {
        let call = Call::new("describe_collection")
            .on(&self.collection)
            .timeout(self.timeout);
        let request = DescribeCollectionRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            ..DescribeCollectionRequest::default()
        };
        let answer = self.client.call(call, request).await?;
        let (id, updated) = (answer.collection_id, answer.update_timestamp);
        self.client.described(&self.collection, id, updated);
        let Some(schema) = answer.schema else {
            return Err(
                Error::answer(call.operation, "the server's answer has no schema")
                    .on(call.collection),
            );
        };
        Ok(CollectionInfo {
            // Beside the schema older servers say nothing, or the alias.
            name: if schema.name.is_empty() {
                answer.collection_name
            } else {
                schema.name.clone()
            },
            id: answer.collection_id,
            schema: Schema::from_proto(&schema),
            aliases: answer.aliases,
            consistency: Consistency::from_proto(answer.consistency_level),
            shards: u32::try_from(answer.shards_num).unwrap_or_default(),
            partitions: u64::try_from(answer.num_partitions).unwrap_or_default(),
            properties: answer
                .properties
                .into_iter()
                .map(|pair| (pair.key, pair.value))
                .collect(),
        })
    }
}
