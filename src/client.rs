//! The handle to a Milvus server.

mod builder;
mod call;
mod channel;
mod collections;
mod environment;
mod handshake;
mod server;
mod settings;
#[cfg(feature = "tls")]
mod tls;
mod unary;

use std::sync::Arc;

pub use builder::ClientBuilder;
pub(crate) use call::Call;
pub(crate) use collections::{Confirmed, Known};
pub(crate) use server::{Server, Version};
#[cfg(feature = "tls")]
pub use tls::Tls;

use settings::Settings;

use crate::error::Result;
use crate::proto::milvus::milvus_service_client::MilvusServiceClient;
use crate::stack::Stack;

/// A connection to Milvus, in one database.
///
/// Cheap to clone, and all clones share one connection: keep one per application and clone it wherever it is needed,
/// also into tasks. There is no need for an `Arc` or a pool around it, HTTP/2 carries any number of calls at once.
/// The next call reconnects after a connection is lost.
///
/// A client works within a tokio runtime that has timers and I/O (`enable_all`), and in any number of them: each has a
/// connection of its own, which ends with it. So a client may be kept in a `static` and used by many `#[tokio::test]`s.
///
/// Every operation is a builder that `.await` sends:
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
    inner: Arc<Inner>,
}

struct Inner {
    stack: Stack,
    settings: Settings,
}

/// # Connecting
impl Client {
    fn new(settings: Settings) -> Self {
        Self {
            inner: Arc::new(Inner {
                stack: settings.stack(),
                settings,
            }),
        }
    }

    /// Connects with default settings.
    ///
    /// `uri` is `http://host:port`, `https://host:port` (feature `tls`), `unix:/path/to/socket` or a bare
    /// `host:port`; ports default to 19530 (443 with https). It may carry user, password and database, as in
    /// `http://user:password@host:19530/database`.
    ///
    /// # Errors
    ///
    /// [`is_connect`](crate::Error::is_connect) when nobody answers there, or not in this protocol;
    /// [`is_unauthenticated`](crate::Error::is_unauthenticated) when the server wants other credentials;
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for a URI that leads nowhere.
    pub async fn connect(uri: impl Into<String>) -> Result<Self> {
        Self::builder(uri).connect().await
    }

    /// Connects to where the environment says, with default settings otherwise.
    ///
    /// | variable | what it is | unset or empty |
    /// |---|---|---|
    /// | `MILVUS_URI` | as for [`connect`](Self::connect) | `http://localhost:19530` |
    /// | `MILVUS_TOKEN` | an API key, or `user:password` | the user and password of the URI, if it has them |
    /// | `MILVUS_DATABASE` | the database | the database of the URI, else Milvus' own (`default`) |
    ///
    /// Where the URI names a user or a database too, `MILVUS_TOKEN` and `MILVUS_DATABASE` win. For other settings beside
    /// these: [`ClientBuilder::from_env`].
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect); a variable whose value cannot be used is named, and its value is not shown where it
    /// may be a secret.
    pub async fn from_env() -> Result<Self> {
        ClientBuilder::from_env()?.connect().await
    }

    /// Settings to connect with: credentials, database, TLS, timeouts, retries, layers.
    pub fn builder(uri: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(uri.into())
    }

    /// The same connection, working in another database: also what is known of collections, and of the last write, is
    /// shared, so that a handle may be made for each request.
    ///
    /// Nothing is sent: a database that does not exist shows at the first call (Milvus code 800).
    #[must_use]
    pub fn in_database(&self, database: impl Into<String>) -> Self {
        Self::new(self.inner.settings.in_database(database.into()))
    }

    /// The database this client works in, where it is not Milvus' own default (`default`).
    pub fn database(&self) -> Option<&str> {
        self.inner.settings.database.as_deref()
    }

    /// The generated client, on the same connection and through the same stack: for RPCs that have no method here.
    ///
    /// Its calls are traced, authorized, retried and held to the default timeout like all others;
    /// [`tonic::Request::set_timeout`] sets another. Milvus reports most failures in the `status` of its answers,
    /// which the caller must look at here. Answers of any size are received.
    pub fn raw(&self) -> MilvusServiceClient<Stack> {
        MilvusServiceClient::new(self.inner.stack.clone())
            .max_decoding_message_size(usize::MAX)
            .max_encoding_message_size(usize::MAX)
    }

    /// The address of the server.
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
