//! What searches have in common, on their own or as parts of a hybrid one.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::read::{Guarantee, flag};
use crate::client::{Call, Client};
use crate::data::{Id, ids_to_proto};
use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::index::Metric;
use crate::proto::Parameters;
use crate::proto::common::DslType;
use crate::proto::milvus::{SearchRequest, search_request::SearchInput};
use crate::search::{Asked, Needles, Settings};

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

    /// What servers take for another number, or for none.
    fn check_numbers(&self, limit: u64) -> Result<(), String> {
        if self.parameters.get("topk").map_or(limit == 0, is_zero) {
            return Err("limit is 0: it must be at least 1".to_owned());
        }
        let says = |key: &str| self.index_parameters.contains_key(key);
        if says("range_filter") && !says("radius") && !self.parameters.says("params") {
            return Err(
                "range_filter: Milvus ignores it without a radius: set .radius(..) too".to_owned(),
            );
        }
        Ok(())
    }

    /// To how many digits scores are rounded, which is done here where the server does not. The error says that it takes
    /// no such number.
    pub(super) fn rounding(&self) -> Result<Option<u32>, String> {
        rounding(&self.parameters)
    }

    /// The request, without what concerns fields, partitions and namespaces.
    pub(super) fn request<'a>(
        self,
        client: &Client,
        call: Call<'a>,
        limit: u64,
        ignore_growing: bool,
        guarantee: &Guarantee,
    ) -> Result<Asked<'a>> {
        let refuse = |why: String| Error::invalid_argument(call.operation, why).on(call.collection);
        if let Some(why) = self.refused {
            return Err(refuse(why));
        }
        self.parameters.check().map_err(refuse)?;
        self.check_numbers(limit).map_err(refuse)?;
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
        let mut index_parameters = self.index_parameters;
        let metric = self.metric.map(Metric::name);
        if let Some(metric) = self.parameters.get(METRIC_TYPE).or(metric) {
            index_parameters.insert(METRIC_TYPE.to_owned(), metric.into());
        }
        // What a parameter of the same name says goes first.
        let says = |key: &str| self.parameters.says(key);
        let settings = Settings {
            limit: Some(limit).filter(|_| !says("topk")),
            index: Some(index_parameters).filter(|_| !says("params")).map(json),
            ignore_growing: Some(flag(true)).filter(|_| ignore_growing && !says("ignore_growing")),
            metric: metric.filter(|_| !says(METRIC_TYPE)),
            field: self.field.filter(|_| !says("anns_field")),
        };
        let request = SearchRequest {
            db_name: client.database().unwrap_or_default().to_owned(),
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
        Ok(Asked {
            collection: call.collection.unwrap_or_default(),
            settings,
            request,
            needles,
        })
    }
}

fn is_zero(number: &str) -> bool {
    number.trim().parse() == Ok(0_u64)
}

/// What these parameters say of rounding.
pub(super) fn rounding(parameters: &Parameters) -> Result<Option<u32>, String> {
    const MOST: i64 = 6;
    let digits = parameters.get("round_decimal").map(str::parse::<i64>);
    match digits {
        Some(Ok(digits @ 0..=MOST)) => Ok(u32::try_from(digits).ok()),
        Some(Ok(digits)) if digits > MOST => Err(format!(
            "round_decimals is {digits}: it must be at most {MOST}"
        )),
        // Without rounding, or in words that the server will judge.
        _ => Ok(None),
    }
}

/// Which parts of a grouping were said although nothing is grouped: servers ignore them.
pub(super) fn groupless(parameters: &Parameters) -> Result<(), String> {
    const PARTS: [&str; 6] = [
        "group_size",
        "strict_group_size",
        "rank_group_scorer",
        "json_path",
        "json_type",
        "strict_cast",
    ];
    if parameters.says("group_by_field") || parameters.says("group_by_fields") {
        return Ok(());
    }
    match PARTS.into_iter().find(|part| parameters.says(part)) {
        Some(part) => Err(format!(
            "{part}: there are no groups: set .group_by(..) too"
        )),
        None => Ok(()),
    }
}

/// Nothing at all, which is the most frequent, without an allocation.
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

/// The setters that searches and sub-searches have.
macro_rules! finding {
    ([$($generic:ident),*] $name:ty) => {
        impl<$($generic),*> $name {
            /// Which rows may be found: a [`Filter`](crate::Filter), or an expression as text. Default: all.
            pub fn filter(mut self, filter: impl Into<crate::Filter>) -> Self {
                self.find.filter = filter.into();
                self
            }

            /// The maximum number of hits per query vector, at least 1. Default 10; Milvus allows 16384.
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

            /// Of a range search, leaves out what is nearer than this score. Needs a [`radius`](Self::radius).
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
