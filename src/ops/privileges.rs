//! Operations that grant privileges, and groups of them.

use super::operation::{Operation, named, not_empty};
use super::privilege::{ObjectType, Privilege, role_entity};
use crate::client::Client;
use crate::proto::milvus::{
    CreatePrivilegeGroupRequest, DropPrivilegeGroupRequest, GrantEntity, GrantorEntity,
    ListPrivilegeGroupsRequest, ListPrivilegeGroupsResponse, ObjectEntity,
    OperatePrivilegeGroupRequest, OperatePrivilegeGroupType, OperatePrivilegeRequest,
    OperatePrivilegeType, OperatePrivilegeV2Request,
};

/// Grants or revokes a privilege on an object. Returned by [`Client::grant_privilege`] and [`Client::revoke_privilege`].
pub type OperatePrivilege = Operation<OperatePrivilegeRequest>;

/// Grants or revokes a privilege on a collection. Returned by [`Client::grant_privilege_v2`] and
/// [`Client::revoke_privilege_v2`].
pub type OperatePrivilegeV2 = Operation<OperatePrivilegeV2Request>;

/// A privilege that was granted to a role. Part of [`RoleInfo`](super::RoleInfo).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct PrivilegeGrant {
    /// The privilege, or the group.
    pub privilege: Privilege,
    /// The name of the object; `*` stands for all.
    pub object_name: String,
    /// The database of the object; `*` stands for all, and empty for servers without databases.
    pub database: String,
    /// The role.
    pub role: String,
    /// The user who granted it; empty if the server does not report it.
    pub grantor: String,
}

/// A group of privileges. Returned by [`Client::list_privilege_groups`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct PrivilegeGroup {
    /// The name of the group.
    pub name: String,
    /// The names of its privileges.
    pub privileges: Vec<String>,
}

/// # Privileges
impl Client {
    /// Grants a role a [privilege](https://milvus.io/docs/grant_privileges.md) on an object of the client's database.
    /// The object is given by the name of a collection, or by `*` for all collections and for global privileges. From
    /// Milvus 2.5 on, prefer [`grant_privilege_v2`](Self::grant_privilege_v2), which also grants groups.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::Privilege;
    ///
    /// client.grant_privilege("readers", Privilege::SEARCH, "books").await?;
    /// client.grant_privilege("readers", Privilege::SHOW_COLLECTIONS, "*").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for a group, and for a global privilege on an object
    /// that is not `*`.
    pub fn grant_privilege(
        &self,
        role: impl Into<String>,
        privilege: Privilege,
        object: impl Into<String>,
    ) -> OperatePrivilege {
        let request = operate(role, privilege, object, OperatePrivilegeType::Grant);
        Operation::new(self, "grant_privilege", request, drop)
            .about("role", role_of)
            .check(check)
    }

    /// Revokes a [privilege](https://milvus.io/docs/grant_privileges.md) that was granted by
    /// [`grant_privilege`](Self::grant_privilege).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::Privilege;
    ///
    /// client.revoke_privilege("readers", Privilege::SEARCH, "books").await?;
    /// # Ok(()) }
    /// ```
    pub fn revoke_privilege(
        &self,
        role: impl Into<String>,
        privilege: Privilege,
        object: impl Into<String>,
    ) -> OperatePrivilege {
        let request = operate(role, privilege, object, OperatePrivilegeType::Revoke);
        Operation::new(self, "revoke_privilege", request, drop)
            .about("role", role_of)
            .check(check)
    }

    /// Grants a role a [privilege or a group of privileges](https://milvus.io/docs/grant_privileges.md) on a collection of
    /// the client's database, or on `*`, all collections. Since Milvus 2.5.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::Privilege;
    ///
    /// client.grant_privilege_v2("writers", Privilege::COLLECTION_READ_WRITE, "books").await?;
    /// client.grant_privilege_v2("admins", Privilege::CLUSTER_ADMIN, "*").database("*").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for a built-in group of databases or of the cluster on a
    /// single collection.
    pub fn grant_privilege_v2(
        &self,
        role: impl Into<String>,
        privilege: Privilege,
        collection: impl Into<String>,
    ) -> OperatePrivilegeV2 {
        let request = operate_v2(role, privilege, collection, OperatePrivilegeType::Grant);
        Operation::new(self, "grant_privilege_v2", request, drop)
            .about("role", |request| {
                request.role.as_ref().map_or("", |role| &role.name)
            })
            .check(check_v2)
    }

    /// Revokes a [privilege or a group of privileges](https://milvus.io/docs/grant_privileges.md) that was granted by
    /// [`grant_privilege_v2`](Self::grant_privilege_v2). Since Milvus 2.5.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::Privilege;
    ///
    /// client.revoke_privilege_v2("writers", Privilege::COLLECTION_READ_WRITE, "books").await?;
    /// # Ok(()) }
    /// ```
    pub fn revoke_privilege_v2(
        &self,
        role: impl Into<String>,
        privilege: Privilege,
        collection: impl Into<String>,
    ) -> OperatePrivilegeV2 {
        let request = operate_v2(role, privilege, collection, OperatePrivilegeType::Revoke);
        Operation::new(self, "revoke_privilege_v2", request, drop)
            .about("role", |request| {
                request.role.as_ref().map_or("", |role| &role.name)
            })
            .check(check_v2)
    }

    /// Creates a [group of privileges](https://milvus.io/docs/privilege_group.md), which is empty. Since Milvus 2.5.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::Privilege;
    ///
    /// client.create_privilege_group("search").await?;
    /// client.add_privileges_to_group("search", [Privilege::SEARCH, Privilege::QUERY]).await?;
    /// client.grant_privilege_v2("readers", Privilege::group("search"), "books").await?;
    /// # Ok(()) }
    /// ```
    pub fn create_privilege_group(
        &self,
        group: impl Into<String>,
    ) -> Operation<CreatePrivilegeGroupRequest> {
        let group_name = group.into();
        let request = CreatePrivilegeGroupRequest {
            group_name,
            ..Default::default()
        };
        Operation::new(self, "create_privilege_group", request, drop)
            .about("privilege group", |request| &request.group_name)
    }

    /// Drops a [group of privileges](https://milvus.io/docs/privilege_group.md). Milvus refuses to drop a group that is
    /// granted to a role. Since Milvus 2.5.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_privilege_group("search").await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_privilege_group(
        &self,
        group: impl Into<String>,
    ) -> Operation<DropPrivilegeGroupRequest> {
        let group_name = group.into();
        let request = DropPrivilegeGroupRequest {
            group_name,
            ..Default::default()
        };
        Operation::new(self, "drop_privilege_group", request, drop)
            .about("privilege group", |request| &request.group_name)
    }

    /// Lists the [groups of privileges](https://milvus.io/docs/privilege_group.md), including the built-in ones, with their
    /// privileges. Since Milvus 2.5.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for group in client.list_privilege_groups().await? {
    ///     println!("{}: {}", group.name, group.privileges.join(", "));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list_privilege_groups(
        &self,
    ) -> Operation<ListPrivilegeGroupsRequest, Vec<PrivilegeGroup>> {
        let request = ListPrivilegeGroupsRequest::default();
        Operation::new(self, "list_privilege_groups", request, PrivilegeGroup::all)
    }

    /// Adds privileges to a [group](https://milvus.io/docs/privilege_group.md). Since Milvus 2.5.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::Privilege;
    ///
    /// client.add_privileges_to_group("search", [Privilege::SEARCH]).await?;
    /// # Ok(()) }
    /// ```
    pub fn add_privileges_to_group(
        &self,
        group: impl Into<String>,
        privileges: impl IntoIterator<Item = Privilege>,
    ) -> Operation<OperatePrivilegeGroupRequest> {
        let change = OperatePrivilegeGroupType::AddPrivilegesToGroup;
        let request = change_group(group, privileges, change);
        Operation::new(self, "add_privileges_to_group", request, drop)
            .about("privilege group", |request| &request.group_name)
            .check(check_group)
    }

    /// Removes privileges from a [group](https://milvus.io/docs/privilege_group.md). Since Milvus 2.5.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::Privilege;
    ///
    /// client.remove_privileges_from_group("search", [Privilege::QUERY]).await?;
    /// # Ok(()) }
    /// ```
    pub fn remove_privileges_from_group(
        &self,
        group: impl Into<String>,
        privileges: impl IntoIterator<Item = Privilege>,
    ) -> Operation<OperatePrivilegeGroupRequest> {
        let change = OperatePrivilegeGroupType::RemovePrivilegesFromGroup;
        let request = change_group(group, privileges, change);
        Operation::new(self, "remove_privileges_from_group", request, drop)
            .about("privilege group", |request| &request.group_name)
            .check(check_group)
    }
}

impl OperatePrivilege {
    /// The database of the object; `*` for all databases. Default: the client's database.
    pub fn database(self, database: impl Into<String>) -> Self {
        self.set(|request| {
            let grant = request.entity.get_or_insert_default();
            grant.db_name = database.into();
        })
    }
}

impl OperatePrivilegeV2 {
    /// The database of the collection; `*` for all databases. Default: the client's database.
    pub fn database(self, database: impl Into<String>) -> Self {
        self.set(|request| request.db_name = database.into())
    }
}

fn operate(
    role: impl Into<String>,
    privilege: Privilege,
    object: impl Into<String>,
    change: OperatePrivilegeType,
) -> OperatePrivilegeRequest {
    let name = privilege.object().map_or("", ObjectType::name).to_owned();
    let entity = GrantEntity {
        role: Some(role_entity(role)),
        object: Some(ObjectEntity { name }),
        object_name: object.into(),
        grantor: Some(grantor(privilege)),
        ..Default::default()
    };
    OperatePrivilegeRequest {
        entity: Some(entity),
        r#type: change.into(),
        ..Default::default()
    }
}

fn operate_v2(
    role: impl Into<String>,
    privilege: Privilege,
    collection: impl Into<String>,
    change: OperatePrivilegeType,
) -> OperatePrivilegeV2Request {
    OperatePrivilegeV2Request {
        role: Some(role_entity(role)),
        grantor: Some(grantor(privilege)),
        r#type: change.into(),
        collection_name: collection.into(),
        ..Default::default()
    }
}

fn change_group(
    group: impl Into<String>,
    privileges: impl IntoIterator<Item = Privilege>,
    change: OperatePrivilegeGroupType,
) -> OperatePrivilegeGroupRequest {
    let privileges = privileges.into_iter();
    OperatePrivilegeGroupRequest {
        group_name: group.into(),
        privileges: privileges.map(Privilege::into_proto).collect(),
        r#type: change.into(),
        ..Default::default()
    }
}

fn grantor(privilege: Privilege) -> GrantorEntity {
    GrantorEntity {
        user: None,
        privilege: Some(privilege.into_proto()),
    }
}

fn name_of(grantor: Option<&GrantorEntity>) -> &str {
    let privilege = grantor.and_then(|grantor| grantor.privilege.as_ref());
    privilege.map_or("", |privilege| privilege.name.as_str())
}

fn role_of(request: &OperatePrivilegeRequest) -> &str {
    let role = request
        .entity
        .as_ref()
        .and_then(|grant| grant.role.as_ref());
    role.map_or("", |role| &role.name)
}

fn check(request: &OperatePrivilegeRequest) -> Result<(), String> {
    let grant = request.entity.clone().unwrap_or_default();
    let privilege = name_of(grant.grantor.as_ref());
    named("privilege", privilege)?;
    named("object", &grant.object_name)?;
    match grant.object.unwrap_or_default().name.as_str() {
        "" => Err(format!(
            "{privilege} is a group of privileges: grant it with grant_privilege_v2"
        )),
        "Global" if grant.object_name != "*" => Err(format!(
            "{privilege} is a global privilege: its object must be \"*\", not {:?}",
            grant.object_name
        )),
        _ => Ok(()),
    }
}

fn check_v2(request: &OperatePrivilegeV2Request) -> Result<(), String> {
    let privilege = name_of(request.grantor.as_ref());
    named("privilege", privilege)?;
    let (collection, database) = (&request.collection_name, &request.db_name);
    named("collection", collection)?;
    let wide = [
        Privilege::DATABASE_READ_ONLY,
        Privilege::DATABASE_READ_WRITE,
        Privilege::DATABASE_ADMIN,
        Privilege::CLUSTER_READ_ONLY,
        Privilege::CLUSTER_READ_WRITE,
        Privilege::CLUSTER_ADMIN,
    ];
    let Some(level) = wide.iter().position(|wide| wide.name() == privilege) else {
        return Ok(());
    };
    if collection != "*" {
        return Err(format!(
            "{privilege} is granted on all collections: the collection must be \"*\", not {collection:?}"
        ));
    }
    if level >= 3 && database != "*" {
        return Err(format!(
            "{privilege} is granted on the whole server: set database(\"*\")"
        ));
    }
    Ok(())
}

fn check_group(request: &OperatePrivilegeGroupRequest) -> Result<(), String> {
    not_empty(
        &request.privileges,
        "privileges is empty: name at least one",
    )
}

impl PrivilegeGrant {
    /// A privilege on the object of this name, for test doubles. The other fields are empty.
    pub fn new(privilege: Privilege, object_name: impl Into<String>) -> Self {
        Self {
            privilege,
            object_name: object_name.into(),
            database: String::new(),
            role: String::new(),
            grantor: String::new(),
        }
    }

    pub(super) fn from_proto(grant: GrantEntity) -> Self {
        let grantor = grant.grantor.unwrap_or_default();
        let name = grantor.privilege.unwrap_or_default().name;
        let object = grant
            .object
            .map(|object| ObjectType::from_name(object.name));
        Self {
            privilege: match object {
                Some(object) => Privilege::new(object, name),
                None => Privilege::group(name),
            },
            object_name: grant.object_name,
            database: grant.db_name,
            role: grant.role.unwrap_or_default().name,
            grantor: grantor.user.unwrap_or_default().name,
        }
    }
}

impl PrivilegeGroup {
    fn all(answer: ListPrivilegeGroupsResponse) -> Vec<Self> {
        let groups = answer.privilege_groups.into_iter();
        groups
            .map(|group| Self {
                name: group.group_name,
                privileges: group
                    .privileges
                    .into_iter()
                    .map(|privilege| privilege.name)
                    .collect(),
            })
            .collect()
    }
}
