//! Loading, which takes no time.

use milvus_otel::proto::common::{LoadState, Status};
use milvus_otel::proto::milvus::{
    GetLoadStateRequest, GetLoadStateResponse, GetLoadingProgressRequest,
    GetLoadingProgressResponse, LoadCollectionRequest, LoadPartitionsRequest,
    ReleaseCollectionRequest, ReleasePartitionsRequest,
};

use super::cell::is_vector;
use super::fail::{Fail, Outcome};
use super::rpcs::Scope;
use super::store::Collection;

pub(super) fn load(scope: &mut Scope<'_>, request: LoadCollectionRequest) -> Outcome<Status> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    set_loaded(collection, &[], true)
}

pub(super) fn load_partitions(
    scope: &mut Scope<'_>,
    request: LoadPartitionsRequest,
) -> Outcome<Status> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    set_loaded(collection, &request.partition_names, true)
}

pub(super) fn release(scope: &mut Scope<'_>, request: ReleaseCollectionRequest) -> Outcome<Status> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    set_loaded(collection, &[], false)
}

pub(super) fn release_partitions(
    scope: &mut Scope<'_>,
    request: ReleasePartitionsRequest,
) -> Outcome<Status> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    set_loaded(collection, &request.partition_names, false)
}

/// Loads or releases these partitions, or all.
fn set_loaded(collection: &mut Collection, names: &[String], is_loaded: bool) -> Outcome<Status> {
    let has_index = |name: &str| collection.indexes.iter().any(|index| index.field == name);
    let mut vectors = collection
        .schema
        .fields
        .iter()
        .filter(|field| is_vector(field.data_type));
    if is_loaded && !vectors.all(|field| has_index(&field.name)) {
        return Err(Fail::index_not_found(collection.name()));
    }
    let chosen = collection.partition_ids(names)?;
    for partition in &mut collection.partitions {
        if chosen
            .as_ref()
            .is_none_or(|chosen| chosen.contains(&partition.id))
        {
            partition.is_loaded = is_loaded;
        }
    }
    Ok(Status::default())
}

pub(super) fn state(
    scope: &mut Scope<'_>,
    request: GetLoadStateRequest,
) -> Outcome<GetLoadStateResponse> {
    let database = scope.database(&request.db_name)?;
    let state = match database.resolve(&request.collection_name) {
        None => LoadState::NotExist,
        Some(collection) if are_loaded(collection, &request.partition_names)? => LoadState::Loaded,
        Some(_) => LoadState::NotLoad,
    };
    Ok(GetLoadStateResponse {
        status: Some(Status::default()),
        state: state as i32,
    })
}

pub(super) fn progress(
    scope: &mut Scope<'_>,
    request: GetLoadingProgressRequest,
) -> Outcome<GetLoadingProgressResponse> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    if !are_loaded(collection, &request.partition_names)? {
        return Err(Fail::not_loaded(collection.id));
    }
    Ok(GetLoadingProgressResponse {
        status: Some(Status::default()),
        progress: 100,
        refresh_progress: 100,
    })
}

/// Whether all of these partitions are loaded, or any.
fn are_loaded(collection: &Collection, names: &[String]) -> Outcome<bool> {
    let Some(chosen) = collection.partition_ids(names)? else {
        return Ok(collection.is_loaded());
    };
    let mut partitions = collection.partitions.iter();
    Ok(partitions.all(|partition| partition.is_loaded || !chosen.contains(&partition.id)))
}
