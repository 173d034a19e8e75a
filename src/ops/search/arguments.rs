//! What a search may be told beyond its target, and what does not go together.

use super::super::features::{self, Feature};
use super::super::find::groupless;
use super::super::read::{flag, names};
use super::{Search, SearchHits};
use crate::search::{
    FunctionChain, FunctionScore, Highlighter, JsonType, Order, SearchAggregation,
};

impl<T, M> Search<T, M> {
    /// Skips this many of the nearest hits. Together with the limit it must not exceed 16384.
    pub fn offset(self, offset: u64) -> Self {
        self.set("offset", offset)
    }

    /// Finds one row, the nearest, for each value of this field (Milvus 2.4).
    /// [`Hit::group`](crate::Hit::group) is the value, where the server tells: Milvus Lite 2.5 does not.
    pub fn group_by(self, field: impl Into<String>) -> Self {
        self.set("group_by_field", field.into())
    }

    /// Finds one row, the nearest, for each combination of values of these fields (Milvus 3.0);
    /// [`Hit::groups`](crate::Hit::groups) are the values. In place of [`group_by`](Self::group_by).
    pub fn group_by_fields<F: AsRef<str>>(self, fields: impl IntoIterator<Item = F>) -> Self {
        self.listed("group_by_fields", names("group_by_fields", fields))
    }

    /// The number of hits for each value of the group-by field (Milvus 2.5).
    pub fn group_size(self, size: u32) -> Self {
        self.set("group_size", size)
    }

    /// Goes on looking until groups are full (Milvus 2.5). Default off.
    pub fn strict_group_size(self, strict: bool) -> Self {
        self.set("strict_group_size", flag(strict))
    }

    /// Orders the hits by fields, each with [`Order`], or `true` for the smallest first, and not by how near they are
    /// (Milvus 3.0).
    pub fn order_by<F: AsRef<str>, O: Into<Order>>(
        self,
        fields: impl IntoIterator<Item = (F, O)>,
    ) -> Self {
        self.listed("order_by_fields", Order::list(fields))
    }

    /// Where in a JSON field the values are that hits are grouped by: `/author/name` (Milvus 2.6).
    pub fn json_path(self, path: impl Into<String>) -> Self {
        self.set("json_path", path.into())
    }

    /// As what type values in a JSON field are grouped by (Milvus 2.6). Default: as text.
    pub fn json_type(self, json_type: JsonType) -> Self {
        self.set("json_type", json_type.name())
    }

    /// Whether only values in a JSON field count that have this type already, without a conversion (Milvus 2.6).
    /// Default off.
    pub fn strict_cast(self, strict: bool) -> Self {
        self.set("strict_cast", flag(strict))
    }

    /// Rounds scores to this many decimal places, 6 at most, even if the server does not. Default: no rounding.
    pub fn round_decimals(self, digits: u32) -> Self {
        self.set("round_decimal", digits)
    }

    /// The time zone in which timestamptz fields are returned: `Europe/Berlin` (Milvus 2.6.6).
    pub fn timezone(self, timezone: impl Into<String>) -> Self {
        self.set("timezone", timezone.into())
    }

    /// Of timestamptz fields returns these parts only, as numbers: `["year", "month"]` (Milvus 2.6.6).
    pub fn time_fields<P: AsRef<str>>(self, parts: impl IntoIterator<Item = P>) -> Self {
        self.listed("time_fields", names("time_fields", parts))
    }

    /// Gives hits other scores before the best are chosen: a [`Function`](crate::Function) of kind
    /// [`Rerank`](crate::FunctionKind::Rerank), several, or a [`FunctionScore`] (Milvus 2.6).
    pub fn ranker(mut self, score: impl Into<FunctionScore>) -> Self {
        self.score = Some(score.into()).filter(|score| !score.is_empty());
        self
    }

    /// Does these steps with what is found (Milvus 3.0). In place of a [`ranker`](Self::ranker).
    pub fn function_chains(mut self, chains: impl IntoIterator<Item = FunctionChain>) -> Self {
        self.chains = chains.into_iter().collect();
        self
    }

    /// Has what was looked for marked in texts: a [`LexicalHighlighter`](crate::LexicalHighlighter) (Milvus 2.6.8) or a
    /// [`SemanticHighlighter`](crate::SemanticHighlighter) (Milvus 2.6). The marked texts are in
    /// [`Hit::highlights`](crate::Hit::highlights).
    pub fn highlighter(mut self, highlighter: impl Into<Highlighter>) -> Self {
        self.highlighter = Some(highlighter.into());
        self
    }

    /// Puts what is found into buckets by the values of fields, in place of a list of hits (Milvus 3.0). They are in
    /// [`Hits::buckets`](crate::Hits::buckets), so this is the last thing said of a search.
    ///
    /// The limit does not matter then: the aggregation says how many buckets there are.
    pub fn search_aggregation(mut self, aggregation: &SearchAggregation) -> SearchHits {
        if let Err(why) = aggregation.check() {
            self.find.refuse(why);
        }
        self.aggregation = Some(aggregation.to_proto());
        self.columns()
    }

    /// Says nothing where nothing is listed.
    fn listed(mut self, key: &str, list: Result<String, String>) -> Self {
        match list {
            Ok(list) if list.is_empty() => self,
            Ok(list) => self.set(key, list),
            Err(why) => {
                self.find.refuse(why);
                self
            }
        }
    }

    /// Features that are no parameters.
    pub(super) fn features(&self) -> impl Iterator<Item = &'static Feature> + use<T, M> {
        let used = [
            (self.score.is_some(), &features::RANKER),
            (!self.chains.is_empty(), &features::CHAINS),
            (self.highlighter.is_some(), &features::HIGHLIGHTER),
            (self.aggregation.is_some(), &features::AGGREGATION),
        ];
        used.into_iter()
            .filter_map(|(used, feature)| used.then_some(feature))
    }

    fn set(mut self, key: &str, value: impl ToString) -> Self {
        self.find.parameters.set(key, value);
        self
    }

    /// Has a search refused whose parts do not go together.
    pub(super) fn check(&mut self) {
        let says = |key: &str| self.find.parameters.says(key);
        let group = ["group_by_field", "group_by_fields"]
            .into_iter()
            .find(|key| says(key));
        let why = match group {
            Some(_) if says("group_by_field") && says("group_by_fields") => {
                Some("group_by and group_by_fields do not go together: name all fields in group_by_fields".to_owned())
            }
            Some(group) if self.aggregation.is_some() => Some(format!(
                "search_aggregation and {group} do not go together: leave one out"
            )),
            _ if !self.chains.is_empty() && self.score.is_some() => {
                Some("function_chains and ranker do not go together: leave one out".to_owned())
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
        if let Some(why) = why.or_else(|| groupless(&self.find.parameters).err()) {
            self.find.refuse(why);
        }
    }
}
