//! What searches and the parts of a hybrid search have in common.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value as Json};

use super::read::Guarantee;
use crate::client::{Call, Client};
use crate::data::{Id, ids_to_proto};
use crate::error::Result;
use crate::filter::Filter;
use crate::index::Metric;
use crate::proto::Parameters;
use crate::proto::common::DslType;
use crate::proto::flag;
use crate::proto::milvus::{SearchRequest, search_request::SearchInput};
use crate::search::{EncodedSearch, QueryVectors, SearchSettings};

/// A search in one vector field: an approximate nearest neighbour (ANN) search.
#[derive(Debug, Clone, Default)]
pub(super) struct AnnSearch {
    pub(super) field: Option<String>,
    pub(super) target: Target,
    pub(super) filter: Filter,
    pub(super) limit: Option<u64>,
    pub(super) metric: Option<Metric>,
    /// Parameters for the index, which are sent as one JSON object.
    pub(super) index_parameters: Map<String, Json>,
    pub(super) parameters: Parameters,
    /// The first argument that a setter refused, and why.
    pub(super) refusal: Option<String>,
}

/// The vectors to search for.
#[derive(Clone)]
pub(super) enum Target {
    Vectors(QueryVectors),
    /// The vectors of the rows with these primary keys.
    Rows(Vec<Id>),
}

impl fmt::Debug for Target {
    /// Omits the primary keys, which are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vectors(query_vectors) => query_vectors.fmt(f),
            Self::Rows(ids) => write!(f, "Rows({} primary keys)", ids.len()),
        }
    }
}

impl Default for Target {
    fn default() -> Self {
        Self::Vectors(QueryVectors::default())
    }
}

impl Target {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Vectors(query_vectors) => query_vectors.len(),
            Self::Rows(ids) => ids.len(),
        }
    }
}

/// The metric has this name among the parameters of the index, and among those of the search.
const METRIC_TYPE: &str = "metric_type";

/// The default number of hits per query vector.
pub(super) const LIMIT: u64 = 10;

impl AnnSearch {
    /// Refuses the search when it is sent. The first reason counts.
    pub(super) fn refuse(&mut self, why: impl Into<String>) {
        self.refusal.get_or_insert_with(|| why.into());
    }

    /// Refuses numbers that servers ignore or replace.
    fn check_numbers(&self, limit: u64) -> Result<(), String> {
        if self.parameters.get("topk").map_or(limit == 0, is_zero) {
            return Err("limit is 0: it must be at least 1".to_owned());
        }
        let has = |key: &str| self.index_parameters.contains_key(key);
        if has("range_filter") && !has("radius") && !self.parameters.contains("params") {
            return Err(
                "range_filter: Milvus ignores it without a radius: set .radius(..) too".to_owned(),
            );
        }
        Ok(())
    }

    pub(super) fn has_radius(&self) -> bool {
        self.index_parameters.contains_key("radius")
    }

    /// The number of decimal places that scores are rounded to. The error says that the number is not allowed.
    pub(super) fn rounding(&self) -> Result<Option<u32>, String> {
        rounding(&self.parameters)
    }

    /// The request, without output fields, partitions and namespace.
    pub(super) fn request<'a>(
        self,
        client: &Client,
        call: Call<'a>,
        limit: u64,
        ignore_growing: bool,
        guarantee: &Guarantee,
    ) -> Result<EncodedSearch<'a>> {
        let refuse = |why: String| call.refuse(why);
        if let Some(why) = self.refusal {
            return Err(refuse(why));
        }
        self.parameters.check().map_err(refuse)?;
        self.check_numbers(limit).map_err(refuse)?;
        for (key, value) in &self.index_parameters {
            if holds_null(value) {
                return Err(refuse(format!(
                    "{key} is or contains null (in JSON, NaN and infinity are null as well): remove it"
                )));
            }
        }
        let filter = self
            .filter
            .for_server(client.template_support())
            .map_err(refuse)?;
        let nq = i64::try_from(self.target.len()).unwrap_or(i64::MAX);
        let (query_vectors, ids) = match self.target {
            Target::Vectors(query_vectors) => {
                query_vectors.check().map_err(refuse)?;
                (query_vectors, None)
            }
            Target::Rows(ids) if ids.is_empty() => {
                return Err(call.refuse("no query vector is given"));
            }
            Target::Rows(ids) => {
                let mixed = || {
                    call.refuse(
                        "ids: primary keys must all be integers or all be strings, found both",
                    )
                };
                let ids = ids_to_proto(ids).ok_or_else(mixed)?;
                (QueryVectors::default(), Some(SearchInput::Ids(ids)))
            }
        };
        let mut index_parameters = self.index_parameters;
        let metric = self.metric.map(Metric::name);
        if let Some(metric) = self.parameters.get(METRIC_TYPE).or(metric) {
            index_parameters.insert(METRIC_TYPE.to_owned(), metric.into());
        }
        // A parameter of the same name takes precedence.
        let has = |key: &str| self.parameters.contains(key);
        let settings = SearchSettings {
            limit: Some(limit).filter(|_| !has("topk")),
            index: Some(index_parameters).filter(|_| !has("params")).map(json),
            ignore_growing: Some(flag(true)).filter(|_| ignore_growing && !has("ignore_growing")),
            metric: metric.filter(|_| !has(METRIC_TYPE)),
            field: self.field.filter(|_| !has("anns_field")),
        };
        let request = SearchRequest {
            dsl: filter.text().to_owned(),
            dsl_type: DslType::BoolExprV1 as i32,
            expr_template_values: filter.values(),
            search_params: self.parameters.into_proto(),
            nq,
            guarantee_timestamp: guarantee.timestamp,
            consistency_level: guarantee.level,
            use_default_consistency: guarantee.use_default,
            search_input: ids,
            ..SearchRequest::default()
        };
        Ok(EncodedSearch {
            collection: call.collection.unwrap_or_default(),
            settings,
            request,
            query_vectors,
        })
    }
}

fn is_zero(number: &str) -> bool {
    number.trim().parse() == Ok(0_u64)
}

/// The number of decimal places that these parameters set.
pub(super) fn rounding(parameters: &Parameters) -> Result<Option<u32>, String> {
    const MOST: i64 = 6;
    let digits = parameters.get("round_decimal").map(str::parse::<i64>);
    match digits {
        Some(Ok(digits @ 0..=MOST)) => Ok(u32::try_from(digits).ok()),
        Some(Ok(digits)) if digits > MOST => Err(format!(
            "round_decimals is {digits}: it must be at most {MOST}"
        )),
        // No rounding, or something that the server will refuse.
        _ => Ok(None),
    }
}

/// Refuses settings of groups without a group-by field, which servers ignore.
pub(super) fn groupless(parameters: &Parameters) -> Result<(), String> {
    const PARTS: [&str; 6] = [
        "group_size",
        "strict_group_size",
        "rank_group_scorer",
        "json_path",
        "json_type",
        "strict_cast",
    ];
    if parameters.contains("group_by_field") || parameters.contains("group_by_fields") {
        return Ok(());
    }
    match PARTS.into_iter().find(|part| parameters.contains(part)) {
        Some(part) => Err(format!(
            "{part} has no effect without groups: set .group_by(..) too"
        )),
        None => Ok(()),
    }
}

/// As JSON. The most frequent case, no parameters, needs no allocation.
fn json(parameters: Map<String, Json>) -> Cow<'static, str> {
    if parameters.is_empty() {
        Cow::Borrowed("{}")
    } else {
        Cow::Owned(Json::Object(parameters).to_string())
    }
}

fn holds_null(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(values) => values.iter().any(holds_null),
        Json::Object(fields) => fields.values().any(holds_null),
        _ => false,
    }
}

/// The setters that searches and the parts of a hybrid search have. The type has a private method `ann` for its
/// [`AnnSearch`].
macro_rules! ann_setters {
    ([$($generic:ident),*] $name:ty) => {
        impl<$($generic),*> $name {
            /// Searches only rows that match: a [`Filter`](crate::Filter), or an expression as text. Default: all rows.
            pub fn filter(mut self, filter: impl Into<crate::Filter>) -> Self {
                self.ann().filter = filter.into();
                self
            }

            /// The maximum number of hits per query vector, at least 1. Default 10; Milvus allows 16384.
            pub fn limit(mut self, limit: usize) -> Self {
                self.ann().limit = Some(limit as u64);
                self.ann().parameters.remove("topk");
                self
            }

            /// The metric. Default: the metric of the index, which is the only one that an indexed field can be searched
            /// with.
            pub fn metric(mut self, metric: crate::Metric) -> Self {
                self.ann().metric = Some(metric);
                self.ann().parameters.remove("metric_type");
                self
            }

            /// The number of candidates that an HNSW index keeps during the search, at least the limit. More candidates
            /// improve recall and take longer.
            pub fn ef(self, ef: u32) -> Self {
                self.index_parameter("ef", ef)
            }

            /// The number of clusters that an IVF index searches. More clusters improve recall and take longer.
            pub fn nprobe(self, nprobe: u32) -> Self {
                self.index_parameter("nprobe", nprobe)
            }

            /// Returns only hits that are nearer than this score: a
            /// [range search](https://milvus.io/docs/range-search.md). Nearer is a smaller score with L2, Hamming and
            /// Jaccard, and a greater one with IP, COSINE and BM25.
            pub fn radius(self, radius: f64) -> Self {
                self.score_parameter("radius", radius)
            }

            /// Leaves out hits of a range search that are nearer than this score. Needs a [`radius`](Self::radius).
            pub fn range_filter(self, score: f64) -> Self {
                self.score_parameter("range_filter", score)
            }

            /// Scores are sent as JSON, which has neither NaN nor infinity.
            fn score_parameter(mut self, key: &str, score: f64) -> Self {
                if let Err(why) = crate::proto::finite(key, &[score]) {
                    self.ann().refuse(why);
                }
                self.index_parameter(key, score)
            }

            /// A parameter for the index by its Milvus name: `("search_list", 100)`.
            pub fn index_parameter(mut self, key: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
                self.ann().index_parameters.insert(key.into(), value.into());
                self.ann().parameters.remove("params");
                self
            }

            /// A parameter of the search by its Milvus name: `("hints", "iterative_filter")`. The last value of a name
            /// counts, whether it was set by this method or by another setter.
            pub fn parameter(mut self, key: impl Into<String>, value: impl ToString) -> Self {
                self.ann().parameters.set_checked(key, value);
                self
            }

            /// How a filter is applied. `iterative_filter` applies it while the index is searched, which is faster for
            /// expensive filters. Default: before the search. Since Milvus 2.5.2.
            pub fn hints(self, hints: impl Into<String>) -> Self {
                self.in_both("hints", hints.into())
            }

            /// The analyzer that splits the query text into words, if the field has one per language. Since Milvus 2.5.11.
            pub fn analyzer_name(self, name: impl Into<String>) -> Self {
                self.in_both("analyzer_name", name.into())
            }

            /// Whether hits of the same score keep their order from page to page of
            /// [`offset`](crate::ops::Search::offset)s. Default false. Since Milvus 2.5.
            pub fn page_retain_order(self, retain: bool) -> Self {
                self.index_parameter("page_retain_order", retain)
            }

            /// Milvus before 2.5.2 looks for these among the parameters of the index.
            fn in_both(mut self, key: &str, value: String) -> Self {
                self.ann().parameters.set(key, &value);
                self.index_parameter(key, value)
            }
        }
    };
}
pub(super) use ann_setters;
