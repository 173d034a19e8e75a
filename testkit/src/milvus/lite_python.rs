//! Milvus Lite 3.2.2: a server in Python with the operations of Milvus 2.6 that need no cluster.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::cache::{self, Package};
use super::pins::LITE_PYTHON;
use super::platforms::{self, Kind};
use super::supervisor::{Server, Supervised, state_dir};
use super::{Milvus, Unavailable, blocking, python, ready};

const STARTER: &str = include_str!("lite_server.py");
const PORT_FILE: &str = "port";

/// Starts Milvus Lite 3.2.2 on a TCP port of the loopback interface.
///
/// It implements 44 of Milvus' RPCs, including partitions, aliases and databases.
#[derive(Debug, Clone, Default)]
#[must_use = "a server starts with `start`"]
pub struct LitePython {
    otlp: Option<String>,
}

impl LitePython {
    /// Sends the server's spans to an OTLP/gRPC `endpoint` such as `http://127.0.0.1:4317`, as the service
    /// `milvus-lite`, using OpenTelemetry's gRPC instrumentation for Python.
    ///
    /// Only calls that arrive with a sampled trace context are traced.
    pub fn otlp(mut self, endpoint: impl Into<String>) -> Self {
        self.otlp = Some(endpoint.into());
        self
    }

    /// Starts the server and waits until it answers.
    pub async fn start(self) -> Result<Milvus, Unavailable> {
        let server = blocking(move || spawn(self.otlp)).await?;
        let port_file = server.state().join(PORT_FILE);
        let uri = ready::wait(&server, LITE_PYTHON.name, || async {
            let port = std::fs::read_to_string(&port_file).ok()?;
            Some(format!("http://127.0.0.1:{port}"))
        })
        .await?;
        ready::wait(&server, LITE_PYTHON.name, || ready::speaks_grpc(&uri)).await?;
        Ok(Milvus {
            server,
            _ports: None,
            uri,
            root_token: None,
            description: LITE_PYTHON.name,
        })
    }
}

/// An interpreter, and the folder of the modules of Milvus Lite.
pub(crate) fn install() -> Result<(PathBuf, PathBuf), Unavailable> {
    platforms::check(Kind::LitePython)?;
    let python = python::find()?;
    if python.version < (3, 10) {
        let (major, minor) = python.version;
        return Err(Unavailable::new(format!(
            "{} needs Python 3.10 or newer, python3 is {major}.{minor}",
            LITE_PYTHON.name
        )));
    }
    let package = Package {
        name: LITE_PYTHON.name,
        size: "110 MB",
        folder: format!("milvus-lite-3.2.2-{}-{}", LITE_PYTHON.tag(), python.tag),
    };
    let home = cache::install(&package, |folder| python.install(LITE_PYTHON, folder))?;
    Ok((python.path, home))
}

fn spawn(otlp: Option<String>) -> Result<Supervised, Unavailable> {
    let (python, home) = install()?;
    let state = state_dir()?;
    let mut environment: Vec<(String, OsString)> = vec![("PYTHONPATH".to_owned(), home.into())];
    if let Some(endpoint) = otlp {
        environment.extend([
            ("OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(), endpoint.into()),
            ("OTEL_SERVICE_NAME".to_owned(), "milvus-lite".into()),
            ("OTEL_BSP_SCHEDULE_DELAY".to_owned(), "200".into()),
            (
                "OTEL_TRACES_SAMPLER".to_owned(),
                "parentbased_always_off".into(),
            ),
        ]);
    }
    let server = Server {
        program: python,
        // -S: none of the modules installed on this machine, only those that belong to the server.
        arguments: vec![
            "-S".into(),
            "-u".into(),
            "-c".into(),
            STARTER.into(),
            state.path().join("data").into(),
            state.path().join(PORT_FILE).into(),
        ],
        environment,
        grace: Duration::from_secs(5),
    };
    Supervised::spawn(&server, state)
}
