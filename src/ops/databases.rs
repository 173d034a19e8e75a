//! Operations on databases.

use std::time::SystemTime;

use super::names::hybrid_time;
use super::operation::{Operation, not_empty};
use super::properties::database_properties;
use crate::client::Client;
use crate::proto::milvus::{
    AlterDatabaseRequest, CreateDatabaseRequest, DescribeDatabaseRequest, DescribeDatabaseResponse,
    DropDatabaseRequest, ListDatabasesRequest,
};
use crate::proto::{check_pairs, into_pairs};

/// Creates a database. Returned by [`Client::create_database`].
pub type CreateDatabase = Operation<CreateDatabaseRequest>;

/// Sets or removes properties of a database. Returned by [`Client::alter_database_properties`] and
/// [`Client::drop_database_properties`].
pub type AlterDatabaseProperties = Operation<AlterDatabaseRequest>;

/// A database as the server describes it. Returned by [`Client::describe_database`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct DatabaseInfo {
    /// The name of the database.
    pub name: String,
    /// The ID of the database.
    pub id: i64,
    /// When it was created; `None` if the server does not report it.
    #[serde(serialize_with = "crate::data::as_rfc3339")]
    pub created: Option<SystemTime>,
    /// Properties by their Milvus names: `("database.replica.number", "2")`.
    #[serde(serialize_with = "crate::data::as_map")]
    pub properties: Vec<(String, String)>,
}

/// # Databases
impl Client {
    /// Creates a [database](https://milvus.io/docs/manage_databases.md). Milvus refuses the name of a database that exists.
    /// Work in it with [`in_database`](Self::in_database).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.create_database("library").max_collections(20).await?;
    /// let library = client.in_database("library");
    /// # Ok(()) }
    /// ```
    pub fn create_database(&self, database: impl Into<String>) -> CreateDatabase {
        let db_name = database.into();
        let request = CreateDatabaseRequest {
            db_name,
            ..Default::default()
        };
        Operation::new(self, "create_database", request, drop)
            .about("database", |request| &request.db_name)
            .check(|request| check_pairs(&request.properties))
    }

    /// Drops a [database](https://milvus.io/docs/manage_databases.md). Milvus refuses to drop one that has collections, and
    /// `default`.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_database("library").await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_database(&self, database: impl Into<String>) -> Operation<DropDatabaseRequest> {
        let db_name = database.into();
        let request = DropDatabaseRequest {
            db_name,
            ..Default::default()
        };
        Operation::new(self, "drop_database", request, drop)
            .about("database", |request| &request.db_name)
    }

    /// Lists the names of the [databases](https://milvus.io/docs/manage_databases.md) that the user has a privilege on.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let databases: Vec<String> = client.list_databases().await?;
    /// # Ok(()) }
    /// ```
    pub fn list_databases(&self) -> Operation<ListDatabasesRequest, Vec<String>> {
        let request = ListDatabasesRequest::default();
        Operation::new(self, "list_databases", request, |answer| answer.db_names)
    }

    /// Describes a [database](https://milvus.io/docs/manage_databases.md). Since Milvus 2.4.3.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let library = client.describe_database("library").await?;
    /// println!("created {:?}: {:?}", library.created, library.properties);
    /// # Ok(()) }
    /// ```
    pub fn describe_database(
        &self,
        database: impl Into<String>,
    ) -> Operation<DescribeDatabaseRequest, DatabaseInfo> {
        let db_name = database.into();
        let request = DescribeDatabaseRequest {
            db_name,
            ..Default::default()
        };
        Operation::new(self, "describe_database", request, DatabaseInfo::from_proto)
            .about("database", |request| &request.db_name)
    }

    /// Sets properties of a [database](https://milvus.io/docs/manage_databases.md). Since Milvus 2.4.3.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.alter_database_properties("library").replicas(2).max_collections(50).await?;
    /// # Ok(()) }
    /// ```
    pub fn alter_database_properties(
        &self,
        database: impl Into<String>,
    ) -> AlterDatabaseProperties {
        let db_name = database.into();
        let request = AlterDatabaseRequest {
            db_name,
            ..Default::default()
        };
        Operation::new(self, "alter_database_properties", request, drop)
            .about("database", |request| &request.db_name)
            .check(|request| {
                check_pairs(&request.properties)?;
                not_empty(&request.properties, "no property to set is given")
            })
    }

    /// Removes properties of a [database](https://milvus.io/docs/manage_databases.md), so that the settings of the server
    /// apply again. Since Milvus 2.4.3.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_database_properties("library", ["database.max.collections"]).await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_database_properties<K: Into<String>>(
        &self,
        database: impl Into<String>,
        keys: impl IntoIterator<Item = K>,
    ) -> Operation<AlterDatabaseRequest> {
        let request = AlterDatabaseRequest {
            db_name: database.into(),
            delete_keys: keys.into_iter().map(Into::into).collect(),
            ..Default::default()
        };
        Operation::new(self, "drop_database_properties", request, drop)
            .about("database", |request| &request.db_name)
            .check(|request| not_empty(&request.delete_keys, "no property to drop is given"))
    }
}

database_properties!(CreateDatabase);
database_properties!(AlterDatabaseProperties);

impl DatabaseInfo {
    fn from_proto(answer: DescribeDatabaseResponse) -> Self {
        Self {
            name: answer.db_name,
            id: answer.db_id,
            created: hybrid_time(answer.created_timestamp),
            properties: into_pairs(answer.properties),
        }
    }
}
