//! The example `axum_service` as a process: called over HTTP, on a real Milvus, ended by signals.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::receiver::{Kind, Span, Trace};
use testkit::{Milvus, Receiver, require};

/// The running example.
struct Service {
    process: Child,
    stdout: BufReader<ChildStdout>,
    address: String,
    /// The log lines read so far.
    log: Vec<Value>,
}

impl Service {
    fn start(milvus: &Milvus, collector: &str) -> Self {
        // Cargo builds the examples before it runs all tests; of this test alone it does not.
        let tests = std::env::current_exe().unwrap();
        let example = tests
            .ancestors()
            .nth(2)
            .unwrap()
            .join("examples/axum_service");
        assert!(
            example.exists(),
            "run `cargo build --example axum_service` first"
        );
        let mut process = Command::new(example)
            .env("MILVUS_URI", milvus.uri())
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
            .env("HTTP_ADDRESS", "127.0.0.1:0")
            .env_remove("RUST_LOG")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let mut service = Self {
            process,
            stdout,
            address: String::new(),
            log: Vec::new(),
        };
        let serving = service.read_until("serving");
        service.address = serving["fields"]["address"].as_str().unwrap().to_owned();
        service
    }

    /// Reads log lines up to the one with this message.
    fn read_until(&mut self, message: &str) -> Value {
        loop {
            let mut line = String::new();
            let read = self.stdout.read_line(&mut line).unwrap();
            assert!(
                read > 0,
                "the service ended before it logged {message:?}: {:?}",
                self.log
            );
            let line: Value = serde_json::from_str(&line).expect(&line);
            self.log.push(line.clone());
            if line["fields"]["message"] == message {
                return line;
            }
        }
    }

    /// Makes a request in the trace of this number; returns the response's status and body.
    fn call(&self, trace: u8, method: &str, path: &str, body: &Value) -> (u16, String) {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: books\r\nconnection: close\r\ncontent-type: application/json\r\n\
             traceparent: 00-{}-00000000000000ff-01\r\ncontent-length: {}\r\n\r\n{body}",
            trace_id(trace),
            body.len()
        )
        .unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").expect(&response);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    fn end(mut self, signal: &str) -> (ExitStatus, Vec<Value>) {
        let pid = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        self.read_until("stopped");
        let log = std::mem::take(&mut self.log);
        (self.process.wait().unwrap(), log)
    }
}

impl Drop for Service {
    /// A test that fails must not leave it running.
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

fn trace_id(number: u8) -> String {
    format!("{number:032x}")
}

/// Checks that the trace is one tree: the SERVER span of the HTTP request, the CLIENT span, and Milvus' spans below it.
fn check(trace: &Trace, request: &str, call: &str) {
    let named = |name: &str| -> &Span {
        let found: Vec<_> = trace
            .spans
            .iter()
            .filter(|span| span.name == name)
            .collect();
        assert_eq!(found.len(), 1, "{name}: {:#?}", trace.spans);
        found[0]
    };
    let (server, client) = (named(request), named(call));
    assert_eq!(server.kind, Kind::Server);
    assert_eq!(
        server.parent_span_id.as_deref(),
        Some("00000000000000ff"),
        "the caller's span"
    );
    assert_eq!(client.kind, Kind::Client);
    // An operation of several calls has a span of its own between the two.
    let operation = trace
        .spans
        .iter()
        .find(|span| Some(&span.span_id) == client.parent_span_id.as_ref())
        .unwrap();
    let above = match operation.kind {
        Kind::Internal => operation.parent_span_id.as_ref(),
        _ => client.parent_span_id.as_ref(),
    };
    assert_eq!(above, Some(&server.span_id));
    let of_milvus = trace
        .spans
        .iter()
        .filter(|span| span.service == "standalone");
    let entries = of_milvus.filter(|span| span.parent_span_id.as_ref() == Some(&client.span_id));
    assert!(
        entries.count() > 0,
        "no span of Milvus below {call}: {:#?}",
        trace.spans
    );
    for span in trace
        .spans
        .iter()
        .filter(|span| span.span_id != server.span_id)
    {
        let parent = span.parent_span_id.as_ref().expect("a second root");
        let known = trace.spans.iter().any(|other| &other.span_id == parent);
        assert!(known, "the parent of {} is missing", span.name);
    }
}

#[tokio::test]
async fn one_trace_runs_from_the_http_request_into_milvus() {
    let receiver = Receiver::start().unwrap();
    let standalone = Milvus::standalone().otlp(receiver.grpc_address());
    let Some(milvus) = require(standalone.start().await) else {
        return;
    };

    let service = Service::start(&milvus, &receiver.grpc_endpoint());
    let books = json!([
        { "id": 1, "title": "Dune", "embedding": [0.9, 0.1, 0.3, 0.2] },
        { "id": 2, "title": "Solaris", "embedding": [0.1, 0.8, 0.4, 0.3] },
    ]);
    let inserted = service.call(1, "POST", "/books", &books);
    assert_eq!(inserted, (200, json!({ "inserted": 2 }).to_string()));
    let wanted = json!({ "embedding": [0.8, 0.2, 0.3, 0.2], "limit": 1 });
    let (status, found) = service.call(2, "POST", "/books/search", &wanted);
    assert_eq!(status, 200, "{found}");
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(
        found[0]["book"],
        json!({ "id": 1, "title": "Dune" }),
        "{found}"
    );
    assert_eq!(service.call(3, "DELETE", "/books/1", &Value::Null).0, 204);
    let (_, found) = service.call(4, "POST", "/books/search", &wanted);
    assert!(
        found.contains("Solaris") && !found.contains("Dune"),
        "{found}"
    );
    let misfit = json!([{ "id": 3, "title": "Ubik", "embedding": [0.5] }]);
    let (status, told) = service.call(5, "POST", "/books", &misfit);
    assert_eq!(status, 400);
    assert!(told.contains("embedding"), "{told}");
    let (status, log) = service.end("-TERM");
    assert!(status.success(), "{status}");

    let whole = |spans: &[Span]| {
        let of_milvus = spans.iter().filter(|span| span.service == "standalone");
        (1..=4).all(|number| {
            of_milvus
                .clone()
                .any(|span| span.trace_id == trace_id(number))
        })
    };
    receiver.wait_for(Duration::from_secs(20), whole).await;
    receiver
        .settle(Duration::from_secs(1), Duration::from_secs(20))
        .await;
    check(
        &receiver.trace(&trace_id(1)),
        "POST /books",
        "insert axum_service",
    );
    check(
        &receiver.trace(&trace_id(2)),
        "POST /books/search",
        "search axum_service",
    );
    check(
        &receiver.trace(&trace_id(3)),
        "DELETE /books/{id}",
        "delete axum_service",
    );

    let spans = receiver.spans();
    for (number, message) in [
        (1, "books inserted"),
        (2, "books searched"),
        (3, "book deleted"),
        (5, "request failed"),
    ] {
        let trace = trace_id(number);
        let of_trace = |span: &&Span| span.trace_id == trace && span.kind == Kind::Server;
        let request = spans
            .iter()
            .find(|span| of_trace(span) && span.service == "book-service");
        let request = request.expect("the request's span");
        let mut lines = log
            .iter()
            .filter(|line| line["openTelemetry"]["traceId"] == trace.as_str());
        let line = lines
            .find(|line| line["fields"]["message"] == message)
            .expect(message);
        assert_eq!(line["openTelemetry"]["spanId"], request.span_id.as_str());
        let exported = receiver
            .logs()
            .into_iter()
            .find(|log| log.trace_id.as_ref() == Some(&trace));
        let exported = exported.expect("an exported log record");
        assert_eq!(exported.span_id.as_ref(), Some(&request.span_id));
        let body = exported
            .body
            .as_ref()
            .and_then(testkit::receiver::Value::as_str);
        assert_eq!(body, Some(message));
    }
    let metrics = receiver.metrics();
    let durations =
        |metric: &&testkit::receiver::Metric| metric.name == "db.client.operation.duration";
    assert!(
        metrics.iter().any(|metric| durations(&metric)),
        "{metrics:?}"
    );

    // What becomes of its telemetry changes neither its responses nor its exit status.
    let traces_only = Receiver::traces_only().unwrap();
    for collector in [traces_only.grpc_endpoint(), "http://127.0.0.1:1".to_owned()] {
        let service = Service::start(&milvus, &collector);
        let (status, _) = service.call(6, "POST", "/books/search", &wanted);
        assert_eq!(status, 200, "{collector}");
        let (status, _) = service.end("-INT");
        assert!(status.success(), "{collector}: {status}");
    }
    assert!(!traces_only.trace(&trace_id(6)).spans.is_empty());
    milvus.stop().await;
}
