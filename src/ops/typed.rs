//! Collections whose rows are values of a Rust type.

mod check;
mod compare;
mod declaration;
mod default_indexes;
mod differences;
mod ensure;

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use check::{Check, Compare};
pub use declaration::{Collection, CollectionOptions};
pub use differences::Difference;
pub use ensure::{Ensure, Ensured};

use super::count::Count;
use super::delete::{Delete, IntoDeleteRows};
use super::hybrid_search::HybridSearch;
use super::insert::Insert;
use super::insert_stream::{InsertStream, UpsertStream};
use super::query::Query;
use super::search::{Many, Search};
use super::upsert::Upsert;
use crate::client::Client;
use crate::data::{IntoIds, IntoTypedRowStream, IntoTypedRows};
use crate::search::IntoQueryVector;
use declaration::Declaration;

/// A collection whose rows are values of `T`. Returned by [`Client::collection`].
///
/// Its operations are those of [`Client`], with the name of the collection and the type of the rows filled in. For
/// other operations of [`Client`], pass its [`name`](Self::name).
///
/// It is as cheap to clone as a client.
pub struct TypedCollection<T> {
    client: Client,
    name: String,
    rows: PhantomData<fn() -> T>,
}

/// # Typed collections
impl Client {
    /// Returns a handle for the collection that the type `T` declares, to create it, to compare it with its declaration,
    /// and to write and read its rows. Nothing is sent.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::{Collection, Field, Index, Metric, Result, Schema};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Book {
    ///     id: i64,
    ///     embedding: Vec<f32>,
    /// }
    ///
    /// // The feature `derive` writes this from attributes.
    /// impl Collection for Book {
    ///     const NAME: &'static str = "books";
    ///
    ///     fn schema() -> Result<Schema> {
    ///         Schema::builder()
    ///             .field(Field::int64("id").primary_key())
    ///             .field(Field::float_vector("embedding", 4))
    ///             .build()
    ///     }
    ///
    ///     fn indexes() -> Vec<(String, Index)> {
    ///         vec![("embedding".to_owned(), Index::hnsw(Metric::Cosine, 16, 200))]
    ///     }
    /// }
    ///
    /// let books = client.collection::<Book>();
    /// books.ensure().await?;
    /// let book = Book { id: 1, embedding: vec![0.1; 4] };
    /// books.insert(&book).await?;
    /// for hit in books.search([0.1; 4]).limit(3).await? {
    ///     println!("{} {:.3}", hit.entity.id, hit.score);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn collection<T: Collection>(&self) -> TypedCollection<T> {
        TypedCollection {
            client: self.clone(),
            name: T::NAME.to_owned(),
            rows: PhantomData,
        }
    }
}

impl<T: Collection> TypedCollection<T> {
    /// The same for a collection of another name, or for an alias.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The name of the collection: [`Collection::NAME`], unless it was [changed](Self::named).
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The client that the operations use.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Makes the collection ready: creates it if it does not exist, otherwise [checks](Self::check) it, builds missing
    /// indexes, and loads it. Call it when a service starts.
    ///
    /// Several processes can do this at once: each ends up with the same collection, or with an error that says how it
    /// differs from its own declaration. A process that was interrupted after creating the collection and before
    /// building its indexes can also simply call it again. Nothing but indexes is added to an existing collection; add
    /// a new field with [`add_collection_field`](Client::add_collection_field).
    ///
    /// Milvus reads only collections in which all vectors are indexed. A vector field for which no index is declared gets
    /// one that Milvus chooses (`AUTOINDEX`), with the metric cosine; for sparse vectors the inner product, and for binary
    /// vectors the Hamming distance. What BM25 and MinHash functions compute gets their own metrics, and vectors in arrays
    /// of structs those for lists (`MAX_SIM_COSINE`, `MAX_SIM_HAMMING`). If such a field has an index already, it is kept,
    /// whatever its type and metric.
    ///
    /// ```no_run
    /// # async fn example<Book: milvus_otel::Collection>(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let ensured = client.collection::<Book>().ensure().await?;
    /// for difference in ensured.differences {
    ///     println!("not as declared: {difference}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check) for an existing collection, and of
    /// [`create_collection`](Client::create_collection) for a new one.
    pub fn ensure(&self) -> Ensure {
        Ensure::new(self.declaration())
    }

    /// Compares the collection on the server with its declaration. Returns the differences that are allowed: with them,
    /// rows can be written, read and searched as declared.
    ///
    /// ```no_run
    /// # async fn example<Book: milvus_otel::Collection>(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.collection::<Book>().check().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// | | allowed | not allowed |
    /// |---|---|---|
    /// | fields | extra fields that rows do not need | missing fields; extra fields that rows need |
    /// | types | longer texts, more elements | any other type, dimension, or less room |
    /// | keys | clustering key | primary key, generated keys, partition key |
    /// | values | another default value | null on one side only; a missing default value |
    /// | parameters of fields | memory mapping | analyzers and text match |
    /// | functions | extra functions | missing functions |
    /// | dynamic fields, namespaces | dynamic fields, if there should be none | anything else |
    /// | indexes | another type or parameter; no index of a scalar | another metric than the declared one; no index of vectors |
    /// | collection | consistency, shards, partitions, properties | |
    ///
    /// Descriptions are not compared, nor what the server does not store (see [`Schema`](crate::Schema)).
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if there is a difference that is not allowed; the
    /// message names all differences. [`is_not_found`](crate::Error::is_not_found) if there is no such collection.
    pub fn check(&self) -> Check {
        Check::new(self.declaration())
    }

    /// Compares the collection on the server with its declaration. Returns all differences, allowed or not, which
    /// [`check`](Self::check) lists. Empty if there are none.
    ///
    /// ```no_run
    /// # async fn example<Book: milvus_otel::Collection>(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for difference in client.collection::<Book>().compare().await? {
    ///     println!("{} {difference}", if difference.is_allowed { "allowed:" } else { "error:" });
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such collection.
    pub fn compare(&self) -> Compare {
        Compare::new(self.declaration())
    }

    fn declaration(&self) -> Declaration {
        Declaration::of::<T>(&self.client, &self.name)
    }

    /// Deletes rows: see [`Client::delete`].
    pub fn delete<K>(&self, rows: impl IntoDeleteRows<K>) -> Delete {
        self.client.delete(self.name(), rows)
    }

    /// Counts rows: see [`Client::count`].
    pub fn count(&self) -> Count {
        self.client.count(self.name())
    }
}

impl<T: Collection + Serialize> TypedCollection<T> {
    /// Inserts rows: one row or a reference to one, or a list or an iterator of these. See [`Client::insert`] and
    /// [`IntoTypedRows`].
    ///
    /// ```no_run
    /// # async fn example<Book>(client: milvus_otel::Client, books: Vec<Book>) -> milvus_otel::Result<()>
    /// # where
    /// #     Book: milvus_otel::Collection + serde::Serialize + Send + Sync,
    /// # {
    /// let collection = client.collection::<Book>();
    /// collection.insert(&books[0]).await?;
    /// collection.insert(&books).await?;
    /// collection.insert(books).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn insert<'a, K>(&self, rows: impl IntoTypedRows<'a, T, K>) -> Insert<'a> {
        self.client.insert(self.name(), rows.into_typed_rows())
    }

    /// Inserts rows, and replaces those with the same primary keys. Takes the same rows as [`insert`](Self::insert). See
    /// [`Client::upsert`].
    pub fn upsert<'a, K>(&self, rows: impl IntoTypedRows<'a, T, K>) -> Upsert<'a> {
        self.client.upsert(self.name(), rows.into_typed_rows())
    }

    /// Inserts a stream or an iterator of rows, in batches: see [`Client::insert_stream`].
    ///
    /// ```no_run
    /// # async fn example<Book>(client: milvus_otel::Client, books: Vec<Book>) -> milvus_otel::Result<()>
    /// # where
    /// #     Book: milvus_otel::Collection + serde::Serialize + Send + Sync,
    /// # {
    /// let collection = client.collection::<Book>();
    /// let written = collection.insert_stream(books.into_iter()).batch_size(500).await?;
    /// println!("{} rows", written.count);
    /// # Ok(())
    /// # }
    /// ```
    pub fn insert_stream<'a, K>(
        &self,
        rows: impl IntoTypedRowStream<'a, T, K>,
    ) -> InsertStream<'a> {
        let rows = rows.into_typed_row_stream();
        InsertStream::new(&self.client, self.name.clone(), rows)
    }

    /// Inserts a stream or an iterator of rows, replacing those with the same primary keys, in batches: see
    /// [`Client::upsert_stream`].
    pub fn upsert_stream<'a, K>(
        &self,
        rows: impl IntoTypedRowStream<'a, T, K>,
    ) -> UpsertStream<'a> {
        let rows = rows.into_typed_row_stream();
        UpsertStream::new(&self.client, self.name.clone(), rows)
    }
}

impl<T: Collection + DeserializeOwned> TypedCollection<T> {
    /// Searches for the rows nearest to a vector or text: see [`Client::search`].
    pub fn search<K>(&self, vector: impl IntoQueryVector<K>) -> Search<T> {
        self.client.search(self.name(), vector).rows()
    }

    /// Searches for the rows nearest to each of several vectors or texts: see [`Client::search_many`].
    pub fn search_many<K, N: IntoQueryVector<K>>(
        &self,
        vectors: impl IntoIterator<Item = N>,
    ) -> Search<T, Many> {
        self.client.search_many(self.name(), vectors).rows()
    }

    /// Searches for the rows nearest to each of several rows, given by their primary keys: see
    /// [`Client::search_by_ids`]. Since Milvus 2.6.9.
    pub fn search_by_ids<K>(&self, ids: impl IntoIds<K>) -> Search<T, Many> {
        self.client.search_by_ids(self.name(), ids).rows()
    }

    /// Searches several vector fields: see [`Client::hybrid_search`]. Since Milvus 2.4.
    pub fn hybrid_search(&self) -> HybridSearch<T> {
        self.client.hybrid_search(self.name()).rows()
    }

    /// Reads the rows that match a filter: see [`Client::query`].
    pub fn query(&self) -> Query<T> {
        self.client.query(self.name()).rows()
    }

    /// Reads rows by their primary keys, one or several: see [`Client::get`].
    pub fn get<K>(&self, ids: impl IntoIds<K>) -> Query<T> {
        self.client.get(self.name(), ids).rows()
    }
}

// Derived implementations would require the same of `T`.
impl<T> Clone for TypedCollection<T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            name: self.name.clone(),
            rows: PhantomData,
        }
    }
}

impl<T> fmt::Debug for TypedCollection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedCollection")
            .field("client", &self.client)
            .field("name", &self.name)
            .finish()
    }
}
