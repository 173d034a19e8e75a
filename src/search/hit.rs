use std::sync::Arc;

use serde::Serialize;

use super::bucket::{AggregationBucket, buckets};
use crate::data::{Column, Id, Row, Table, Value, as_map, ids_from_proto};
use crate::proto::common::HighlightResult;
use crate::proto::milvus::SearchResults;
use crate::proto::schema::{
    DataType, FieldData, IDs, LongArray, SearchIteratorV2Results, SearchResultData, i_ds::IdField,
};

/// A row that a search found. `T` is the type of its fields: [`Row`], or the type given to
/// [`rows`](crate::ops::Search::rows).
///
/// Serialized, it has the same shape as in Rust, without what is empty:
/// `{"id":1,"score":0.9,"entity":{"title":"Dune"}}`. The fields are nested in `entity`, because a field may itself be
/// called `id` or `score`. To return them together, choose the names yourself:
///
/// ```
/// use milvus_otel::Hit;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Book {
///     title: String,
/// }
///
/// #[derive(Serialize)]
/// struct Found {
///     score: f32,
///     #[serde(flatten)]
///     book: Book,
/// }
///
/// # let hit = Hit::new(1, 0.5).with_entity(Book { title: "Dune".into() });
/// let json = serde_json::to_string(&Found { score: hit.score, book: hit.entity })?;
/// assert_eq!(json, r#"{"score":0.5,"title":"Dune"}"#);
/// # Ok::<_, serde_json::Error>(())
/// ```
#[doc(alias = "SearchResult")]
#[doc(alias = "ScoredPoint")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Hit<T = Row> {
    /// The primary key.
    pub id: Id,
    /// The distance or similarity. Whether larger numbers are nearer depends on the [`Metric`](crate::Metric).
    #[doc(alias = "distance")]
    pub score: f32,
    /// The names of the fields that hits were grouped by, and their values in this hit.
    #[serde(serialize_with = "as_map", skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<(String, Value)>,
    /// The marked fragments of texts, if a [`Highlighter`](super::Highlighter) was set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub highlights: Vec<Highlight>,
    /// The index of the struct that was found, from 0, in a search for single vectors in an array of structs (Milvus
    /// 3.0). Such a search can find several structs of a row, each as a hit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<u64>,
    /// The requested fields of the row.
    #[doc(alias = "payload")]
    pub entity: T,
}

impl<T> Hit<T> {
    /// The value of the field that hits were grouped by, or of the first of several fields. `None` without grouping,
    /// and if the server did not return it.
    pub fn group(&self) -> Option<&Value> {
        self.groups.first().map(|(_, value)| value)
    }
}

/// The marked fragments of one field of a [`Hit`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct Highlight {
    /// The name of the field.
    pub field: String,
    /// Fragments of the text, with tags around the matches.
    pub fragments: Vec<String>,
    /// The score of each fragment, from a [`SemanticHighlighter`](super::SemanticHighlighter).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<f32>,
}

/// The hits of a search with one or more query vectors, stored by column.
///
/// The hits of the first query vector come first, then those of the second, and so on. [`counts`](Self::counts) has the
/// number of hits of each. With the feature `arrow-60`, hits convert into a `RecordBatch` of Arrow: see the module
/// `data::arrow`.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    /// Whether the table has a column with the primary keys.
    #[cfg(feature = "arrow-60")]
    pub(super) has_keys: bool,
    pub(super) table: Arc<Table>,
    pub(super) ids: Vec<Id>,
    pub(super) scores: Vec<f32>,
    pub(super) groups: Option<Table>,
    pub(super) counts: Vec<usize>,
    pub(super) recalls: Vec<f32>,
    pub(super) highlights: Vec<HighlightResult>,
    pub(super) elements: Vec<i64>,
    pub(super) buckets: Vec<Vec<AggregationBucket>>,
    pub(crate) costs: Vec<(String, String)>,
    pub(crate) session_timestamp: u64,
    pub(crate) iterator: Option<SearchIteratorV2Results>,
}

impl Hits {
    /// The number of hits of each query vector.
    pub fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// The primary key of each hit.
    pub fn ids(&self) -> &[Id] {
        &self.ids
    }

    /// The distance or similarity of each hit.
    pub fn scores(&self) -> &[f32] {
        &self.scores
    }

    /// The requested fields, with one row per hit.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The values of the field that hits were grouped by, or of the first of several fields, with one row per hit.
    pub fn groups(&self) -> Option<Column<'_>> {
        self.group_columns().next()
    }

    /// The values of all fields that hits were grouped by, with one row per hit.
    pub fn group_columns(&self) -> impl Iterator<Item = Column<'_>> {
        self.groups.iter().flat_map(Table::columns)
    }

    /// The buckets of each query vector, if a [`SearchAggregation`](crate::search::SearchAggregation) was set.
    pub fn buckets(&self) -> &[Vec<AggregationBucket>] {
        &self.buckets
    }

    /// The index of the struct that was found, as in [`Hit::element`].
    pub fn element(&self, hit: usize) -> Option<u64> {
        let element = self.elements.get(hit)?;
        u64::try_from(*element).ok()
    }

    /// The estimated recall of each query vector, from 0 to 1, if the server was asked for it by a search parameter.
    pub fn recalls(&self) -> &[f32] {
        &self.recalls
    }

    /// The cost of the search, by the names of the server, such as `report_value` and `scanned_total_bytes` (Milvus
    /// 2.6).
    pub fn costs(&self) -> &[(String, String)] {
        &self.costs
    }
}

/// An empty response with capacity for the expected number of hits, up to a limit.
pub(crate) fn presized_results(queries: usize, limit: u64) -> SearchResults {
    const LIKELY: usize = 16 * 1024;
    let limit = usize::try_from(limit).unwrap_or(LIKELY);
    let hits = queries.saturating_mul(limit).min(LIKELY);
    let ids = LongArray {
        data: Vec::with_capacity(hits),
    };
    SearchResults {
        results: Some(SearchResultData {
            scores: Vec::with_capacity(hits),
            ids: Some(IDs {
                id_field: Some(IdField::IntId(ids)),
            }),
            topks: Vec::with_capacity(queries),
            ..SearchResultData::default()
        }),
        ..SearchResults::default()
    }
}

/// Reads a response. `key` is the name of the primary key, in case the server does not return it.
pub(crate) fn hits_from_response(
    answer: SearchResults,
    queries: usize,
    key: &str,
) -> Result<Hits, String> {
    let Some(results) = answer.results else {
        return Ok(Hits {
            counts: vec![0; queries],
            ..Hits::default()
        });
    };
    let total = results.scores.len();
    let buckets = buckets(results.agg_buckets, &results.agg_topks, queries)?;
    // With buckets in place of hits, these may be the numbers of buckets.
    let topks = if total == 0 && !buckets.is_empty() {
        Vec::new()
    } else {
        results.topks
    };
    let mut counts = topks
        .into_iter()
        .map(|count| usize::try_from(count).map_err(|_| format!("a query has {count} hits")))
        .collect::<Result<Vec<_>, _>>()?;
    // Milvus sends no counts if there are no hits.
    counts.resize(queries.max(counts.len()), 0);
    let counted = counts
        .iter()
        .try_fold(0_usize, |sum, count| sum.checked_add(*count));
    if counted != Some(total) {
        return Err(format!(
            "{total} scores for {} hits",
            counted.map_or_else(|| "too many".to_owned(), |sum| sum.to_string())
        ));
    }
    let name = if results.primary_field_name.is_empty() {
        key.to_owned()
    } else {
        results.primary_field_name
    };
    let fields: Vec<FieldData> = if total == 0 {
        Vec::new()
    } else {
        results.fields_data
    };
    #[cfg(feature = "arrow-60")]
    let has_keys = !name.is_empty();
    let mut table = Table::new(fields, total)?.with_output_fields(&results.output_fields);
    let ids = results.ids.as_ref().map(ids_from_proto).unwrap_or_default();
    // Without hits, the type of the keys is the guess of `presized_results`.
    if let Some(field) = results
        .ids
        .and_then(|ids| ids.id_field)
        .filter(|_| total > 0)
    {
        table = table.with_ids(name, field);
    }
    if ids.len() != total {
        return Err(format!("{} primary keys for {total} hits", ids.len()));
    }
    let mut groups = results.group_by_field_values;
    if groups.is_empty() {
        groups.extend(results.group_by_field_value);
    }
    // Hits were not grouped by a field of a known type that has no values.
    groups.retain(|group| {
        let is_known = DataType::try_from(group.r#type).is_ok();
        total > 0 && (group.field.is_some() || !is_known)
    });
    let groups = (!groups.is_empty()).then(|| Table::new(groups, total));
    let elements = results.element_indices.unwrap_or_default().data;
    if !elements.is_empty() && elements.len() != total {
        let found = elements.len();
        return Err(format!("{found} struct indexes for {total} hits"));
    }
    Ok(Hits {
        #[cfg(feature = "arrow-60")]
        has_keys,
        table: Arc::new(table),
        ids,
        scores: results.scores,
        groups: groups.transpose()?,
        counts,
        recalls: results.recalls,
        highlights: results.highlight_results,
        elements,
        buckets,
        costs: answer
            .status
            .map(|status| status.extra_info.into_iter().collect())
            .unwrap_or_default(),
        session_timestamp: answer.session_ts,
        iterator: results.search_iterator_v2_results,
    })
}

impl Hits {
    /// The hits of each query vector, with their fields converted by `read`.
    pub(crate) fn hits<T, E>(
        mut self,
        read: impl Fn(&Arc<Table>, usize) -> Result<T, E>,
    ) -> Result<Vec<Vec<Hit<T>>>, E> {
        let counts = std::mem::take(&mut self.counts);
        let mut rows = self.rows(read);
        let mut all = Vec::with_capacity(counts.len());
        for count in counts {
            all.push(list(count, &mut rows)?);
        }
        Ok(all)
    }

    /// The hits of the only query vector.
    pub(crate) fn hits_of_one<T, E>(
        self,
        read: impl Fn(&Arc<Table>, usize) -> Result<T, E>,
    ) -> Result<Vec<Hit<T>>, E> {
        let count = self.counts.first().copied().unwrap_or_default();
        list(count, &mut self.rows(read))
    }

    fn rows<T, E>(
        self,
        read: impl Fn(&Arc<Table>, usize) -> Result<T, E>,
    ) -> impl Iterator<Item = Result<Hit<T>, E>> {
        let (table, groups, elements) = (self.table, self.groups, self.elements);
        let mut highlights = self.highlights;
        let rows = self.ids.into_iter().zip(self.scores).enumerate();
        rows.map(move |(row, (id, score))| {
            let groups = groups.iter().flat_map(Table::columns);
            Ok(Hit {
                id,
                score,
                groups: groups
                    .map(|groups| (groups.name().to_owned(), groups.value(row)))
                    .collect(),
                highlights: highlights_of(&mut highlights, row),
                element: elements
                    .get(row)
                    .and_then(|element| u64::try_from(*element).ok()),
                entity: read(&table, row)?,
            })
        })
    }
}

/// The next `count` hits.
fn list<T, E>(
    count: usize,
    rows: &mut impl Iterator<Item = Result<Hit<T>, E>>,
) -> Result<Vec<Hit<T>>, E> {
    // The sum of all counts was checked, so a server cannot cause a large allocation.
    let mut hits = Vec::with_capacity(count);
    for hit in rows.take(count) {
        hits.push(hit?);
    }
    Ok(hits)
}

/// The highlights of one hit. They are moved out, because each hit is read once.
fn highlights_of(fields: &mut [HighlightResult], row: usize) -> Vec<Highlight> {
    let of = |field: &mut HighlightResult| {
        let data = std::mem::take(field.datas.get_mut(row)?);
        Some(Highlight {
            field: field.field_name.clone(),
            fragments: data.fragments,
            scores: data.scores,
        })
    };
    fields.iter_mut().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_fields_of_an_unknown_type_are_read() {
        let field = |name: &str, data_type| FieldData {
            field_name: name.into(),
            r#type: data_type,
            ..FieldData::default()
        };
        let answer = || {
            let mut answer = presized_results(1, 1);
            let results = answer.results.as_mut().unwrap();
            results.scores.push(0.5);
            results.topks.push(1);
            let id = IdField::IntId(LongArray { data: vec![7] });
            results.ids = Some(IDs { id_field: Some(id) });
            answer
        };
        let mut known = answer();
        let results = known.results.as_mut().unwrap();
        results.group_by_field_values = vec![field("group", 0)];
        let hits = hits_from_response(known, 1, "id").unwrap();
        assert!(hits.groups().is_none());

        let mut unknown = answer();
        let results = unknown.results.as_mut().unwrap();
        results.group_by_field_values = vec![field("group", 999)];
        results.fields_data = vec![field("odd", 998)];
        let hits = hits_from_response(unknown, 1, "id").unwrap();
        let hits = hits.hits_of_one(|table, row| Ok::<_, ()>(Row::of_table(table, row)));
        let hit = &hits.unwrap()[0];
        assert_eq!(hit.groups, [("group".to_owned(), Value::Unknown(999))]);
        assert_eq!(hit.id, Id::Int(7));
        assert_eq!(hit.entity.get("odd"), Some(Value::Unknown(998)));
        assert_eq!(hit.entity.get("id"), Some(Value::Int(7)));
    }

    #[test]
    fn without_hits_there_is_no_column_of_keys() {
        let hits = hits_from_response(presized_results(2, 10), 2, "key").unwrap();
        assert_eq!(hits.counts(), [0, 0]);
        assert!(hits.table().column("key").is_none());
    }
}
