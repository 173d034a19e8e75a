//! Answers that a test sets as rows and hits, instead of messages.

mod columns;
mod hits;
mod shape;
mod typed;

use milvus_otel::data::Row;
use milvus_otel::proto::Request;
use milvus_otel::proto::common::{KeyValuePair, LoadState, Status};
use milvus_otel::proto::milvus::{
    DescribeCollectionResponse, GetLoadStateResponse, GetLoadingProgressResponse,
    HybridSearchRequest, QueryRequest, QueryResults, SearchRequest,
};
use milvus_otel::{Hit, Id};
use prost::Message;

use super::Reply;
use super::fail::Outcome;
use super::filter::after;
use super::read::{count, is_count, number};
use super::store::value;
pub(super) use typed::{hits_of, rows_of};

/// The name of the primary key, unless the collection exists.
const KEY: &str = "id";

/// Hits and rows, for all collections or for one.
#[derive(Debug, Default)]
pub(super) struct Canned {
    hits: Vec<(Option<String>, Vec<Hit>)>,
    rows: Vec<(Option<String>, Vec<Row>)>,
}

impl Canned {
    /// # Panics
    ///
    /// The hits cannot be sent. Checked here, rather than later in the server.
    #[track_caller]
    pub(super) fn search(&mut self, collection: Option<&str>, hits: Vec<Hit>) {
        hits::check(&hits);
        set(&mut self.hits, collection, hits);
    }

    /// # Panics
    ///
    /// The rows cannot be sent.
    #[track_caller]
    pub(super) fn query(&mut self, collection: Option<&str>, rows: Vec<Row>) {
        columns::columns(&rows.iter().collect::<Vec<_>>());
        set(&mut self.rows, collection, rows);
    }

    /// The answer to a call, if there is one for it. `key` is the name of the primary key if the collection exists.
    pub(super) fn answer(
        &self,
        rpc: &str,
        message: &[u8],
        collection: Option<&str>,
        key: Option<&str>,
    ) -> Option<Reply> {
        let collection = collection.unwrap_or_default();
        let (hits, rows) = (of(&self.hits, collection), of(&self.rows, collection));
        let name = key.unwrap_or(KEY);
        let answer = match rpc {
            "Search" => hits::search(SearchRequest::decode(message).ok()?, hits?, name),
            "HybridSearch" => {
                hits::hybrid_search(&HybridSearchRequest::decode(message).ok()?, hits?, name)
            }
            "Query" => query(QueryRequest::decode(message).ok()?, rows?, name),
            _ if key.is_none() && (hits.is_some() || rows.is_some()) => {
                return without_collection(
                    rpc,
                    collection,
                    hits.unwrap_or_default(),
                    rows.unwrap_or_default(),
                );
            }
            _ => return None,
        };
        Some(answer.unwrap_or_else(Reply::from))
    }
}

/// The answer to what a program asks before it reads, if the collection was not created.
///
/// Not to `HasCollection`: a program that asks this creates the collection if there is none.
fn without_collection(rpc: &str, collection: &str, hits: &[Hit], rows: &[Row]) -> Option<Reply> {
    let status = Some(Status::default());
    Some(match rpc {
        "DescribeCollection" => describe(collection, hits, rows),
        "LoadCollection" => Reply::message(&Status::default()),
        "GetLoadingProgress" => Reply::message(&GetLoadingProgressResponse {
            status,
            progress: 100,
            refresh_progress: 100,
        }),
        "GetLoadState" => Reply::message(&GetLoadStateResponse {
            status,
            state: LoadState::Loaded as i32,
        }),
        _ => return None,
    })
}

fn set<T>(all: &mut Vec<(Option<String>, Vec<T>)>, collection: Option<&str>, new: Vec<T>) {
    all.retain(|(name, _)| name.as_deref() != collection);
    all.push((collection.map(str::to_owned), new));
}

/// Those for this collection, or those for all.
fn of<'a, T>(all: &'a [(Option<String>, Vec<T>)], collection: &str) -> Option<&'a [T]> {
    let find = |wanted: Option<&str>| all.iter().find(|(name, _)| name.as_deref() == wanted);
    let (_, found) = find(Some(collection)).or_else(|| find(None))?;
    Some(found)
}

fn limit(parameters: &[KeyValuePair], key: &str) -> Outcome<usize> {
    let limit = number(parameters, key)?.and_then(|limit| usize::try_from(limit).ok());
    Ok(limit.unwrap_or(usize::MAX))
}

/// The number of rows or hits before the page.
fn offset(parameters: &[KeyValuePair]) -> Outcome<usize> {
    let offset = number(parameters, "offset")?.unwrap_or_default();
    Ok(usize::try_from(offset).unwrap_or(usize::MAX))
}

fn query(request: QueryRequest, rows: &[Row], key: &str) -> Outcome<Reply> {
    let mut answer = QueryResults {
        status: Some(Status::default()),
        primary_field_name: key.to_owned(),
        collection_name: request.collection().unwrap_or_default().to_owned(),
        ..QueryResults::default()
    };
    let limit = limit(&request.query_params, "limit")?;
    let skipped = offset(&request.query_params)?;
    if is_count(&request.output_fields) {
        answer.fields_data = vec![count(rows.len())];
        return Ok(Reply::message(&answer));
    }
    let mut page: Vec<&Row> = rows.iter().collect();
    if value(&request.query_params, "iterator").is_some() {
        // Pages of a stream are in the order of the keys, and continue after a key.
        let key_of = |row: &Row| columns::key(row, key);
        page.sort_by_key(|row| key_of(row));
        let last = after(&request.expr, key);
        page.retain(|row| last.is_none() || key_of(row) > last);
    }
    let page: Vec<&Row> = page.into_iter().skip(skipped).take(limit).collect();
    answer.fields_data = columns::columns(&page);
    answer.output_fields = answer
        .fields_data
        .iter()
        .map(|column| column.field_name.clone())
        .collect();
    Ok(Reply::message(&answer))
}

/// A description that fits the rows.
fn describe(collection: &str, hits: &[Hit], rows: &[Row]) -> Reply {
    let all: Vec<&Row> = hits.iter().map(|hit| &hit.entity).chain(rows).collect();
    let is_text = hits.iter().any(|hit| matches!(hit.id, Id::Text(_)));
    let schema = columns::schema(collection, KEY, is_text, &all);
    Reply::message(&DescribeCollectionResponse {
        status: Some(Status::default()),
        collection_name: collection.to_owned(),
        collection_id: 1,
        schema: Some(schema),
        ..DescribeCollectionResponse::default()
    })
}
