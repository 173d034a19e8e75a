use serde::Serialize;

use crate::data::{Id, Value, as_map};
use crate::proto::schema::{
    AggBucket, AggHit, AggHitField, MetricValue, agg_hit::Pk, agg_hit_field, bucket_key_entry,
    metric_value,
};

/// A bucket of a [`SearchAggregation`](super::SearchAggregation): rows with the same values in its fields.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AggregationBucket {
    /// The fields and their values.
    #[serde(serialize_with = "as_map")]
    pub key: Vec<(String, Value)>,
    /// The number of rows in the bucket, among those that the search considered.
    pub count: u64,
    /// The aliases and values of the metrics, ordered by alias.
    #[serde(serialize_with = "as_map")]
    pub metrics: Vec<(String, Value)>,
    /// Rows of the bucket, if [`TopHits`](super::TopHits) were requested.
    pub hits: Vec<AggregationHit>,
    /// The smaller buckets, if there is a sub-aggregation.
    pub sub_groups: Vec<Self>,
}

/// A row of an [`AggregationBucket`].
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AggregationHit {
    /// The primary key, if the server returned it.
    pub id: Option<Id>,
    /// The distance or similarity, as in [`Hit::score`](crate::Hit::score).
    pub score: f32,
    /// The names and values of the fields that the server returned.
    #[serde(serialize_with = "as_map")]
    pub fields: Vec<(String, Value)>,
}

impl AggregationBucket {
    /// The value of the metric with this alias.
    pub fn metric(&self, alias: &str) -> Option<&Value> {
        let found = self.metrics.iter().find(|(name, _)| name == alias);
        found.map(|(_, value)| value)
    }

    /// Refuses malformed buckets.
    fn received(bucket: AggBucket) -> Result<Self, String> {
        let key = bucket.key.into_iter().map(|entry| {
            let value = match entry.value {
                None => Value::Null,
                Some(bucket_key_entry::Value::IntVal(value)) => Value::Int(value),
                Some(bucket_key_entry::Value::StringVal(value)) => Value::Text(value),
                Some(bucket_key_entry::Value::BoolVal(value)) => Value::Bool(value),
            };
            (name(entry.field_name, entry.field_id), value)
        });
        let mut metrics: Vec<_> = bucket
            .metrics
            .into_iter()
            .map(|(alias, metric)| (alias, metric_value(metric)))
            .collect();
        metrics.sort_by(|(a, _), (b, _)| a.cmp(b));
        let count = bucket.count;
        let sub_groups = bucket.sub_groups.into_iter().map(Self::received);
        Ok(Self {
            key: key.collect(),
            count: u64::try_from(count).map_err(|_| format!("a bucket has {count} rows"))?,
            metrics,
            hits: bucket
                .hits
                .into_iter()
                .map(AggregationHit::received)
                .collect(),
            sub_groups: sub_groups.collect::<Result<_, _>>()?,
        })
    }
}

impl AggregationHit {
    fn received(hit: AggHit) -> Self {
        let field = |field: AggHitField| {
            let value = match field.value {
                None => Value::Null,
                Some(agg_hit_field::Value::IntVal(value)) => Value::Int(value),
                Some(agg_hit_field::Value::BoolVal(value)) => Value::Bool(value),
                Some(agg_hit_field::Value::FloatVal(value)) => Value::Float(value),
                Some(agg_hit_field::Value::DoubleVal(value)) => Value::Double(value),
                Some(agg_hit_field::Value::StringVal(value)) => Value::Text(value),
                Some(agg_hit_field::Value::BytesVal(value)) => Value::Bytes(value),
            };
            (name(field.field_name, field.field_id), value)
        };
        Self {
            id: hit.pk.map(|pk| match pk {
                Pk::IntPk(id) => Id::Int(id),
                Pk::StrPk(id) => Id::Text(id),
            }),
            score: hit.score,
            fields: hit.fields.into_iter().map(field).collect(),
        }
    }
}

/// The name of a field, or its number, if the server returned only that.
fn name(name: String, id: i64) -> String {
    if name.is_empty() {
        id.to_string()
    } else {
        name
    }
}

fn metric_value(metric: MetricValue) -> Value {
    match metric.value {
        None => Value::Null,
        Some(metric_value::Value::IntVal(value)) => Value::Int(value),
        Some(metric_value::Value::DoubleVal(value)) => Value::Double(value),
        Some(metric_value::Value::StringVal(value)) => Value::Text(value),
        Some(metric_value::Value::BoolVal(value)) => Value::Bool(value),
    }
}

/// The buckets of each query. `counts` is the number of buckets of each query.
pub(super) fn buckets(
    buckets: Vec<AggBucket>,
    counts: &[i64],
    queries: usize,
) -> Result<Vec<Vec<AggregationBucket>>, String> {
    if buckets.is_empty() {
        return Ok(Vec::new());
    }
    let total = buckets.len();
    let buckets = buckets.into_iter().map(AggregationBucket::received);
    let buckets: Vec<_> = buckets.collect::<Result<_, _>>()?;
    if counts.is_empty() && queries <= 1 {
        return Ok(vec![buckets]);
    }
    let counts: Vec<usize> = counts
        .iter()
        .map(|count| usize::try_from(*count).map_err(|_| format!("a query has {count} buckets")))
        .collect::<Result<_, _>>()?;
    let counted = counts
        .iter()
        .try_fold(0_usize, |sum, count| sum.checked_add(*count));
    if counted != Some(total) || counts.len() > queries.max(1) {
        return Err(format!(
            "{total} buckets for {queries} queries, but no number of buckets for each query"
        ));
    }
    let mut rest = buckets.into_iter();
    let mut all: Vec<Vec<_>> = counts
        .into_iter()
        .map(|count| rest.by_ref().take(count).collect())
        .collect();
    all.resize(queries.max(1), Vec::new());
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(count: i64) -> AggBucket {
        AggBucket {
            count,
            ..AggBucket::default()
        }
    }

    fn shape(counts: &[i64], queries: usize) -> Result<Vec<Vec<u64>>, String> {
        let buckets = buckets(vec![plain(1), plain(2), plain(3)], counts, queries)?;
        let of = |buckets: &Vec<AggregationBucket>| buckets.iter().map(|one| one.count).collect();
        Ok(buckets.iter().map(of).collect())
    }

    #[test]
    fn buckets_are_assigned_to_their_query() {
        assert_eq!(shape(&[2, 1], 2), Ok(vec![vec![1, 2], vec![3]]));
        assert_eq!(shape(&[0, 3], 3), Ok(vec![vec![], vec![1, 2, 3], vec![]]));
        assert_eq!(shape(&[], 1), Ok(vec![vec![1, 2, 3]]));
    }

    #[test]
    fn a_negative_count_of_rows_is_refused() {
        let inner = AggBucket {
            sub_groups: vec![plain(-3)],
            ..plain(1)
        };
        for bucket in [plain(-3), inner] {
            let why = buckets(vec![bucket], &[], 1).unwrap_err();
            assert_eq!(why, "a bucket has -3 rows");
        }
    }

    #[test]
    fn inconsistent_counts_of_buckets_are_refused() {
        let unclear: [(&[i64], usize); 5] = [
            (&[], 2),
            (&[1, 1], 2),
            (&[4], 1),
            (&[-1, 4], 2),
            (&[1, 1, 1], 2),
        ];
        for (counts, queries) in unclear {
            shape(counts, queries).unwrap_err();
        }
        assert!(shape(&[i64::MAX, i64::MAX, i64::MAX], 3).is_err());
    }
}
