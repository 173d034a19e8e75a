//! What searches have in common, on their own or as parts of a hybrid one.

use serde_json::{Map, Value as Json};

use super::read::{Guarantee, flag, pair};
use crate::client::{Call, Client};
use crate::data::{Id, ids_to_proto};
use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::index::Metric;
use crate::proto::Parameters;
use crate::proto::common::DslType;
use crate::proto::milvus::{SearchRequest, search_request::SearchInput};
use crate::search::{Asked, Needles};

/// One search for the nearest.
#[derive(Debug, Clone, Default)]
pub(super) struct Find {
    pub(super) field: Option<String>,
    pub(super) target: Target,
    pub(super) filter: Filter,
    pub(super) limit: Option<u64>,
    pub(super) metric: Option<Metric>,
    /// For the index, in one JSON object.
    pub(super) index_parameters: Map<String, Json>,
    pub(super) parameters: Parameters,
    /// Why it cannot be sent, where a setter found that.
    pub(super) refused: Option<String>,
}

/// What is searched for.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Needles(Needles),
    /// The vectors of these rows.
    Rows(Vec<Id>),
}

impl Default for Target {
    fn default() -> Self {
        Self::Needles(Needles::default())
    }
}

impl Target {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Needles(needles) => needles.len(),
            Self::Rows(ids) => ids.len(),
        }
    }
}

/// The metric goes by this name both with the parameters of the index and beside them.
const METRIC_TYPE: &str = "metric_type";

/// How many hits a query has, unless it says otherwise.
pub(super) const LIMIT: u64 = 10;

impl Find {
    /// Has it refused when it is sent; the first reason counts.
    pub(super) fn refuse(&mut self, why: impl Into<String>) {
        self.refused.get_or_insert_with(|| why.into());
    }

    /// The request, without what concerns fields, partitions and namespaces.
    pub(super) fn request(
        self,
        client: &Client,
        call: Call<'_>,
        limit: u64,
        ignore_growing: bool,
        guarantee: &Guarantee,
    ) -> Result<Asked> {
        let refuse = |why: String| Error::invalid_argument(call.operation, why).on(call.collection);
        if let Some(why) = self.refused {
            return Err(refuse(why));
        }
        self.parameters.check().map_err(refuse)?;
        for (key, value) in &self.index_parameters {
            if holds_null(value) {
                return Err(refuse(format!(
                    "{key} is or holds null, which NaN and infinity are in JSON, too: leave it out"
                )));
            }
        }
        let filter = self.filter.for_server(client.placing()).map_err(refuse)?;
        let nq = i64::try_from(self.target.len()).unwrap_or(i64::MAX);
        let (needles, ids) = match self.target {
            Target::Needles(needles) => {
                needles.check().map_err(refuse)?;
                (needles, None)
            }
            Target::Rows(ids) if ids.is_empty() => {
                return Err(refuse("there is nothing to search for".to_owned()));
            }
            Target::Rows(ids) => {
                let mixed = |id: Id| {
                    refuse(format!(
                        "primary keys must be of one kind: {id:?} is another than those before"
                    ))
                };
                let ids = ids_to_proto(ids).map_err(mixed)?;
                (Needles::default(), Some(SearchInput::Ids(ids)))
            }
        };
        let mut search_params = Vec::with_capacity(6);
        search_params.push(pair("topk", limit));
        let mut index_parameters = self.index_parameters;
        let metric = self.metric.map(Metric::name);
        if let Some(metric) = self.parameters.get(METRIC_TYPE).or(metric) {
            index_parameters.insert(METRIC_TYPE.to_owned(), metric.into());
        }
        let index_parameters = Json::Object(index_parameters);
        search_params.push(pair("params", index_parameters));
        if ignore_growing {
            search_params.push(pair("ignore_growing", flag(true)));
        }
        search_params.extend(metric.map(|metric| pair(METRIC_TYPE, metric)));
        search_params.extend(self.field.map(|field| pair("anns_field", field)));
        let request = SearchRequest {
            db_name: client.database().unwrap_or_default().to_owned(),
            collection_name: call.collection.unwrap_or_default().to_owned(),
            dsl: filter.text().to_owned(),
            dsl_type: DslType::BoolExprV1 as i32,
            expr_template_values: filter.values(),
            search_params: self.parameters.over(search_params),
            nq,
            guarantee_timestamp: guarantee.timestamp,
            consistency_level: guarantee.level,
            use_default_consistency: guarantee.use_default,
            search_input: ids,
            ..SearchRequest::default()
        };
        Ok(Asked { request, needles })
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

/// The setters that searches and sub-searches have.
macro_rules! finding {
    ([$($generic:ident),*] $name:ty) => {
        impl<$($generic),*> $name {
            /// Which rows may be found: a [`Filter`](crate::Filter), or an expression as text. Default: all.
            pub fn filter(mut self, filter: impl Into<crate::Filter>) -> Self {
                self.find.filter = filter.into();
                self
            }

            /// At most so many hits per query. Default 10; Milvus allows 16384.
            pub fn limit(mut self, limit: u64) -> Self {
                self.find.limit = Some(limit);
                self.find.parameters.unset("topk");
                self
            }

            /// The metric. Default: the index's, which is the only one that works for indexed fields.
            pub fn metric(mut self, metric: crate::Metric) -> Self {
                self.find.metric = Some(metric);
                self.find.parameters.unset("metric_type");
                self
            }

            /// How many candidates an HNSW index keeps while it walks: at least the limit; more find more.
            pub fn ef(self, ef: u32) -> Self {
                self.index_parameter("ef", ef)
            }

            /// In how many of its clusters an IVF index looks; more find more.
            pub fn nprobe(self, nprobe: u32) -> Self {
                self.index_parameter("nprobe", nprobe)
            }

            /// Finds only what is nearer than this score: a range search.
            pub fn radius(self, radius: f64) -> Self {
                self.score_parameter("radius", radius)
            }

            /// Of a range search, leaves out what is nearer than this score.
            pub fn range_filter(self, score: f64) -> Self {
                self.score_parameter("range_filter", score)
            }

            /// Goes within JSON, which has neither NaN nor infinity.
            fn score_parameter(mut self, key: &str, score: f64) -> Self {
                if let Err(why) = crate::proto::finite(key, &[score]) {
                    self.find.refuse(why);
                }
                self.index_parameter(key, score)
            }

            /// A parameter for the index, in Milvus' own words: `("search_list", 100)`.
            pub fn index_parameter(mut self, key: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
                self.find.index_parameters.insert(key.into(), value.into());
                self.find.parameters.unset("params");
                self
            }

            /// A parameter of the search, in Milvus' own words: `("hints", "iterative_filter")`. The last one of a name
            /// counts, and so does what a setter said before or says later of the same.
            pub fn parameter(mut self, key: impl Into<String>, value: impl ToString) -> Self {
                self.find.parameters.say(key, value);
                self
            }
        }
    };
}
pub(super) use finding;
