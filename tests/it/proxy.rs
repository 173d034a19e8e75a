//! `examples/proxy.rs` between unmodified pymilvus 3.0.2 and Milvus 2.3.5.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value as Json, json};
use testkit::receiver::{Kind, Span, Trace};
use testkit::{Milvus, Receiver, pymilvus, require};

const SOON: Duration = Duration::from_secs(15);
const QUIET: Duration = Duration::from_secs(1);
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

/// The running example. It is stopped as an operator stops it, by SIGTERM.
struct Proxy {
    process: Child,
    uri: String,
}

impl Proxy {
    fn start(upstream: &str, collector: &str) -> Self {
        let mut process = Command::new(example("proxy"))
            .arg("127.0.0.1:0")
            .env("MILVUS_URI", upstream)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let (address, _) = line.split_once(' ').unwrap();
        let uri = format!("http://{address}");
        Self { process, uri }
    }

    fn stop(&mut self) {
        let mut kill = Command::new("kill");
        let killed = kill.arg(self.process.id().to_string()).status();
        assert!(killed.unwrap().success());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Only a test that failed leaves it running, and it would hold the test's output open.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `cargo test` builds the examples too; `cargo test --test it` alone does not.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    let example = profile.join("examples").join(name);
    assert!(
        example.exists(),
        "run `cargo build --example {name}` before this test alone"
    );
    example
}

fn calls<'a>(spans: &'a [Span], rpc: &str) -> Vec<&'a Span> {
    let method = format!("milvus.proto.milvus.MilvusService/{rpc}");
    spans
        .iter()
        .filter(|span| span.service == "milvus-proxy" && span.text("rpc.method") == Some(&method))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pymilvus_works_through_the_proxy_and_each_of_its_calls_is_traced() {
    let receiver = Receiver::start().unwrap();
    let standalone = Milvus::standalone().otlp(receiver.grpc_address());
    let Some(milvus) = require(standalone.start().await) else {
        return;
    };
    let Some(mut python) = require(pymilvus(include_str!("proxy/client.py"))) else {
        return;
    };
    let mut proxy = Proxy::start(milvus.uri(), &receiver.grpc_endpoint());
    let traceparent = format!("00-{TRACE}-{CALLER}-01");
    let output = python.args([&proxy.uri, &traceparent]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");

    let said: Json = serde_json::from_slice(&output.stdout).unwrap();
    let expected = json!({
        "inserted": 3000, "found": 2, "large": 2 * 350 * 60_000, "paged": 3000, "missing": 100,
        "has": true, "deadline": "DEADLINE_EXCEEDED", "unknown": "UNIMPLEMENTED",
    });
    assert_eq!(said, expected);

    proxy.stop();
    receiver.settle(QUIET, SOON).await;
    let spans = receiver.spans();
    let mut proxied: BTreeMap<&str, usize> = BTreeMap::new();
    for span in spans.iter().filter(|span| span.service == "milvus-proxy") {
        assert_eq!(span.kind, Kind::Client, "{}", span.name);
        assert_eq!(span.text("db.system.name"), Some("milvus"), "{}", span.name);
        *proxied.entry(&span.name).or_default() += 1;
    }
    for (name, times) in [
        ("create_collection books", 1),
        ("insert books", 1),
        ("search books", 1),
        ("insert large", 2),
        ("query large", 1),
        ("drop_collection large", 1),
    ] {
        assert_eq!(proxied.get(name), Some(&times), "{name} in {proxied:#?}");
    }

    let [search] = calls(&spans, "Search")[..] else {
        panic!("{proxied:#?}");
    };
    assert_eq!(search.int("milvus.search.top_k"), Some(2));
    assert_eq!(search.int("db.response.returned_rows"), Some(2));
    let missing = calls(&spans, "DescribeCollection");
    let missing = missing.iter().find(|span| span.is_error()).unwrap();
    assert_eq!(missing.text("db.collection.name"), Some("nothing"));
    assert_eq!(missing.text("db.response.status_code"), Some("100"));

    let [has] = calls(&spans, "HasCollection")
        .into_iter()
        .filter(|span| span.trace_id == TRACE)
        .collect::<Vec<_>>()[..]
    else {
        panic!("no span in the caller's trace");
    };
    assert_eq!(has.parent_span_id.as_deref(), Some(CALLER));
    let trace = Trace::from_spans(TRACE, &spans);
    let below = spans
        .iter()
        .filter(|span| span.parent_span_id.as_deref() == Some(&has.span_id));
    let below: Vec<&str> = below.map(|span| span.name.as_str()).collect();
    assert_eq!(
        below,
        ["milvus.proto.milvus.MilvusService/HasCollection"],
        "{trace:#?}"
    );
}
