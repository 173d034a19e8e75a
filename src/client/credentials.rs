//! The credentials of a client: whose they are, when they may be sent, and how they are replaced.

use zeroize::Zeroizing;

use super::{Call, Client, ClientBuilder};
use crate::error::{Error, Result};

impl ClientBuilder {
    /// Authorizes calls with an API key, or with `user:password`. Default: the credentials in the URI, or none.
    ///
    /// Credentials are sent only over TLS, over Unix sockets, or to this machine (`localhost`, 127.0.0.0/8, `::1`), unless
    /// [`allow_plaintext_credentials`](Self::allow_plaintext_credentials) permits more.
    ///
    /// The builder, the client and everything they encode overwrite their copies when dropped. The copies in the
    /// buffers of HTTP/2, TLS and the system while a call is being sent, and your own copies, are not overwritten.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(Zeroizing::new(token.into()));
        self
    }

    /// Authorizes calls with a user name and password. See [`token`](Self::token).
    pub fn user(mut self, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
        self.token = Some(joined(user.as_ref(), password.as_ref()));
        self
    }

    /// Allows credentials to be sent unencrypted to other machines, where anyone on the network path can read them. Without it,
    /// building such a client fails. The variable `MILVUS_ALLOW_PLAINTEXT_CREDENTIALS` does the same for
    /// [`from_env`](Self::from_env).
    ///
    /// It is meant for networks that encrypt or isolate traffic themselves, such as a service mesh. Your own
    /// [`service`](Self::service) or [`connector`](Self::connector) does not need it: it decides for itself how its
    /// streams are protected.
    ///
    /// ```no_run
    /// # async fn example(token: String) -> milvus_otel::Result<()> {
    /// let builder = milvus_otel::Client::builder("http://milvus.mesh.internal:19530").token(token);
    /// let client = builder.allow_plaintext_credentials().connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn allow_plaintext_credentials(mut self) -> Self {
        self.plaintext_credentials = true;
        self
    }
}

/// # Credentials
impl Client {
    /// Returns a client for another user, given by an API key or `user:password`, on the same connection. A service can
    /// make one for each request, so that Milvus checks the privileges of the user who makes it.
    ///
    /// Nothing is sent. If the credentials are wrong, the first call fails with
    /// [`is_unauthenticated`](crate::Error::is_unauthenticated); if they would be sent
    /// [in plaintext](ClientBuilder::allow_plaintext_credentials), it fails with
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument). Both clients share what the connection remembers,
    /// except for the descriptions of collections: a user gets only those that Milvus has sent for the same
    /// credentials, so that no error reveals a collection that the user may not see. Milvus' list of connections keeps
    /// showing the user who opened the connection.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client, token: &str) -> milvus_otel::Result<()> {
    /// let books = client.with_token(token).in_database("library").count("books").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_token(&self, token: impl AsRef<str>) -> Self {
        Self::new(self.inner.settings.with_token(token.as_ref()))
    }

    /// Returns a client for another user, on the same connection. See [`with_token`](Self::with_token).
    #[must_use]
    pub fn with_user(&self, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
        self.with_token(joined(user.as_ref(), password.as_ref()).as_str())
    }

    /// Replaces the credentials of this client with an API key or `user:password`, for example when a token expires or
    /// after [`update_password`](Self::update_password).
    ///
    /// All clones of the client, and those for other [databases](Self::in_database) and
    /// [retry policies](Self::with_retry), send the new credentials from their next attempt on, including calls that
    /// are waiting to be retried and new connections. Clients made by [`with_token`](Self::with_token) keep their own
    /// credentials, which their own `set_token` replaces. Nothing is sent, so only the next call finds out that a token
    /// is wrong.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client, fetch_token: fn() -> String) {
    /// let client = client.clone();
    /// tokio::spawn(async move {
    ///     let mut hours = tokio::time::interval(std::time::Duration::from_secs(3600));
    ///     // The first tick is immediate.
    ///     loop {
    ///         hours.tick().await;
    ///         if client.set_token(fetch_token()).is_err() {
    ///             break;
    ///         }
    ///     }
    /// });
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if the client may not send credentials
    /// [in plaintext](ClientBuilder::allow_plaintext_credentials). Nothing is changed then.
    pub fn set_token(&self, token: impl AsRef<str>) -> Result<()> {
        self.replace_credentials("set_token", token.as_ref())
    }

    /// Replaces the credentials of this client with a user name and password. See [`set_token`](Self::set_token).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.update_password("reader", "correct horse", "battery staple").await?;
    /// client.set_user("reader", "battery staple")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`set_token`](Self::set_token).
    pub fn set_user(&self, user: impl AsRef<str>, password: impl AsRef<str>) -> Result<()> {
        self.replace_credentials("set_user", &joined(user.as_ref(), password.as_ref()))
    }

    fn replace_credentials(&self, operation: &'static str, token: &str) -> Result<()> {
        let replaced = self.inner.settings.metadata.set_token(token);
        replaced.map_err(|why| Error::invalid_argument(operation, why))
    }

    /// Refuses calls whose credentials may not be sent.
    pub(super) fn check_credentials(&self, call: &Call<'_>) -> Result<()> {
        match self.inner.settings.metadata.refusal() {
            Some(why) => Err(call.refuse(why)),
            None => Ok(()),
        }
    }
}

/// `user:password`, written once, so that no copy of a shorter buffer stays behind.
fn joined(user: &str, password: &str) -> Zeroizing<String> {
    let length = user.len() + 1 + password.len();
    let mut token = Zeroizing::new(String::with_capacity(length));
    for part in [user, ":", password] {
        token.push_str(part);
    }
    token
}
