//! Operations on indexes, except creating one.

mod info;

pub use info::{IndexInfo, IndexState};

use super::operation::{Operation, not_empty};
use crate::client::Client;
use crate::error::Code;
use crate::proto::milvus::{
    AlterIndexRequest, DescribeIndexRequest, DescribeIndexResponse, DropIndexRequest,
};
use crate::proto::{MMAP_ENABLED, Request, check_pairs, set_pair};

/// Lists the indexes of a collection. Returned by [`Client::list_indexes`].
pub type ListIndexes = Operation<DescribeIndexRequest, Vec<IndexInfo>>;

/// Sets or removes properties of an index. Returned by [`Client::alter_index_properties`] and
/// [`Client::drop_index_properties`].
pub type AlterIndexProperties = Operation<AlterIndexRequest>;

impl Client {
    /// Describes an [index](https://milvus.io/docs/index-explained.md): its parameters and how far it is built.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let index = client.describe_index("books", "embedding").await?;
    /// println!("{}: {} of {} rows", index.kind, index.indexed_rows, index.total_rows);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the collection has no index of this name.
    pub fn describe_index(
        &self,
        collection: impl Into<String>,
        name: impl Into<String>,
    ) -> Operation<DescribeIndexRequest, IndexInfo> {
        let mut request = DescribeIndexRequest::on(collection);
        request.index_name = name.into();
        Operation::with_request(self, "describe_index", request, |sent, answer| {
            // Milvus Lite answers with all indexes of the collection.
            let name = &sent.request.index_name;
            let index = infos(answer).find(|index| index.name == *name);
            let reason = || format!("the collection has no index {name:?}");
            index.ok_or_else(|| sent.not_found(Code::INDEX_NOT_FOUND, reason()))
        })
        // Milvus takes an empty name for all indexes of the collection.
        .about("index", |request| &request.index_name)
    }

    /// Lists the [indexes](https://milvus.io/docs/index-explained.md) of a collection, each as
    /// [`describe_index`](Self::describe_index) describes it. The list is empty if there is no index.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for index in client.list_indexes("books").field("embedding").await? {
    ///     println!("{} {:?}", index.name, index.state);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such collection.
    pub fn list_indexes(&self, collection: impl Into<String>) -> ListIndexes {
        let request = DescribeIndexRequest::on(collection);
        Operation::with_request(self, "list_indexes", request, |sent, answer| {
            // Milvus ignores the field, Milvus Lite does not.
            let field = &sent.request.field_name;
            let indexes = infos(answer);
            Ok(indexes
                .filter(|index| field.is_empty() || index.field == *field)
                .collect())
        })
        .empty_on(Code::INDEX_NOT_FOUND)
    }

    /// Drops an [index](https://milvus.io/docs/index-explained.md). The data of the field stay.
    ///
    /// Milvus accepts a name that no index has; Milvus Lite 3 does not
    /// ([`is_not_found`](crate::Error::is_not_found)).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.release_collection("books").await?;
    /// client.drop_index("books", "embedding").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Milvus refuses to drop the index of a vector field while the collection is loaded:
    /// [release](Self::release_collection) it first.
    #[doc(alias = "delete_index")]
    pub fn drop_index(
        &self,
        collection: impl Into<String>,
        name: impl Into<String>,
    ) -> Operation<DropIndexRequest> {
        let mut request = DropIndexRequest::on(collection);
        request.index_name = name.into();
        Operation::new(self, "drop_index", request, drop)
            .about("index", |request| &request.index_name)
            // It names indexes by their fields, and drops all indexes if it does not know the name.
            .adapt(|request, server| {
                if server.is_lite_3() {
                    request.field_name.clone_from(&request.index_name);
                }
            })
    }

    /// Sets properties of an [index](https://milvus.io/docs/index-explained.md). Parameters that it was built with cannot
    /// be changed. Since Milvus 2.4.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.release_collection("books").await?;
    /// client.alter_index_properties("books", "embedding").mmap(true).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Milvus refuses to alter an index while the collection is loaded: [release](Self::release_collection) it first.
    /// Milvus 2.3 answers with the gRPC code INTERNAL and changes nothing; Milvus Lite cannot alter indexes.
    pub fn alter_index_properties(
        &self,
        collection: impl Into<String>,
        name: impl Into<String>,
    ) -> AlterIndexProperties {
        let mut request = AlterIndexRequest::on(collection);
        request.index_name = name.into();
        Operation::new(self, "alter_index_properties", request, drop)
            .about("index", |request| &request.index_name)
            .check(|request| {
                check_pairs(&request.extra_params)?;
                not_empty(&request.extra_params, "no property to set is given")
            })
    }

    /// Removes properties of an [index](https://milvus.io/docs/index-explained.md), so that the settings of the server
    /// apply again. Since Milvus 2.5.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.release_collection("books").await?;
    /// client.drop_index_properties("books", "embedding", ["mmap.enabled"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`alter_index_properties`](Self::alter_index_properties).
    pub fn drop_index_properties<K: Into<String>>(
        &self,
        collection: impl Into<String>,
        name: impl Into<String>,
        keys: impl IntoIterator<Item = K>,
    ) -> Operation<AlterIndexRequest> {
        let mut request = AlterIndexRequest::on(collection);
        request.index_name = name.into();
        request.delete_keys = keys.into_iter().map(Into::into).collect();
        Operation::new(self, "drop_index_properties", request, drop)
            .about("index", |request| &request.index_name)
            .check(|request| not_empty(&request.delete_keys, "no property to drop is given"))
    }
}

impl ListIndexes {
    /// Lists only the indexes on this field. A JSON field may have several.
    pub fn field(self, field: impl Into<String>) -> Self {
        self.set(|request| request.field_name = field.into())
    }
}

impl AlterIndexProperties {
    /// Whether the index is mapped into memory from a file, so that it can be larger than the memory
    /// (`mmap.enabled`).
    pub fn mmap(self, enabled: bool) -> Self {
        self.property(MMAP_ENABLED, enabled)
    }

    /// A property by its Milvus name. The last value of a name counts.
    pub fn property(self, key: impl Into<String>, value: impl ToString) -> Self {
        self.set(|request| set_pair(&mut request.extra_params, key.into(), value))
    }
}

/// The indexes in an answer.
pub(super) fn infos(answer: DescribeIndexResponse) -> impl Iterator<Item = IndexInfo> {
    answer
        .index_descriptions
        .into_iter()
        .map(IndexInfo::from_proto)
}
