//! Milvus Lite 2.5.1: a native server with the operations of Milvus 2.5 that need no cluster.

use std::time::Duration;

use super::cache::{self, Package};
use super::pins::LITE;
use super::platforms::{self, Kind};
use super::supervisor::{Server, Supervised, library_path, state_dir};
use super::{Milvus, Unavailable, blocking, python, ready};

/// Starts Milvus Lite 2.5.1 on a Unix socket.
///
/// It implements 23 of Milvus' RPCs, including sparse vectors, BM25 and hybrid search, and creates no spans.
#[derive(Debug, Clone, Default)]
#[must_use = "a server starts with `start`"]
pub struct Lite {
    _private: (),
}

impl Lite {
    /// Starts the server and waits until it answers.
    pub async fn start(self) -> Result<Milvus, Unavailable> {
        let server = blocking(spawn).await?;
        let uri = format!("unix:{}", server.state().join("s.sock").display());
        ready::wait(&server, LITE.name, || ready::speaks_grpc(&uri)).await?;
        Ok(Milvus {
            server,
            _ports: None,
            uri,
            root_token: None,
            description: LITE.name,
        })
    }
}

fn spawn() -> Result<Supervised, Unavailable> {
    platforms::check(Kind::Lite)?;
    let package = Package {
        name: LITE.name,
        size: "55 MB",
        folder: format!("milvus-lite-2.5.1-{}", LITE.tag()),
    };
    let home = cache::install(&package, |folder| {
        python::find()?.fetch(LITE, "milvus_lite/lib/", folder)
    })?;
    let state = state_dir()?;
    let socket = format!("unix:{}", state.path().join("s.sock").display());
    let server = Server {
        program: home.join("milvus"),
        arguments: vec![
            state.path().join("data.db").into(),
            socket.into(),
            "ERROR".into(),
        ],
        environment: vec![
            (library_path().to_owned(), home.into()),
            ("GLOG_log_dir".to_owned(), state.path().join("tmp").into()),
        ],
        // It takes about 1 s.
        grace: Duration::from_secs(3),
    };
    Supervised::spawn(&server, state)
}
