//! Milvus Lite 2.5.1: a native server with the operations of Milvus 2.5 that need no cluster.

use std::time::Duration;

use super::cache::{self, Package};
use super::supervisor::{Server, Supervised, state_dir};
use super::{Milvus, Unavailable, blocking, python, ready};

const DESCRIPTION: &str = "Milvus Lite 2.5.1";

/// Starts Milvus Lite 2.5.1 on a Unix socket.
///
/// It has 23 of Milvus' RPCs, including sparse vectors, BM25 and hybrid search, and creates no spans.
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
        ready::wait(&server, DESCRIPTION, || ready::speaks_grpc(&uri)).await?;
        Ok(Milvus {
            server,
            _ports: None,
            uri,
            description: DESCRIPTION,
        })
    }
}

fn spawn() -> Result<Supervised, Unavailable> {
    let package = Package {
        name: DESCRIPTION,
        size: "55 MB",
        folder: "milvus-lite-2.5.1".to_owned(),
    };
    let home = cache::install(&package, |folder| {
        python::find()?.fetch("milvus-lite==2.5.1", "milvus_lite/lib/", folder)
    })?;
    let state = state_dir()?;
    let socket = format!("unix:{}", state.path().join("s.sock").display());
    let library_path = match std::env::consts::OS {
        "macos" => "DYLD_LIBRARY_PATH",
        _ => "LD_LIBRARY_PATH",
    };
    let server = Server {
        program: home.join("milvus"),
        arguments: vec![
            state.path().join("data.db").into(),
            socket.into(),
            "ERROR".into(),
        ],
        environment: vec![
            (library_path.to_owned(), home.into()),
            ("GLOG_log_dir".to_owned(), state.path().join("tmp").into()),
        ],
        // It takes about 1 s.
        grace: Duration::from_secs(3),
    };
    Supervised::spawn(&server, state)
}
