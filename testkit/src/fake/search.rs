//! Searches.

use milvus_otel::proto::common::Status;
use milvus_otel::proto::milvus::{SearchRequest, SearchResults};
use milvus_otel::proto::schema::{SearchIteratorV2Results, SearchResultData};

use super::ask::Ask;
use super::fail::Outcome;
use super::output::{Output, has_text_keys};
use super::read::{check_window, number};
use super::rpcs::Scope;
use super::store::{Collection, Key, StoredRow, value};

/// Milvus' default.
pub(super) const LIMIT: u64 = 10;

pub(super) fn search(scope: &mut Scope<'_>, request: SearchRequest) -> Outcome<SearchResults> {
    let now = scope.store.now();
    let database = scope.name(&request.db_name);
    let new_token = format!("fake-{}", scope.store.next_id());
    let parameters = &request.search_params;
    // Pages of an iterator continue where the previous one ended.
    let iterator =
        value(parameters, "search_iter_v2").map(|_| match value(parameters, "search_iter_id") {
            Some(token) => token.to_owned(),
            None => new_token,
        });
    let returned = iterator
        .as_ref()
        .and_then(|token| scope.store.iterators.get(token));
    let returned = returned.copied().unwrap_or_default();
    let collection = scope
        .store
        .collection(&database, &request.collection_name)?;
    let ask = Ask::new(collection, &request)?;
    let limit = number(parameters, "topk")?
        .or(number(parameters, "limit")?)
        .unwrap_or(LIMIT);
    let offset = number(parameters, "offset")?.unwrap_or_default();
    if iterator.is_none() {
        check_window(offset, Some(limit))?;
    }
    let digits = number(parameters, "round_decimal")?;
    let output = Output::new(collection, &request.output_fields)?;
    let skipped = usize::try_from(offset).unwrap_or(usize::MAX) + returned;
    let taken = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found = Found::default();
    for query in &ask.queries {
        let near = ask.nearest(collection, query)?;
        let page = near.into_iter().skip(skipped).take(taken);
        found.add(page.map(|(score, key, row)| (rounded(score, digits), key, row)));
    }
    let count = found.hits.len();
    let mut results = found.results(collection, &output, limit)?;
    if let Some(token) = iterator {
        results.search_iterator_v2_results = Some(SearchIteratorV2Results {
            token: token.clone(),
            last_bound: results.scores.last().copied().unwrap_or_default(),
        });
        scope.store.iterators.insert(token, returned + count);
    }
    Ok(SearchResults {
        status: Some(Status::default()),
        results: Some(results),
        collection_name: request.collection_name,
        session_ts: now,
    })
}

/// The hits of all query vectors.
#[derive(Default)]
pub(super) struct Found<'a> {
    scores: Vec<f32>,
    hits: Vec<(&'a Key, &'a StoredRow)>,
    counts: Vec<i64>,
}

impl<'a> Found<'a> {
    /// Adds the hits of the next query vector.
    pub(super) fn add(&mut self, near: impl Iterator<Item = (f32, &'a Key, &'a StoredRow)>) {
        let before = self.hits.len();
        for (score, key, row) in near {
            self.scores.push(score);
            self.hits.push((key, row));
        }
        let count = self.hits.len() - before;
        self.counts.push(i64::try_from(count).unwrap_or_default());
    }

    pub(super) fn results(
        self,
        collection: &Collection,
        output: &Output,
        limit: u64,
    ) -> Outcome<SearchResultData> {
        let rows: Vec<&StoredRow> = self.hits.iter().map(|(_, row)| *row).collect();
        let keys = self.hits.iter().map(|(key, _)| *key);
        Ok(SearchResultData {
            num_queries: i64::try_from(self.counts.len()).unwrap_or_default(),
            top_k: i64::try_from(limit).unwrap_or(i64::MAX),
            primary_field_name: collection.key_field()?.1.name.clone(),
            output_fields: output.names.clone(),
            fields_data: output.columns(collection, &rows)?,
            ids: Some(Key::ids(keys, has_text_keys(collection)?)),
            scores: self.scores,
            topks: self.counts,
            ..SearchResultData::default()
        })
    }
}

pub(super) fn rounded(score: f32, digits: Option<u64>) -> f32 {
    let Some(digits) = digits.and_then(|digits| i32::try_from(digits).ok()) else {
        return score;
    };
    let factor = 10_f32.powi(digits);
    (score * factor).round() / factor
}
