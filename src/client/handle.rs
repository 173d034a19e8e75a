//! The handle of a connection.

use std::sync::Arc;

use super::settings::Settings;
use crate::proto::milvus::milvus_service_client::MilvusServiceClient;
use crate::stack::Stack;

/// A connection to Milvus, in one database.
///
/// A client is cheap to clone, and all clones share one connection, which carries any number of calls at once. Keep one
/// client per application, and clone it wherever it is needed, without an `Arc` or a pool. If the connection is lost, the
/// next call reconnects.
///
/// A client needs a tokio runtime with timers and I/O (`enable_all`). It can be used in several runtimes: it opens a
/// connection in each, which is closed with the runtime. So a client can be kept in a `static` and used by many
/// `#[tokio::test]`s.
///
/// Every operation is a builder and a future, which `.await` sends; see [`ops`](crate::ops):
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
    /// [`Code::DATABASE_NOT_FOUND`](crate::error::Code::DATABASE_NOT_FOUND).
    #[must_use]
    pub fn in_database(&self, database: impl Into<String>) -> Self {
        Self::new(self.inner.settings.in_database(database.into()))
    }

    /// Returns the database that this client works in; `None` if it is the server's default database.
    pub fn database(&self) -> Option<&str> {
        self.inner.settings.database.as_deref()
    }

    /// Returns the generated client, on the same connection, for streaming RPCs and for unchanged answers.
    ///
    /// Its calls are traced, authorized, retried and given the default timeout like all others;
    /// [`tonic::Request::set_timeout`] sets another timeout. Milvus reports most failures in the `status` of its answers,
    /// which the caller must check. Answers of any size are received.
    pub fn raw(&self) -> MilvusServiceClient<Stack> {
        MilvusServiceClient::new(self.inner.stack.clone())
            .max_decoding_message_size(usize::MAX)
            .max_encoding_message_size(usize::MAX)
    }

    /// Returns the address of the server.
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
