use std::sync::Arc;

use super::bucket::{AggregationBucket, buckets};
use crate::data::{Column, Id, Row, Table, Value, ids_from_proto};
use crate::proto::common::HighlightResult;
use crate::proto::milvus::SearchResults;
use crate::proto::schema::{
    DataType, FieldData, IDs, LongArray, SearchIteratorV2Results, SearchResultData, i_ds::IdField,
};

/// One row that a search found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Hit<T = Row> {
    /// Its primary key.
    pub id: Id,
    /// How near it is, in the metric's terms: see [`Metric`](crate::Metric) for whether larger is nearer.
    pub score: f32,
    /// The fields that hits were grouped by, with the values that this one was found for.
    pub groups: Vec<(String, Value)>,
    /// Fields with the words of the query marked, where that was asked for.
    pub highlights: Vec<Highlight>,
    /// Where single vectors of an array of structs were searched (Milvus 3.0): which of the row's structs it is, from 0.
    /// Such a row is found once for each of its structs that is near.
    pub element: Option<u64>,
    /// The fields that were asked for.
    pub entity: T,
}

impl<T> Hit<T> {
    /// The value of the field that hits were grouped by, where they were and the server tells it; of several fields, the
    /// first one's.
    pub fn group(&self) -> Option<&Value> {
        self.groups.first().map(|(_, value)| value)
    }
}

/// What is marked in one field of a [`Hit`].
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Highlight {
    /// The field.
    pub field: String,
    /// Pieces of its text, with what was found between tags.
    pub fragments: Vec<String>,
    /// How well each piece fits, where a model says that.
    pub scores: Vec<f32>,
}

/// The hits of all queries of one search, column by column.
///
/// The hits of the first query come first, then those of the second, and so on: [`counts`](Self::counts) says how many
/// each has.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    table: Arc<Table>,
    ids: Vec<Id>,
    scores: Vec<f32>,
    groups: Option<Table>,
    counts: Vec<usize>,
    recalls: Vec<f32>,
    highlights: Vec<HighlightResult>,
    elements: Vec<i64>,
    buckets: Vec<Vec<AggregationBucket>>,
    pub(crate) costs: Vec<(String, String)>,
    pub(crate) session_timestamp: u64,
    pub(crate) iterator: Option<SearchIteratorV2Results>,
}

impl Hits {
    /// How many hits each query has.
    pub fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// The primary keys.
    pub fn ids(&self) -> &[Id] {
        &self.ids
    }

    /// How near each hit is.
    pub fn scores(&self) -> &[f32] {
        &self.scores
    }

    /// The fields that were asked for, a row per hit.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The values that hits were grouped by, a row per hit; of several fields, the first one's.
    pub fn groups(&self) -> Option<Column<'_>> {
        self.group_columns().next()
    }

    /// The values of all fields that hits were grouped by, a row per hit.
    pub fn group_columns(&self) -> impl Iterator<Item = Column<'_>> {
        self.groups.iter().flat_map(Table::columns)
    }

    /// The buckets of each query, where a [`SearchAggregation`](crate::search::SearchAggregation) was asked for.
    pub fn buckets(&self) -> &[Vec<AggregationBucket>] {
        &self.buckets
    }

    /// Which of its row's structs this hit is, where single vectors of an array of structs were searched.
    pub fn element(&self, hit: usize) -> Option<u64> {
        let element = self.elements.get(hit)?;
        u64::try_from(*element).ok()
    }

    /// The share of true neighbours that the server reckons each query found, where it was asked to tell.
    pub fn recalls(&self) -> &[f32] {
        &self.recalls
    }

    /// What the search cost, in the server's own words: `report_value`, `scanned_total_bytes` (Milvus 2.6).
    pub fn costs(&self) -> &[(String, String)] {
        &self.costs
    }
}

/// An empty answer with room for so many hits, as far as they are likely to come.
pub(crate) fn room(queries: usize, limit: u64) -> SearchResults {
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

/// Reads an answer; `key` names the primary key where the server does not.
pub(crate) fn found(answer: SearchResults, queries: usize, key: &str) -> Result<Hits, String> {
    let Some(results) = answer.results else {
        return Ok(Hits {
            counts: vec![0; queries],
            ..Hits::default()
        });
    };
    let total = results.scores.len();
    let buckets = buckets(results.agg_buckets, &results.agg_topks, queries)?;
    // Where there are buckets in place of hits, the counts may be theirs.
    let topks = if total == 0 && !buckets.is_empty() {
        Vec::new()
    } else {
        results.topks
    };
    let mut counts = topks
        .into_iter()
        .map(|count| usize::try_from(count).map_err(|_| format!("a query has {count} hits")))
        .collect::<Result<Vec<_>, _>>()?;
    // Milvus leaves the counts out where nothing was found.
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
    let mut table = Table::new(fields, total)?.with_output_fields(&results.output_fields);
    let ids = results.ids.as_ref().map(ids_from_proto).unwrap_or_default();
    // Of nothing found, `room` says a kind of keys that need not be the collection's.
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
    // What is empty and of a known type was not grouped by.
    groups.retain(|group| {
        let is_known = DataType::try_from(group.r#type).is_ok();
        total > 0 && (group.field.is_some() || !is_known)
    });
    let groups = (!groups.is_empty()).then(|| Table::new(groups, total));
    let elements = results.element_indices.unwrap_or_default().data;
    if !elements.is_empty() && elements.len() != total {
        let found = elements.len();
        return Err(format!("{found} numbers of structs for {total} hits"));
    }
    Ok(Hits {
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
    /// The hits of each query, with their fields as `read` makes them.
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

    /// The hits of the only query.
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

/// So many of the next hits.
fn list<T, E>(
    count: usize,
    rows: &mut impl Iterator<Item = Result<Hit<T>, E>>,
) -> Result<Vec<Hit<T>>, E> {
    // The counts add up to the hits there are: nothing larger is asked for.
    let mut hits = Vec::with_capacity(count);
    for hit in rows.take(count) {
        hits.push(hit?);
    }
    Ok(hits)
}

/// What is marked in one hit; taken out, since each hit is given once.
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
    fn a_group_of_an_unknown_type_is_unknown_and_a_field_too() {
        let field = |name: &str, data_type| FieldData {
            field_name: name.into(),
            r#type: data_type,
            ..FieldData::default()
        };
        let answer = || {
            let mut answer = room(1, 1);
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
        let hits = found(known, 1, "id").unwrap();
        assert!(hits.groups().is_none());

        let mut unknown = answer();
        let results = unknown.results.as_mut().unwrap();
        results.group_by_field_values = vec![field("group", 999)];
        results.fields_data = vec![field("odd", 998)];
        let hits = found(unknown, 1, "id").unwrap();
        let hits = hits.hits_of_one(|table, row| Ok::<_, ()>(Row::new(table, row)));
        let hit = &hits.unwrap()[0];
        assert_eq!(hit.groups, [("group".to_owned(), Value::Unknown(999))]);
        assert_eq!(hit.id, Id::Int(7));
        assert_eq!(hit.entity.get("odd"), Some(Value::Unknown(998)));
        assert_eq!(hit.entity.get("id"), Some(Value::Int(7)));
    }

    #[test]
    fn of_nothing_found_there_is_no_column_of_keys() {
        let hits = found(room(2, 10), 2, "key").unwrap();
        assert_eq!(hits.counts(), [0, 0]);
        assert!(hits.table().column("key").is_none());
    }
}
