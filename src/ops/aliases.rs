//! Operations on aliases.

use super::operation::Operation;
use crate::client::Client;
use crate::proto::Request;
use crate::proto::milvus::{
    AlterAliasRequest, CreateAliasRequest, DescribeAliasRequest, DescribeAliasResponse,
    DropAliasRequest, ListAliasesRequest,
};

/// An alias as the server describes it. Returned by [`Client::describe_alias`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct AliasInfo {
    /// The alias.
    pub name: String,
    /// The collection that it points to.
    pub collection: String,
    /// The database of the collection.
    pub database: String,
}

/// # Aliases
impl Client {
    /// Creates an [alias](https://milvus.io/docs/manage-aliases.md) of a collection. Milvus refuses an alias that points to
    /// another collection, or has the name of one.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.create_alias("books_2", "books").await?;
    /// # Ok(()) }
    /// ```
    pub fn create_alias(
        &self,
        collection: impl Into<String>,
        alias: impl Into<String>,
    ) -> Operation<CreateAliasRequest> {
        let mut request = CreateAliasRequest::on(collection);
        request.alias = alias.into();
        Operation::new(self, "create_alias", request, drop).about("alias", |request| &request.alias)
    }

    /// Points an existing [alias](https://milvus.io/docs/manage-aliases.md) to another collection.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.alter_alias("books_3", "books").await?;
    /// # Ok(()) }
    /// ```
    pub fn alter_alias(
        &self,
        collection: impl Into<String>,
        alias: impl Into<String>,
    ) -> Operation<AlterAliasRequest> {
        let mut request = AlterAliasRequest::on(collection);
        request.alias = alias.into();
        Operation::new(self, "alter_alias", request, drop).about("alias", |request| &request.alias)
    }

    /// Drops an [alias](https://milvus.io/docs/manage-aliases.md). The collection stays. Dropping an alias that does not
    /// exist succeeds.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_alias("books").await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_alias(&self, alias: impl Into<String>) -> Operation<DropAliasRequest> {
        let alias = alias.into();
        let request = DropAliasRequest {
            alias,
            ..Default::default()
        };
        Operation::new(self, "drop_alias", request, drop).about("alias", |request| &request.alias)
    }

    /// Returns the collection that an [alias](https://milvus.io/docs/manage-aliases.md) points to
    /// ([`is_not_found`](crate::Error::is_not_found) if there is no such alias).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let current: String = client.describe_alias("books").await?.collection;
    /// # Ok(()) }
    /// ```
    pub fn describe_alias(
        &self,
        alias: impl Into<String>,
    ) -> Operation<DescribeAliasRequest, AliasInfo> {
        let alias = alias.into();
        let request = DescribeAliasRequest {
            alias,
            ..Default::default()
        };
        Operation::new(self, "describe_alias", request, AliasInfo::from_proto)
            .about("alias", |request| &request.alias)
    }

    /// Lists the [aliases](https://milvus.io/docs/manage-aliases.md) of a collection.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let aliases: Vec<String> = client.list_aliases("books_3").await?;
    /// # Ok(()) }
    /// ```
    pub fn list_aliases(
        &self,
        collection: impl Into<String>,
    ) -> Operation<ListAliasesRequest, Vec<String>> {
        let request = ListAliasesRequest::on(collection);
        Operation::new(self, "list_aliases", request, |answer| answer.aliases)
    }
}

impl AliasInfo {
    fn from_proto(answer: DescribeAliasResponse) -> Self {
        Self {
            name: answer.alias,
            collection: answer.collection,
            database: answer.db_name,
        }
    }
}
