//! Searching several vector fields at once.

mod sub_search;

pub use sub_search::SubSearch;

use std::fmt;
use std::future::Future;

use serde::de::DeserializeOwned;

use super::ann::{LIMIT, groupless, rounding};
use super::features;
use super::fields::Fit;
use super::operation::{Lazy, Run, operation};
use super::page::page_offset;
use super::read::{Read, ReadOptions, as_row, pair, reading, typed};
use super::search::{Reading, read_hits};
use super::wait::Wait;
use crate::client::{Call, Client};
use crate::data::Row;
use crate::error::Result;
use crate::filter::Filter;
use crate::proto::Parameters;
use crate::proto::flag;
use crate::proto::milvus::{HybridSearchRequest, SearchResults};
use crate::schema::Schema;
use crate::search::{GroupScorer, Hit, IntoQueryVector, Ranker};

/// Several searches whose hits are merged. Returned by [`Client::hybrid_search`].
#[must_use = "operations do nothing unless awaited"]
pub struct HybridSearch<T = Row>(Lazy<'static, Read<HybridSpec, T>, Vec<Hit<T>>>);

/// What a hybrid search asks for.
#[derive(Debug, Clone)]
struct HybridSpec {
    client: Client,
    collection: String,
    searches: Vec<SubSearch>,
    ranker: Ranker,
    limit: u64,
    rank_parameters: Parameters,
    options: ReadOptions,
    /// The first argument that a setter refused, and why.
    refusal: Option<String>,
}

/// Parameters that are set for the hybrid search and for each of its searches.
const EACH: [&str; 6] = [
    "offset",
    "group_by_field",
    "group_size",
    "strict_group_size",
    "round_decimal",
    "cluster_id",
];

impl Client {
    /// Searches several vector fields, or one field for several vectors or texts, and
    /// [merges the hits](https://milvus.io/docs/multi-vector-search.md) into one list. Since Milvus 2.4.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client, query: Vec<f32>) -> milvus_otel::Result<()> {
    /// use milvus_otel::search::Ranker;
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
    /// # Errors
    ///
    /// See [`search`](Self::search); [`is_unsupported`](crate::Error::is_unsupported) by Milvus before 2.4.
    #[doc(alias = "hybrid")]
    #[doc(alias = "multi_vector_search")]
    pub fn hybrid_search(&self, collection: impl Into<String>) -> HybridSearch {
        let spec = HybridSpec {
            client: self.clone(),
            collection: collection.into(),
            searches: Vec::new(),
            ranker: Ranker::rrf(60),
            limit: LIMIT,
            rank_parameters: Parameters::default(),
            options: ReadOptions::default(),
            refusal: None,
        };
        let row = as_row;
        HybridSearch(Lazy::Builder(Read { spec, row }))
    }
}

operation!([T: Send + 'static] HybridSearch<T> => Vec<Hit<T>>, map |hits| hits);
reading!([T] HybridSearch<T>);

impl<T> HybridSearch<T> {
    /// Adds a search of this vector field.
    pub fn vector<K>(self, field: impl Into<String>, vector: impl IntoQueryVector<K>) -> Self {
        self.search(SubSearch::new(field, vector))
    }

    /// Adds a search that has its own settings.
    pub fn search(mut self, search: SubSearch) -> Self {
        self.spec().searches.push(search);
        self
    }

    /// How the lists of hits are merged: a [`Ranker`], or, since Milvus 2.6, a [`Function`](crate::schema::Function) of
    /// kind [`Rerank`](crate::schema::FunctionKind::Rerank). Default: by ranks, `Ranker::rrf(60)`.
    pub fn ranker(mut self, ranker: impl Into<Ranker>) -> Self {
        self.spec().ranker = ranker.into();
        for key in ["strategy", "params"] {
            self.parameters().remove(key);
        }
        self
    }

    /// The maximum number of hits, at least 1. Default 10. A part without a limit of its own finds as many as this
    /// limit and the offset together.
    pub fn limit(mut self, limit: usize) -> Self {
        self.spec().limit = limit as u64;
        self.parameters().remove("limit");
        self
    }

    /// Skips this many of the best hits.
    pub fn offset(self, offset: usize) -> Self {
        self.rank_parameter("offset", offset)
    }

    /// Returns page `number` of a list with `size` hits on each page, as web pages show it. The first page is 1. Sets limit
    /// and offset, which together must not exceed 16384.
    #[doc(alias = "paginate")]
    pub fn page(mut self, number: usize, size: usize) -> Self {
        match page_offset(number, size) {
            Ok(offset) => self.limit(size).offset(offset),
            Err(why) => {
                self.spec().refusal.get_or_insert(why);
                self
            }
        }
    }

    /// Returns only the best row for each value of this field, which is in [`Hit::group`].
    pub fn group_by(mut self, field: impl Into<String>) -> Self {
        self.parameters().set("group_by_field", field.into());
        self
    }

    /// The maximum number of hits for each value of the group-by field. Default 1. Since Milvus 2.5.
    pub fn group_size(self, size: u32) -> Self {
        self.rank_parameter("group_size", size)
    }

    /// Whether to search on until all groups have their full size. Default false. Since Milvus 2.5.
    pub fn strict_group_size(self, strict: bool) -> Self {
        self.rank_parameter("strict_group_size", flag(strict))
    }

    /// How the score of a group is computed from its hits. Default [`GroupScorer::Max`].
    pub fn rank_group_scorer(self, scorer: GroupScorer) -> Self {
        self.rank_parameter("rank_group_scorer", scorer.name())
    }

    /// Rounds scores to this many decimal places, at most 6. Default: no rounding.
    pub fn round_decimals(self, digits: u32) -> Self {
        self.rank_parameter("round_decimal", digits)
    }

    /// A parameter of the ranking by its Milvus name. The last value of a name counts.
    pub fn rank_parameter(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.parameters().set_checked(key, value);
        self
    }

    /// Converts the fields of each hit into a `U`. Requests the fields of the struct `U`, unless
    /// [`output`](Self::output) is set.
    pub fn rows<U: DeserializeOwned>(self) -> HybridSearch<U> {
        let mut spec = self.0.into_builder().spec;
        spec.options.output = spec.options.output.of_rows::<U>();
        let row = typed::<U>;
        HybridSearch(Lazy::Builder(Read { spec, row }))
    }

    fn spec(&mut self) -> &mut HybridSpec {
        &mut self.0.builder_mut().spec
    }

    fn options(&mut self) -> &mut ReadOptions {
        &mut self.spec().options
    }

    fn parameters(&mut self) -> &mut Parameters {
        &mut self.spec().rank_parameters
    }
}

impl HybridSpec {
    /// A number among the parameters of the ranking.
    fn number(&self, key: &str) -> Option<u64> {
        self.rank_parameters.get(key)?.trim().parse().ok()
    }

    fn limit(&self) -> u64 {
        self.number("limit").unwrap_or(self.limit)
    }

    /// Refuses arguments that cannot work.
    fn check(&self) -> Result<(), String> {
        self.refusal.clone().map_or(Ok(()), Err)?;
        let searches = self.searches.len();
        if searches == 0 {
            return Err("no query vector is given: add .vector(field, vector)".to_owned());
        }
        self.ranker.check()?;
        self.rank_parameters.check()?;
        if let Ranker::Weighted { weights, .. } = &self.ranker
            && weights.len() != searches
        {
            return Err(format!(
                "the ranker has {} weights for {searches} searches",
                weights.len()
            ));
        }
        groupless(&self.rank_parameters)?;
        self.options.consistency.check()?;
        if self.limit() == 0 {
            return Err("limit is 0: it must be at least 1".to_owned());
        }
        Ok(())
    }
}

impl<T: Send> Run<Vec<Hit<T>>> for Read<HybridSpec, T> {
    async fn run(mut self) -> Result<Vec<Hit<T>>> {
        let checked = self.spec.check();
        let sub_searches = std::mem::take(&mut self.spec.searches);
        let HybridSpec {
            client,
            collection,
            ranker,
            rank_parameters,
            options,
            ..
        } = &self.spec;
        let ReadOptions {
            partitions,
            output,
            namespace,
            ..
        } = options;
        let wait = Wait::new(options.timeout);
        let call = Call::new("hybrid_search").on(collection);
        let refuse = |why: String| call.refuse(why);
        checked.map_err(refuse)?;
        let mut reading = Reading {
            queries: 1,
            digits: rounding(rank_parameters).map_err(refuse)?,
            shown: None,
        };
        let mut filters = sub_searches.iter().map(|search| &search.ann.filter);
        if filters.all(Filter::matches_nothing) {
            return Ok(Vec::new());
        }
        // Searches that found no more than the first page would leave later pages empty.
        let limit = self.spec.limit();
        let each = limit.saturating_add(self.spec.number("offset").unwrap_or_default());
        features::check_operation(client, call, &features::HYBRID)?;
        let used = features::of_search(rank_parameters)
            .chain(features::of_rows(partitions, namespace.as_ref()))
            .chain(features::used_of([
                (
                    matches!(ranker, Ranker::Function(_)),
                    &features::HYBRID_RANKER,
                ),
                (
                    matches!(
                        ranker,
                        Ranker::Weighted {
                            normalize: false,
                            ..
                        }
                    ),
                    &features::UNNORMALIZED,
                ),
                (
                    rank_parameters.contains("group_by_field"),
                    &features::HYBRID_GROUP_BY,
                ),
                (
                    rank_parameters.contains("strict_group_size"),
                    &features::HYBRID_STRICT,
                ),
                (
                    rank_parameters.contains("rank_group_scorer"),
                    &features::GROUP_SCORER,
                ),
                (
                    sub_searches.iter().any(|search| search.ann.has_radius()),
                    &features::HYBRID_RADIUS,
                ),
            ]));
        features::check(client, wait.step(call), used).await?;
        let guarantee = options.consistency.guarantee(client);
        let mut searches = Vec::with_capacity(sub_searches.len());
        for SubSearch { ann } in sub_searches {
            let (limit, ignore_growing) = (ann.limit.unwrap_or(each), options.ignore_growing);
            searches.push(ann.request(client, call, limit, ignore_growing, &guarantee)?);
        }
        let check = |schema: &Schema| {
            searches
                .iter()
                .try_for_each(|search| search.check_schema(schema))
        };
        let mut fit = Fit::new(client, wait.step(call), output).await?;
        let output_fields = match fit.fields(output, check).await? {
            Some(fields) => {
                reading.shown = fields.shown;
                fields.requested
            }
            None => output.names(),
        };
        let mut requests = Vec::with_capacity(searches.len());
        for search in searches {
            let mut request = search.into_proto();
            client.address(&mut request);
            request.partition_names.clone_from(partitions);
            request.namespace.clone_from(namespace);
            let is_set = |key: &str| request.search_params.iter().any(|own| own.key == key);
            let of_each = EACH.iter().filter(|key| !is_set(key));
            let of_each = of_each.filter_map(|key| Some(pair(key, rank_parameters.get(key)?)));
            let of_each: Vec<_> = of_each.collect();
            request.search_params.extend(of_each);
            requests.push(request);
        }
        let mut rank_params = ranker.to_proto();
        rank_params.extend([
            pair("limit", limit),
            pair("round_decimal", "-1"),
            pair("offset", "0"),
        ]);
        let mut request = HybridSearchRequest {
            collection_name: collection.clone(),
            partition_names: partitions.clone(),
            requests,
            rank_params: rank_parameters.clone().over(rank_params),
            output_fields,
            guarantee_timestamp: guarantee.timestamp,
            consistency_level: guarantee.level,
            use_default_consistency: guarantee.use_default,
            namespace: namespace.clone(),
            function_score: ranker.function_score(),
            ..HybridSearchRequest::default()
        };
        let answer = client.call_kept(wait.step(call), &mut request, SearchResults::default());
        let answer = match answer.await {
            Ok(answer) => answer,
            Err(error) => {
                let sent = &request.output_fields;
                let fields = fit.otherwise(error, sent, output, |_| Ok(())).await?;
                request.output_fields = fields.requested;
                reading.shown = fields.shown;
                client.call(wait.step(call), request).await?
            }
        };
        let hits = read_hits(client, call, &wait, answer, reading).await?;
        hits.hits_of_one(self.row)
            .map_err(|error| error.during(call.operation, collection))
    }
}

impl<T> Clone for HybridSearch<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for HybridSearch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HybridSearch").field(&self.0).finish()
    }
}
