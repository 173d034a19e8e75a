//! What a type declares about its collection.

use super::default_indexes::default_indexes;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::index::Index;
use crate::schema::Schema;
use crate::search::Consistency;

/// A type whose values are the rows of a collection. It declares the name of the collection, its schema, its indexes, and
/// how it is created. [`Client::collection`] returns a handle for it.
///
/// The derive macro of the same name, in the feature `derive`, implements the trait for a struct. It takes the names of
/// the fields from serde's attributes:
///
/// ```
/// # #[cfg(not(feature = "derive"))]
/// # use milvus_otel_derive::Collection;
/// use milvus_otel::{Collection, Consistency, Index, Metric};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Collection)]
/// #[serde(rename_all = "camelCase")]
/// #[milvus(name = "books", consistency = Consistency::Session)]
/// struct Book {
///     #[milvus(primary_key)]
///     id: i64,
///     #[milvus(max_length = 512)]
///     title: Option<String>,
///     #[milvus(max_length = 64, max_capacity = 16)]
///     tags: Vec<String>,
///     #[milvus(index = Index::stl_sort())]
///     page_count: i32,
///     #[milvus(dim = 768, index = Index::hnsw(Metric::Cosine, 16, 200))]
///     embedding: Vec<f32>,
/// }
///
/// let schema = Book::schema().unwrap();
/// assert!(schema.field("title").unwrap().is_nullable());
/// assert_eq!(schema.field("pageCount").unwrap().data_type().to_string(), "int32");
/// assert_eq!(schema.field("embedding").unwrap().data_type().dimension(), Some(768));
/// ```
///
/// A type that implements the trait by hand must be `Serialize` and `Deserialize` with the schema's names.
/// [`Client::collection`] has an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not declare a collection",
    note = "derive `milvus_otel::Collection` (feature `derive`), or implement it by hand"
)]
pub trait Collection {
    /// The name of the collection. [`named`](super::TypedCollection::named) sets another one.
    const NAME: &'static str;

    /// The schema of the collection.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if Milvus would refuse the schema.
    fn schema() -> Result<Schema>;

    /// The indexes of the collection, with the names or paths of the fields they are on. Default: none.
    ///
    /// A vector field without one is [indexed](super::TypedCollection::ensure) as well, since Milvus reads only
    /// collections in which all vectors are indexed.
    fn indexes() -> Vec<(String, Index)> {
        Vec::new()
    }

    /// How the collection is created. Default: like [`create_collection`](Client::create_collection) without its
    /// optional arguments.
    fn options() -> CollectionOptions {
        CollectionOptions::new()
    }
}

/// How a declared collection is created. Values that are not set are those of
/// [`create_collection`](Client::create_collection), and are not compared.
///
/// ```
/// use milvus_otel::{Consistency, ops::CollectionOptions};
///
/// let options = CollectionOptions::new()
///     .consistency(Consistency::Session)
///     .property("collection.ttl.seconds", 3600);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub struct CollectionOptions {
    pub(super) consistency: Option<Consistency>,
    pub(super) shards: Option<u32>,
    pub(super) partitions: Option<u32>,
    pub(super) properties: Vec<(String, String)>,
}

impl CollectionOptions {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    /// See [`CreateCollection::consistency`](crate::ops::CreateCollection::consistency).
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = Some(consistency);
        self
    }

    /// See [`CreateCollection::shards`](crate::ops::CreateCollection::shards).
    pub fn shards(mut self, shards: u32) -> Self {
        self.shards = Some(shards);
        self
    }

    /// See [`CreateCollection::partitions`](crate::ops::CreateCollection::partitions).
    pub fn partitions(mut self, partitions: u32) -> Self {
        self.partitions = Some(partitions);
        self
    }

    /// See [`CreateCollection::property`](crate::ops::CreateCollection::property). The last value for a name counts.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and texts go in as they are"
    )]
    pub fn property(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        let key = key.into();
        self.properties.retain(|(known, _)| *known != key);
        self.properties.push((key, value.to_string()));
        self
    }
}

/// A collection, and the functions that declare it, which are called when the operation runs.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    pub(super) client: Client,
    pub(super) collection: String,
    schema: fn() -> Result<Schema>,
    indexes: fn() -> Vec<(String, Index)>,
    options: fn() -> CollectionOptions,
}

/// What the functions returned.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) schema: Schema,
    pub(super) indexes: Vec<(String, Index)>,
    /// Those of the vectors that no index is declared for.
    pub(super) default_indexes: Vec<(String, Index)>,
    pub(super) options: CollectionOptions,
}

impl Declared {
    /// The same without these indexes.
    pub(super) fn without(&self, indexes: &[&(String, Index)]) -> Self {
        let rest = |all: &[(String, Index)]| {
            let rest = all.iter().filter(|index| !indexes.contains(index));
            rest.cloned().collect()
        };
        Self {
            schema: self.schema.clone(),
            indexes: rest(&self.indexes),
            default_indexes: rest(&self.default_indexes),
            options: self.options.clone(),
        }
    }

    /// The indexes that a new collection gets.
    pub(super) fn all_indexes(&self) -> impl Iterator<Item = &(String, Index)> {
        self.indexes.iter().chain(&self.default_indexes)
    }
}

impl Declaration {
    pub(super) fn of<T: Collection>(client: &Client, collection: &str) -> Self {
        Self {
            client: client.clone(),
            collection: collection.to_owned(),
            schema: T::schema,
            indexes: T::indexes,
            options: T::options,
        }
    }

    pub(super) fn read(&self, call: Call<'_>) -> Result<Declared> {
        let schema = (self.schema)();
        let schema = schema.map_err(|error| error.during(call.operation, &self.collection))?;
        let indexes = (self.indexes)();
        Ok(Declared {
            default_indexes: default_indexes(&schema, &indexes),
            schema,
            indexes,
            options: (self.options)(),
        })
    }
}
