//! Milvus 2.3.5: the complete server in one process, with its own traces.

mod config;

use std::ffi::OsString;
use std::fs;
use std::time::Duration;

use super::cache::{self, Package};
use super::pins::STANDALONE;
use super::platforms::{self, Kind};
use super::ports::Ports;
use super::supervisor::{Server, Supervised, library_path, state_dir};
use super::{Milvus, Unavailable, blocking, python, ready};
use crate::Certificates;

const DESCRIPTION: &str = "Milvus 2.3.5 standalone";
/// The log message of Milvus when its port is in use and it listens on another one.
const OTHER_PORT: &str = "Proxy get available port when init";
const ATTEMPTS: usize = 3;

/// Starts Milvus 2.3.5 with embedded etcd, message queue and storage.
///
/// It listens on all interfaces, which cannot be configured.
#[derive(Debug, Clone, Default)]
#[must_use = "a server starts with `start`"]
pub struct Standalone {
    otlp: Option<String>,
    sample_fraction: f64,
    authorization: bool,
    tls: Option<Tls>,
    settings: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
struct Tls {
    certificates: Certificates,
    mutual: bool,
}

impl Standalone {
    /// Sends the server's spans to the OTLP/gRPC receiver at `host:port`, every 200 ms.
    ///
    /// Calls that arrive with a sampled trace context are traced; see [`Self::sample_fraction`].
    pub fn otlp(mut self, receiver: impl Into<String>) -> Self {
        self.otlp = Some(receiver.into());
        self
    }

    /// The share of calls without a trace context that is traced, including the server's background work. Default: 0.
    pub fn sample_fraction(mut self, fraction: f64) -> Self {
        self.sample_fraction = fraction;
        self
    }

    /// Requires credentials. The initial user is `root`, with the password `Milvus`.
    pub fn authorization(mut self, enabled: bool) -> Self {
        self.authorization = enabled;
        self
    }

    /// Serves TLS with the server certificate of `certificates`.
    pub fn tls(mut self, certificates: &Certificates) -> Self {
        let certificates = certificates.clone();
        self.tls = Some(Tls {
            certificates,
            mutual: false,
        });
        self
    }

    /// Serves TLS, and requires client certificates of the same authority.
    pub fn mutual_tls(mut self, certificates: &Certificates) -> Self {
        let certificates = certificates.clone();
        self.tls = Some(Tls {
            certificates,
            mutual: true,
        });
        self
    }

    /// Sets any key of `milvus.yaml`, with dots: `quotaAndLimits.dml.enabled`.
    pub fn setting(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((key.into(), value.into()));
        self
    }

    /// Starts the server and waits until it is healthy and answers.
    pub async fn start(self) -> Result<Milvus, Unavailable> {
        for _ in 0..ATTEMPTS {
            if let Some(milvus) = self.attempt().await? {
                return Ok(milvus);
            }
        }
        Err(Unavailable::new(format!(
            "{DESCRIPTION} found its port taken {ATTEMPTS} times in a row"
        )))
    }

    /// `None` if another process took the port between the check and the start.
    async fn attempt(&self) -> Result<Option<Milvus>, Unavailable> {
        let settings = self.clone();
        let (server, ports) = blocking(move || settings.spawn()).await?;
        let port = ports.get(config::PROXY);
        let health = ports.get(config::HEALTH);
        let healthy = ready::wait(&server, DESCRIPTION, || ready::is_healthy(health)).await;
        let log = fs::read(server.log()).unwrap_or_default();
        if String::from_utf8_lossy(&log).contains(OTHER_PORT) {
            return Ok(None);
        }
        healthy?;
        let uri = if self.tls.is_some() {
            // When it is healthy, the gRPC service has registered itself; no handshake is needed.
            ready::wait(&server, DESCRIPTION, || ready::listens(port)).await?;
            format!("https://localhost:{port}")
        } else {
            let uri = format!("http://127.0.0.1:{port}");
            ready::wait(&server, DESCRIPTION, || ready::speaks_grpc(&uri)).await?;
            uri
        };
        Ok(Some(Milvus {
            server,
            _ports: Some(ports),
            uri,
            root_token: self.authorization.then_some("root:Milvus"),
            description: DESCRIPTION,
        }))
    }

    fn spawn(&self) -> Result<(Supervised, Ports), Unavailable> {
        platforms::check(Kind::Standalone)?;
        let package = Package {
            name: STANDALONE.name,
            size: "58 MB",
            folder: format!("milvus-2.3.5-{}", STANDALONE.tag()),
        };
        let home = cache::install(&package, |folder| {
            python::find()?.fetch(STANDALONE, "milvus/data/bin/", folder)
        })?;
        let state = state_dir()?;
        let ports = Ports::reserve()?;
        config::write(self, state.path(), &ports).map_err(|error| {
            let state = state.path().display();
            Unavailable::new(format!("cannot write Milvus' settings to {state}: {error}"))
        })?;
        let metrics = ports.get(config::HEALTH).to_string();
        let mut environment: Vec<(String, OsString)> = vec![
            (library_path().to_owned(), home.clone().into()),
            ("DEPLOY_MODE".to_owned(), "STANDALONE".into()),
            ("METRICS_PORT".to_owned(), metrics.into()),
            (
                "MILVUSCONF".to_owned(),
                state.path().join(config::FOLDER).into(),
            ),
            ("OTEL_BSP_SCHEDULE_DELAY".to_owned(), "200".into()),
        ];
        let overrides = self.settings.iter();
        environment.extend(overrides.map(|(key, value)| (variable(key), value.into())));
        let alias = state.path().file_name().unwrap_or_default().to_owned();
        let server = Server {
            program: home.join("milvus"),
            arguments: vec!["run".into(), "standalone".into(), "-alias".into(), alias],
            environment,
            // Milvus 2.3.5 does not end on SIGTERM, but sends finished spans within this time.
            grace: Duration::from_millis(500),
        };
        Ok((Supervised::spawn(&server, state)?, ports))
    }
}

/// The environment variable for a key of Milvus' configuration.
fn variable(key: &str) -> String {
    key.to_uppercase().replace('.', "_")
}
