//! The doctor, with each cause provoked. `UPDATE_DOCS=1 cargo test --test it doctor` writes docs/doctor.md.
//!
//! A cause is provoked in a process of its own, which plays the application, because providers, propagators and subscribers
//! belong to the process. The servers are started by the test and shared between the causes.

mod backend;
mod causes;
mod limits;
mod page;

use milvus_otel::doctor::Report;
use testkit::{Milvus, Receiver, require};

use crate::support::child;
use crate::support::collector::nobody;
use causes::{CAUSES, Cause, Server};

const CHILD: &str = concat!(module_path!(), "::each_cause_is_found");
const WHICH: &str = "DOCTOR_CAUSE";
const BEGIN: &str = "--- report\n";
const END: &str = "--- end\n";

/// What the causes connect to.
struct Servers {
    collector: Receiver,
    traces_only: Receiver,
    refusing: Receiver,
    rejecting: Receiver,
    jaeger: String,
    tempo: String,
    /// The management port of a Milvus 2.5, scripted.
    management: String,
    nobody: String,
    no_milvus: String,
}

impl Servers {
    async fn start() -> Self {
        let collector = Receiver::start().unwrap();
        let (jaeger, tempo) = backend::serve(&collector).await;
        let refusing = Receiver::start().unwrap();
        refusing.reject_all(tonic::Code::Unauthenticated);
        let rejecting = Receiver::start().unwrap();
        rejecting.reject_items(1, "quota exceeded");
        Self {
            collector,
            traces_only: Receiver::traces_only().unwrap(),
            refusing,
            rejecting,
            jaeger,
            tempo,
            management: backend::management().await,
            nobody: nobody(),
            no_milvus: nobody(),
        }
    }

    /// Variables for the child, and what the page shows instead of their values.
    fn variables(&self, milvus: &str) -> Vec<(&'static str, String, &'static str)> {
        let (all, traces) = (&self.collector, &self.traces_only);
        vec![
            ("MILVUS_URI", milvus.to_owned(), "http://localhost:19530"),
            (
                "MILVUS_TLS",
                milvus.replace("http:", "https:"),
                "https://localhost:19530",
            ),
            ("MILVUS_HEALTH", health(milvus), "http://localhost:9091"),
            (
                "NO_MILVUS",
                self.no_milvus.clone(),
                "http://localhost:19530",
            ),
            (
                "MANAGEMENT",
                self.management.clone(),
                "http://localhost:9091",
            ),
            ("COLLECTOR", all.grpc_endpoint(), "http://localhost:4317"),
            (
                "COLLECTOR_TLS",
                all.grpc_endpoint().replace("http:", "https:"),
                "https://localhost:4317",
            ),
            (
                "COLLECTOR_HTTP",
                all.http_endpoint(),
                "http://localhost:4318",
            ),
            (
                "TRACES_ONLY",
                traces.grpc_endpoint(),
                "http://localhost:4317",
            ),
            (
                "REFUSING",
                self.refusing.grpc_endpoint(),
                "http://localhost:4317",
            ),
            (
                "REJECTING",
                self.rejecting.grpc_endpoint(),
                "http://localhost:4317",
            ),
            ("JAEGER", self.jaeger.clone(), "http://localhost:16686"),
            ("TEMPO", self.tempo.clone(), "http://localhost:3200"),
            ("NOBODY", self.nobody.clone(), "http://localhost:4317"),
        ]
    }

    /// Runs a cause in a process of its own, and returns its report, without what differs from run to run.
    fn provoke(&self, cause: &Cause, milvus: &str) -> String {
        let variables = self.variables(milvus);
        let mut given: Vec<(&str, &str)> = vec![(WHICH, cause.name)];
        given.extend(
            variables
                .iter()
                .map(|(name, value, _)| (*name, value.as_str())),
        );
        for (name, value) in cause.environment {
            let server = variables.iter().find(|(server, ..)| server == value);
            given.push((name, server.map_or(value, |(_, address, _)| address)));
        }
        let output = child::child(CHILD, &given);
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{}: {stdout}\n{stderr}",
            cause.name
        );
        let (_, rest) = stdout
            .split_once(BEGIN)
            .unwrap_or_else(|| panic!("{}: {stdout}", cause.name));
        let mut report = rest.split_once(END).unwrap().0.to_owned();
        for (_, value, shown) in &variables {
            report = report.replace(value, shown);
        }
        // Without the scheme.
        for (_, value, shown) in &variables {
            let address = |url: &'_ str| url.split_once("://").map(|(_, rest)| rest.to_owned());
            if let (Some(value), Some(shown)) = (address(value), address(shown)) {
                report = report.replace(&value, &shown);
            }
        }
        // The module of the span that a filter disables.
        stable(&report.replace(concat!(module_path!(), "::causes::separate"), "book_search"))
    }
}

/// The management port of the Milvus with this URI: testkit gives it the port after the one for clients.
fn health(milvus: &str) -> String {
    match milvus.strip_prefix("http://127.0.0.1:") {
        Some(port) => format!("http://127.0.0.1:{}", port.parse::<u16>().unwrap() + 1),
        None => "http://127.0.0.1:1".to_owned(),
    }
}

/// The server of a cause, with its tracing set up as the cause requires.
async fn start(server: Server, servers: &Servers) -> Option<Milvus> {
    let collector = servers.collector.grpc_address();
    let wrong = servers.nobody.trim_start_matches("http://");
    let milvus = match server {
        Server::Traced => Milvus::standalone().otlp(collector).start().await,
        Server::Untraced => Milvus::standalone().start().await,
        Server::WrongEndpoint => Milvus::standalone().otlp(wrong).start().await,
        Server::Secured => Milvus::standalone().authorization(true).start().await,
        Server::Lite => Milvus::lite().start().await,
    };
    require(milvus)
}

#[test]
fn each_cause_is_found() {
    if child::is_child(CHILD) {
        return play();
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sections = runtime.block_on(async {
        let servers = Servers::start().await;
        let mut reports = Vec::new();
        for server in Server::ALL {
            // A backend without spans of another Milvus.
            servers.collector.clear();
            let milvus = start(server, &servers).await?;
            for cause in CAUSES.iter().filter(|cause| cause.server == server) {
                let report = tokio::task::block_in_place(|| servers.provoke(cause, milvus.uri()));
                reports.push((cause.name, report));
            }
            milvus.stop().await;
        }
        Some(reports)
    });
    if let Some(reports) = sections {
        page::check(&reports);
    }
}

/// Plays the application of a cause.
fn play() {
    let name = std::env::var(WHICH).unwrap();
    let cause = CAUSES.iter().find(|cause| cause.name == name).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let report: Report = runtime.block_on((cause.provoke)());
    for (subject, state) in cause.finds {
        let found = report
            .about(*subject)
            .any(|finding| finding.state == *state);
        assert!(found, "{name}: {subject} is not {state}:\n{report}");
    }
    let is_problem = cause
        .finds
        .iter()
        .any(|(_, state)| *state == milvus_otel::doctor::State::Problem);
    assert_eq!(report.is_ok(), !is_problem, "{name}:\n{report}");
    println!("{BEGIN}{report}\n{END}");
}

/// The text with an example in place of every id, and without the numbers of the system's errors and the patch numbers of
/// OpenTelemetry.
fn stable(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for letter in text.chars() {
        if letter.is_ascii_hexdigit() {
            digits.push(letter);
            continue;
        }
        let is_trace = digits.len() == 32;
        out.push_str(if is_trace {
            "4bf92f3577b34da6a3ce929d0e0e4736"
        } else {
            &digits
        });
        digits.clear();
        out.push(letter);
    }
    for minor in ["0.32.", "0.33."] {
        let parts: Vec<&str> = out.split(minor).collect();
        let parts = parts.iter().enumerate().map(|(i, part)| match i {
            0 => *part,
            _ => part.trim_start_matches(|c: char| c.is_ascii_digit()),
        });
        out = parts
            .collect::<Vec<_>>()
            .join(&format!("{minor}x"))
            .replace("x*", "*");
    }
    while let Some(start) = out.find(" (os error ") {
        let end = start + out[start..].find(')').unwrap() + 1;
        out.replace_range(start..end, "");
    }
    out
}
