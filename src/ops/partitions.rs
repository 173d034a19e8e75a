//! Operations on partitions.

use super::operation::{Operation, named};
use crate::client::Client;
use crate::proto::Request;
use crate::proto::milvus::{
    CreatePartitionRequest, DropPartitionRequest, HasPartitionRequest, ShowPartitionsRequest,
};

/// # Partitions
impl Client {
    /// Lists the names of a collection's [partitions](https://milvus.io/docs/manage-partitions.md).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let partitions: Vec<String> = client.list_partitions("books").await?;
    /// # Ok(()) }
    /// ```
    pub fn list_partitions(
        &self,
        collection: impl Into<String>,
    ) -> Operation<ShowPartitionsRequest, Vec<String>> {
        let request = ShowPartitionsRequest::on(collection);
        Operation::new(self, "list_partitions", request, |answer| {
            answer.partition_names
        })
    }

    /// Checks whether a collection has a [partition](https://milvus.io/docs/manage-partitions.md) of this name.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let exists: bool = client.has_partition("books", "classics").await?;
    /// # Ok(()) }
    /// ```
    pub fn has_partition(
        &self,
        collection: impl Into<String>,
        partition: impl Into<String>,
    ) -> Operation<HasPartitionRequest, bool> {
        let mut request = HasPartitionRequest::on(collection);
        request.partition_name = partition.into();
        Operation::new(self, "has_partition", request, |answer| answer.value)
            .check(|request| named("partition", &request.partition_name))
    }

    /// Creates a [partition](https://milvus.io/docs/manage-partitions.md). If it exists, Milvus answers `Ok`, but Milvus
    /// Lite does not.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.create_partition("books", "classics").await?;
    /// # Ok(()) }
    /// ```
    pub fn create_partition(
        &self,
        collection: impl Into<String>,
        partition: impl Into<String>,
    ) -> Operation<CreatePartitionRequest> {
        let mut request = CreatePartitionRequest::on(collection);
        request.partition_name = partition.into();
        Operation::new(self, "create_partition", request, drop)
            .check(|request| named("partition", &request.partition_name))
    }

    /// Drops a [partition](https://milvus.io/docs/manage-partitions.md) with its rows. Milvus refuses to drop a partition
    /// that is loaded, and the partition `_default`. If there is no such partition, Milvus answers `Ok`, but Milvus Lite
    /// does not ([`is_not_found`](crate::Error::is_not_found)).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_partition("books", "classics").await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_partition(
        &self,
        collection: impl Into<String>,
        partition: impl Into<String>,
    ) -> Operation<DropPartitionRequest> {
        let mut request = DropPartitionRequest::on(collection);
        request.partition_name = partition.into();
        Operation::new(self, "drop_partition", request, drop)
            .check(|request| named("partition", &request.partition_name))
    }
}
