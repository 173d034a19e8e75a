//! Exports into Rotel, a collector no one here wrote, and compares what it stored with what was sent, span by span.
//!
//! Started by `.ci/rotel`, which installs the collector: `cargo test` leaves it out.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "rotel/agent.rs"]
mod agent;
#[path = "rotel/example.rs"]
mod example;
#[path = "rotel/tee.rs"]
mod tee;

use std::time::{Duration, Instant};

use agent::Rotel;
use milvus_otel::Client;
use milvus_otel::init::{self, Compression, Delivery, Protocol, Signal, Telemetry};
use opentelemetry::trace::{
    FutureExt as _, Link, SpanContext, SpanId, SpanKind, Status, TraceContextExt as _, TraceFlags,
    TraceId, TraceState, Tracer as _,
};
use opentelemetry::{Array, Context, KeyValue, StringValue, Value, global};
use serde_json::{Value as Json, json};
use tee::Tee;
use testkit::Milvus;
use tracing_subscriber::layer::SubscriberExt as _;

/// How a transport is set up, and what to call it.
const TRANSPORTS: [(&str, Protocol, Option<Compression>); 4] = [
    ("gRPC", Protocol::Grpc, None),
    ("gRPC with gzip", Protocol::Grpc, Some(Compression::Gzip)),
    ("HTTP", Protocol::HttpProtobuf, None),
    ("HTTP with JSON", Protocol::HttpJson, None),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_what_was_sent() {
    let rotel = Rotel::start("library");
    let server = Milvus::standalone().otlp(&rotel.grpc).start();
    let milvus = testkit::require(server.await).unwrap();
    for (transport, protocol, compression) in TRANSPORTS {
        let tee = Tee::default();
        let address = match protocol {
            Protocol::Grpc => &rotel.grpc,
            _ => &rotel.http,
        };
        let mut telemetry = init::otlp("rotel-judge")
            .endpoint(format!("http://{address}"))
            .protocol(protocol)
            .service_version("1.2.3")
            .attribute("deployment.environment.name", transport)
            .logs(true)
            // This version of Rotel does not read the 64-bit integers of metrics in JSON, which are strings there.
            .metrics(protocol != Protocol::HttpJson)
            .span_processor(tee.clone());
        if let Some(compression) = compression {
            telemetry = telemetry.compression(compression);
        }
        let telemetry = telemetry.build().unwrap();
        assert_eq!(telemetry.warnings(), []);
        let root = application(milvus.uri(), &telemetry).await;
        let trace_id = root.trace_id().to_string();
        let deliveries = telemetry.shutdown().unwrap();

        let sent = tee.rows();
        let traces = deliveries.iter().find(|d| d.signal == Signal::Traces);
        let delivered = traces.map(|d| (d.accepted, d.delivered));
        let count = sent.len() as u64;
        assert_eq!(delivered, Some((count, count)), "{transport}");
        compare(transport, &rotel, &sent).await;
        compare_log(transport, &rotel, &root, &sent).await;
        if protocol != Protocol::HttpJson {
            compare_metrics(transport, &rotel, &deliveries, &sent).await;
        }
        let of_milvus = spans_of_milvus(transport, &rotel, &trace_id, &sent).await;
        println!(
            "{transport}: {count} spans stored as sent, {of_milvus} of Milvus' own in the same trace"
        );
    }
}

/// The same for the quick example: what it writes to a file and what it sends are two exporters of one process.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_example_sends_is_stored() {
    let rotel = Rotel::start("example");
    let server = Milvus::standalone().otlp(&rotel.grpc).start();
    let milvus = testkit::require(server.await).unwrap();
    for (protocol, compression, collector) in [
        ("grpc", "none", &rotel.grpc),
        ("grpc", "gzip", &rotel.grpc),
        ("http/protobuf", "none", &rotel.http),
    ] {
        let case = format!("quick_setup, {protocol}, compression {compression}");
        let sent = example::run(milvus.uri(), collector, protocol, compression);
        compare(&case, &rotel, &sent).await;
        let trace_id = sent[0]["trace_id"].as_str().unwrap();
        let of_milvus = spans_of_milvus(&case, &rotel, trace_id, &sent).await;
        let count = sent.len();
        println!(
            "{case}: {count} spans stored as sent, {of_milvus} of Milvus' own in the same trace"
        );
    }
}

/// What an application does, with every kind of thing a span can carry.
async fn application(uri: &str, telemetry: &Telemetry) -> SpanContext {
    let tracer = global::tracer_with_scope(
        opentelemetry::InstrumentationScope::builder("application")
            .with_version("4.5.6")
            .with_schema_url("https://opentelemetry.io/schemas/1.45.0")
            .build(),
    );
    let remote = SpanContext::new(
        TraceId::from_bytes([7; 16]),
        SpanId::from_bytes([8; 8]),
        TraceFlags::SAMPLED,
        true,
        TraceState::default(),
    );
    let text = |text: &'static str| StringValue::from(text);
    let root = tracer
        .span_builder("set up books 📚")
        .with_kind(SpanKind::Server)
        .with_links(vec![Link::new(
            remote,
            vec![KeyValue::new("why", "a batch")],
            0,
        )])
        .with_attributes([
            KeyValue::new("text", "\"quoted\"\n\u{1}"),
            KeyValue::new("empty", ""),
            KeyValue::new("number", i64::MIN),
            KeyValue::new("ratio", 0.1),
            KeyValue::new("flag", false),
            KeyValue::new(
                "texts",
                Value::Array(Array::String(vec![text("a"), text("")])),
            ),
            KeyValue::new("numbers", Value::Array(Array::I64(vec![1, -1]))),
            KeyValue::new("ratios", Value::Array(Array::F64(vec![0.5]))),
            KeyValue::new("flags", Value::Array(Array::Bool(vec![true, false]))),
        ])
        .start(&tracer);
    let cx = Context::new().with_span(root);
    let span = cx.span();
    span.add_event("begun", vec![KeyValue::new("attempt", 1)]);
    calls(uri).with_context(cx.clone()).await.unwrap();
    span.set_status(Status::error("on purpose: \"é\""));
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    tracing::subscriber::with_default(subscriber, || {
        let _span = cx.clone().attach();
        tracing::warn!(
            attempts = 3,
            ratio = 0.5,
            done = true,
            collection = "judged",
            "set up"
        );
    });
    span.end();
    span.span_context().clone()
}

async fn calls(uri: &str) -> milvus_otel::Result<()> {
    let client = Client::connect(uri).await?;
    if client.has_collection("judged").await? {
        client.drop_collection("judged").await?;
    }
    client.create_collection("judged", 4).await?;
    client.describe_collection("judged").await?;
    let missing = client.describe_collection("missing").await.unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
    assert!(
        client
            .list_collections()
            .await?
            .contains(&"judged".to_owned())
    );
    client.drop_collection("judged").await
}

/// Waits for all that was sent, and compares it with what is stored.
async fn compare(transport: &str, rotel: &Rotel, sent: &[Json]) {
    let ids: Vec<_> = sent.iter().map(|row| &row["span_id"]).collect();
    let mut stored = rotel
        .stored(SPANS, |rows| {
            rows.iter()
                .filter(|row| ids.contains(&&row["span_id"]))
                .count()
                >= ids.len()
        })
        .await;
    stored.retain(|row| ids.contains(&&row["span_id"]));
    assert_eq!(stored.len(), sent.len(), "{transport}: each span once");
    for row in sent {
        let twin = stored
            .iter()
            .find(|other| other["span_id"] == row["span_id"]);
        let twin = twin.unwrap();
        for (key, value) in row.as_object().unwrap() {
            assert_eq!(&twin[key], value, "{transport}: {key} of {}", row["name"]);
        }
    }
}

/// The one log record, in the span it was written in.
async fn compare_log(transport: &str, rotel: &Rotel, root: &SpanContext, sent: &[Json]) {
    let resource = &sent[0]["resource"];
    let is_ours = |row: &&Json| row["resource"] == *resource;
    let rows = rotel
        .stored(LOGS, |rows| rows.iter().any(|row| is_ours(&row)))
        .await;
    let ours: Vec<_> = rows.iter().filter(is_ours).collect();
    let expected = json!({
        "resource": resource,
        "scope": "rotel",
        "body": "set up",
        "severity": 13,
        "trace_id": root.trace_id().to_string(),
        "span_id": root.span_id().to_string(),
        "attrs": {"attempts": 3, "ratio": 0.5, "done": true, "collection": "judged"},
    });
    assert_eq!(ours, [&expected], "{transport}");
}

/// Every metric that was delivered, and in the durations every call.
async fn compare_metrics(transport: &str, rotel: &Rotel, deliveries: &[Delivery], sent: &[Json]) {
    let metrics = deliveries.iter().find(|d| d.signal == Signal::Metrics);
    let delivered = metrics.unwrap().delivered;
    let is_ours = |row: &&Json| row["resource"] == sent[0]["resource"];
    let count = |rows: &[Json]| rows.iter().filter(is_ours).count() as u64;
    let rows = rotel.stored(METRICS, |rows| count(rows) >= delivered).await;
    assert_eq!(count(&rows), delivered, "{transport}");
    let measured = |metric: &str, key: &str, value: &Json| -> u64 {
        let row = rows
            .iter()
            .filter(is_ours)
            .find(|row| row["name"] == metric);
        let row = row.unwrap_or_else(|| panic!("{transport}: no {metric}"));
        assert_eq!(row["unit"], "s", "{transport}: {metric}");
        let points = row["points"].as_array().unwrap().iter();
        let points = points.filter(|point| point[0][key] == *value);
        points.map(|point| point[1].as_u64().unwrap()).sum()
    };
    let calls: Vec<_> = sent
        .iter()
        .filter(|row| row["attrs"]["rpc.method"].is_string())
        .collect();
    for (metric, key) in [
        ("db.client.operation.duration", "db.operation.name"),
        ("rpc.client.call.duration", "rpc.method"),
    ] {
        for call in &calls {
            let value = &call["attrs"][key];
            let spans = calls.iter().filter(|other| other["attrs"][key] == *value);
            let (spans, measured) = (spans.count() as u64, measured(metric, key, value));
            // Waiting asks again and again: all of it is measured, the first and the last are spans.
            let is_polled = POLLED
                .iter()
                .any(|polled| call["attrs"]["db.operation.name"] == *polled);
            let is_right = if is_polled {
                measured >= spans
            } else {
                measured == spans
            };
            assert!(
                is_right,
                "{transport}: {metric} {value}: {measured} of {spans}"
            );
        }
    }
}

/// What the client asks while it waits.
const POLLED: [&str; 2] = ["describe_index", "get_loading_progress"];

/// Waits for the server's spans: below every call of ours that reached it.
async fn spans_of_milvus(transport: &str, rotel: &Rotel, trace_id: &str, sent: &[Json]) -> usize {
    let calls: Vec<_> = sent
        .iter()
        .filter(|row| row["attrs"]["rpc.status_code"] == "OK")
        .collect();
    assert!(calls.len() >= 5, "{transport}: {} calls", calls.len());
    let of_milvus = |row: &Json| {
        row["trace_id"] == trace_id
            && row["resource"]["service.name"] != sent[0]["resource"]["service.name"]
    };
    let below = |rows: &[Json], call: &Json| {
        let child = |row: &&Json| of_milvus(row) && row["parent"] == call["span_id"];
        rows.iter().filter(child).count()
    };
    let rows = rotel
        .stored(SPANS, |rows| calls.iter().all(|call| below(rows, call) > 0))
        .await;
    for call in calls {
        let name = &call["name"];
        assert!(below(&rows, call) > 0, "{transport}: none below {name}");
    }
    rows.iter().filter(|row| of_milvus(row)).count()
}

/// What the collector stores each signal in.
const SPANS: &str = "stored.jsonl";
const LOGS: &str = "logs.jsonl";
const METRICS: &str = "metrics.jsonl";

/// A bound on what takes a second, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

impl Rotel {
    /// What is stored when it is enough, or when waiting for that makes no sense any more.
    async fn stored(&self, file: &str, enough: impl Fn(&[Json]) -> bool) -> Vec<Json> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let rows = self.rows(file);
            if enough(&rows) || Instant::now() > deadline {
                return rows;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
