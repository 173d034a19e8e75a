use super::Order;
use crate::error::named_enum;
use crate::proto::common::{
    MetricAggSpec, OrderSpec, SearchAggregationSpec, SortSpec, TopHitsSpec,
};

/// Groups the rows that a search finds into buckets by the values of fields ([search
/// aggregation](https://milvus.io/docs/search-aggregation.md)). The result then has buckets in place of hits. Since
/// Milvus 3.0.
///
/// ```
/// use milvus_otel::search::{AggregationMetric, Order, SearchAggregation, TopHits};
///
/// // The ten brands with the best average rating, each with its three nearest rows.
/// let brands = SearchAggregation::new(["brand"], 10)
///     .metric("rating", AggregationMetric::Average, "stars")
///     .order("rating", Order::Descending)
///     .top_hits(TopHits::new(3));
/// # async fn example(client: milvus_otel::Client, brands: SearchAggregation) -> milvus_otel::Result<()> {
/// let found = client.search("shoes", [0.1, 0.2]).search_aggregation(&brands).await?;
/// for brand in found.buckets().iter().flatten() {
///     println!("{:?}: {} rows, rated {:?}", brand.key, brand.count, brand.metric("rating"));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SearchAggregation {
    fields: Vec<String>,
    size: u32,
    /// Alias, metric and field.
    metrics: Vec<(String, AggregationMetric, String)>,
    order: Vec<(String, Order)>,
    top_hits: Option<TopHits>,
    sub_aggregation: Option<Box<Self>>,
}

named_enum! {
    /// A number that is computed from the values of a field in the rows of a bucket.
    pub enum AggregationMetric {
        /// The mean of the values.
        Average = "avg",
        /// The sum of the values.
        Sum = "sum",
        /// The number of values; for the field `*`, the number of rows.
        Count = "count",
        /// The smallest value.
        Min = "min",
        /// The largest value.
        Max = "max",
    }
}

/// The rows that are returned with each bucket of a [`SearchAggregation`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopHits {
    size: u32,
    sort: Vec<(String, Order)>,
}

impl TopHits {
    /// Returns at most `size` rows per bucket, at least 1. Default order: the nearest first.
    pub fn new(size: u32) -> Self {
        Self {
            size,
            sort: Vec::new(),
        }
    }

    /// Orders the rows by a field, or by `_score`. Further calls decide between rows that are equal so far.
    #[must_use]
    pub fn sort(mut self, field: impl Into<String>, order: impl Into<Order>) -> Self {
        self.sort.push((field.into(), order.into()));
        self
    }

    fn to_proto(&self) -> TopHitsSpec {
        let sort = |(field, order): &(String, Order)| SortSpec {
            field_name: field.clone(),
            direction: order.name().to_owned(),
            ..SortSpec::default()
        };
        TopHitsSpec {
            size: self.size.into(),
            sort: self.sort.iter().map(sort).collect(),
        }
    }
}

impl SearchAggregation {
    /// Groups rows with the same values in all of these fields, into at most `size` buckets. At least one field and one
    /// bucket. Paths in JSON fields are not supported.
    pub fn new<F: Into<String>>(fields: impl IntoIterator<Item = F>, size: u32) -> Self {
        Self {
            fields: fields.into_iter().map(Into::into).collect(),
            size,
            metrics: Vec::new(),
            order: Vec::new(),
            top_hits: None,
            sub_aggregation: None,
        }
    }

    /// Computes a metric of a field for each bucket. Its result has the name `alias`. A second metric with the same
    /// alias replaces the first.
    #[must_use]
    pub fn metric(
        mut self,
        alias: impl Into<String>,
        metric: AggregationMetric,
        field: impl Into<String>,
    ) -> Self {
        let alias = alias.into();
        self.metrics.retain(|(known, ..)| *known != alias);
        self.metrics.push((alias, metric, field.into()));
        self
    }

    /// Orders the buckets by the alias of a metric, by `_count` or by `_key`. Further calls decide between buckets that
    /// are equal so far.
    #[must_use]
    pub fn order(mut self, key: impl Into<String>, order: impl Into<Order>) -> Self {
        self.order.push((key.into(), order.into()));
        self
    }

    /// Returns rows of each bucket. Default: none.
    #[must_use]
    pub fn top_hits(mut self, top_hits: TopHits) -> Self {
        self.top_hits = Some(top_hits);
        self
    }

    /// Divides each bucket into smaller buckets.
    #[must_use]
    pub fn sub_aggregation(mut self, sub_aggregation: Self) -> Self {
        self.sub_aggregation = Some(Box::new(sub_aggregation));
        self
    }

    /// Refuses aggregations that no server accepts.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.fields.is_empty() {
            return Err("search_aggregation: it has no field".to_owned());
        }
        for field in &self.fields {
            if field.is_empty() {
                return Err("search_aggregation: a field name is empty".to_owned());
            }
            if field.contains(['[', ']']) {
                return Err(format!(
                    "search_aggregation: {field:?} is a path into JSON: use a field"
                ));
            }
        }
        if self.size == 0 {
            return Err("search_aggregation: size is 0: it must be at least 1".to_owned());
        }
        for (alias, metric, field) in &self.metrics {
            let name = metric.name();
            if alias.is_empty() {
                return Err(format!(
                    "search_aggregation: the metric {name} of {field:?} has no name"
                ));
            }
            if field.is_empty() {
                return Err(format!("search_aggregation: metric {alias:?} has no field"));
            }
            if field == "*" && *metric != AggregationMetric::Count {
                return Err(format!(
                    "search_aggregation: metric {alias:?} is the {name} of \"*\", which only count supports"
                ));
            }
        }
        for (key, _) in &self.order {
            let known = self.metrics.iter().any(|(alias, ..)| alias == key);
            if !known && !matches!(key.as_str(), "_count" | "_key") {
                return Err(format!(
                    "search_aggregation: order is by {key:?}: use the name of one of its metrics, _count or _key"
                ));
            }
        }
        if self.top_hits.as_ref().is_some_and(|hits| hits.size == 0) {
            return Err(
                "search_aggregation: the size of top_hits is 0: it must be at least 1".to_owned(),
            );
        }
        self.sub_aggregation
            .as_ref()
            .map_or(Ok(()), |sub| sub.check())
    }

    pub(crate) fn to_proto(&self) -> SearchAggregationSpec {
        let metric = |(alias, metric, field): &(String, AggregationMetric, String)| {
            let spec = MetricAggSpec {
                op: metric.name().to_owned(),
                field_name: field.clone(),
            };
            (alias.clone(), spec)
        };
        let order = |(key, order): &(String, Order)| OrderSpec {
            key: key.clone(),
            direction: order.name().to_owned(),
            ..OrderSpec::default()
        };
        SearchAggregationSpec {
            fields: self.fields.clone(),
            size: self.size.into(),
            metrics: self.metrics.iter().map(metric).collect(),
            order: self.order.iter().map(order).collect(),
            top_hits: self.top_hits.as_ref().map(TopHits::to_proto),
            sub_aggregation: self
                .sub_aggregation
                .as_ref()
                .map(|sub| Box::new(sub.to_proto())),
            ..SearchAggregationSpec::default()
        }
    }
}
