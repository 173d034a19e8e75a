mod stream;

pub use stream::SearchStream;

use std::marker::PhantomData;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::find::{Find, LIMIT, Target, finding};
use super::read::{ReadRow, Seen, as_row, fields_of, flag, pair, reading, typed};
use super::wait::Wait;
use crate::client::{Call, Client, Pending};
use crate::data::{Id, Row};
use crate::error::{Error, Result};
use crate::proto::common::{HighlightType, Highlighter};
use crate::proto::milvus::SearchResults;
use crate::proto::schema::FunctionScore;
use crate::schema::Function;
use crate::search::{Hit, Hits, Needle, found};

/// Marks a [`Search`] for one vector: it gives a list of hits.
#[derive(Debug, Clone, Copy)]
pub enum One {}

/// Marks a [`Search`] for several vectors: it gives a list of hits for each.
#[derive(Debug, Clone, Copy)]
pub enum Many {}

/// A search for the nearest rows; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct Search<T = Row, M = One> {
    pub(super) client: Client,
    pub(super) collection: String,
    pub(super) find: Find,
    partitions: Vec<String>,
    output: Option<Vec<String>>,
    pub(super) seen: Seen,
    ignore_growing: bool,
    namespace: Option<String>,
    score: FunctionScore,
    highlighter: Option<Highlighter>,
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
        let needles = std::iter::once(needle.into()).collect();
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
            output: None,
            seen: Seen::default(),
            ignore_growing: false,
            namespace: None,
            score: FunctionScore::default(),
            highlighter: None,
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
        self
    }

    /// Leaves out so many of the nearest. Together with the limit it must not exceed 16384.
    pub fn offset(self, offset: u64) -> Self {
        self.parameter("offset", offset)
    }

    /// Finds one row, the nearest, for each value of this field; [`Hit::group`] is the value.
    pub fn group_by(self, field: impl Into<String>) -> Self {
        self.parameter("group_by_field", field.into())
    }

    /// Finds so many rows for each value that is grouped by (Milvus 2.5).
    pub fn group_size(self, size: u32) -> Self {
        self.parameter("group_size", size)
    }

    /// Goes on looking until groups are full (Milvus 2.5). Default off.
    pub fn strict_group_size(self, strict: bool) -> Self {
        self.parameter("strict_group_size", flag(strict))
    }

    /// Rounds scores to so many digits after the point. Default: not.
    pub fn round_decimals(self, digits: u32) -> Self {
        self.parameter("round_decimal", digits)
    }

    /// The time zone in which timestamptz fields are returned: `Europe/Berlin` (Milvus 2.6.6).
    pub fn timezone(self, timezone: impl Into<String>) -> Self {
        self.parameter("timezone", timezone.into())
    }

    /// Gives hits other scores before the best are chosen, by functions of kind
    /// [`Rerank`](crate::FunctionKind::Rerank) (Milvus 2.6). What several say is multiplied, unless
    /// [`score_parameter`](Self::score_parameter) says otherwise.
    pub fn rerank(mut self, functions: impl IntoIterator<Item = Function>) -> Self {
        let functions = functions.into_iter().map(|function| function.to_proto());
        self.score.functions.extend(functions);
        self
    }

    /// A parameter of how functions make a score, in Milvus' own words: `("boost_mode", "sum")`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and texts go in as they are"
    )]
    pub fn score_parameter(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.score.params.push(pair(&key.into(), value.to_string()));
        self
    }

    /// Marks the words of the query in texts (Milvus 2.6.8): parameters in Milvus' own words, such as
    /// `("pre_tags", "[\"<em>\"]")`. The marked texts are in [`Hit::highlights`].
    pub fn highlight<K: Into<String>, V: Into<String>>(
        mut self,
        parameters: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let one = |(key, value): (K, V)| pair(&key.into(), value.into());
        self.highlighter = Some(Highlighter {
            r#type: HighlightType::Lexical as i32,
            params: parameters.into_iter().map(one).collect(),
        });
        self
    }

    /// Returns the fields of each hit as a type of yours. Unless [`output`](Self::output) says otherwise, the fields of
    /// the struct are asked for.
    pub fn rows<U: DeserializeOwned>(self) -> Search<U, M> {
        let output = self
            .output
            .clone()
            .or_else(fields_of::<U>)
            .or_else(|| Some(vec!["*".to_owned()]));
        Search {
            output,
            ..self.reading(typed::<U>)
        }
    }

    fn reading<U>(self, read: ReadRow<U>) -> Search<U, M> {
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
            highlighter: self.highlighter,
            timeout: self.timeout,
            shape: PhantomData,
        }
    }

    /// Returns the hits column by column, as they are received, without a copy.
    pub fn columns(self) -> SearchHits {
        SearchHits(Search {
            shape: PhantomData,
            ..self.reading(as_row).many()
        })
    }

    fn many(self) -> Search<T, Many> {
        Search {
            client: self.client,
            collection: self.collection,
            find: self.find,
            partitions: self.partitions,
            output: self.output,
            seen: self.seen,
            ignore_growing: self.ignore_growing,
            namespace: self.namespace,
            score: self.score,
            highlighter: self.highlighter,
            timeout: self.timeout,
            read: self.read,
            shape: PhantomData,
        }
    }

    /// The same search once more.
    fn again(&self) -> Self {
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
            highlighter: self.highlighter.clone(),
            timeout: self.timeout,
            read: self.read,
            shape: PhantomData,
        }
    }

    /// Sends it.
    pub(super) async fn hits(self) -> Result<(Hits, ReadRow<T>)> {
        let wait = Wait::new(self.timeout);
        let call = Call::new("search").on(&self.collection);
        let queries = self.find.target.len();
        let guarantee = self.seen.guarantee(&self.client, &self.collection);
        let limit = self.find.limit.unwrap_or(LIMIT);
        let mut request =
            self.find
                .request(&self.client, call, limit, self.ignore_growing, &guarantee)?;
        request.partition_names = self.partitions;
        request.output_fields = self.output.unwrap_or_default();
        request.namespace = self.namespace;
        request.highlighter = self.highlighter;
        request.function_score = (!self.score.functions.is_empty()).then_some(self.score);
        let answer = self
            .client
            .call(call.timeout(wait.remaining()), request)
            .await?;
        Ok((
            read_hits(&self.client, call, &wait, answer, queries).await?,
            self.read,
        ))
    }
}

/// The hits in an answer.
pub(super) async fn read_hits(
    client: &Client,
    call: Call<'_>,
    wait: &Wait,
    answer: SearchResults,
    queries: usize,
) -> Result<Hits> {
    let nameless = |answer: &SearchResults| {
        let results = answer.results.as_ref();
        results.is_some_and(|results| {
            results.primary_field_name.is_empty() && !results.scores.is_empty()
        })
    };
    // Milvus before 2.5 and Milvus Lite do not say what the primary key is called.
    let known = if nameless(&answer) {
        Some(client.known(call.timeout(wait.remaining())).await?.0)
    } else {
        None
    };
    let key = known
        .as_ref()
        .and_then(|known| known.schema.primary_key())
        .map_or("", |field| field.name());
    found(answer, queries, key)
        .map_err(|why| Error::answer(call.operation, why).on(call.collection))
}

reading!([T, M] Search<T, M>);
finding!([T, M] Search<T, M>);

impl<T: Send + 'static> IntoFuture for Search<T, One> {
    type Output = Result<Vec<Hit<T>>>;
    type IntoFuture = Pending<Vec<Hit<T>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (hits, read) = self.hits().await?;
            Ok(hits.hits(read)?.into_iter().next().unwrap_or_default())
        })
    }
}

impl<T: Send + 'static> IntoFuture for Search<T, Many> {
    type Output = Result<Vec<Vec<Hit<T>>>>;
    type IntoFuture = Pending<Vec<Vec<Hit<T>>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (hits, read) = self.hits().await?;
            hits.hits(read)
        })
    }
}

/// A [`Search`] whose hits come as [`Hits`]; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct SearchHits(Search<Row, Many>);

impl IntoFuture for SearchHits {
    type Output = Result<Hits>;
    type IntoFuture = Pending<Hits>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.0.hits().await?.0) })
    }
}
