//! Operations on roles.

use std::time::Duration;

use super::features::DESCRIPTIONS;
use super::operation::{Lazy, Operation, Run, named, operation};
use super::privilege::role_entity;
use super::privileges::PrivilegeGrant;
use super::wait::Wait;
use crate::client::{Call, Client};
use crate::error::{Error, Result};
use crate::proto::milvus::{
    AlterRoleRequest, CreateRoleRequest, DropRoleRequest, GrantEntity, OperateUserRoleRequest,
    OperateUserRoleType, SelectGrantRequest, SelectRoleRequest,
};

/// Creates a role. Returned by [`Client::create_role`].
pub type CreateRole = Operation<CreateRoleRequest>;

/// Drops a role. Returned by [`Client::drop_role`].
pub type DropRole = Operation<DropRoleRequest>;

/// A role as the server describes it. Returned by [`Client::describe_role`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct RoleInfo {
    /// The name of the role.
    pub name: String,
    /// The description; empty if there is none, and by servers before Milvus 3.0.
    pub description: String,
    /// The privileges that were granted to the role.
    pub privileges: Vec<PrivilegeGrant>,
}

/// # Roles
impl Client {
    /// Creates a [role](https://milvus.io/docs/users_and_roles.md), without privileges. Milvus refuses the name of a role
    /// that exists, and allows 10 roles unless it is configured otherwise.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::Privilege;
    ///
    /// client.create_role("readers").await?;
    /// client.grant_privilege_v2("readers", Privilege::COLLECTION_READ_ONLY, "books").await?;
    /// client.grant_role("alice", "readers").await?;
    /// # Ok(()) }
    /// ```
    pub fn create_role(&self, role: impl Into<String>) -> CreateRole {
        let request = CreateRoleRequest {
            entity: Some(role_entity(role)),
            ..Default::default()
        };
        Operation::new(self, "create_role", request, drop).about("role", |request| {
            request
                .entity
                .as_ref()
                .map_or("", |role| role.name.as_str())
        })
    }

    /// Changes the description of a [role](https://milvus.io/docs/users_and_roles.md). Since Milvus 3.0.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.alter_role("readers", "may search").await?;
    /// # Ok(()) }
    /// ```
    pub fn alter_role(
        &self,
        role: impl Into<String>,
        description: impl Into<String>,
    ) -> Operation<AlterRoleRequest> {
        let request = AlterRoleRequest {
            role_name: role.into(),
            description: description.into(),
            ..Default::default()
        };
        Operation::new(self, "alter_role", request, drop)
            .about("role", |request| &request.role_name)
    }

    /// Drops a [role](https://milvus.io/docs/drop_users_roles.md). Milvus refuses to drop a role that has privileges, unless
    /// it is [forced](DropRole::force) to, and the roles `admin` and `public`.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_role("readers").force(true).await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_role(&self, role: impl Into<String>) -> DropRole {
        let role_name = role.into();
        let request = DropRoleRequest {
            role_name,
            ..Default::default()
        };
        Operation::new(self, "drop_role", request, drop).about("role", |request| &request.role_name)
    }

    /// Lists the names of the [roles](https://milvus.io/docs/users_and_roles.md).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let roles: Vec<String> = client.list_roles().await?;
    /// # Ok(()) }
    /// ```
    pub fn list_roles(&self) -> Operation<SelectRoleRequest, Vec<String>> {
        let request = SelectRoleRequest::default();
        Operation::new(self, "list_roles", request, |answer| {
            let roles = answer.results.into_iter().filter_map(|found| found.role);
            roles.map(|role| role.name).collect()
        })
    }

    /// Describes a [role](https://milvus.io/docs/users_and_roles.md): its description, and the privileges that were granted
    /// to it in any database. Milvus answers with an error if there is no such role.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for grant in client.describe_role("readers").await?.privileges {
    ///     println!("{} on {}.{}", grant.privilege, grant.database, grant.object_name);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn describe_role(&self, role: impl Into<String>) -> DescribeRole {
        DescribeRole(Lazy::Builder(Builder {
            client: self.clone(),
            role: role.into(),
            database: String::new(),
            timeout: None,
        }))
    }

    /// Gives a user a [role](https://milvus.io/docs/grant_roles.md).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.grant_role("alice", "readers").await?;
    /// # Ok(()) }
    /// ```
    pub fn grant_role(
        &self,
        user: impl Into<String>,
        role: impl Into<String>,
    ) -> Operation<OperateUserRoleRequest> {
        let request = user_role(user, role, OperateUserRoleType::AddUserToRole);
        Operation::new(self, "grant_role", request, drop)
            .about("role", |request| &request.role_name)
            .check(|request| named("user", &request.username))
    }

    /// Takes a [role](https://milvus.io/docs/grant_roles.md) from a user.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.revoke_role("alice", "readers").await?;
    /// # Ok(()) }
    /// ```
    pub fn revoke_role(
        &self,
        user: impl Into<String>,
        role: impl Into<String>,
    ) -> Operation<OperateUserRoleRequest> {
        let request = user_role(user, role, OperateUserRoleType::RemoveUserFromRole);
        Operation::new(self, "revoke_role", request, drop)
            .about("role", |request| &request.role_name)
            .check(|request| named("user", &request.username))
    }
}

impl CreateRole {
    /// A description of the role. Since Milvus 3.0.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.set(|request| {
            let role = request.entity.get_or_insert_default();
            role.description = description.into();
        })
        .uses(&DESCRIPTIONS, true)
    }
}

impl DropRole {
    /// Whether to drop the role even if it has privileges. Default false. Since Milvus 2.4.
    pub fn force(self, force: bool) -> Self {
        self.set(|request| request.force_drop = force)
    }
}

/// Describes a role. Returned by [`Client::describe_role`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct DescribeRole(Lazy<'static, Builder, RoleInfo>);

#[derive(Debug, Clone)]
struct Builder {
    client: Client,
    role: String,
    database: String,
    timeout: Option<Duration>,
}

operation!([] DescribeRole => RoleInfo, timeout);

impl DescribeRole {
    /// Returns only the privileges on objects of this database. Default: all databases.
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.0.builder_mut().database = database.into();
        self
    }
}

impl Run<RoleInfo> for Builder {
    async fn run(self) -> Result<RoleInfo> {
        let call = Call::new("describe_role");
        named("role", &self.role).map_err(|why| call.refuse(why))?;
        let subject = self.role.clone();
        let wait = Wait::new(self.timeout);
        let role = SelectRoleRequest {
            role: Some(role_entity(self.role.as_str())),
            ..Default::default()
        };
        let grants = SelectGrantRequest {
            entity: Some(GrantEntity {
                role: Some(role_entity(self.role.as_str())),
                db_name: self.database,
                ..Default::default()
            }),
            ..Default::default()
        };
        let client = &self.client;
        let steps = async {
            let found = client.call(wait.step(call), role).await?;
            let role = found.results.into_iter().find_map(|found| found.role);
            let grants = client.call(wait.step(call), grants).await?;
            let grants = grants.entities.into_iter();
            Ok::<_, Error>(RoleInfo {
                description: role.map(|role| role.description).unwrap_or_default(),
                privileges: grants.map(PrivilegeGrant::from_proto).collect(),
                name: self.role,
            })
        };
        let described = client.composite(call, steps)?.await;
        described.map_err(|error| error.of(Some(subject)))
    }
}

fn user_role(
    user: impl Into<String>,
    role: impl Into<String>,
    change: OperateUserRoleType,
) -> OperateUserRoleRequest {
    OperateUserRoleRequest {
        username: user.into(),
        role_name: role.into(),
        r#type: change.into(),
        ..Default::default()
    }
}
