//! Queries.

use milvus_otel::proto::common::{KeyValuePair, Status};
use milvus_otel::proto::milvus::{QueryRequest, QueryResults};
use milvus_otel::proto::schema::{
    DataType, FieldData, LongArray, ScalarField, field_data::Field, scalar_field::Data,
};

use super::fail::{Fail, Outcome};
use super::filter::Filter;
use super::output::Output;
use super::rpcs::Scope;
use super::store::{StoredRow, value};

/// The most rows that a query may return or skip.
pub(super) const WINDOW: u64 = 16_384;

const COUNT: &str = "count(*)";

/// Parameters that cannot change the fake's rows: it has no growing segments, and reads are never stale.
const IGNORED: [&str; 8] = [
    "ignore_growing",
    "iterator",
    "reduce_stop_for_best",
    "collection_id",
    "limit",
    "offset",
    "guarantee_timestamp",
    "cluster_id",
];

pub(super) fn query(scope: &mut Scope<'_>, request: QueryRequest) -> Outcome<QueryResults> {
    if request.namespace.is_some() {
        return Err(Fail::missing("namespaces"));
    }
    check_parameters(&request.query_params, &IGNORED, "a query")?;
    let now = scope.store.now();
    let database = scope.name(&request.db_name);
    let collection = scope
        .store
        .collection(&database, &request.collection_name)?;
    let partitions = collection.partition_ids(&request.partition_names)?;
    let filter = Filter::new(&request.expr, &request.expr_template_values, collection)?;
    let limit = number(&request.query_params, "limit")?;
    let offset = number(&request.query_params, "offset")?.unwrap_or_default();
    let (key, key_field) = collection.key_field()?;
    let matching = collection
        .loaded_rows(partitions.as_ref())?
        .map(|(_, row)| row)
        .filter(|row| filter.matches(&row.cells));
    let mut answer = QueryResults {
        status: Some(Status::default()),
        collection_name: request.collection_name.clone(),
        session_ts: now,
        primary_field_name: key_field.name.clone(),
        ..QueryResults::default()
    };
    if is_count(&request.output_fields) {
        if limit.is_some() {
            return Err(Fail::invalid(
                "count entities with pagination is not allowed",
            ));
        }
        answer.fields_data = vec![count(matching.count())];
        answer.output_fields = vec![COUNT.to_owned()];
        return Ok(answer);
    }
    if filter.is_empty() && limit.is_none() {
        return Err(Fail::invalid("empty expression should be used with limit"));
    }
    check_window(offset, limit)?;
    let output = Output::new(collection, &request.output_fields)?.with_key(key, &key_field.name);
    let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
    let taken = usize::try_from(limit.unwrap_or(WINDOW)).unwrap_or(usize::MAX);
    let rows: Vec<&StoredRow> = matching.skip(skipped).take(taken).collect();
    answer.fields_data = output.columns(collection, &rows)?;
    answer.output_fields = output.names;
    Ok(answer)
}

/// Whether this is a count: `count(*)`.
pub(super) fn is_count(output_fields: &[String]) -> bool {
    output_fields.iter().any(|name| name == COUNT)
}

/// The answer to a count.
pub(super) fn count(rows: usize) -> FieldData {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    FieldData {
        r#type: DataType::Int64 as i32,
        field_name: COUNT.to_owned(),
        field: Some(Field::Scalars(ScalarField {
            data: Some(Data::LongData(LongArray { data: vec![rows] })),
        })),
        ..FieldData::default()
    }
}

/// Offset and limit, which together must not exceed the window.
pub(super) fn check_window(offset: u64, limit: Option<u64>) -> Outcome<()> {
    let Some(limit) = limit else {
        return Ok(());
    };
    let end = offset.saturating_add(limit);
    if limit == 0 || end > WINDOW {
        return Err(Fail::invalid(format_args!(
            "invalid max query result window, (offset+limit) should be in range [1, {WINDOW}], but got {end}"
        )));
    }
    Ok(())
}

/// A number among the parameters of a request.
pub(super) fn number(pairs: &[KeyValuePair], key: &str) -> Outcome<Option<u64>> {
    let Some(text) = value(pairs, key) else {
        return Ok(None);
    };
    match text.trim().parse::<i64>() {
        // pymilvus uses it for "no limit".
        Ok(-1) => Ok(None),
        Ok(number) => match u64::try_from(number) {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Fail::invalid(format_args!("{key} [{text}] is invalid"))),
        },
        Err(_) => Err(Fail::invalid(format_args!("{key} [{text}] is invalid"))),
    }
}

/// Refuses a parameter that would change Milvus' answer, but not the fake's.
pub(super) fn check_parameters(pairs: &[KeyValuePair], known: &[&str], of: &str) -> Outcome<()> {
    let unknown = |pair: &&KeyValuePair| !known.contains(&pair.key.as_str());
    match pairs.iter().find(unknown) {
        Some(pair) => Err(Fail::missing(format_args!("{} in {of}", pair.key))),
        None => Ok(()),
    }
}
