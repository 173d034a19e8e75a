//! Real Milvus servers, from packages of PyPI and without Docker.
//!
//! A server is downloaded once into the user's cache directory, runs as a child process with its
//! own temporary state, and ends with the process that started it.

mod cache;
mod lite;
pub(crate) mod lite_python;
mod ports;
mod python;
mod ready;
mod standalone;
mod supervisor;

use std::fmt;
use std::path::Path;

use tokio::sync::OnceCell;

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
    description: &'static str,
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
    pub async fn shared_standalone() -> Result<&'static Self, &'static Unavailable> {
        static SHARED: OnceCell<Result<Milvus, Unavailable>> = OnceCell::const_new();
        let start = || async { Self::standalone().start().await };
        SHARED.get_or_init(start).await.as_ref()
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

/// Why a real server cannot be started.
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
