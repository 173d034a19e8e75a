//! Collections.

use milvus_otel::proto::common::Status;
use milvus_otel::proto::milvus::{
    AlterCollectionRequest, BoolResponse, CreateCollectionRequest, DescribeCollectionRequest,
    DescribeCollectionResponse, DropCollectionRequest, GetCollectionStatisticsRequest,
    GetCollectionStatisticsResponse, HasCollectionRequest, RenameCollectionRequest,
    ShowCollectionsRequest, ShowCollectionsResponse, ShowType, TruncateCollectionRequest,
    TruncateCollectionResponse,
};
use milvus_otel::proto::schema::CollectionSchema;
use prost::Message;

use super::databases::check_name;
use super::fail::{Fail, Outcome};
use super::partitions::row_count;
use super::rpcs::Scope;
use super::schema::complete;
use super::store::{Collection, DEFAULT_PARTITION, Partition, change};

/// Milvus' number of partitions if there is a partition key.
const KEY_PARTITIONS: i64 = 16;

/// Like Milvus, without an error if the same collection already exists.
pub(super) fn create(scope: &mut Scope<'_>, request: CreateCollectionRequest) -> Outcome<Status> {
    let name = request.collection_name;
    check_name(&name)
        .map_err(|why| Fail::invalid(format_args!("Invalid collection name: {why}")))?;
    let schema = CollectionSchema::decode(request.schema)
        .map_err(|error| Fail::invalid(format_args!("the schema cannot be decoded: {error}")))?;
    let mut schema = complete(schema)?;
    schema.name.clone_from(&name);
    let database = scope.name(&request.db_name);
    let known = scope.store.database(&database)?;
    if known.aliases.contains_key(&name) {
        let why = format!(
            "collection name [{name}] conflicts with an existing alias, please choose a unique name"
        );
        return Err(Fail::unexpected(why));
    }
    if let Some(existing) = known.collections.get(&name) {
        if existing.schema == schema {
            return Ok(Status::default());
        }
        let why =
            format!("create duplicate collection with different parameters, collection: {name}");
        return Err(Fail::unexpected(why));
    }
    let created = scope.store.now();
    let mut collection = Collection {
        id: scope.store.next_id(),
        schema,
        properties: request.properties,
        consistency: request.consistency_level,
        shards: request.shards_num.max(1),
        created,
        updated: created,
        partitions: Vec::new(),
        indexes: Vec::new(),
        rows: std::collections::BTreeMap::new(),
    };
    let names: Vec<String> = if collection.has_partition_key() {
        let count = if request.num_partitions > 0 {
            request.num_partitions
        } else {
            KEY_PARTITIONS
        };
        (0..count)
            .map(|number| format!("{DEFAULT_PARTITION}_{number}"))
            .collect()
    } else {
        vec![DEFAULT_PARTITION.to_owned()]
    };
    for name in names {
        let id = scope.store.next_id();
        collection.partitions.push(Partition {
            id,
            name,
            created,
            is_loaded: false,
        });
    }
    scope
        .store
        .database(&database)?
        .collections
        .insert(name, collection);
    Ok(Status::default())
}

/// Like Milvus, without an error if there is none.
pub(super) fn drop(scope: &mut Scope<'_>, request: DropCollectionRequest) -> Outcome<Status> {
    let database = scope.database(&request.db_name)?;
    let name = request.collection_name;
    if database.aliases.contains_key(&name) {
        let why = format!("cannot drop the collection via alias = {name}");
        return Err(Fail::unexpected(why));
    }
    let mut aliases = database.aliases.iter();
    if let Some((alias, _)) = aliases.find(|(_, of)| **of == name) {
        let why = format!(
            "unable to drop the collection [{name}] because it has associated aliases [{alias}], please remove all aliases before dropping the collection"
        );
        return Err(Fail::unexpected(why));
    }
    database.collections.remove(&name);
    Ok(Status::default())
}

pub(super) fn has(scope: &mut Scope<'_>, request: HasCollectionRequest) -> Outcome<BoolResponse> {
    let database = scope.database(&request.db_name)?;
    Ok(BoolResponse {
        status: Some(Status::default()),
        value: database.resolve(&request.collection_name).is_some(),
    })
}

pub(super) fn describe(
    scope: &mut Scope<'_>,
    request: DescribeCollectionRequest,
) -> Outcome<DescribeCollectionResponse> {
    let db_name = scope.name(&request.db_name);
    let database = scope.store.database(&db_name)?;
    let db_id = database.id;
    let name = if request.collection_name.is_empty() {
        let mut all = database.collections.values();
        let found = all.find(|collection| collection.id == request.collection_id);
        found.map_or_else(
            || request.collection_id.to_string(),
            |found| found.name().to_owned(),
        )
    } else {
        request.collection_name
    };
    let aliases = database.aliases.clone();
    let collection = scope.store.collection(&db_name, &name)?;
    let own = collection.name().to_owned();
    let mut schema = collection.described_schema();
    schema.db_name.clone_from(&db_name);
    Ok(DescribeCollectionResponse {
        status: Some(Status::default()),
        schema: Some(schema),
        collection_id: collection.id,
        created_timestamp: collection.created,
        created_utc_timestamp: collection.created >> 18,
        shards_num: collection.shards,
        aliases: aliases
            .into_iter()
            .filter(|(_, of)| *of == own)
            .map(|(alias, _)| alias)
            .collect(),
        consistency_level: collection.consistency,
        properties: collection.properties.clone(),
        num_partitions: i64::try_from(collection.partitions.len()).unwrap_or_default(),
        update_timestamp: collection.updated,
        update_timestamp_str: collection.updated.to_string(),
        collection_name: own,
        db_name,
        db_id,
        ..DescribeCollectionResponse::default()
    })
}

pub(super) fn list(
    scope: &mut Scope<'_>,
    request: ShowCollectionsRequest,
) -> Outcome<ShowCollectionsResponse> {
    let database = scope.database(&request.db_name)?;
    let mut answer = ShowCollectionsResponse {
        status: Some(Status::default()),
        ..ShowCollectionsResponse::default()
    };
    for collection in database.collections.values() {
        if request.r#type == ShowType::InMemory as i32 && !collection.is_loaded() {
            continue;
        }
        answer.collection_names.push(collection.name().to_owned());
        answer.collection_ids.push(collection.id);
        answer.created_timestamps.push(collection.created);
        answer.created_utc_timestamps.push(collection.created >> 18);
        answer.query_service_available.push(collection.is_loaded());
        answer.shards_num.push(collection.shards);
    }
    Ok(answer)
}

pub(super) fn rename(scope: &mut Scope<'_>, request: RenameCollectionRequest) -> Outcome<Status> {
    let (old, new) = (request.old_name, request.new_name);
    check_name(&new)
        .map_err(|why| Fail::invalid(format_args!("Invalid collection name: {why}")))?;
    let from = scope.name(&request.db_name);
    let to = if request.new_db_name.is_empty() {
        from.clone()
    } else {
        request.new_db_name
    };
    let updated = scope.store.now();
    let target = scope.store.database(&to)?;
    if target.aliases.contains_key(&new) {
        return Err(Fail::unexpected(format!(
            "cannot rename collection to an existing alias: {new}"
        )));
    }
    if target.collections.contains_key(&new) {
        return Err(Fail::unexpected(format!(
            "duplicated new collection name {to}:{new} with other collection name or alias"
        )));
    }
    let source = scope.store.database(&from)?;
    let Some(mut collection) = source.collections.remove(&old) else {
        return Err(Fail::collection_not_found(&from, &old));
    };
    for of in source.aliases.values_mut().filter(|of| **of == old) {
        of.clone_from(&new);
    }
    collection.schema.name.clone_from(&new);
    collection.updated = updated;
    scope
        .store
        .database(&to)?
        .collections
        .insert(new, collection);
    Ok(Status::default())
}

pub(super) fn alter(scope: &mut Scope<'_>, request: AlterCollectionRequest) -> Outcome<Status> {
    let updated = scope.store.now();
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    change(
        &mut collection.properties,
        request.properties,
        &request.delete_keys,
    );
    collection.updated = updated;
    Ok(Status::default())
}

pub(super) fn truncate(
    scope: &mut Scope<'_>,
    request: TruncateCollectionRequest,
) -> Outcome<TruncateCollectionResponse> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    collection.rows.clear();
    Ok(TruncateCollectionResponse {
        status: Some(Status::default()),
    })
}

pub(super) fn statistics(
    scope: &mut Scope<'_>,
    request: GetCollectionStatisticsRequest,
) -> Outcome<GetCollectionStatisticsResponse> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    Ok(GetCollectionStatisticsResponse {
        status: Some(Status::default()),
        stats: vec![row_count(collection.count(None))],
    })
}
