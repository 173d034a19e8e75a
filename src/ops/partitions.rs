//! Operations on partitions.

use super::operation::Operation;
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
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such collection.
    #[doc(alias = "show_partitions")]
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
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such collection.
    pub fn has_partition(
        &self,
        collection: impl Into<String>,
        partition: impl Into<String>,
    ) -> Operation<HasPartitionRequest, bool> {
        let mut request = HasPartitionRequest::on(collection);
        request.partition_name = partition.into();
        Operation::new(self, "has_partition", request, |answer| answer.value)
            .about("partition", |request| &request.partition_name)
    }

    /// Creates a [partition](https://milvus.io/docs/manage-partitions.md). If it exists already, the call succeeds with
    /// Milvus, and fails with Milvus Lite.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.create_partition("books", "classics").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such collection.
    pub fn create_partition(
        &self,
        collection: impl Into<String>,
        partition: impl Into<String>,
    ) -> Operation<CreatePartitionRequest> {
        let mut request = CreatePartitionRequest::on(collection);
        request.partition_name = partition.into();
        Operation::new(self, "create_partition", request, drop)
            .about("partition", |request| &request.partition_name)
    }

    /// Drops a [partition](https://milvus.io/docs/manage-partitions.md) with its rows. Milvus refuses to drop a
    /// partition that is loaded, and the partition `_default`. If there is no such partition, the call succeeds with
    /// Milvus, and fails with Milvus Lite ([`is_not_found`](crate::Error::is_not_found)).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_partition("books", "classics").await?;
    /// # Ok(()) }
    /// ```
    #[doc(alias = "delete_partition")]
    pub fn drop_partition(
        &self,
        collection: impl Into<String>,
        partition: impl Into<String>,
    ) -> Operation<DropPartitionRequest> {
        let mut request = DropPartitionRequest::on(collection);
        request.partition_name = partition.into();
        Operation::new(self, "drop_partition", request, drop)
            .about("partition", |request| &request.partition_name)
    }
}
