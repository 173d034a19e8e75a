//! What a search asks for, and the rows that answer it: by brute force.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use bytes::Bytes;
use milvus_otel::proto::common::{KeyValuePair, PlaceholderGroup};
use milvus_otel::proto::milvus::{SearchRequest, search_request::SearchInput};
use milvus_otel::proto::schema::{DataType, FieldSchema, IDs, i_ds::IdField};
use prost::Message;
use serde_json::{Map, Value as Json};

use super::cell::{Cell, data_type, dimension};
use super::distance::{Metric, Range};
use super::fail::{Fail, Outcome};
use super::filter::Filter;
use super::output::vector_field;
use super::read::check_parameters;
use super::store::{Collection, Key, StoredRow, value};
use super::vector::Vector;

const KNOWN: [&str; 17] = [
    "topk",
    "limit",
    "offset",
    "params",
    "metric_type",
    "anns_field",
    "round_decimal",
    "ignore_growing",
    "iterator",
    "collection_id",
    "search_iter_v2",
    "search_iter_batch_size",
    "search_iter_id",
    "search_iter_last_bound",
    "radius",
    "range_filter",
    "cluster_id",
];

/// A search of one vector field, or one of the searches of a hybrid search.
pub(super) struct Ask {
    place: usize,
    data_type: DataType,
    pub(super) metric: Metric,
    range: Range,
    partitions: Option<BTreeSet<i64>>,
    filter: Filter,
    pub(super) queries: Vec<Vector>,
}

/// A row that was found, and how near it is.
pub(super) type Near<'a> = (f32, &'a Key, &'a StoredRow);

impl Ask {
    pub(super) fn new(collection: &Collection, request: &SearchRequest) -> Outcome<Self> {
        check_features(request)?;
        let parameters = &request.search_params;
        let place = vector_field(collection, value(parameters, "anns_field"))?;
        let field = collection.schema.fields.get(place);
        let field = field.ok_or_else(|| Fail::unexpected("a field is gone"))?;
        let index_parameters = index_parameters(parameters)?;
        Ok(Self {
            place,
            data_type: data_type(field.data_type)?,
            metric: metric(collection, field, parameters, &index_parameters)?,
            range: Range::new(&Json::Object(index_parameters), parameters)?,
            partitions: collection.partition_ids(&request.partition_names)?,
            filter: Filter::new(&request.dsl, &request.expr_template_values, collection)?,
            queries: query_vectors(collection, place, field, request.search_input.as_ref())?,
        })
    }

    /// All rows that the filter selects and that are within the range, from near to far.
    pub(super) fn nearest<'a>(
        &self,
        collection: &'a Collection,
        query: &Vector,
    ) -> Outcome<Vec<Near<'a>>> {
        let rows = collection.loaded_rows(self.partitions.as_ref())?;
        let selected = rows.filter(|(_, row)| self.filter.matches(&row.cells));
        let mut found: Vec<Near<'a>> = selected
            .filter_map(|(key, row)| match row.cells.get(self.place) {
                Some(Cell::Vector(bytes)) => {
                    let vector = Vector::read(self.data_type, bytes);
                    Some((self.metric.score(query, &vector)?, key, row))
                }
                _ => None,
            })
            .filter(|(score, ..)| self.range.holds(self.metric, *score))
            .collect();
        found.sort_by(|(one, ..), (other, ..)| {
            let ascending = one.partial_cmp(other).unwrap_or(Ordering::Equal);
            if self.metric.is_distance() {
                ascending
            } else {
                ascending.reverse()
            }
        });
        Ok(found)
    }
}

/// Refuses what would change Milvus' answer, but not the fake's.
fn check_features(request: &SearchRequest) -> Outcome<()> {
    for (is_used, what) in [
        (request.namespace.is_some(), "namespaces"),
        (request.function_score.is_some(), "rankers"),
        (request.highlighter.is_some(), "highlighters"),
        (request.search_aggregation.is_some(), "search aggregations"),
        (!request.function_chains.is_empty(), "function chains"),
        (!request.sub_reqs.is_empty(), "searches within searches"),
    ] {
        if is_used {
            return Err(Fail::missing(what));
        }
    }
    check_parameters(&request.search_params, &KNOWN, "a search")
}

/// The JSON in the parameter `params`.
pub(super) fn index_parameters(parameters: &[KeyValuePair]) -> Outcome<Map<String, Json>> {
    let Some(text) = value(parameters, "params").filter(|text| !text.is_empty()) else {
        return Ok(Map::new());
    };
    serde_json::from_str(text)
        .map_err(|_| Fail::invalid("the search parameter params is not a JSON object"))
}

/// The metric of the index, which a search may name but not change.
fn metric(
    collection: &Collection,
    field: &FieldSchema,
    parameters: &[KeyValuePair],
    index_parameters: &Map<String, Json>,
) -> Outcome<Metric> {
    let mut indexes = collection.indexes.iter();
    let index = indexes
        .find(|index| index.field == field.name)
        .ok_or_else(|| Fail::not_loaded(collection.id))?;
    let expected = value(&index.parameters, "metric_type").unwrap_or_default();
    let asked =
        value(parameters, "metric_type").or_else(|| index_parameters.get("metric_type")?.as_str());
    match asked.filter(|asked| !asked.is_empty()) {
        Some(actual) if !actual.eq_ignore_ascii_case(expected) => Err(Fail::invalid(format_args!(
            "metric type not match: invalid [expected={expected}][actual={actual}]"
        ))),
        _ => Metric::new(expected),
    }
}

fn query_vectors(
    collection: &Collection,
    place: usize,
    field: &FieldSchema,
    input: Option<&SearchInput>,
) -> Outcome<Vec<Vector>> {
    let searched = data_type(field.data_type)?;
    let placeholder = match input {
        None => None,
        Some(SearchInput::Ids(ids)) => {
            let stored = stored_vectors(collection, place, ids)?;
            let read = stored.iter().map(|bytes| Vector::read(searched, bytes));
            return Ok(read.collect());
        }
        Some(SearchInput::PlaceholderGroup(group)) => {
            let group = PlaceholderGroup::decode(group.clone())
                .map_err(|_| Fail::invalid("the query vectors cannot be decoded"))?;
            group.placeholders.into_iter().next()
        }
    };
    let Some(placeholder) = placeholder.filter(|placeholder| !placeholder.values.is_empty()) else {
        return Err(Fail::invalid(
            "nq [0] is invalid: it should be in range [1, 16384]",
        ));
    };
    // The types of placeholders have the numbers of the types of fields.
    let is_half = matches!(searched, DataType::Float16Vector | DataType::BFloat16Vector);
    let sent = if placeholder.r#type == searched as i32 {
        searched
    } else if is_half && placeholder.r#type == DataType::FloatVector as i32 {
        DataType::FloatVector
    } else {
        return Err(Fail::invalid(
            "vector type must be the same as that of the field",
        ));
    };
    let mut vectors = Vec::with_capacity(placeholder.values.len());
    for bytes in &placeholder.values {
        let expected = Vector::width(sent, dimension(field));
        if expected.is_some_and(|expected| expected != bytes.len()) {
            return Err(Fail::invalid(format_args!(
                "vector dimension mismatch, expected vector size(byte) {}, actual {}",
                expected.unwrap_or_default(),
                bytes.len()
            )));
        }
        vectors.push(Vector::read(sent, bytes));
    }
    Ok(vectors)
}

/// The vectors of rows.
fn stored_vectors(collection: &Collection, place: usize, ids: &IDs) -> Outcome<Vec<Bytes>> {
    let keys: Vec<Key> = match &ids.id_field {
        Some(IdField::IntId(ids)) => ids.data.iter().copied().map(Key::Int).collect(),
        Some(IdField::StrId(ids)) => ids.data.iter().cloned().map(Key::Text).collect(),
        None => Vec::new(),
    };
    let vector = |key: &Key| match collection
        .rows
        .get(key)
        .and_then(|row| row.cells.get(place))
    {
        Some(Cell::Vector(vector)) => Ok(vector.clone()),
        _ => Err(Fail::invalid("some of the ids to search for do not exist")),
    };
    keys.iter().map(vector).collect()
}
