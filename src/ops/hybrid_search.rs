mod sub_search;

pub use sub_search::SubSearch;

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::features;
use super::fields::{Fit, Output};
use super::find::{LIMIT, groupless, rounding};
use super::read::{ReadRow, Seen, as_row, awaited, flag, pair, reading, typed};
use super::search::{Reading, read_hits};
use super::wait::Wait;
use crate::client::{Call, Client};
use crate::data::Row;
use crate::error::{Error, Result};
use crate::proto::Parameters;
use crate::proto::milvus::{HybridSearchRequest, SearchResults};
use crate::schema::Schema;
use crate::search::{GroupScorer, Hit, Needle, Ranker};

/// Several searches whose hits become one list; `.await` sends it.
#[must_use = "operations do nothing unless awaited"]
pub struct HybridSearch<T = Row> {
    client: Client,
    collection: String,
    searches: Vec<SubSearch>,
    ranker: Ranker,
    limit: u64,
    rank_parameters: Parameters,
    partitions: Vec<String>,
    output: Output,
    seen: Seen,
    ignore_growing: bool,
    namespace: Option<String>,
    timeout: Option<Duration>,
    read: ReadRow<T>,
}

/// What each of the searches is told of the whole.
const EACH: [&str; 5] = [
    "offset",
    "group_by_field",
    "group_size",
    "strict_group_size",
    "round_decimal",
];

impl Client {
    /// Finds what several searches agree on: vectors of different fields, or a vector and a text.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client, query: Vec<f32>) -> milvus_otel::Result<()> {
    /// use milvus_otel::Ranker;
    ///
    /// let hits = client
    ///     .hybrid_search("books")
    ///     .vector("embedding", query)
    ///     .vector("bm25", "desert planet")
    ///     .ranker(Ranker::rrf(60))
    ///     .limit(5)
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Needs Milvus 2.4 or Milvus Lite ([`is_unsupported`](crate::Error::is_unsupported) otherwise).
    pub fn hybrid_search(&self, collection: impl Into<String>) -> HybridSearch {
        HybridSearch {
            client: self.clone(),
            collection: collection.into(),
            searches: Vec::new(),
            ranker: Ranker::rrf(60),
            limit: LIMIT,
            rank_parameters: Parameters::default(),
            partitions: Vec::new(),
            output: Output::Unsaid,
            seen: Seen::default(),
            ignore_growing: false,
            namespace: None,
            timeout: None,
            read: as_row,
        }
    }
}

impl<T> HybridSearch<T> {
    /// Searches this field, too.
    pub fn vector(self, field: impl Into<String>, needle: impl Into<Needle>) -> Self {
        self.search(SubSearch::new(field, needle))
    }

    /// Adds a search with settings of its own.
    pub fn search(mut self, search: SubSearch) -> Self {
        self.searches.push(search);
        self
    }

    /// How the lists become one: a [`Ranker`], or a [`Function`](crate::Function) of kind
    /// [`Rerank`](crate::FunctionKind::Rerank) (Milvus 2.6). Default: by ranks, `Ranker::rrf(60)`.
    pub fn ranker(mut self, ranker: impl Into<Ranker>) -> Self {
        self.ranker = ranker.into();
        for key in ["strategy", "params"] {
            self.rank_parameters.unset(key);
        }
        self
    }

    /// The maximum number of hits, at least 1. Default 10. With the offset, it is how many each search finds that has
    /// no limit of its own.
    pub fn limit(mut self, limit: u64) -> Self {
        self.limit = limit;
        self.rank_parameters.unset("limit");
        self
    }

    /// Skips this many of the best hits.
    pub fn offset(self, offset: u64) -> Self {
        self.rank_parameter("offset", offset)
    }

    /// Finds one row, the best, for each value of this field; [`Hit::group`] is the value.
    pub fn group_by(mut self, field: impl Into<String>) -> Self {
        self.rank_parameters.set("group_by_field", field.into());
        self
    }

    /// The number of hits for each value of the group-by field.
    pub fn group_size(self, size: u32) -> Self {
        self.rank_parameter("group_size", size)
    }

    /// Goes on looking until groups are full. Default off.
    pub fn strict_group_size(self, strict: bool) -> Self {
        self.rank_parameter("strict_group_size", flag(strict))
    }

    /// How the hits of a group make its score. Default [`GroupScorer::Max`].
    pub fn rank_group_scorer(self, scorer: GroupScorer) -> Self {
        self.rank_parameter("rank_group_scorer", scorer.name())
    }

    /// Rounds scores to this many decimal places. Default: no rounding.
    pub fn round_decimals(self, digits: u32) -> Self {
        self.rank_parameter("round_decimal", digits)
    }

    /// A parameter of the ranking, in Milvus' own words. The last one of a name counts.
    pub fn rank_parameter(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.rank_parameters.say(key, value);
        self
    }

    /// Returns the fields of each hit as a type of yours. Unless [`output`](Self::output) says otherwise, the fields of
    /// the struct are asked for.
    pub fn rows<U: DeserializeOwned>(self) -> HybridSearch<U> {
        HybridSearch {
            output: self.output.of_rows::<U>(),
            read: typed::<U>,
            client: self.client,
            collection: self.collection,
            searches: self.searches,
            ranker: self.ranker,
            limit: self.limit,
            rank_parameters: self.rank_parameters,
            partitions: self.partitions,
            seen: self.seen,
            ignore_growing: self.ignore_growing,
            namespace: self.namespace,
            timeout: self.timeout,
        }
    }

    /// A number among the parameters of the ranking, as it was said last.
    fn number(&self, key: &str) -> Option<u64> {
        self.rank_parameters.get(key)?.trim().parse().ok()
    }

    async fn send(self) -> Result<Vec<Hit<T>>> {
        let wait = Wait::new(self.timeout);
        let call = Call::new("hybrid_search").on(&self.collection);
        let refuse = |why: String| Error::invalid_argument(call.operation, why).on(call.collection);
        if self.searches.is_empty() {
            return Err(refuse(
                "there is nothing to search for: add .vector(field, vector)".to_owned(),
            ));
        }
        self.ranker.check().map_err(refuse)?;
        self.rank_parameters.check().map_err(refuse)?;
        if let Ranker::Weighted { weights, .. } = &self.ranker
            && weights.len() != self.searches.len()
        {
            return Err(refuse(format!(
                "{} weights for {} searches",
                weights.len(),
                self.searches.len()
            )));
        }
        groupless(&self.rank_parameters).map_err(refuse)?;
        self.seen.check().map_err(refuse)?;
        let mut reading = Reading {
            queries: 1,
            digits: rounding(&self.rank_parameters).map_err(refuse)?,
            shown: None,
        };
        let limit = self.number("limit").unwrap_or(self.limit);
        if limit == 0 {
            return Err(refuse("limit is 0: it must be at least 1".to_owned()));
        }
        // A search that finds no more than the first page leaves the others empty.
        let each = limit.saturating_add(self.number("offset").unwrap_or_default());
        let client = &self.client;
        features::check_operation(client, call, &features::HYBRID)?;
        let used = features::of_search(&self.rank_parameters)
            .chain(features::of_rows(&self.partitions, self.namespace.as_ref()));
        features::check(client, call.timeout(wait.remaining()), used).await?;
        let guarantee = self.seen.guarantee(client);
        let mut searches = Vec::with_capacity(self.searches.len());
        for SubSearch { find } in self.searches {
            let limit = find.limit.unwrap_or(each);
            searches.push(find.request(client, call, limit, self.ignore_growing, &guarantee)?);
        }
        let check = |schema: &Schema| searches.iter().try_for_each(|search| search.fit(schema));
        let mut fit = Fit::new(client, call.timeout(wait.remaining()), &self.output).await?;
        let output_fields = match fit.fields(&self.output, check).await? {
            Some(fields) => {
                reading.shown = fields.shown;
                fields.asked
            }
            None => self.output.names(),
        };
        let mut requests = Vec::with_capacity(searches.len());
        for search in searches {
            let mut request = search.into_proto();
            request.partition_names.clone_from(&self.partitions);
            request.namespace.clone_from(&self.namespace);
            let said = |key: &str| request.search_params.iter().any(|own| own.key == key);
            let of_each = EACH.iter().filter(|key| !said(key));
            let of_each = of_each.filter_map(|key| Some(pair(key, self.rank_parameters.get(key)?)));
            let of_each: Vec<_> = of_each.collect();
            request.search_params.extend(of_each);
            requests.push(request);
        }
        let mut rank_params = self.ranker.to_proto();
        rank_params.extend([
            pair("limit", self.limit),
            pair("round_decimal", "-1"),
            pair("offset", "0"),
        ]);
        let mut request = HybridSearchRequest {
            db_name: client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            partition_names: self.partitions,
            requests,
            rank_params: self.rank_parameters.over(rank_params),
            output_fields,
            guarantee_timestamp: guarantee.timestamp,
            consistency_level: guarantee.level,
            use_default_consistency: guarantee.use_default,
            namespace: self.namespace,
            function_score: self.ranker.function_score(),
            ..HybridSearchRequest::default()
        };
        let step = call.timeout(wait.remaining());
        let answer = match client
            .call_kept(step, &request, SearchResults::default())
            .await
        {
            Ok(answer) => answer,
            Err(error) => {
                let sent = &request.output_fields;
                let fields = fit.otherwise(error, sent, &self.output, |_| Ok(())).await?;
                request.output_fields = fields.asked;
                reading.shown = fields.shown;
                client.call(call.timeout(wait.remaining()), request).await?
            }
        };
        let hits = read_hits(client, call, &wait, answer, reading).await?;
        hits.hits_of_one(self.read)
            .map_err(|error| error.during(call.operation, &self.collection))
    }
}

// Derived, it would ask the same of the rows' type.
impl<T> Clone for HybridSearch<T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            collection: self.collection.clone(),
            searches: self.searches.clone(),
            ranker: self.ranker.clone(),
            limit: self.limit,
            rank_parameters: self.rank_parameters.clone(),
            partitions: self.partitions.clone(),
            output: self.output.clone(),
            seen: self.seen,
            ignore_growing: self.ignore_growing,
            namespace: self.namespace.clone(),
            timeout: self.timeout,
            read: self.read,
        }
    }
}

impl<T> fmt::Debug for HybridSearch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HybridSearch")
            .field("collection", &self.collection)
            .field("searches", &self.searches)
            .field("output", &self.output)
            .finish_non_exhaustive()
    }
}

reading!([T] HybridSearch<T>, rank_parameters);
awaited!(HybridSearch<T> => Vec<Hit<T>>);
