//! Hybrid searches.

use std::collections::BTreeMap;

use milvus_otel::proto::common::Status;
use milvus_otel::proto::milvus::{HybridSearchRequest, SearchResults};

use super::ask::Ask;
use super::fail::{Fail, Outcome};
use super::fusion::Ranking;
use super::output::Output;
use super::read::{check_parameters, check_window, number};
use super::rpcs::Scope;
use super::search::{Found, LIMIT, rounded};
use super::store::{Key, StoredRow};

const KNOWN: [&str; 6] = [
    "strategy",
    "params",
    "limit",
    "offset",
    "round_decimal",
    "cluster_id",
];

pub(super) fn hybrid_search(
    scope: &mut Scope<'_>,
    request: HybridSearchRequest,
) -> Outcome<SearchResults> {
    for (is_used, what) in [
        (request.namespace.is_some(), "namespaces"),
        (
            request.function_score.is_some(),
            "rankers that are functions",
        ),
        (!request.function_chains.is_empty(), "function chains"),
    ] {
        if is_used {
            return Err(Fail::missing(what));
        }
    }
    let parameters = &request.rank_params;
    check_parameters(parameters, &KNOWN, "a hybrid search")?;
    let now = scope.store.now();
    let database = scope.name(&request.db_name);
    let collection = scope
        .store
        .collection(&database, &request.collection_name)?;
    let limit = number(parameters, "limit")?.unwrap_or(LIMIT);
    let offset = number(parameters, "offset")?.unwrap_or_default();
    check_window(offset, Some(limit))?;
    let digits = number(parameters, "round_decimal")?;
    let output = Output::new(collection, &request.output_fields)?;
    let searches = &request.requests;
    let mut asks = Vec::with_capacity(searches.len());
    for search in searches {
        let each = number(&search.search_params, "topk")?.unwrap_or(LIMIT);
        asks.push((Ask::new(collection, search)?, each));
    }
    let Some((first, _)) = asks.first() else {
        return Err(Fail::invalid("a hybrid search without searches"));
    };
    let queries = first.queries.len();
    if asks.iter().any(|(ask, _)| ask.queries.len() != queries) {
        let why = "sub search's nq should be the same";
        return Err(Fail::invalid(why));
    }
    let metrics: Vec<_> = asks.iter().map(|(ask, _)| ask.metric).collect();
    let ranking = Ranking::new(parameters, &metrics)?;
    let mut found = Found::default();
    for query in 0..queries {
        let mut rows: BTreeMap<&Key, (f32, &StoredRow)> = BTreeMap::new();
        for (place, (ask, each)) in asks.iter().enumerate() {
            let Some(vector) = ask.queries.get(query) else {
                continue;
            };
            let each = usize::try_from(*each).unwrap_or(usize::MAX);
            let near = ask.nearest(collection, vector)?;
            for (rank, (score, key, row)) in near.into_iter().take(each).enumerate() {
                let (sum, _) = rows.entry(key).or_insert((0.0, row));
                *sum += ranking.share(place, rank, score);
            }
        }
        let mut merged: Vec<(f32, &Key, &StoredRow)> = rows
            .into_iter()
            .map(|(key, (score, row))| (score, key, row))
            .collect();
        // Rows of the same score stay in the order of their keys.
        merged.sort_by(|(one, ..), (other, ..)| ranking.compare(*one, *other));
        let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
        let taken = usize::try_from(limit).unwrap_or(usize::MAX);
        let page = merged.into_iter().skip(skipped).take(taken);
        found.add(page.map(|(score, key, row)| (rounded(score, digits), key, row)));
    }
    Ok(SearchResults {
        status: Some(Status::default()),
        results: Some(found.results(collection, &output, limit)?),
        collection_name: request.collection_name,
        session_ts: now,
    })
}
