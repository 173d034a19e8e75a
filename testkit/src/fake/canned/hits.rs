//! Searches that return a test's hits.

use milvus_otel::data::Row;
use milvus_otel::proto::common::{HighlightData, HighlightResult, Status};
use milvus_otel::proto::milvus::{HybridSearchRequest, SearchRequest, SearchResults};
use milvus_otel::proto::schema::{LongArray, SearchIteratorV2Results, SearchResultData};
use milvus_otel::{Hit, Id};

use super::super::Reply;
use super::super::fail::Outcome;
use super::super::store::{Key, value};
use super::columns::columns;
use super::{limit, offset};

pub(super) fn search(request: SearchRequest, hits: &[Hit], key: &str) -> Outcome<Reply> {
    let parameters = &request.search_params;
    let queries = usize::try_from(request.nq).unwrap_or_default().max(1);
    let iterator = value(parameters, "search_iter_v2").is_some();
    let limit = limit(parameters, "topk")?;
    let last =
        value(parameters, "search_iter_last_bound").and_then(|bound| bound.parse::<f32>().ok());
    // The next page of a stream begins after the last score of the previous one.
    let start = match last {
        Some(last) => after_bound(hits, last),
        None => offset(parameters)?,
    };
    let page: Vec<&Hit> = hits.iter().skip(start).take(limit).collect();
    let mut results = results(&page, queries, key);
    if iterator {
        results.search_iterator_v2_results = Some(SearchIteratorV2Results {
            token: "canned".to_owned(),
            last_bound: page
                .last()
                .map_or_else(|| last.unwrap_or_default(), |hit| hit.score),
        });
    }
    Ok(reply(request.collection_name, results))
}

/// The place after the last hit with this score.
fn after_bound(hits: &[Hit], bound: f32) -> usize {
    let found = hits
        .iter()
        .rposition(|hit| hit.score.to_bits() == bound.to_bits());
    found.map_or(hits.len(), |found| found + 1)
}

pub(super) fn hybrid_search(
    request: &HybridSearchRequest,
    hits: &[Hit],
    key: &str,
) -> Outcome<Reply> {
    let limit = limit(&request.rank_params, "limit")?;
    let skipped = offset(&request.rank_params)?;
    let page: Vec<&Hit> = hits.iter().skip(skipped).take(limit).collect();
    let first = request.requests.first();
    let queries = first.map_or(1, |search| {
        usize::try_from(search.nq).unwrap_or_default().max(1)
    });
    Ok(reply(
        request.collection_name.clone(),
        results(&page, queries, key),
    ))
}

fn reply(collection_name: String, results: SearchResultData) -> Reply {
    Reply::message(&SearchResults {
        status: Some(Status::default()),
        results: Some(results),
        collection_name,
        ..SearchResults::default()
    })
}

/// Checks that the hits can be sent together.
///
/// # Panics
///
/// They have fields, keys or groups of different types, or only some have the index of a struct.
#[track_caller]
pub(super) fn check(hits: &[Hit]) {
    columns(&hits.iter().map(|hit| &hit.entity).collect::<Vec<_>>());
    let groups: Vec<Row> = hits.iter().map(groups).collect();
    columns(&groups.iter().collect::<Vec<_>>());
    let Some(first) = hits.first() else { return };
    for (place, hit) in hits.iter().enumerate() {
        let is_same_kind = std::mem::discriminant(&hit.id) == std::mem::discriminant(&first.id);
        assert!(
            is_same_kind,
            "hit {place} of a canned answer has a key of another type than hit 0"
        );
        let is_same_level = hit.element.is_some() == first.element.is_some();
        assert!(
            is_same_level,
            "only one of the hits 0 and {place} of a canned answer has the index of a struct"
        );
    }
}

fn groups(hit: &Hit) -> Row {
    hit.groups.iter().cloned().collect()
}

/// The same hits for each query vector.
fn results(page: &[&Hit], queries: usize, key: &str) -> SearchResultData {
    let all: Vec<&Hit> = (0..queries).flat_map(|_| page.iter().copied()).collect();
    let entities: Vec<&Row> = all.iter().map(|hit| &hit.entity).collect();
    let fields = columns(&entities);
    let keys: Vec<Key> = all.iter().map(|hit| key_of(&hit.id)).collect();
    let is_text = matches!(keys.first(), Some(Key::Text(_)));
    let count = i64::try_from(page.len()).unwrap_or_default();
    let groups: Vec<Row> = all.iter().map(|hit| groups(hit)).collect();
    let elements = all.iter().map(|hit| i64::try_from(hit.element?).ok());
    let elements: Option<Vec<i64>> = elements.collect();
    SearchResultData {
        num_queries: i64::try_from(queries).unwrap_or_default(),
        top_k: count,
        scores: all.iter().map(|hit| hit.score).collect(),
        ids: Some(Key::ids(keys.iter(), is_text)),
        topks: vec![count; queries],
        output_fields: fields
            .iter()
            .map(|column| column.field_name.clone())
            .collect(),
        fields_data: fields,
        primary_field_name: key.to_owned(),
        group_by_field_values: columns(&groups.iter().collect::<Vec<_>>()),
        element_indices: elements
            .filter(|all| !all.is_empty())
            .map(|data| LongArray { data }),
        highlight_results: highlights(&all),
        ..SearchResultData::default()
    }
}

/// The highlights of each field.
fn highlights(hits: &[&Hit]) -> Vec<HighlightResult> {
    let mut fields: Vec<HighlightResult> = Vec::new();
    for highlight in hits.iter().flat_map(|hit| &hit.highlights) {
        if fields
            .iter()
            .all(|known| known.field_name != highlight.field)
        {
            fields.push(HighlightResult {
                field_name: highlight.field.clone(),
                datas: vec![HighlightData::default(); hits.len()],
            });
        }
    }
    for field in &mut fields {
        for (data, hit) in field.datas.iter_mut().zip(hits) {
            let mut of_hit = hit.highlights.iter();
            if let Some(highlight) = of_hit.find(|highlight| highlight.field == field.field_name) {
                data.fragments.clone_from(&highlight.fragments);
                data.scores.clone_from(&highlight.scores);
            }
        }
    }
    fields
}

fn key_of(id: &Id) -> Key {
    match id {
        Id::Int(key) => Key::Int(*key),
        Id::Text(key) => Key::Text(key.clone()),
    }
}
