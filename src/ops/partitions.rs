//! Operations on partitions.

use super::operation::Operation;
use crate::client::Client;
use crate::proto::Request;
use crate::proto::milvus::ShowPartitionsRequest;

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
}
