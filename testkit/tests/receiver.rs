//! Telemetry of the Rust OTLP exporters arrives unchanged, over every transport and encoding.

#[path = "receiver/way.rs"]
mod way;

use std::time::{Duration, SystemTime};

use milvus_otel_testkit::receiver::{
    Kind, MetricKind, PointValue, Receiver, Signal, Status, Temporality, Value,
};
use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _, Severity};
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{
    Event, Link, Span as _, SpanContext, SpanId, SpanKind, TraceContextExt as _, TraceFlags,
    TraceId, TraceState, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, Value as OtelValue};
use opentelemetry_otlp::{
    Compression, LogExporter, MetricExporter, SpanExporter, WithExportConfig as _,
    WithHttpConfig as _, WithTonicConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Runtime;
use tonic::Code;

use way::{WAYS, Way};

/// Builds the exporter of one signal; the three builders share their methods but no trait.
macro_rules! exporter {
    ($exporter:ident, $way:expr, $url:expr) => {{
        let (way, url) = ($way, $url);
        match way {
            Way::Grpc => $exporter::builder()
                .with_tonic()
                .with_endpoint(url)
                .build()
                .unwrap(),
            Way::GrpcGzip => $exporter::builder()
                .with_tonic()
                .with_endpoint(url)
                .with_compression(Compression::Gzip)
                .build()
                .unwrap(),
            Way::HttpProtobufGzip => $exporter::builder()
                .with_http()
                .with_endpoint(url)
                .with_protocol(way.protocol())
                .with_compression(Compression::Gzip)
                .build()
                .unwrap(),
            Way::HttpProtobuf | Way::HttpJson => $exporter::builder()
                .with_http()
                .with_endpoint(url)
                .with_protocol(way.protocol())
                .build()
                .unwrap(),
        }
    }};
}

fn resource() -> Resource {
    Resource::builder_empty()
        .with_attributes([
            KeyValue::new("service.name", "books"),
            KeyValue::new("NodeID", 1),
        ])
        .with_schema_url([], "https://opentelemetry.io/schemas/1.4.0")
        .build()
}

fn tracers(receiver: &Receiver, way: Way) -> SdkTracerProvider {
    let exporter = exporter!(SpanExporter, way, way.url(receiver, "/v1/traces"));
    SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource())
        .build()
}

fn millis(after_epoch: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_000 + after_epoch)
}

#[test]
fn spans_arrive_equal_over_every_transport() {
    let runtime = Runtime::new().unwrap();
    let _entered = runtime.enter();
    for way in WAYS {
        let receiver = Receiver::start().unwrap();
        let provider = tracers(&receiver, way);
        let scope = InstrumentationScope::builder("milvus-otel")
            .with_version("0.1.0")
            .with_schema_url("https://opentelemetry.io/schemas/1.41.0")
            .with_attributes([KeyValue::new("tier", "test")])
            .build();
        let tracer = provider.tracer_with_scope(scope);
        let remote = SpanContext::new(
            TraceId::from_hex("0123456789abcdef0123456789abcdef").unwrap(),
            SpanId::from_hex("00f067aa0ba902b7").unwrap(),
            TraceFlags::SAMPLED,
            true,
            TraceState::from_key_value([("vendor", "x")]).unwrap(),
        );
        let parent = Context::new().with_remote_span_context(remote.clone());
        let mut span = tracer
            .span_builder("search books")
            .with_kind(SpanKind::Client)
            .with_start_time(millis(0))
            .with_attributes([
                KeyValue::new("db.collection.name", "books"),
                KeyValue::new("milvus.top_k", 10_i64),
                KeyValue::new("ratio", 0.5),
                KeyValue::new("sampled", true),
                KeyValue::new(
                    "parts",
                    OtelValue::Array(Array::String(vec!["a".into(), "b".into()])),
                ),
            ])
            .with_events(vec![Event::new(
                "retry",
                millis(2),
                vec![KeyValue::new("attempt", 2)],
                0,
            )])
            .with_links(vec![Link::new(
                remote.clone(),
                vec![KeyValue::new("why", "batch")],
                0,
            )])
            .start_with_context(&tracer, &parent);
        span.set_status(opentelemetry::trace::Status::error("collection not found"));
        let span_id = span.span_context().span_id().to_string();
        span.end_with_timestamp(millis(5));
        provider.shutdown().unwrap();

        let spans = receiver.spans();
        assert_eq!(spans.len(), 1, "{way:?}");
        let span = &spans[0];
        assert_eq!(span.trace_id, "0123456789abcdef0123456789abcdef", "{way:?}");
        assert_eq!(span.span_id, span_id, "{way:?}");
        assert_eq!(
            span.parent_span_id.as_deref(),
            Some("00f067aa0ba902b7"),
            "{way:?}"
        );
        assert_eq!(span.trace_state, "vendor=x", "{way:?}");
        assert_eq!(span.flags & 0x3ff, 0x301, "{way:?}");
        assert_eq!(
            (span.name.as_str(), span.kind),
            ("search books", Kind::Client),
            "{way:?}"
        );
        assert_eq!((span.start, span.end), (millis(0), millis(5)), "{way:?}");
        assert_eq!(span.duration(), Duration::from_millis(5), "{way:?}");
        assert_eq!(span.attributes["db.collection.name"], "books", "{way:?}");
        assert_eq!(span.int("milvus.top_k"), Some(10), "{way:?}");
        assert_eq!(span.attributes["ratio"], 0.5, "{way:?}");
        assert_eq!(span.attributes["sampled"], true, "{way:?}");
        let parts = Value::Array(vec![Value::from("a"), Value::from("b")]);
        assert_eq!(span.attribute("parts"), Some(&parts), "{way:?}");
        assert_eq!(span.attributes.len(), 5, "{way:?}");
        assert_eq!(
            span.status,
            Status::Error("collection not found".into()),
            "{way:?}"
        );
        let retry = span.event("retry").unwrap();
        assert_eq!(
            (retry.time, &retry.attributes["attempt"]),
            (millis(2), &Value::Int(2)),
            "{way:?}"
        );
        assert_eq!(span.links[0].span_id, "00f067aa0ba902b7", "{way:?}");
        assert_eq!(span.links[0].attributes["why"], "batch", "{way:?}");
        assert_eq!(span.service, "books", "{way:?}");
        assert_eq!(span.resource["NodeID"], 1, "{way:?}");
        assert_eq!(
            (span.scope_name.as_str(), span.scope_version.as_str()),
            ("milvus-otel", "0.1.0"),
            "{way:?}"
        );
        assert_eq!(span.scope_attributes["tier"], "test", "{way:?}");
        assert_eq!(
            span.schema_url, "https://opentelemetry.io/schemas/1.41.0",
            "{way:?}"
        );

        let requests = receiver.requests();
        assert_eq!(requests.len(), 1, "{way:?}");
        assert_eq!(
            (requests[0].signal, requests[0].transport),
            (Signal::Traces, way.transport())
        );
        assert_eq!(
            (requests[0].items, requests[0].refused),
            (1, None),
            "{way:?}"
        );
        let encoding = match way {
            Way::GrpcGzip => Some("grpc-encoding"),
            Way::HttpProtobufGzip => Some("content-encoding"),
            _ => None,
        };
        if let Some(header) = encoding {
            assert_eq!(
                requests[0].metadata.get(header).map(String::as_str),
                Some("gzip"),
                "{way:?}"
            );
        }
    }
}

#[test]
fn metrics_arrive_equal_over_every_transport() {
    let runtime = Runtime::new().unwrap();
    let _entered = runtime.enter();
    for way in WAYS {
        let receiver = Receiver::start().unwrap();
        let exporter = exporter!(MetricExporter, way, way.url(&receiver, "/v1/metrics"));
        let provider = SdkMeterProvider::builder()
            .with_reader(
                PeriodicReader::builder(exporter)
                    .with_interval(Duration::from_secs(3600))
                    .build(),
            )
            .with_resource(resource())
            .build();
        let meter = provider.meter("milvus-otel");
        let label = [KeyValue::new("db.operation.name", "search")];
        let duration = meter
            .f64_histogram("db.client.operation.duration")
            .with_unit("s")
            .with_description("how long calls take")
            .with_boundaries(vec![0.01, 0.1])
            .build();
        duration.record(0.005, &label);
        duration.record(0.5, &label);
        meter.u64_counter("calls").build().add(3, &label);
        meter.f64_gauge("load").build().record(0.25, &[]);
        provider.shutdown().unwrap();

        let metrics = receiver.metrics();
        let named = |name: &str| metrics.iter().find(|metric| metric.name == name).unwrap();
        let duration = named("db.client.operation.duration");
        assert_eq!(
            (duration.kind, duration.temporality),
            (MetricKind::Histogram, Some(Temporality::Cumulative))
        );
        assert_eq!(
            (duration.unit.as_str(), duration.description.as_str()),
            ("s", "how long calls take")
        );
        assert_eq!(
            (duration.service.as_str(), duration.scope_name.as_str()),
            ("books", "milvus-otel"),
            "{way:?}"
        );
        let point = duration
            .point(&[("db.operation.name", Value::from("search"))])
            .unwrap();
        assert_eq!(
            point.value,
            PointValue::Histogram {
                count: 2,
                sum: Some(0.505),
                min: Some(0.005),
                max: Some(0.5),
                bounds: vec![0.01, 0.1],
                counts: vec![1, 0, 1],
            },
            "{way:?}"
        );
        assert!(named("calls").monotonic, "{way:?}");
        assert_eq!(
            named("calls").points[0].value,
            PointValue::Int(3),
            "{way:?}"
        );
        assert_eq!(named("load").kind, MetricKind::Gauge, "{way:?}");
        assert_eq!(
            named("load").points[0].value,
            PointValue::Double(0.25),
            "{way:?}"
        );
        assert_eq!(receiver.requests()[0].items, 3, "{way:?}");
    }
}

#[test]
fn logs_arrive_equal_over_every_transport() {
    let runtime = Runtime::new().unwrap();
    let _entered = runtime.enter();
    for way in WAYS {
        let receiver = Receiver::start().unwrap();
        let exporter = exporter!(LogExporter, way, way.url(&receiver, "/v1/logs"));
        let provider = SdkLoggerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource())
            .build();
        let logger = provider.logger("books");
        let mut record = logger.create_log_record();
        record.set_timestamp(millis(1));
        record.set_severity_number(Severity::Warn);
        record.set_severity_text("WARN");
        record.set_body(AnyValue::from("slow search"));
        record.add_attribute("rows", 3_i64);
        record.set_trace_context(
            TraceId::from(7_u128),
            SpanId::from(9_u64),
            Some(TraceFlags::SAMPLED),
        );
        logger.emit(record);
        provider.shutdown().unwrap();

        let logs = receiver.logs();
        assert_eq!(logs.len(), 1, "{way:?}");
        let log = &logs[0];
        assert_eq!(
            (log.time, log.severity, log.severity_text.as_str()),
            (millis(1), 13, "WARN"),
            "{way:?}"
        );
        assert_eq!(log.body, Some(Value::from("slow search")), "{way:?}");
        assert_eq!(log.attributes["rows"], 3, "{way:?}");
        assert_eq!(
            log.trace_id.as_deref(),
            Some("00000000000000000000000000000007"),
            "{way:?}"
        );
        assert_eq!(log.span_id.as_deref(), Some("0000000000000009"), "{way:?}");
        assert_eq!(
            (log.service.as_str(), log.scope_name.as_str()),
            ("books", "books"),
            "{way:?}"
        );
    }
}

/// Exports one span and returns whether the exporter reported success.
fn export_one(receiver: &Receiver, way: Way, name: &'static str) -> bool {
    let provider = tracers(receiver, way);
    provider.tracer("t").start(name).end();
    let outcome = provider.force_flush();
    // The batch is gone in either case; only the flush reports its outcome.
    let _ = provider.shutdown();
    outcome.is_ok()
}

#[test]
fn faults_refuse_requests_and_end_again() {
    let runtime = Runtime::new().unwrap();
    let _entered = runtime.enter();
    for way in [Way::Grpc, Way::HttpProtobuf, Way::HttpJson] {
        let receiver = Receiver::start().unwrap();
        receiver.fail_next(1, Code::InvalidArgument);
        assert!(!export_one(&receiver, way, "refused"), "{way:?}");
        assert!(export_one(&receiver, way, "accepted"), "{way:?}");
        receiver.reject_all(Code::PermissionDenied);
        assert!(!export_one(&receiver, way, "rejected"), "{way:?}");
        receiver.accept_all();
        assert!(export_one(&receiver, way, "again"), "{way:?}");

        let names: Vec<String> = receiver.spans().into_iter().map(|span| span.name).collect();
        assert_eq!(names, ["accepted", "again"], "{way:?}");
        let refused: Vec<Option<Code>> = receiver
            .requests()
            .into_iter()
            .map(|request| request.refused)
            .collect();
        let expected = [
            Some(Code::InvalidArgument),
            None,
            Some(Code::PermissionDenied),
            None,
        ];
        assert_eq!(refused, expected, "{way:?}");
    }
}

#[test]
fn a_delayed_answer_makes_the_exporter_wait() {
    let receiver = Receiver::start().unwrap();
    receiver.delay(Duration::from_millis(150));
    let before = std::time::Instant::now();
    assert!(export_one(&receiver, Way::HttpProtobuf, "slow"));
    assert!(before.elapsed() >= Duration::from_millis(150));
}

#[test]
fn a_body_that_is_not_otlp_is_refused_and_not_recorded() {
    use std::io::{Read as _, Write as _};
    let receiver = Receiver::start().unwrap();
    let address = receiver.http_endpoint();
    let address = address.trim_start_matches("http://");
    let post = |content_type: &str, body: &str| {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST /v1/traces HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let answer = post("application/json", "{\"resourceSpans\": 7}");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("\"code\":3"), "{answer}");
    let answer = post("text/plain", "hello");
    assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
    let answer = post("application/json; charset=utf-8", "{}");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(receiver.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn waiting_takes_real_time_while_the_test_clock_is_paused() {
    let receiver = Receiver::start().unwrap();
    let before = std::time::Instant::now();
    let sender = {
        let receiver = receiver.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            export_one(&receiver, Way::HttpJson, "late")
        })
    };
    let spans = receiver
        .wait_for(Duration::from_secs(10), |spans| !spans.is_empty())
        .await;
    assert_eq!(spans[0].name, "late");
    assert!(before.elapsed() >= Duration::from_millis(100));
    assert!(sender.join().unwrap());

    let before = std::time::Instant::now();
    let spans = receiver
        .wait_for(Duration::from_millis(50), |spans| spans.len() > 1)
        .await;
    assert_eq!(spans.len(), 1);
    assert!(before.elapsed() >= Duration::from_millis(50));
    receiver
        .settle(Duration::from_millis(20), Duration::from_secs(5))
        .await;
}

#[test]
fn the_last_handle_frees_the_ports() {
    let first = Receiver::start().unwrap();
    let port = |endpoint: String| endpoint.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let (grpc, http) = (port(first.grpc_endpoint()), port(first.http_endpoint()));
    let clone = first.clone();
    drop(first);
    let busy = Receiver::start_on(grpc, http).unwrap_err();
    assert!(
        busy.to_string()
            .contains("starting the OTLP receiver on 127.0.0.1"),
        "{busy}"
    );
    drop(clone);
    Receiver::start_on(grpc, http).unwrap();
}

#[test]
fn json_lines_read_back_as_the_same_spans() {
    let receiver = Receiver::start().unwrap();
    assert!(export_one(&receiver, Way::HttpProtobuf, "first"));
    assert!(export_one(&receiver, Way::HttpJson, "second"));
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("receiver.otlp.jsonl");
    milvus_otel_testkit::jsonl::write_jsonl(&path, &receiver).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert_eq!(
        milvus_otel_testkit::jsonl::read_spans(&path).unwrap(),
        receiver.spans()
    );
}
