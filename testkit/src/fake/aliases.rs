//! Aliases of collections.

use milvus_otel::error::Code;
use milvus_otel::proto::common::Status;
use milvus_otel::proto::milvus::{
    AlterAliasRequest, CreateAliasRequest, DescribeAliasRequest, DescribeAliasResponse,
    DropAliasRequest, ListAliasesRequest, ListAliasesResponse,
};

use super::databases::check_name;
use super::fail::{Fail, Outcome};
use super::rpcs::Scope;

/// Like Milvus, without an error if the alias already belongs to this collection.
pub(super) fn create(scope: &mut Scope<'_>, request: CreateAliasRequest) -> Outcome<Status> {
    let alias = request.alias;
    check_name(&alias).map_err(Fail::invalid)?;
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    let collection = collection.name().to_owned();
    let database = scope.database(&request.db_name)?;
    if database.collections.contains_key(&alias) {
        let why = format!("alias and collection name conflict[alias={alias}]");
        return Err(Fail::new(Code::ALIAS_COLLECTION_NAME_CONFLICT, why));
    }
    match database.aliases.get(&alias) {
        Some(taken) if *taken != collection => {
            let why = format!(
                "{alias} is alias to another collection: {taken}: alias already exist[alias={alias}]"
            );
            Err(Fail::new(Code::ALIAS_ALREADY_EXISTS, why))
        }
        _ => {
            database.aliases.insert(alias, collection);
            Ok(Status::default())
        }
    }
}

/// Like Milvus, without an error if there is none.
pub(super) fn drop(scope: &mut Scope<'_>, request: DropAliasRequest) -> Outcome<Status> {
    let database = scope.database(&request.db_name)?;
    database.aliases.remove(&request.alias);
    Ok(Status::default())
}

pub(super) fn alter(scope: &mut Scope<'_>, request: AlterAliasRequest) -> Outcome<Status> {
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    let collection = collection.name().to_owned();
    let database = scope.name(&request.db_name);
    let aliases = &mut scope.store.database(&database)?.aliases;
    let alias = aliases.get_mut(&request.alias);
    *alias.ok_or_else(|| not_found(&database, &request.alias))? = collection;
    Ok(Status::default())
}

pub(super) fn describe(
    scope: &mut Scope<'_>,
    request: DescribeAliasRequest,
) -> Outcome<DescribeAliasResponse> {
    let database = scope.name(&request.db_name);
    let found = scope.store.database(&database)?.aliases.get(&request.alias);
    let collection = found.ok_or_else(|| not_found(&database, &request.alias))?;
    Ok(DescribeAliasResponse {
        status: Some(Status::default()),
        collection: collection.clone(),
        alias: request.alias,
        db_name: database,
    })
}

pub(super) fn list(
    scope: &mut Scope<'_>,
    request: ListAliasesRequest,
) -> Outcome<ListAliasesResponse> {
    let name = if request.collection_name.is_empty() {
        None
    } else {
        let collection = scope.collection(&request.db_name, &request.collection_name)?;
        Some(collection.name().to_owned())
    };
    let db_name = scope.name(&request.db_name);
    let aliases = &scope.store.database(&db_name)?.aliases;
    let of_it = aliases
        .iter()
        .filter(|(_, of)| name.as_ref().is_none_or(|name| *of == name));
    Ok(ListAliasesResponse {
        status: Some(Status::default()),
        db_name: db_name.clone(),
        collection_name: request.collection_name,
        aliases: of_it.map(|(alias, _)| alias.clone()).collect(),
    })
}

fn not_found(database: &str, alias: &str) -> Fail {
    let why = format!("alias not found[database={database}][alias={alias}]");
    Fail::new(Code::ALIAS_NOT_FOUND, why)
}
