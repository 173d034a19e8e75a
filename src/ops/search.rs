//! Searching for the rows nearest to vectors, texts or other rows.

mod arguments;
mod hits;
mod read_hits;
mod spec;
mod stream;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

pub use hits::SearchHits;
pub(super) use read_hits::{Reading, read_hits};
pub(super) use spec::SearchSpec;
pub use stream::SearchStream;

use super::ann::{AnnSearch, Target, ann_setters};
use super::operation::{Lazy, Run, operation};
use super::read::{Read, ReadOptions, ReadRow, as_row, reading, typed};
use crate::client::Client;
use crate::data::{IntoIds, Row};
use crate::error::Result;
use crate::proto::Parameters;
use crate::search::{Hit, Hits, IntoQueryVector, QueryVectors};

/// Marks a [`Search`] for one vector, which returns a list of hits.
#[derive(Debug, Clone, Copy)]
pub enum One {}

/// Marks a [`Search`] for several vectors, which returns a list of hits for each of them.
#[derive(Debug, Clone, Copy)]
pub enum Many {}

/// Searches for the nearest rows. Returned by [`Client::search`], [`Client::search_many`] and [`Client::search_by_ids`].
#[must_use = "operations do nothing unless awaited"]
pub struct Search<T = Row, M = One>(Lazy<'static, Read<SearchSpec, T>, Found<T>>, PhantomData<M>);

/// # Searching
impl Client {
    /// [Searches](https://milvus.io/docs/single-vector-search.md) for the rows nearest to a vector, or to a text if a
    /// [function](crate::schema::Function) of the collection converts texts into vectors.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::Hit;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Book {
    ///     title: String,
    /// }
    ///
    /// let query = vec![0.1; 768];
    /// let hits = client.search("books", &query).limit(3).output(["title"]).await?;
    /// for hit in &hits {
    ///     println!("{} {:.3} {:?}", hit.id, hit.score, hit.entity.get("title"));
    /// }
    /// let hits: Vec<Hit<Book>> = client.search("books", query).filter("year > 1950").rows().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The hits are sorted, the nearest first. A collection with several vector fields needs
    /// [`field`](Search::field).
    ///
    /// # Errors
    ///
    /// [`Code::COLLECTION_NOT_LOADED`](crate::error::Code::COLLECTION_NOT_LOADED) if the collection is not
    /// [loaded](Self::load_collection); [`is_invalid_argument`](crate::Error::is_invalid_argument) for a vector, a filter
    /// or a field that does not fit the collection.
    #[doc(alias = "search_points")]
    #[doc(alias = "query_points")]
    #[doc(alias = "nearest")]
    pub fn search<K>(
        &self,
        collection: impl Into<String>,
        vector: impl IntoQueryVector<K>,
    ) -> Search {
        let vectors = QueryVectors::One(vector.into_query_vector());
        Search::new(self, collection.into(), Target::Vectors(vectors))
    }

    /// [Searches](https://milvus.io/docs/single-vector-search.md) for the rows nearest to each of several vectors or
    /// texts, with one request. The result has one list of hits for each, in their order.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let queries = [[0.1; 768], [0.2; 768]];
    /// for hits in client.search_many("books", queries).limit(3).await? {
    ///     println!("nearest: {:?}", hits.first().map(|hit| &hit.id));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`search`](Self::search).
    #[doc(alias = "search_batch")]
    pub fn search_many<K, N: IntoQueryVector<K>>(
        &self,
        collection: impl Into<String>,
        vectors: impl IntoIterator<Item = N>,
    ) -> Search<Row, Many> {
        let vectors = vectors.into_iter().map(N::into_query_vector).collect();
        Search::new(self, collection.into(), Target::Vectors(vectors))
    }

    /// [Searches](https://milvus.io/docs/single-vector-search.md) for the rows nearest to each of several rows, given by
    /// their primary keys. The result has one list of hits for each key. Since Milvus 2.6.9.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let similar = client.search_by_ids("books", [1, 2]).limit(3).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`search`](Self::search).
    #[doc(alias = "recommend")]
    pub fn search_by_ids<K>(
        &self,
        collection: impl Into<String>,
        ids: impl IntoIds<K>,
    ) -> Search<Row, Many> {
        Search::new(self, collection.into(), Target::Rows(ids.into_ids()))
    }
}

operation!([T: Send + 'static] Search<T, One> => Vec<Hit<T>>, map |found| found?.of_one());
operation!([T: Send + 'static] Search<T, Many> => Vec<Vec<Hit<T>>>, map |found| found?.of_many());
reading!([T, M] Search<T, M>);
ann_setters!([T, M] Search<T, M>);

impl<M> Search<Row, M> {
    fn new(client: &Client, collection: String, target: Target) -> Self {
        let spec = SearchSpec {
            client: client.clone(),
            collection,
            ann: AnnSearch {
                target,
                ..AnnSearch::default()
            },
            options: ReadOptions::default(),
            score: None,
            chains: Vec::new(),
            highlighter: None,
            aggregation: None,
        };
        Self::of(spec, as_row)
    }
}

impl<T, M> Search<T, M> {
    fn of(spec: SearchSpec, row: ReadRow<T>) -> Self {
        Self(Lazy::Builder(Read { spec, row }), PhantomData)
    }

    /// The vector field to search. Default: the only vector field of the collection.
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.ann().field = Some(field.into());
        self.ann().parameters.remove("anns_field");
        self
    }

    /// Converts the fields of each hit into a `U`. Requests the fields of the struct `U`, unless
    /// [`output`](Self::output) is set.
    pub fn rows<U: DeserializeOwned>(self) -> Search<U, M> {
        let mut spec = self.0.into_builder().spec;
        spec.options.output = spec.options.output.of_rows::<U>();
        Search::of(spec, typed::<U>)
    }

    /// Returns the hits column by column, as they are received, without a copy.
    pub fn columns(self) -> SearchHits {
        SearchHits::new(self.0.into_builder().spec)
    }

    fn spec(&mut self) -> &mut SearchSpec {
        &mut self.0.builder_mut().spec
    }

    fn ann(&mut self) -> &mut AnnSearch {
        &mut self.spec().ann
    }

    fn options(&mut self) -> &mut ReadOptions {
        &mut self.spec().options
    }

    fn parameters(&mut self) -> &mut Parameters {
        &mut self.ann().parameters
    }
}

/// Hits, and how to convert their rows.
pub(super) struct Found<T> {
    hits: Hits,
    row: ReadRow<T>,
    collection: String,
}

impl<T> Found<T> {
    fn of_one(self) -> Result<Vec<Hit<T>>> {
        let hits = self.hits.hits_of_one(self.row);
        hits.map_err(|error| error.during("search", &self.collection))
    }

    fn of_many(self) -> Result<Vec<Vec<Hit<T>>>> {
        let hits = self.hits.hits(self.row);
        hits.map_err(|error| error.during("search", &self.collection))
    }
}

impl<T> Run<Found<T>> for Read<SearchSpec, T> {
    async fn run(self) -> Result<Found<T>> {
        let (hits, collection) = self.spec.hits().await?;
        let row = self.row;
        Ok(Found {
            hits,
            row,
            collection,
        })
    }
}

impl<T, M> Clone for Search<T, M> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T, M> fmt::Debug for Search<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Search").field(&self.0).finish()
    }
}
