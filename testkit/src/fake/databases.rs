//! Databases.

use milvus_otel::error::Code;
use milvus_otel::proto::common::Status;
use milvus_otel::proto::milvus::{
    AlterDatabaseRequest, CreateDatabaseRequest, DescribeDatabaseRequest, DescribeDatabaseResponse,
    DropDatabaseRequest, ListDatabasesRequest, ListDatabasesResponse,
};

use super::fail::{Fail, Outcome};
use super::rpcs::Scope;
use super::store::{DEFAULT_DATABASE, Database, change};

pub(super) fn create(scope: &mut Scope<'_>, request: CreateDatabaseRequest) -> Outcome<Status> {
    let name = request.db_name;
    check_name(&name).map_err(|why| Fail::new(Code::DATABASE_INVALID_NAME, why))?;
    if scope.store.databases.contains_key(&name) {
        return Err(Fail::unexpected(format!("database already exist: {name}")));
    }
    let database = Database {
        id: scope.store.next_id(),
        created: scope.store.now(),
        properties: request.properties,
        ..Database::default()
    };
    scope.store.databases.insert(name, database);
    Ok(Status::default())
}

/// Like Milvus, without an error if there is none.
pub(super) fn drop(scope: &mut Scope<'_>, request: DropDatabaseRequest) -> Outcome<Status> {
    let name = request.db_name;
    if name == DEFAULT_DATABASE {
        return Err(Fail::unexpected("can not drop default database"));
    }
    let Some(database) = scope.store.databases.get(&name) else {
        return Ok(Status::default());
    };
    if !database.collections.is_empty() {
        return Err(Fail::unexpected(format!(
            "database:{name} not empty, must drop all collections before drop database"
        )));
    }
    scope.store.databases.remove(&name);
    Ok(Status::default())
}

pub(super) fn list(
    scope: &mut Scope<'_>,
    _: ListDatabasesRequest,
) -> Outcome<ListDatabasesResponse> {
    let databases = &scope.store.databases;
    Ok(ListDatabasesResponse {
        status: Some(Status::default()),
        db_names: databases.keys().cloned().collect(),
        created_timestamp: databases
            .values()
            .map(|database| database.created)
            .collect(),
        db_ids: databases.values().map(|database| database.id).collect(),
    })
}

pub(super) fn describe(
    scope: &mut Scope<'_>,
    request: DescribeDatabaseRequest,
) -> Outcome<DescribeDatabaseResponse> {
    let name = scope.name(&request.db_name);
    let database = scope.store.database(&name)?;
    Ok(DescribeDatabaseResponse {
        status: Some(Status::default()),
        db_name: name,
        db_id: database.id,
        created_timestamp: database.created,
        properties: database.properties.clone(),
    })
}

pub(super) fn alter(scope: &mut Scope<'_>, request: AlterDatabaseRequest) -> Outcome<Status> {
    let database = scope.database(&request.db_name)?;
    change(
        &mut database.properties,
        request.properties,
        &request.delete_keys,
    );
    Ok(Status::default())
}

/// The rule for all names.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let is_first = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    if name.is_empty() {
        return Err("the name should not be empty".to_owned());
    }
    if name.len() > 255 {
        return Err("the length of a name must be less than 255 characters".to_owned());
    }
    if !name.starts_with(is_first) {
        return Err(format!(
            "invalid name {name:?}: the first character must be an underscore or letter"
        ));
    }
    if !name.chars().all(is_word) {
        return Err(format!(
            "invalid name {name:?}: it can only contain numbers, letters and underscores"
        ));
    }
    Ok(())
}
