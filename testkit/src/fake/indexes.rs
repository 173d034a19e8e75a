//! Indexes. They are only remembered: the fake searches by brute force.

use milvus_otel::error::Code;
use milvus_otel::proto::common::{IndexState, KeyValuePair, Status};
use milvus_otel::proto::milvus::{
    AlterIndexRequest, CreateIndexRequest, DescribeIndexRequest, DescribeIndexResponse,
    DropIndexRequest, IndexDescription,
};
use milvus_otel::proto::schema::DataType;

use super::cell::is_vector;
use super::fail::{Fail, Outcome};
use super::rpcs::Scope;
use super::store::{IndexRecord, change, value};

/// Like Milvus, without an error if the same index already exists.
pub(super) fn create(scope: &mut Scope<'_>, request: CreateIndexRequest) -> Outcome<Status> {
    let id = scope.store.next_id();
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    let field = request.field_name;
    let Some((_, schema)) = collection.field(&field) else {
        let why = format!("cannot create index on non-exist field: {field}");
        return Err(Fail::new(Code::FIELD_NOT_FOUND, why));
    };
    let data_type = schema.data_type;
    let mut parameters = request.extra_params;
    if is_vector(data_type) && value(&parameters, "metric_type").is_none() {
        parameters.push(KeyValuePair {
            key: "metric_type".to_owned(),
            value: default_metric(data_type).to_owned(),
        });
    }
    if let Some(metric) = value(&parameters, "metric_type") {
        check_metric(data_type, metric)?;
    }
    let name = if request.index_name.is_empty() {
        field.clone()
    } else {
        request.index_name
    };
    for index in &collection.indexes {
        if index.field == field {
            if index.name == name && same(&index.parameters, &parameters) {
                return Ok(Status::default());
            }
            let why = "CreateIndex failed: at most one distinct index is allowed per field";
            return Err(Fail::new(Code::INDEX_DUPLICATE, why));
        }
        if index.name == name {
            let why =
                "CreateIndex failed: creating multiple indexes on same field is not supported";
            return Err(Fail::new(Code::INDEX_DUPLICATE, why));
        }
    }
    collection.indexes.push(IndexRecord {
        id,
        name,
        field,
        parameters,
    });
    Ok(Status::default())
}

fn same(one: &[KeyValuePair], other: &[KeyValuePair]) -> bool {
    one.len() == other.len() && one.iter().all(|pair| other.contains(pair))
}

/// The metric of an index without one.
fn default_metric(data_type: i32) -> &'static str {
    match DataType::try_from(data_type) {
        Ok(DataType::BinaryVector) => "HAMMING",
        Ok(DataType::SparseFloatVector) => "IP",
        _ => "COSINE",
    }
}

fn check_metric(data_type: i32, metric: &str) -> Outcome<()> {
    let known: &[&str] = match DataType::try_from(data_type) {
        Ok(DataType::BinaryVector) => &[
            "HAMMING",
            "JACCARD",
            "SUBSTRUCTURE",
            "SUPERSTRUCTURE",
            "MHJACCARD",
        ],
        Ok(DataType::SparseFloatVector) => &["IP", "BM25"],
        _ if is_vector(data_type) => &["L2", "IP", "COSINE"],
        _ => return Ok(()),
    };
    if known.contains(&metric) {
        return Ok(());
    }
    Err(Fail::invalid(format_args!(
        "metric type {metric} not found or not supported, supported: {}",
        known.join(" ")
    )))
}

pub(super) fn describe(
    scope: &mut Scope<'_>,
    request: DescribeIndexRequest,
) -> Outcome<DescribeIndexResponse> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    let rows = i64::try_from(collection.count(None)).unwrap_or_default();
    let name = request.index_name;
    let found = collection
        .indexes
        .iter()
        .filter(|index| name.is_empty() || index.name == name);
    let described: Vec<IndexDescription> = found
        .map(|index| IndexDescription {
            index_name: index.name.clone(),
            index_id: index.id,
            params: index.parameters.clone(),
            field_name: index.field.clone(),
            indexed_rows: rows,
            total_rows: rows,
            state: IndexState::Finished as i32,
            ..IndexDescription::default()
        })
        .collect();
    if described.is_empty() {
        return Err(Fail::index_not_found(collection.name()));
    }
    Ok(DescribeIndexResponse {
        status: Some(Status::default()),
        index_descriptions: described,
    })
}

/// Like Milvus, without an error if there is none.
pub(super) fn drop(scope: &mut Scope<'_>, request: DropIndexRequest) -> Outcome<Status> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    let name = request.index_name;
    let is_it = |index: &IndexRecord| name.is_empty() || index.name == name;
    let is_vector = |index: &IndexRecord| {
        let field = collection.field(&index.field);
        field.is_some_and(|(_, field)| is_vector(field.data_type))
    };
    let is_used = collection
        .indexes
        .iter()
        .any(|index| is_it(index) && is_vector(index));
    if is_used && collection.is_loaded() {
        let why = "vector index cannot be dropped on loaded collection";
        return Err(Fail::invalid(format_args!("{why}: {}", collection.id)));
    }
    collection.indexes.retain(|index| !is_it(index));
    Ok(Status::default())
}

pub(super) fn alter(scope: &mut Scope<'_>, request: AlterIndexRequest) -> Outcome<Status> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    let name = collection.name().to_owned();
    let mut indexes = collection.indexes.iter_mut();
    let index = indexes.find(|index| index.name == request.index_name);
    let index = index.ok_or_else(|| Fail::index_not_found(&name))?;
    change(
        &mut index.parameters,
        request.extra_params,
        &request.delete_keys,
    );
    Ok(Status::default())
}
