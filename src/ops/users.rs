//! Operations on users.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroize as _;

use super::features::DESCRIPTIONS;
use super::operation::Operation;
use crate::client::Client;
use crate::error::{Code, NO_USER};
use crate::proto::milvus::{
    CreateCredentialRequest, DeleteCredentialRequest, ListCredUsersRequest, SelectUserRequest,
    UpdateCredentialRequest, UserEntity,
};

/// Creates a user. Returned by [`Client::create_user`].
pub type CreateUser = Operation<CreateCredentialRequest>;

/// Changes a user. Returned by [`Client::update_password`] and [`Client::update_user`].
pub type UpdateUser = Operation<UpdateCredentialRequest>;

/// A user as the server describes it. Returned by [`Client::describe_user`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct UserInfo {
    /// The name of the user.
    pub name: String,
    /// The names of the user's roles.
    pub roles: Vec<String>,
    /// The description; empty if there is none, and by servers before Milvus 3.0.
    pub description: String,
}

/// # Users
impl Client {
    /// Creates a [user](https://milvus.io/docs/users_and_roles.md), who has the role `public` only. The password is sent as
    /// Milvus expects it, and appears in no span, log or error. Milvus allows names of up to 32 letters, digits and
    /// underscores, and passwords of 6 to 72 characters.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.create_user("reader", "correct horse").await?;
    /// client.grant_role("reader", "readers").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Milvus refuses the name of a user that exists.
    #[doc(alias = "create_credential")]
    pub fn create_user(&self, user: impl Into<String>, password: impl AsRef<str>) -> CreateUser {
        let request = CreateCredentialRequest {
            username: user.into(),
            password: encoded(password.as_ref()),
            ..Default::default()
        };
        Operation::new(self, "create_user", request, drop)
            .about("user", |request| &request.username)
            .check(|request| not_blank("password", &request.password))
            .secret(|request| request.password.zeroize())
    }

    /// Drops a [user](https://milvus.io/docs/drop_users_roles.md). Milvus refuses to drop `root`.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_user("reader").await?;
    /// # Ok(()) }
    /// ```
    #[doc(alias = "delete_user")]
    #[doc(alias = "delete_credential")]
    pub fn drop_user(&self, user: impl Into<String>) -> Operation<DeleteCredentialRequest> {
        let username = user.into();
        let request = DeleteCredentialRequest {
            username,
            ..Default::default()
        };
        Operation::new(self, "drop_user", request, drop).about("user", |request| &request.username)
    }

    /// Changes the password of a [user](https://milvus.io/docs/authenticate.md). Both passwords are sent as Milvus expects
    /// them, and appear in no span, log or error.
    ///
    /// This client continues to send the credentials that it has. If they are the user's, replace them by
    /// [`set_user`](Self::set_user).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.update_password("reader", "correct horse", "battery staple").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Milvus refuses a wrong old password. Superusers (`common.security.superUsers` of the server) may leave it empty.
    #[doc(alias = "update_credential")]
    pub fn update_password(
        &self,
        user: impl Into<String>,
        old: impl AsRef<str>,
        new: impl AsRef<str>,
    ) -> UpdateUser {
        let request = UpdateCredentialRequest {
            username: user.into(),
            old_password: encoded(old.as_ref()),
            new_password: encoded(new.as_ref()),
            ..Default::default()
        };
        Operation::new(self, "update_password", request, drop)
            .about("user", |request| &request.username)
            .check(|request| not_blank("new password", &request.new_password))
            .secret(|request| {
                request.old_password.zeroize();
                request.new_password.zeroize();
            })
    }

    /// Changes the description of a [user](https://milvus.io/docs/users_and_roles.md). The password stays. Since Milvus 3.0.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.update_user("reader", "the search page").await?;
    /// # Ok(()) }
    /// ```
    pub fn update_user(
        &self,
        user: impl Into<String>,
        description: impl Into<String>,
    ) -> UpdateUser {
        let request = UpdateCredentialRequest {
            username: user.into(),
            description: Some(description.into()),
            ..Default::default()
        };
        Operation::new(self, "update_user", request, drop)
            .about("user", |request| &request.username)
    }

    /// Lists the names of the [users](https://milvus.io/docs/users_and_roles.md).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let users: Vec<String> = client.list_users().await?;
    /// # Ok(()) }
    /// ```
    pub fn list_users(&self) -> Operation<ListCredUsersRequest, Vec<String>> {
        let request = ListCredUsersRequest::default();
        Operation::new(self, "list_users", request, |answer| answer.usernames)
    }

    /// Describes a [user](https://milvus.io/docs/users_and_roles.md): roles and description
    /// ([`is_not_found`](crate::Error::is_not_found) if there is no such user).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let roles: Vec<String> = client.describe_user("reader").await?.roles;
    /// # Ok(()) }
    /// ```
    pub fn describe_user(&self, user: impl Into<String>) -> Operation<SelectUserRequest, UserInfo> {
        let request = SelectUserRequest {
            user: Some(UserEntity { name: user.into() }),
            include_role_info: true,
            ..Default::default()
        };
        Operation::with_request(self, "describe_user", request, |sent, answer| {
            let name = user_of(sent.request).to_owned();
            let Some(found) = answer.results.into_iter().next() else {
                return Err(sent.not_found(Code::UNEXPECTED, format!("{NO_USER} {name:?}")));
            };
            Ok(UserInfo {
                name,
                roles: found.roles.into_iter().map(|role| role.name).collect(),
                description: found.description,
            })
        })
        .about("user", user_of)
    }
}

impl CreateUser {
    /// A description of the user. Since Milvus 3.0.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.set(|request| request.description = Some(description.into()))
            .uses(&DESCRIPTIONS, true)
    }
}

impl UpdateUser {
    /// Also changes the description. Since Milvus 3.0.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.set(|request| request.description = Some(description.into()))
            .uses(&DESCRIPTIONS, true)
    }
}

fn user_of(request: &SelectUserRequest) -> &str {
    request.user.as_ref().map_or("", |user| user.name.as_str())
}

/// Milvus receives passwords in base64.
fn encoded(password: &str) -> String {
    BASE64_STANDARD.encode(password)
}

fn not_blank(what: &str, password: &str) -> Result<(), String> {
    match password {
        "" => Err(format!("the {what} is empty")),
        _ => Ok(()),
    }
}
