//! Partitions of collections.

use milvus_otel::proto::common::{KeyValuePair, Status};
use milvus_otel::proto::milvus::{
    BoolResponse, CreatePartitionRequest, DropPartitionRequest, GetPartitionStatisticsRequest,
    GetPartitionStatisticsResponse, HasPartitionRequest, ShowPartitionsRequest,
    ShowPartitionsResponse,
};

use super::databases::check_name;
use super::fail::{Fail, Outcome};
use super::rpcs::Scope;
use super::store::{DEFAULT_PARTITION, Partition};

/// Like Milvus, without an error if it already exists.
pub(super) fn create(scope: &mut Scope<'_>, request: CreatePartitionRequest) -> Outcome<Status> {
    let name = request.partition_name;
    check_name(&name).map_err(Fail::invalid)?;
    let (id, created) = (scope.store.next_id(), scope.store.now());
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    if collection.has_partition_key() {
        return Err(Fail::invalid(
            "disable create partition if partition key mode is used",
        ));
    }
    if collection.partition(&name).is_err() {
        // A collection that was loaded as a whole stays that way.
        let is_loaded = collection
            .partitions
            .iter()
            .all(|partition| partition.is_loaded);
        collection.partitions.push(Partition {
            id,
            name,
            created,
            is_loaded,
        });
    }
    Ok(Status::default())
}

/// Like Milvus, without an error if there is none.
pub(super) fn drop(scope: &mut Scope<'_>, request: DropPartitionRequest) -> Outcome<Status> {
    let name = request.partition_name;
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    if name == DEFAULT_PARTITION {
        return Err(Fail::unexpected("default partition cannot be deleted"));
    }
    let Ok(partition) = collection.partition(&name) else {
        return Ok(Status::default());
    };
    if partition.is_loaded {
        let why = "partition cannot be dropped, partition is loaded, please release it first";
        return Err(Fail::unexpected(why));
    }
    let id = partition.id;
    collection.partitions.retain(|partition| partition.id != id);
    collection.rows.retain(|_, row| row.partition != id);
    Ok(Status::default())
}

pub(super) fn has(scope: &mut Scope<'_>, request: HasPartitionRequest) -> Outcome<BoolResponse> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    Ok(BoolResponse {
        status: Some(Status::default()),
        value: collection.partition(&request.partition_name).is_ok(),
    })
}

pub(super) fn list(
    scope: &mut Scope<'_>,
    request: ShowPartitionsRequest,
) -> Outcome<ShowPartitionsResponse> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    let names = &request.partition_names;
    let mut answer = ShowPartitionsResponse {
        status: Some(Status::default()),
        ..ShowPartitionsResponse::default()
    };
    for partition in &collection.partitions {
        if names.is_empty() || names.contains(&partition.name) {
            answer.partition_names.push(partition.name.clone());
            answer.partition_i_ds.push(partition.id);
            answer.created_timestamps.push(partition.created);
            answer.created_utc_timestamps.push(partition.created >> 18);
        }
    }
    Ok(answer)
}

pub(super) fn statistics(
    scope: &mut Scope<'_>,
    request: GetPartitionStatisticsRequest,
) -> Outcome<GetPartitionStatisticsResponse> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    let partition = collection.partition(&request.partition_name)?.id;
    Ok(GetPartitionStatisticsResponse {
        status: Some(Status::default()),
        stats: vec![row_count(collection.count(Some(partition)))],
    })
}

pub(super) fn row_count(rows: usize) -> KeyValuePair {
    KeyValuePair {
        key: "row_count".to_owned(),
        value: rows.to_string(),
    }
}
