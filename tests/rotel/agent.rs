//! The collector as a child process.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

/// A running collector, which ends with this.
pub(crate) struct Rotel {
    /// Host and port of OTLP/gRPC.
    pub(crate) grpc: String,
    /// Host and port of OTLP/HTTP.
    pub(crate) http: String,
    store: PathBuf,
    child: Child,
}

fn variable(name: &str) -> PathBuf {
    let value = std::env::var_os(name);
    value
        .unwrap_or_else(|| panic!("{name} is not set: run .ci/rotel"))
        .into()
}

impl Rotel {
    /// Keeps what it stores in a folder of this name.
    pub(crate) fn start(name: &str) -> Self {
        let store = variable("ROTEL_STORE").join(name);
        std::fs::create_dir_all(&store).unwrap();
        let log = store.join("rotel.log");
        // The ports may be taken by others before the collector binds them.
        for _ in 0..3 {
            let ports = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
            let [grpc, http] = ports.map(|port| port.local_addr().unwrap().to_string());
            let output = File::create(&log).unwrap();
            let child = Command::new(variable("ROTEL_AGENT"))
                .args([
                    "start",
                    "--exporter",
                    "blackhole",
                    "--batch-timeout",
                    "100ms",
                ])
                .args(["--otlp-grpc-endpoint", &grpc, "--otlp-http-endpoint", &http])
                .args(["trace", "logs", "metrics"].into_iter().flat_map(|signal| {
                    let option = format!("--otlp-with-{signal}-processor").into();
                    [option, variable("ROTEL_PROCESSOR").into_os_string()]
                }))
                .env("ROTEL_STORE", &store)
                .stdout(Stdio::from(output.try_clone().unwrap()))
                .stderr(Stdio::from(output))
                .spawn()
                .unwrap();
            let mut rotel = Self {
                grpc,
                http,
                store: store.clone(),
                child,
            };
            if rotel.is_ready() {
                return rotel;
            }
        }
        panic!("{}", std::fs::read_to_string(log).unwrap_or_default());
    }

    fn is_ready(&mut self) -> bool {
        let deadline = Instant::now() + Duration::from_secs(20);
        let answers = |address: &str| TcpStream::connect(address).is_ok();
        while self.child.try_wait().unwrap().is_none() && Instant::now() < deadline {
            if answers(&self.grpc) && answers(&self.http) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// What it has stored so far in the file of one signal.
    pub(crate) fn rows(&self, file: &str) -> Vec<Json> {
        let text = std::fs::read_to_string(self.store.join(file)).unwrap_or_default();
        // The last line may be half written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Drop for Rotel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
