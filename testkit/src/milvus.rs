//! Real Milvus servers, from PyPI packages and without Docker.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use milvus_otel_testkit::{Milvus, unique_name};
//!
//! let milvus = Milvus::shared_lite().await?;
//! let client = milvus.client().await?;
//!
//! let books = unique_name("books");
//! client.create_collection(&books, 4).await?;
//! # Ok(()) }
//! ```
//!
//! A server is downloaded once into the user's cache directory (`$XDG_CACHE_HOME/milvus-otel`, by default
//! `~/.cache/milvus-otel`), by the `pip` of `python3`. Every file is pinned by version and SHA-256; an error names a
//! file that differs. The server runs as a child process with its own temporary state. It ends, and its state is
//! removed, when the [`Milvus`] is dropped or the process that started it ends, even if it is killed.
//!
//! Tests may share a [`Client`] too, although each `#[tokio::test]` has a runtime of its own: it makes a connection in each.

mod cache;
mod lite;
pub(crate) mod lite_python;
mod pins;
mod platforms;
mod ports;
mod python;
mod ready;
mod standalone;
mod supervisor;

use std::fmt;
use std::path::Path;

use milvus_otel::{Client, ClientBuilder};
use tokio::sync::OnceCell;

use crate::unique_name;

pub use lite::Lite;
pub use lite_python::LitePython;
pub use standalone::Standalone;

use ports::Ports;
use supervisor::Supervised;

/// A running server. Dropping it kills the server and removes its state.
#[derive(Debug)]
pub struct Milvus {
    // Dropped before the ports, which must stay reserved until the server has ended.
    server: Supervised,
    _ports: Option<Ports>,
    uri: String,
    /// The name and password of the initial user, on a server with users.
    root_token: Option<&'static str>,
    description: &'static str,
}

/// A server that is never dropped: its supervisor sees the process end.
type Shared = OnceCell<Result<Milvus, Unavailable>>;

async fn shared(
    shared: &'static Shared,
    start: impl Future<Output = Result<Milvus, Unavailable>>,
) -> Result<&'static Milvus, Unavailable> {
    let server = shared.get_or_init(|| start).await;
    server.as_ref().map_err(Clone::clone)
}

impl Milvus {
    /// The complete Milvus 2.3.5, with its own traces. Starts in 2 to 3 seconds.
    pub fn standalone() -> Standalone {
        Standalone::default()
    }

    /// Milvus Lite 2.5.1, one native process on a Unix socket. Starts in less than a second.
    pub fn lite() -> Lite {
        Lite::default()
    }

    /// Milvus Lite 3.2.2, which is written in Python and has the newest protocol of the three.
    pub fn lite_python() -> LitePython {
        LitePython::default()
    }

    /// A [`Milvus::standalone`] with default settings that is shared by the whole process and started by the first call.
    ///
    /// # Errors
    ///
    /// The platform has no such server, or it cannot be downloaded or started. Later calls get the same error.
    pub async fn shared_standalone() -> Result<&'static Self, Unavailable> {
        static SHARED: Shared = Shared::const_new();
        shared(&SHARED, Self::standalone().start()).await
    }

    /// A [`Milvus::lite`] that is shared by the whole process and started by the first call.
    ///
    /// # Errors
    ///
    /// Like [`shared_standalone`](Self::shared_standalone).
    pub async fn shared_lite() -> Result<&'static Self, Unavailable> {
        static SHARED: Shared = Shared::const_new();
        shared(&SHARED, Self::lite().start()).await
    }

    /// A [`Milvus::lite_python`] without spans that is shared by the whole process and started by the first call.
    ///
    /// # Errors
    ///
    /// Like [`shared_standalone`](Self::shared_standalone).
    pub async fn shared_lite_python() -> Result<&'static Self, Unavailable> {
        static SHARED: Shared = Shared::const_new();
        shared(&SHARED, Self::lite_python().start()).await
    }

    /// A client with its own connection, as the user `root` if the server has users.
    ///
    /// Tests that share a server need different collections: see [`unique_name`] and
    /// [`client_in_new_database`](Self::client_in_new_database). For a server with TLS, connect to [`uri`](Self::uri) with
    /// the certificates that it was started with.
    ///
    /// # Errors
    ///
    /// The connection fails.
    pub async fn client(&self) -> milvus_otel::Result<Client> {
        let client: ClientBuilder = Client::builder(self.uri());
        match self.root_token {
            Some(token) => client.token(token).connect().await,
            None => client.connect().await,
        }
    }

    /// A [`client`](Self::client) in its own database, so that tests may use the same collection names.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let milvus = milvus_otel_testkit::Milvus::shared_standalone().await?;
    /// let client = milvus.client_in_new_database().await?;
    /// client.create_collection("books", 4).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The connection fails, or the server is Milvus Lite 2.5.1, which does not support databases.
    pub async fn client_in_new_database(&self) -> milvus_otel::Result<Client> {
        let client = self.client().await?;
        let database = unique_name("test");
        client.create_database(&database).await?;
        Ok(client.in_database(&database))
    }

    /// The URI to connect to: `http://127.0.0.1:PORT`, `https://localhost:PORT` or `unix:/path.sock`.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The server's log file, which is removed with the server.
    pub fn log(&self) -> &Path {
        self.server.log()
    }

    /// The name of the server in messages: `Milvus 2.3.5 standalone`.
    pub fn description(&self) -> &str {
        self.description
    }

    /// Stops the server gracefully, so that it can send its remaining spans.
    ///
    /// A server that does not end within its grace period is killed.
    pub async fn stop(self) {
        // The panic hook has reported a panic; nothing is left to stop.
        let _ = tokio::task::spawn_blocking(move || self.server.stop()).await;
    }
}

/// Why a real server cannot be started: no build for this platform, no Python, no network, or the end of its log.
#[derive(Clone)]
pub struct Unavailable {
    reason: String,
}

impl Unavailable {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// Like `Display`, because a `main` that returns the error prints it.
impl fmt::Debug for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Unavailable {}

/// Runs blocking work (a download, a process) outside of the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Unavailable> + Send + 'static,
) -> Result<T, Unavailable> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|lost| Err(Unavailable::new(format!("starting Milvus failed: {lost}"))))
}

/// The last `lines` lines of `text`, each cut to a readable length.
fn tail(text: &str, lines: usize) -> String {
    const WIDTH: usize = 300;
    let all: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last = all[all.len().saturating_sub(lines)..].iter();
    let cut = last.map(|line| line.chars().take(WIDTH).collect::<String>());
    cut.collect::<Vec<_>>().join("\n")
}
