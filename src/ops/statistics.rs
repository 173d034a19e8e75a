//! Statistics of collections and partitions.

use super::operation::Operation;
use crate::client::Client;
use crate::proto::common::KeyValuePair;
use crate::proto::milvus::{GetCollectionStatisticsRequest, GetPartitionStatisticsRequest};
use crate::proto::{Request, into_pairs};

/// The size of a collection or a partition. Returned by [`Client::get_collection_stats`] and
/// [`Client::get_partition_stats`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Stats {
    /// The number of rows in storage. It includes rows that were deleted but not yet compacted away, and, until a
    /// [flush](Client::flush), not the newest. [`count`](Client::count) counts exactly.
    pub rows: u64,
    /// Everything that the server reports, by its Milvus names.
    #[serde(serialize_with = "crate::data::as_map")]
    pub all: Vec<(String, String)>,
}

/// # Statistics
impl Client {
    /// Returns the number of rows that the server has on record for a collection, without counting them.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// println!("about {} rows", client.get_collection_stats("books").await?.rows);
    /// # Ok(()) }
    /// ```
    #[doc(alias = "get_collection_statistics")]
    pub fn get_collection_stats(
        &self,
        collection: impl Into<String>,
    ) -> Operation<GetCollectionStatisticsRequest, Stats> {
        let request = GetCollectionStatisticsRequest::on(collection);
        Operation::new(self, "get_collection_stats", request, |answer| {
            Stats::from_proto(answer.stats)
        })
    }

    /// Returns the number of rows that the server has on record for a partition, without counting them.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// println!("about {} rows", client.get_partition_stats("books", "classics").await?.rows);
    /// # Ok(()) }
    /// ```
    pub fn get_partition_stats(
        &self,
        collection: impl Into<String>,
        partition: impl Into<String>,
    ) -> Operation<GetPartitionStatisticsRequest, Stats> {
        let mut request = GetPartitionStatisticsRequest::on(collection);
        request.partition_name = partition.into();
        Operation::new(self, "get_partition_stats", request, |answer| {
            Stats::from_proto(answer.stats)
        })
        .about("partition", |request| &request.partition_name)
    }
}

impl Stats {
    fn from_proto(pairs: Vec<KeyValuePair>) -> Self {
        let all = into_pairs(pairs);
        let rows = all.iter().find(|(key, _)| key == "row_count");
        Self {
            rows: rows
                .and_then(|(_, rows)| rows.parse().ok())
                .unwrap_or_default(),
            all,
        }
    }
}
