//! Logs over OTLP, and telemetry in files: what `milvus_otel::init` does beside sending spans and metrics.

use crate::support::child;
use crate::support::collector;

use std::path::Path;

use child::{child, is_child, succeeds};
use collector::{collector, metric_names, span_names};
use milvus_otel::init::{self, Builder, Protocol, Signal};
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{Span as _, Status, Tracer as _, TracerProvider as _};
use testkit::Receiver;
use testkit::receiver::{Span, Value};
use tracing_subscriber::layer::{Layer, SubscriberExt};

fn to(endpoint: String) -> Builder {
    init::otlp("tests").endpoint(endpoint).global(false)
}

/// A search that works and one that fails, inside a request and outside.
fn write_some() {
    tracing::info_span!("request").in_scope(|| {
        tracing::warn!(attempts = 3, collection = "books", "search failed");
        tracing::debug!("too fine");
    });
    tracing::info!("outside");
}

fn the_logs_are_right(receiver: &Receiver, case: &str) {
    let logs = receiver.logs();
    let bodies: Vec<_> = logs.iter().map(|log| log.body.clone().unwrap()).collect();
    let expected = ["search failed", "outside"].map(Value::from);
    assert_eq!(bodies, expected, "{case}");

    let spans = receiver.spans();
    let request = spans.iter().find(|span| span.name == "request").unwrap();
    let inside = &logs[0];
    assert_eq!(inside.trace_id.as_ref(), Some(&request.trace_id), "{case}");
    assert_eq!(inside.span_id.as_ref(), Some(&request.span_id), "{case}");
    assert_eq!((inside.flags & 1, inside.severity), (1, 13), "{case}");
    assert_eq!(inside.severity_text, "WARN", "{case}");
    assert_eq!(inside.attributes["attempts"], Value::from(3));
    assert_eq!(inside.attributes["collection"], Value::from("books"));
    assert_eq!(inside.scope_name, "it::init_signals", "the module: {case}");
    assert_eq!(inside.resource, request.resource, "{case}");

    let outside = &logs[1];
    assert_eq!((&outside.trace_id, &outside.span_id), (&None, &None));
}

#[test]
fn logs_carry_the_ids_of_the_span_they_were_written_in() {
    for protocol in [Protocol::Grpc, Protocol::HttpProtobuf] {
        let receiver = collector();
        let endpoint = match protocol {
            Protocol::Grpc => receiver.grpc_endpoint(),
            _ => receiver.http_endpoint(),
        };
        let telemetry = to(endpoint).protocol(protocol).logs(true).build().unwrap();
        let subscriber = tracing_subscriber::registry().with(telemetry.layer());
        tracing::subscriber::with_default(subscriber, write_some);
        let deliveries = telemetry.shutdown().unwrap();
        the_logs_are_right(&receiver, &format!("{protocol:?}"));
        let logs = deliveries.iter().find(|d| d.signal == Signal::Logs);
        assert_eq!(logs.map(|d| (d.accepted, d.delivered)), Some((2, 2)));
    }
}

#[test]
fn the_environment_enables_logs() {
    const NAME: &str = concat!(module_path!(), "::the_environment_enables_logs");
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        assert_eq!(telemetry.warnings(), []);
        write_some();
        telemetry.shutdown().unwrap();
        return;
    }
    let receiver = collector();
    let endpoint = receiver.grpc_endpoint();
    succeeds(
        NAME,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
            ("OTEL_LOGS_EXPORTER", "otlp"),
        ],
    );
    the_logs_are_right(&receiver, "environment");

    let output = child(
        NAME,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
            ("OTEL_LOGS_EXPORTER", "console"),
        ],
    );
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        stdout.contains("log WARN it::init_signals \"search failed\""),
        "{stdout}"
    );
    assert_eq!(receiver.logs().len(), 2, "no more than before");
}

#[test]
fn log_records_are_cut_to_their_limits() {
    const NAME: &str = concat!(module_path!(), "::log_records_are_cut_to_their_limits");
    if is_child(NAME) {
        let telemetry = init::from_env().logs(true).install().unwrap();
        tracing::info!(first = "0123456789", second = 2, third = 3, "limited");
        telemetry.shutdown().unwrap();
        return;
    }
    let receiver = collector();
    succeeds(
        NAME,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.grpc_endpoint()),
            ("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "2"),
            ("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "4"),
        ],
    );
    let attributes = &receiver.logs()[0].attributes;
    assert_eq!(attributes.len(), 2, "{attributes:?}");
    assert_eq!(attributes["first"], Value::from("0123"));
}

/// Two layers in one must ask `tracing` for no more than each wants, and hide nothing from the layers beside them.
#[test]
fn the_layer_does_not_change_other_layers() {
    let telemetry = init::otlp("tests").global(false).console();
    for telemetry in [
        telemetry.logs(true).build().unwrap(),
        init::otlp("tests").global(false).build().unwrap(),
    ] {
        let layer = telemetry.layer::<tracing_subscriber::Registry>();
        let hint = layer.max_level_hint();
        // The spans of requests are TRACE.
        assert_eq!(hint, Some(tracing::level_filters::LevelFilter::TRACE));
        let shown = Lines::default();
        let subscriber = tracing_subscriber::registry().with(layer).with(
            tracing_subscriber::fmt::layer()
                .with_writer(shown.clone())
                .with_filter(tracing_subscriber::filter::LevelFilter::DEBUG),
        );
        tracing::subscriber::with_default(subscriber, write_some);
        let shown = String::from_utf8(shown.0.lock().unwrap().clone()).unwrap();
        for line in ["search failed", "too fine", "outside"] {
            assert!(shown.contains(line), "{line}: {shown}");
        }
    }
}

#[derive(Clone, Default)]
struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl tracing_subscriber::fmt::MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn sorted(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by(|one, other| one.span_id.cmp(&other.span_id));
    spans
}

/// The same telemetry, once to a receiver and once to a file, is the same when read.
#[test]
fn a_file_contains_what_a_collector_receives() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_file_contains_what_a_collector_receives"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        write_some();
        let tracer = telemetry.tracer_provider().unwrap().tracer("test");
        let mut span = tracer
            .span_builder("search \"books\"")
            .with_attributes([
                KeyValue::new("db.system.name", "milvus"),
                KeyValue::new("milvus.rows", i64::MAX),
                KeyValue::new("ratio", 0.1),
                KeyValue::new("flag", true),
            ])
            .start(&tracer);
        span.add_event("retry", vec![KeyValue::new("delay", 0.5)]);
        span.set_status(Status::error("collection\nnot found"));
        span.end();
        let meter = telemetry.meter_provider().unwrap().meter("test");
        meter.u64_counter("searches").build().add(3, &[]);
        meter.f64_histogram("duration").build().record(0.5, &[]);
        telemetry.shutdown().unwrap();
        return;
    }
    let folder = tempfile(NAME);
    let path = folder.join("telemetry.jsonl");
    let receiver = collector();
    succeeds(
        NAME,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.grpc_endpoint()),
            ("OTEL_TRACES_EXPORTER", "otlp,otlp_file"),
            ("OTEL_METRICS_EXPORTER", "otlp,otlp_file"),
            ("OTEL_LOGS_EXPORTER", "otlp,otlp_file"),
            ("OTEL_EXPORTER_OTLP_FILE_PATH", path.to_str().unwrap()),
        ],
    );
    let read = testkit::jsonl::read_spans(&path).unwrap();
    assert_eq!(read.len(), 2);
    assert_eq!(sorted(read), sorted(receiver.spans()));

    // Metrics and logs, read by another receiver, to which each line is posted as an export.
    let reader = collector();
    let lines = std::fs::read_to_string(&path).unwrap();
    for line in lines.lines() {
        let signal = ["Spans", "Metrics", "Logs"]
            .into_iter()
            .find(|signal| line.starts_with(&format!("{{\"resource{signal}\"")));
        let signal = signal.unwrap().replace("Spans", "traces").to_lowercase();
        post(&reader, &signal, line);
    }
    assert_eq!(sorted(reader.spans()), sorted(receiver.spans()));
    assert_eq!(metric_names(&reader), ["searches", "duration"]);
    let (there, here) = (reader.metrics(), receiver.metrics());
    assert_eq!(there[1].points[0].value, here[1].points[0].value);
    assert_eq!(there[0].resource, here[0].resource);
    assert_eq!(reader.logs(), receiver.logs());
    std::fs::remove_dir_all(folder).unwrap();
}

/// As an OTLP/HTTP client with JSON would.
fn post(receiver: &Receiver, signal: &str, body: &str) {
    use std::io::{Read as _, Write as _};
    let endpoint = receiver.http_endpoint();
    let address = endpoint.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /v1/{signal} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{signal}: {answer}");
}

fn tempfile(name: &str) -> std::path::PathBuf {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_file_set_in_code_replaces_the_collector() {
    let receiver = collector();
    let folder = tempfile("a_file_by_code");
    let path = folder.join("telemetry.jsonl");
    for run in 1..=2 {
        let telemetry = to(receiver.grpc_endpoint()).file(&path).build().unwrap();
        let tracer = telemetry.tracer_provider().unwrap().tracer("test");
        drop(tracer.start("kept"));
        let deliveries = telemetry.shutdown().unwrap();
        assert_eq!(deliveries[0].destination, path.display().to_string());
        assert_eq!(deliveries[0].delivered, 1);
        assert_eq!(testkit::jsonl::read_spans(&path).unwrap().len(), run);
    }
    assert_eq!(span_names(&receiver), [""; 0]);
    std::fs::remove_dir_all(folder).unwrap();
}

/// A disk that is full is what a collector that refuses is: counted and told.
#[cfg(target_os = "linux")]
#[test]
fn a_failed_write_to_a_file_is_reported_as_lost() {
    let telemetry = init::otlp("tests")
        .global(false)
        .metrics(false)
        .file("/dev/full")
        .build()
        .unwrap();
    drop(
        telemetry
            .tracer_provider()
            .unwrap()
            .tracer("test")
            .start("lost"),
    );
    let error = telemetry.shutdown().unwrap_err();
    assert_eq!(error.deliveries()[0].lost(), 1);
    let shown = error.to_string();
    assert!(shown.contains("1 of 1 spans to /dev/full"), "{shown}");
    assert!(shown.contains("No space left on device"), "{shown}");
}

#[test]
fn the_environment_selects_exponential_histograms() {
    const NAME: &str = concat!(
        module_path!(),
        "::the_environment_selects_exponential_histograms"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        let meter = telemetry.meter_provider().unwrap().meter("test");
        let duration = meter.f64_histogram("duration");
        duration
            .with_boundaries(vec![0.1, 1.0])
            .build()
            .record(0.5, &[]);
        meter.u64_counter("searches").build().add(1, &[]);
        telemetry.shutdown().unwrap();
        return;
    }
    use testkit::receiver::MetricKind;
    let kinds = |aggregation: &str| {
        let receiver = collector();
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.grpc_endpoint()),
            (
                "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
                aggregation.to_owned(),
            ),
        ];
        let variables = variables
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        succeeds(NAME, &variables);
        let metrics = receiver.metrics();
        metrics.iter().map(|metric| metric.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(""), [MetricKind::Histogram, MetricKind::Sum]);
    assert_eq!(
        kinds("base2_exponential_bucket_histogram"),
        [MetricKind::ExponentialHistogram, MetricKind::Sum]
    );
}

#[test]
fn the_log_level_silences_warnings() {
    const NAME: &str = concat!(module_path!(), "::the_log_level_silences_warnings");
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        assert_eq!(telemetry.warnings().len(), 1);
        telemetry.shutdown().unwrap();
        return;
    }
    let wrong = ("OTEL_ENTITIES", "service{service.name=x}");
    assert!(succeeds(NAME, &[wrong]).contains("milvus-otel: OTEL_ENTITIES: "));
    let quiet = succeeds(NAME, &[wrong, ("OTEL_LOG_LEVEL", "error")]);
    assert!(!quiet.contains("milvus-otel"), "{quiet}");
}

#[test]
fn a_disabled_layer_hides_nothing() {
    const NAME: &str = concat!(module_path!(), "::a_disabled_layer_hides_nothing");
    if is_child(NAME) {
        let telemetry = init::from_env().logs(true).build().unwrap();
        assert!(telemetry.logger_provider().is_none());
        let shown = Lines::default();
        let subscriber = tracing_subscriber::registry()
            .with(telemetry.layer())
            .with(tracing_subscriber::fmt::layer().with_writer(shown.clone()));
        tracing::subscriber::with_default(subscriber, write_some);
        let shown = String::from_utf8(shown.0.lock().unwrap().clone()).unwrap();
        assert!(shown.contains("outside"), "{shown}");
        return;
    }
    succeeds(NAME, &[("OTEL_SDK_DISABLED", "true")]);
}
