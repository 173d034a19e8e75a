//! The optional arguments of a search.

use super::super::ann::{Target, groupless};
use super::super::features::{self, Feature};
use super::super::page::page_offset;
use super::super::read::names;
use super::{Search, SearchHits, SearchSpec};
use crate::proto::flag;
use crate::search::{
    FunctionChain, FunctionScore, Highlighter, JsonType, Order, SearchAggregation,
};

impl<T, M> Search<T, M> {
    /// Skips this many hits, the nearest ones. Together with the limit it must not exceed 16384.
    pub fn offset(self, offset: usize) -> Self {
        self.set("offset", offset)
    }

    /// Returns page `number` of a list with `size` hits on each page, as web pages show it. The first page is 1. Sets limit
    /// and offset, which together must not exceed 16384.
    #[doc(alias = "paginate")]
    pub fn page(mut self, number: usize, size: usize) -> Self {
        match page_offset(number, size) {
            Ok(offset) => self.limit(size).offset(offset),
            Err(why) => {
                self.ann().refuse(why);
                self
            }
        }
    }

    /// Returns only the nearest row for each value of this field: a
    /// [grouping search](https://milvus.io/docs/grouping-search.md). [`Hit::group`](crate::Hit::group) is the value;
    /// Milvus Lite 2.5 does not return it. Since Milvus 2.4.
    pub fn group_by(self, field: impl Into<String>) -> Self {
        self.set("group_by_field", field.into())
    }

    /// Returns only the nearest row for each combination of values of these fields, in
    /// [`Hit::groups`](crate::Hit::groups). Cannot be combined with [`group_by`](Self::group_by). Since Milvus 3.0.
    pub fn group_by_fields<F: AsRef<str>>(self, fields: impl IntoIterator<Item = F>) -> Self {
        self.listed("group_by_fields", names("group_by_fields", fields))
    }

    /// The maximum number of hits for each value of the group-by field. Default 1. Since Milvus 2.5.
    pub fn group_size(self, size: u32) -> Self {
        self.set("group_size", size)
    }

    /// Whether to search on until all groups have their full size. Default false. Since Milvus 2.5.
    pub fn strict_group_size(self, strict: bool) -> Self {
        self.set("strict_group_size", flag(strict))
    }

    /// Orders the hits by fields, each with an [`Order`], or `true` for ascending, instead of by distance. Since Milvus 3.0.
    pub fn order_by<F: AsRef<str>, O: Into<Order>>(
        self,
        fields: impl IntoIterator<Item = (F, O)>,
    ) -> Self {
        self.listed("order_by_fields", Order::list(fields))
    }

    /// The path in a JSON field to the values that hits are grouped by: `/author/name`. Since Milvus 2.6.
    pub fn json_path(self, path: impl Into<String>) -> Self {
        self.set("json_path", path.into())
    }

    /// The type that values in a JSON field are converted to for grouping. Default: text. Since Milvus 2.6.
    pub fn json_type(self, json_type: JsonType) -> Self {
        self.set("json_type", json_type.name())
    }

    /// Whether to ignore values in a JSON field that would have to be converted to the type. Default false. Since Milvus 2.6.
    pub fn strict_cast(self, strict: bool) -> Self {
        self.set("strict_cast", flag(strict))
    }

    /// Rounds scores to this many decimal places, at most 6, even if the server does not. Default: no rounding.
    pub fn round_decimals(self, digits: u32) -> Self {
        self.set("round_decimal", digits)
    }

    /// The time zone that timestamptz fields are returned in: `Europe/Berlin`. Since Milvus 2.6.6.
    pub fn timezone(self, timezone: impl Into<String>) -> Self {
        self.set("timezone", timezone.into())
    }

    /// Returns only these parts of timestamptz fields, as numbers: `["year", "month"]`. Since Milvus 2.6.6.
    pub fn time_fields<P: AsRef<str>>(self, parts: impl IntoIterator<Item = P>) -> Self {
        self.listed("time_fields", names("time_fields", parts))
    }

    /// Replaces the scores of hits before the best ones are selected: a [`Function`](crate::schema::Function) of kind
    /// [`Rerank`](crate::schema::FunctionKind::Rerank), several of them, or a [`FunctionScore`]. Since Milvus 2.6.
    pub fn ranker(mut self, score: impl Into<FunctionScore>) -> Self {
        self.spec().score = Some(score.into()).filter(|score| !score.is_empty());
        self
    }

    /// Processes the hits on the server in these steps. Cannot be combined with a [`ranker`](Self::ranker). Since Milvus 3.0.
    pub fn function_chains(mut self, chains: impl IntoIterator<Item = FunctionChain>) -> Self {
        self.spec().chains = chains.into_iter().collect();
        self
    }

    /// Highlights the query in texts: a [`LexicalHighlighter`](crate::search::LexicalHighlighter) (since Milvus 2.6.8) or a
    /// [`SemanticHighlighter`](crate::search::SemanticHighlighter) (since Milvus 2.6). The results are in
    /// [`Hit::highlights`](crate::Hit::highlights).
    pub fn highlighter(mut self, highlighter: impl Into<Highlighter>) -> Self {
        self.spec().highlighter = Some(highlighter.into());
        self
    }

    /// Puts the hits into buckets by the values of fields, instead of returning them as a list. The result has them in
    /// [`Hits::buckets`](crate::search::Hits::buckets). Call this after all other setters. Since Milvus 3.0.
    ///
    /// The limit of the search is ignored: the aggregation sets the number of buckets.
    pub fn search_aggregation(mut self, aggregation: &SearchAggregation) -> SearchHits {
        if let Err(why) = aggregation.check() {
            self.ann().refuse(why);
        }
        self.spec().aggregation = Some(aggregation.to_proto());
        self.columns()
    }

    /// Sets a parameter, unless the list is empty.
    fn listed(mut self, key: &str, list: Result<String, String>) -> Self {
        match list {
            Ok(list) if list.is_empty() => self,
            Ok(list) => self.set(key, list),
            Err(why) => {
                self.ann().refuse(why);
                self
            }
        }
    }

    fn set(mut self, key: &str, value: impl ToString) -> Self {
        self.parameters().set(key, value);
        self
    }
}

impl SearchSpec {
    /// Features that are not set by a parameter.
    pub(super) fn features(&self) -> impl Iterator<Item = &'static Feature> + use<> {
        let used = [
            (self.score.is_some(), &features::RANKER),
            (!self.chains.is_empty(), &features::CHAINS),
            (self.highlighter.is_some(), &features::HIGHLIGHTER),
            (self.aggregation.is_some(), &features::AGGREGATION),
            (
                matches!(self.ann.target, Target::Rows(_)),
                &features::SEARCH_BY_IDS,
            ),
        ];
        used.into_iter()
            .filter_map(|(used, feature)| used.then_some(feature))
    }

    /// Refuses arguments that cannot be combined.
    pub(super) fn check(&mut self) {
        let has = |key: &str| self.ann.parameters.contains(key);
        let group = ["group_by_field", "group_by_fields"]
            .into_iter()
            .find(|key| has(key));
        let why = match group {
            Some(_) if has("group_by_field") && has("group_by_fields") => {
                Some("group_by and group_by_fields cannot be combined: pass all fields to group_by_fields".to_owned())
            }
            Some(group) if self.aggregation.is_some() => Some(format!(
                "search_aggregation and {group} cannot be combined: remove one"
            )),
            _ if !self.chains.is_empty() && self.score.is_some() => {
                Some("function_chains and ranker cannot be combined: remove one".to_owned())
            }
            _ => {
                let mut chains = self.chains.iter();
                let score = self.score.as_ref();
                let highlighter = self.highlighter.as_ref();
                (score.and_then(|score| score.check().err()))
                    .or_else(|| highlighter.and_then(|highlighter| highlighter.check().err()))
                    .or_else(|| chains.find_map(|chain| chain.check().err()))
            }
        };
        if let Some(why) = why.or_else(|| groupless(&self.ann.parameters).err()) {
            self.ann.refuse(why);
        }
    }
}
