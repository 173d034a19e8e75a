//! Operations on collections, except creating one.

use super::features::MOVE;
use super::operation::Operation;
use crate::client::Client;
use crate::proto::Request;
use crate::proto::milvus::{
    DescribeCollectionRequest, DescribeCollectionResponse, DropCollectionRequest,
    HasCollectionRequest, RenameCollectionRequest, ShowCollectionsRequest,
};
use crate::schema::Schema;
use crate::search::Consistency;

/// Renames a collection. Returned by [`Client::rename_collection`].
pub type RenameCollection = Operation<RenameCollectionRequest>;

/// A collection as the server describes it. Returned by [`Client::describe_collection`].
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct CollectionInfo {
    /// The name of the collection itself, even if it was described by an alias.
    pub name: String,
    /// The collection's ID. A new collection of the same name has another one.
    pub id: i64,
    /// Fields, functions and dynamic fields.
    pub schema: Schema,
    /// Aliases of the collection; empty with Milvus Lite, which does not report them.
    pub aliases: Vec<String>,
    /// The consistency of reads that do not set one; `None` for a level that this crate does not know.
    pub consistency: Option<Consistency>,
    /// The number of channels that writes are spread over.
    pub shards: u32,
    /// The number of partitions; 0 if the server does not report it.
    pub partitions: u64,
    /// Properties by their Milvus names: `("collection.ttl.seconds", "3600")`.
    #[serde(serialize_with = "crate::data::as_map")]
    pub properties: Vec<(String, String)>,
}

impl CollectionInfo {
    /// A collection with this name and schema, for the tests of your program. Set the other fields as needed.
    pub fn new(name: impl Into<String>, schema: Schema) -> Self {
        Self {
            name: name.into(),
            id: 0,
            schema,
            aliases: Vec::new(),
            consistency: None,
            shards: 1,
            partitions: 1,
            properties: Vec::new(),
        }
    }
}

impl Client {
    /// Checks whether the database has a [collection](https://milvus.io/docs/view-collections.md), or an alias, of this
    /// name.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// if !client.has_collection("books").await? {
    ///     client.create_collection("books", 768).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "collection_exists")]
    pub fn has_collection(
        &self,
        collection: impl Into<String>,
    ) -> Operation<HasCollectionRequest, bool> {
        let request = HasCollectionRequest::on(collection);
        Operation::new(self, "has_collection", request, |answer| answer.value)
    }

    /// Lists the names of the database's [collections](https://milvus.io/docs/view-collections.md), in no particular
    /// order and without aliases.
    ///
    /// A server with authorization lists the collections that the user has a privilege on.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let collections: Vec<String> = client.list_collections().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "show_collections")]
    #[doc(alias = "list_collection_names")]
    pub fn list_collections(&self) -> Operation<ShowCollectionsRequest, Vec<String>> {
        let request = ShowCollectionsRequest::default();
        Operation::new(self, "list_collections", request, |answer| {
            answer.collection_names
        })
    }

    /// [Describes](https://milvus.io/docs/view-collections.md) a collection, given its name or an alias: schema,
    /// properties, consistency and shards.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let books = client.describe_collection("books").await?;
    /// println!("{} has {} fields", books.name, books.schema.fields().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such collection.
    #[doc(alias = "collection_info")]
    #[doc(alias = "get_collection")]
    pub fn describe_collection(
        &self,
        collection: impl Into<String>,
    ) -> Operation<DescribeCollectionRequest, CollectionInfo> {
        let request = DescribeCollectionRequest::on(collection);
        Operation::with_request(self, "describe_collection", request, |sent, answer| {
            let (id, updated) = (answer.collection_id, answer.update_timestamp);
            sent.client
                .described(&sent.request.collection_name, id, updated);
            CollectionInfo::from_proto(answer).ok_or_else(|| {
                sent.call
                    .invalid_response("the server's answer has no schema")
            })
        })
    }

    /// [Drops](https://milvus.io/docs/drop-collection.md) a collection with its rows, indexes and partitions. This cannot
    /// be undone.
    ///
    /// Dropping a collection that does not exist succeeds.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_collection("books").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Milvus refuses to drop a collection that has an alias, whether it is given by its name or by the alias:
    /// drop the alias first. Milvus Lite drops it in both cases.
    #[doc(alias = "delete_collection")]
    pub fn drop_collection(
        &self,
        collection: impl Into<String>,
    ) -> Operation<DropCollectionRequest> {
        let request = DropCollectionRequest::on(collection);
        Operation::new(self, "drop_collection", request, drop)
    }

    /// [Renames](https://milvus.io/docs/modify-collection.md) a collection. Its aliases keep pointing to it.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.rename_collection("books_new", "books").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no collection `from`. Milvus also refuses a name that
    /// is taken. Milvus Lite 2.5 does not support renaming ([`is_unsupported`](crate::Error::is_unsupported)).
    pub fn rename_collection(
        &self,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> RenameCollection {
        let mut request = RenameCollectionRequest::on(from);
        request.new_name = to.into();
        // An empty name would stand for the default database.
        request.new_db_name = self.database().unwrap_or_default().to_owned();
        Operation::new(self, "rename_collection", request, drop).check(|request| {
            let named = !request.new_name.is_empty();
            named
                .then_some(())
                .ok_or_else(|| "the new name is empty".to_owned())
        })
    }
}

impl RenameCollection {
    /// Also moves the collection to this database. Default: it stays in its database. Since Milvus 2.3.2.
    pub fn to_database(self, database: impl Into<String>) -> Self {
        self.set(|request| request.new_db_name = database.into())
            .uses(&MOVE, true)
    }
}

impl CollectionInfo {
    /// `None` if there is no schema.
    fn from_proto(answer: DescribeCollectionResponse) -> Option<Self> {
        let schema = answer.schema?;
        let properties = answer.properties.into_iter();
        Some(Self {
            // Older servers leave `collection_name` empty, or repeat the alias there.
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
            properties: properties.map(|pair| (pair.key, pair.value)).collect(),
        })
    }
}
