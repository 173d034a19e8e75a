//! The handle of a connection.

use std::sync::Arc;

use super::settings::Settings;
use crate::proto::milvus::milvus_service_client::MilvusServiceClient;
use crate::stack::Stack;

/// A client of Milvus, for one database.
///
/// A client is cheap to clone. Its clones, and the clients that methods such as [`in_database`](Self::in_database)
/// return (its *handles*), share its connections: by default one for each server, which carries as many calls at once
/// as the server permits. Keep one client per application, and clone it wherever it is needed, without an `Arc` or a
/// pool. If the connection is lost, the next call reconnects.
///
/// A client needs a tokio runtime with timers and I/O (`enable_all`). It can be used in several runtimes: it opens a
/// connection in each, which is closed with the runtime. So a client can be kept in a `static` and used by many
/// `#[tokio::test]`s.
///
/// Every operation is a builder and a lazy future: `.await` sends the request; see [`ops`](crate::ops):
///
/// ```no_run
/// # async fn example() -> milvus_otel::Result<()> {
/// use std::time::Duration;
/// use milvus_otel::Client;
///
/// let client = Client::connect("http://localhost:19530").await?;
/// if client.has_collection("books").await? {
///     client.drop_collection("books").timeout(Duration::from_secs(30)).await?;
/// }
/// client.create_collection("books", 768).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) stack: Stack,
    pub(super) settings: Settings,
}

/// # The connection
impl Client {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            inner: Arc::new(Inner {
                stack: settings.stack(),
                settings,
            }),
        }
    }

    /// Returns a client for another database, on the same connection. Both share everything that the connection remembers,
    /// such as schemas and the time of the last write, so that a client can be made for each request.
    ///
    /// Nothing is sent. If the database does not exist, the first call fails with
    /// [`Code::DATABASE_NOT_FOUND`](crate::error::Code::DATABASE_NOT_FOUND). Milvus Lite 2.5 ignores the name, and works
    /// in its only database.
    #[must_use]
    #[doc(alias = "use_database")]
    #[doc(alias = "using_database")]
    #[doc(alias = "database")]
    pub fn in_database(&self, database: impl Into<String>) -> Self {
        Self::new(self.inner.settings.in_database(database.into()))
    }

    /// Returns a client with another retry policy, on the same connection. All of them share the client's
    /// [`RetryBudget`](crate::client::RetryBudget).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::client::RetryPolicy;
    ///
    /// let impatient = client.with_retry(RetryPolicy::never());
    /// let books = impatient.count("books").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_retry(&self, policy: crate::client::RetryPolicy) -> Self {
        Self::new(self.inner.settings.with_retry(policy))
    }

    /// Returns a client with its own [concurrency limit](crate::client::ConcurrencyLimit), on the same connection: for
    /// bulk work, whose calls then wait in the client instead of delaying everyone else's. Servers and connections
    /// serve calls in order, so a single call behind a flood of thousands waits for nearly all of them.
    ///
    /// The calls of the returned client, its clones and its handles do not count toward this client's limit.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let import = client.with_concurrency(8);
    /// let searches = client;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_concurrency(&self, limit: impl Into<crate::client::ConcurrencyLimit>) -> Self {
        Self::new(self.inner.settings.with_concurrency(limit.into()))
    }

    /// Returns the database that this client works in; `None` if it is the server's default database.
    pub fn database(&self) -> Option<&str> {
        self.inner.settings.database.as_deref()
    }

    /// Returns the generated client, on the same connection, for streaming RPCs and unmodified answers.
    ///
    /// Its calls are traced, authorized and retried like all others. Unary calls have the client's timeout, streaming
    /// calls none; [`tonic::Request::set_timeout`] sets another. Milvus reports most failures in the `status` of its
    /// answers, which the caller must check. The server's messages are limited by
    /// [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    pub fn raw(&self) -> MilvusServiceClient<Stack> {
        MilvusServiceClient::new(self.inner.stack.clone())
            .max_decoding_message_size(self.inner.settings.connections.max_response())
            .max_encoding_message_size(usize::MAX)
    }

    /// The layer that traces the calls of this client.
    #[cfg(feature = "otlp")]
    pub(crate) fn otel(&self) -> &crate::otel::OtelLayer {
        &self.inner.settings.otel
    }

    /// Returns the URI of the server, or of the first one if there are several, without credentials.
    pub fn endpoint(&self) -> String {
        self.inner.settings.endpoint.to_string()
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint())
            .field("database", &self.database())
            .finish()
    }
}
