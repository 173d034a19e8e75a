mod arguments;
mod hits;
mod stream;

pub use hits::SearchHits;
pub(super) use hits::{Reading, read_hits};
pub use stream::SearchStream;

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::features;
use super::fields::{Fit, Output};
use super::find::{Find, LIMIT, Target, finding};
use super::read::{ReadRow, Seen, as_row, reading, typed};
use super::refine::refining;
use super::wait::Wait;
use crate::client::{Call, Client, Pending};
use crate::data::{Id, Row};
use crate::error::{Error, Result};
use crate::proto::common::SearchAggregationSpec;
use crate::search::{FunctionChain, FunctionScore, Highlighter, Hit, Hits, Needle, Needles, room};

/// Marks a [`Search`] for one vector: it gives a list of hits.
#[derive(Debug, Clone, Copy)]
pub enum One {}

/// Marks a [`Search`] for several vectors: it gives a list of hits for each.
#[derive(Debug, Clone, Copy)]
pub enum Many {}

/// A search for the nearest rows; `.await` sends it.
#[must_use = "operations do nothing unless awaited"]
pub struct Search<T = Row, M = One> {
    pub(super) client: Client,
    pub(super) collection: String,
    pub(super) find: Find,
    partitions: Vec<String>,
    output: Output,
    pub(super) seen: Seen,
    ignore_growing: bool,
    namespace: Option<String>,
    score: Option<FunctionScore>,
    chains: Vec<FunctionChain>,
    highlighter: Option<Highlighter>,
    aggregation: Option<SearchAggregationSpec>,
    pub(super) timeout: Option<Duration>,
    pub(super) read: ReadRow<T>,
    shape: PhantomData<M>,
}

impl Client {
    /// Finds the rows that are nearest to a vector, or to a text where a function makes vectors of texts.
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
    /// A collection with several vector fields needs [`field`](Search::field).
    pub fn search(&self, collection: impl Into<String>, needle: impl Into<Needle>) -> Search {
        let needles = Needles::One(needle.into());
        Search::new(self, collection.into(), Target::Needles(needles))
    }

    /// Finds, for each of several vectors or texts, the rows that are nearest to it: one call for all.
    pub fn search_many<N: Into<Needle>>(
        &self,
        collection: impl Into<String>,
        needles: impl IntoIterator<Item = N>,
    ) -> Search<Row, Many> {
        let needles = needles.into_iter().collect();
        Search::new(self, collection.into(), Target::Needles(needles))
    }

    /// Finds, for each of these rows, those that are nearest to it (Milvus 2.6.9).
    pub fn search_by_ids<I: Into<Id>>(
        &self,
        collection: impl Into<String>,
        ids: impl IntoIterator<Item = I>,
    ) -> Search<Row, Many> {
        let ids = ids.into_iter().map(Into::into).collect();
        Search::new(self, collection.into(), Target::Rows(ids))
    }
}

impl<M> Search<Row, M> {
    fn new(client: &Client, collection: String, target: Target) -> Self {
        Self {
            client: client.clone(),
            collection,
            find: Find {
                target,
                ..Find::default()
            },
            partitions: Vec::new(),
            output: Output::Unsaid,
            seen: Seen::default(),
            ignore_growing: false,
            namespace: None,
            score: None,
            chains: Vec::new(),
            highlighter: None,
            aggregation: None,
            timeout: None,
            read: as_row,
            shape: PhantomData,
        }
    }
}

impl<T, M> Search<T, M> {
    /// The vector field to search. Default: the only one there is.
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.find.field = Some(field.into());
        self.find.parameters.unset("anns_field");
        self
    }

    /// Returns the fields of each hit as a type of yours. Unless [`output`](Self::output) says otherwise, the fields of
    /// the struct are asked for.
    pub fn rows<U: DeserializeOwned>(mut self) -> Search<U, M> {
        let output = std::mem::take(&mut self.output).of_rows::<U>();
        Search {
            output,
            ..self.reading(typed::<U>)
        }
    }

    fn reading<U, N>(self, read: ReadRow<U>) -> Search<U, N> {
        Search {
            read,
            client: self.client,
            collection: self.collection,
            find: self.find,
            partitions: self.partitions,
            output: self.output,
            seen: self.seen,
            ignore_growing: self.ignore_growing,
            namespace: self.namespace,
            score: self.score,
            chains: self.chains,
            highlighter: self.highlighter,
            aggregation: self.aggregation,
            timeout: self.timeout,
            shape: PhantomData,
        }
    }

    /// Returns the hits column by column, as they are received, without a copy.
    pub fn columns(self) -> SearchHits {
        SearchHits(self.reading(as_row))
    }

    /// Sends it, and gives the hits with how to read them, and with the collection.
    pub(super) async fn hits(mut self) -> Result<(Hits, ReadRow<T>, String)> {
        self.check();
        let (client, wait) = (&self.client, Wait::new(self.timeout));
        let call = Call::new("search").on(&self.collection);
        let refuse = |why: String| Error::invalid_argument(call.operation, why).on(call.collection);
        if let Some(why) = &self.find.refused {
            return Err(refuse(why.clone()));
        }
        self.seen.check().map_err(refuse)?;
        let mut reading = Reading {
            queries: self.find.target.len(),
            digits: self.find.rounding().map_err(refuse)?,
            shown: None,
        };
        let used = features::of_search(&self.find.parameters)
            .chain(features::of_rows(&self.partitions, self.namespace.as_ref()))
            .chain(self.features());
        features::check(client, call.timeout(wait.remaining()), used).await?;
        let guarantee = self.seen.guarantee(client);
        let limit = self.find.limit.unwrap_or(LIMIT);
        let find = std::mem::take(&mut self.find);
        let mut asked = find.request(client, call, limit, self.ignore_growing, &guarantee)?;
        let mut fit = Fit::new(client, call.timeout(wait.remaining()), &self.output).await?;
        let fields = fit.fields(&self.output, |schema| asked.fit(schema)).await?;
        // Where the request has others.
        let mut meant = None;
        let request = &mut asked.request;
        request.partition_names = self.partitions;
        let (names, kind) = std::mem::take(&mut self.output).into_names();
        request.output_fields = match fields {
            Some(fields) => {
                reading.shown = fields.shown;
                meant = Some(names);
                fields.asked
            }
            None => names,
        };
        request.namespace = self.namespace;
        request.highlighter = self.highlighter.as_ref().map(Highlighter::to_proto);
        request.function_score = self.score.as_ref().map(FunctionScore::to_proto);
        request.function_chains = self.chains.iter().map(FunctionChain::to_proto).collect();
        request.search_aggregation = self.aggregation;
        let room = || room(reading.queries, limit);
        let step = call.timeout(wait.remaining());
        let answer = match client.call_kept(step, &asked, room()).await {
            Ok(answer) => answer,
            Err(error) => {
                let sent = &asked.request.output_fields;
                let output = kind.with(meant.as_ref().unwrap_or(sent));
                // Boxed because it is seldom needed, and would make every search's future larger.
                let otherwise = fit.otherwise(error, sent, &output, |schema| asked.fit(schema));
                let fields = Box::pin(otherwise).await?;
                asked.request.output_fields = fields.asked;
                reading.shown = fields.shown;
                let step = call.timeout(wait.remaining());
                client.call_kept(step, &asked, room()).await?
            }
        };
        drop(asked);
        let hits = read_hits(client, call, &wait, answer, reading).await?;
        Ok((hits, self.read, self.collection))
    }
}

// Derived, it would ask the same of the rows' type.
impl<T, M> Clone for Search<T, M> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            collection: self.collection.clone(),
            find: self.find.clone(),
            partitions: self.partitions.clone(),
            output: self.output.clone(),
            seen: self.seen,
            ignore_growing: self.ignore_growing,
            namespace: self.namespace.clone(),
            score: self.score.clone(),
            chains: self.chains.clone(),
            highlighter: self.highlighter.clone(),
            aggregation: self.aggregation.clone(),
            timeout: self.timeout,
            read: self.read,
            shape: PhantomData,
        }
    }
}

impl<T, M> fmt::Debug for Search<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search")
            .field("collection", &self.collection)
            .field("find", &self.find)
            .field("output", &self.output)
            .finish_non_exhaustive()
    }
}

reading!([T, M] Search<T, M>, find.parameters);
finding!([T, M] Search<T, M>);
refining!([T, M] Search<T, M>);

impl<T: Send + 'static> IntoFuture for Search<T, One> {
    type Output = Result<Vec<Hit<T>>>;
    type IntoFuture = Pending<Vec<Hit<T>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (hits, read, collection) = self.hits().await?;
            hits.hits_of_one(read)
                .map_err(|error| error.during("search", &collection))
        })
    }
}

impl<T: Send + 'static> IntoFuture for Search<T, Many> {
    type Output = Result<Vec<Vec<Hit<T>>>>;
    type IntoFuture = Pending<Vec<Vec<Hit<T>>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (hits, read, collection) = self.hits().await?;
            hits.hits(read)
                .map_err(|error| error.during("search", &collection))
        })
    }
}
