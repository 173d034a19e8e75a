//! Real Milvus servers, started from the builds that PyPI carries. No Docker involved.
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
    // Dropped before the ports, which must not be given away while the server still holds them.
    server: Supervised,
    _ports: Option<Ports>,
    uri: String,
    description: &'static str,
}

impl Milvus {
    /// The whole of Milvus 2.3.5, with tracing of its own: 2 to 3 seconds to start.
    pub fn standalone() -> Standalone {
        Standalone::default()
    }

    /// Milvus Lite 2.5.1, one native process on a Unix socket: well under a second to start.
    pub fn lite() -> Lite {
        Lite::default()
    }

    /// Milvus Lite 3.2.2, which is written in Python and speaks the newest of the three protocols.
    pub fn lite_python() -> LitePython {
        LitePython::default()
    }

    /// One plain [`Milvus::standalone`] for the whole process, started by whoever asks first.
    pub async fn shared_standalone() -> Result<&'static Self, &'static Unavailable> {
        static SHARED: OnceCell<Result<Milvus, Unavailable>> = OnceCell::const_new();
        let start = || async { Self::standalone().start().await };
        SHARED.get_or_init(start).await.as_ref()
    }

    /// Where to connect: `http://127.0.0.1:PORT`, `https://localhost:PORT` or `unix:/path.sock`.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The file that holds what the server has written so far; it goes when the server goes.
    pub fn log(&self) -> &Path {
        self.server.log()
    }

    /// Which server this is, for a person: `Milvus 2.3.5 standalone`.
    pub fn description(&self) -> &str {
        self.description
    }

    /// Ends the server in order, so that it can still send the spans it holds.
    ///
    /// A server that does not react within its grace period is killed.
    pub async fn stop(self) {
        // A panic in there has been reported by the panic hook; there is nothing left to stop.
        let _ = tokio::task::spawn_blocking(move || self.server.stop()).await;
    }
}

/// Why a real server cannot be had here.
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

/// As `Display`: what a `main` that returns it prints.
impl fmt::Debug for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Unavailable {}

/// Runs work that blocks for long (a download, a process) off the async threads.
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
