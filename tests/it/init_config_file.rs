//! `OTEL_CONFIG_FILE`: what the keys of a file do. Each test runs itself again as a child process, which plays the
//! application.

use crate::support::child;
use crate::support::collector;

#[cfg(feature = "config-file")]
use std::collections::BTreeSet;
use std::path::PathBuf;

use child::{is_child, succeeds};
use collector::{collector, metric_names, nobody, resource, span_names};
use milvus_otel::init;
use opentelemetry::global;
use opentelemetry::trace::Tracer as _;

/// A file that is removed at the end of the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("milvus-otel-{name}-{}.yaml", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn one_of_each() {
    tracing::info_span!("from tracing").in_scope(|| {
        tracing::info!("event");
        drop(global::tracer("test").start("from opentelemetry"));
    });
    let meter = global::meter("test");
    meter.u64_counter("searches").build().add(1, &[]);
    meter.f64_histogram("durations").build().record(0.5, &[]);
}

#[cfg(not(feature = "config-file"))]
#[test]
fn without_the_feature_a_file_is_refused() {
    const NAME: &str = concat!(module_path!(), "::without_the_feature_a_file_is_refused");
    if is_child(NAME) {
        let error = init::from_env().install().unwrap_err();
        assert!(error.is_setting());
        assert_eq!(error.setting_name(), Some("OTEL_CONFIG_FILE"));
        assert!(
            error.to_string().contains("the feature `config-file`"),
            "{error}"
        );
        // The globals are still free.
        one_of_each();
        return;
    }
    let _ = (collector, metric_names, nobody, resource, span_names);
    let file = File::new("no-feature", "file_format: '1.0'");
    succeeds(NAME, &[("OTEL_CONFIG_FILE", file.path())]);
}

/// A file with the keys of OpenTelemetry's starting point, beside variables that it replaces.
#[cfg(feature = "config-file")]
#[test]
fn a_file_replaces_the_environment() {
    const NAME: &str = concat!(module_path!(), "::a_file_replaces_the_environment");
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        let warnings = telemetry.warnings();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert_eq!(warnings[0].variable(), "OTEL_CONFIG_FILE");
        let reason = warnings[0].reason();
        assert!(
            reason.contains("resource.detection.detectors[1].container"),
            "{reason}"
        );
        one_of_each();
        tracing::debug_span!("of the filter").in_scope(|| ());
        global::get_text_map_propagator(|propagator| {
            // In any order.
            let fields: BTreeSet<_> = propagator.fields().collect();
            assert!(fields.into_iter().eq(["traceparent", "tracestate"]));
        });
        telemetry.shutdown().unwrap();
        return;
    }
    let file = File::new(
        "replaces",
        r#"
file_format: "1.1"
resource:
  attributes_list: ${OTEL_RESOURCE_ATTRIBUTES}
  attributes:
    - {name: replicas, value: 3, type: int}
    - {name: team, value: "${TEAM:-search}"}
  detection:
    detectors: [{service: }, {container: }]
propagator:
  composite: [{tracecontext: }]
tracer_provider:
  sampler: {parent_based: {root: {always_on: }}}
  processors:
    - batch:
        exporter:
          otlp_http: {endpoint: "${OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces"}
meter_provider:
  readers:
    - periodic:
        exporter:
          otlp_http: {endpoint: "${OTEL_EXPORTER_OTLP_ENDPOINT}/v1/metrics"}
logger_provider:
  processors:
    - batch:
        exporter:
          otlp_http: {endpoint: "${OTEL_EXPORTER_OTLP_ENDPOINT}/v1/logs"}
"#,
    );
    let receiver = collector();
    succeeds(
        NAME,
        &[
            ("OTEL_CONFIG_FILE", file.path()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.http_endpoint()),
            ("OTEL_RESOURCE_ATTRIBUTES", "team=books,zone=a"),
            ("OTEL_SERVICE_NAME", "named"),
            ("OTEL_RUST_FILTER", "debug"),
            // Ignored: some would end the export, some are not valid.
            ("OTEL_SDK_DISABLED", "true"),
            ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_TRACES_SAMPLER", "always_off"),
            ("OTEL_METRICS_EXPORTER", "zipkin"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &nobody()),
            (
                "OTEL_EXPORTER_OTLP_HEADERS",
                "x-api-key=of-another-collector",
            ),
            ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "0"),
            ("OTEL_PROPAGATORS", "b3"),
        ],
    );
    let mut spans = span_names(&receiver);
    spans.sort();
    assert_eq!(
        spans,
        ["from opentelemetry", "from tracing", "of the filter"]
    );
    assert!(metric_names(&receiver).contains(&"searches".to_owned()));
    assert_eq!(receiver.logs().len(), 1);
    let tracing = receiver.spans();
    let tracing = tracing.iter().find(|s| s.name == "from tracing").unwrap();
    assert!(!tracing.attributes.is_empty());
    for (key, value) in [
        ("service.name", "named"),
        ("team", "search"),
        ("zone", "a"),
        ("replicas", "3"),
    ] {
        assert_eq!(resource(&receiver, key), value, "{key}");
    }
    for request in receiver.requests() {
        assert_eq!(request.metadata.get("x-api-key"), None);
        assert_eq!(
            request.transport,
            testkit::receiver::Transport::HttpProtobuf
        );
    }
}

/// Every other key, by its effect.
#[cfg(feature = "config-file")]
#[test]
fn the_keys_of_a_file_have_their_effect() {
    const NAME: &str = concat!(module_path!(), "::the_keys_of_a_file_have_their_effect");
    if is_child(NAME) {
        use opentelemetry::KeyValue;
        use opentelemetry::trace::Span as _;
        use std::time::{Duration, Instant};
        let telemetry = init::from_env().install().unwrap();
        assert_eq!(telemetry.warnings(), []);
        one_of_each();
        let meter = global::meter("test");
        let viewed = meter.f64_histogram("viewed").with_unit("s").build();
        viewed.record(2.0, &[]);
        meter.u64_counter("noise").build().add(1, &[]);
        let mut span = global::tracer("test").start("limited");
        for key in ["first", "second", "third"] {
            span.set_attribute(KeyValue::new(key, "0123456789"));
            span.add_event(key, vec![]);
        }
        drop(span);
        // Nobody flushes: the delays of the file are short.
        let start = Instant::now();
        let delivered = || telemetry.deliveries().iter().all(|d| d.delivered > 0);
        while !delivered() && start.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(delivered(), "{:?}", telemetry.deliveries());
        telemetry.shutdown().unwrap();
        return;
    }
    let receiver = collector();
    let logs = File::new("logs", "");
    let file = File::new(
        "effect",
        r#"
file_format: "1.0"
attribute_limits: {attribute_value_length_limit: 4}
resource: {attributes: [{name: service.name, value: books}]}
propagator: {composite_list: tracecontext}
tracer_provider:
  limits: {attribute_count_limit: 2, event_count_limit: 1}
  processors:
    - batch:
        schedule_delay: 20
        max_queue_size: 64
        max_export_batch_size: 1
        exporter:
          otlp_grpc:
            endpoint: ${COLLECTOR}
            headers: [{name: authorization, value: "Bearer ${TOKEN}"}]
            headers_list: x-team=search,authorization=replaced
meter_provider:
  views:
    - selector: {instrument_name: search*, instrument_type: counter, meter_name: test}
      stream: {name: renamed, description: counted}
    - selector: {instrument_name: viewed, unit: s}
      stream:
        aggregation: {explicit_bucket_histogram: {boundaries: [1, 2.5], record_min_max: false}}
    - selector: {instrument_name: noise}
      stream: {aggregation: {drop: }}
  readers:
    - periodic:
        interval: 20
        exporter:
          otlp_grpc:
            endpoint: ${COLLECTOR}
            temporality_preference: delta
            default_histogram_aggregation: base2_exponential_bucket_histogram
logger_provider:
  processors:
    - batch:
        schedule_delay: 20
        exporter:
          otlp_file/development: {output_stream: "file://${LOGS}"}
"#,
    );
    succeeds(
        NAME,
        &[
            ("OTEL_CONFIG_FILE", file.path()),
            ("COLLECTOR", &receiver.grpc_endpoint()),
            ("LOGS", logs.path()),
            ("TOKEN", "a,b=c"),
        ],
    );
    let spans = receiver.spans();
    let limited = spans.iter().find(|span| span.name == "limited").unwrap();
    assert_eq!((limited.attributes.len(), limited.events.len()), (2, 1));
    assert_eq!(limited.attributes["first"].to_string(), "0123");
    assert_eq!(limited.service, "books");
    let metrics = receiver.metrics();
    let durations = metrics.iter().find(|m| m.name == "durations").unwrap();
    let delta = Some(testkit::receiver::Temporality::Delta);
    assert_eq!(durations.temporality, delta);
    let value = &durations.points[0].value;
    assert!(
        matches!(value, testkit::receiver::PointValue::Exponential { .. }),
        "{value:?}"
    );
    let viewed = metrics.iter().find(|m| m.name == "viewed").unwrap();
    let testkit::receiver::PointValue::Histogram { bounds, min, .. } = &viewed.points[0].value
    else {
        panic!("{viewed:?}")
    };
    assert_eq!((&bounds[..], *min), (&[1.0, 2.5][..], None));
    let renamed = metrics.iter().find(|m| m.name == "renamed").unwrap();
    assert_eq!(renamed.description, "counted");
    for absent in ["noise", "searches"] {
        assert!(
            !metric_names(&receiver).contains(&absent.to_owned()),
            "{absent}"
        );
    }
    let traces = receiver.requests();
    let traces: Vec<_> = traces
        .iter()
        .filter(|request| request.signal == testkit::receiver::Signal::Traces)
        .collect();
    assert_eq!(traces.len(), 3, "a span each");
    for request in traces {
        assert_eq!(request.metadata["authorization"], "Bearer a,b=c");
        assert_eq!(request.metadata["x-team"], "search");
    }
    assert_eq!(receiver.logs().len(), 0);
    let written = std::fs::read_to_string(logs.path()).unwrap();
    assert!(written.contains("\"event\""), "{written}");
}

/// Unlike the environment's, the default of a file is no propagator.
#[cfg(feature = "config-file")]
#[test]
fn a_file_without_trace_context_causes_a_warning() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_file_without_trace_context_causes_a_warning"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().build().unwrap();
        assert_eq!(telemetry.warnings().len(), 1);
        telemetry.shutdown().unwrap();
        return;
    }
    let traces = "{processors: [{batch: {exporter: {otlp_grpc: }}}]}";
    let text = format!("file_format: '1.0'\ntracer_provider: {traces}");
    let file = File::new("propagator", &text);
    let stderr = succeeds(NAME, &[("OTEL_CONFIG_FILE", file.path())]);
    let warning = format!(
        "milvus-otel: OTEL_CONFIG_FILE: {}: Milvus' spans",
        file.path()
    );
    assert!(stderr.contains(&warning), "{stderr}");
    assert!(stderr.contains("`propagator.composite` in"), "{stderr}");
}

#[cfg(feature = "config-file")]
#[test]
fn a_signal_without_provider_is_not_exported() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_signal_without_provider_is_not_exported"
    );
    if is_child(NAME) {
        let telemetry = init::otlp("coded").install().unwrap();
        one_of_each();
        assert!(telemetry.meter_provider().is_none());
        let deliveries = telemetry.shutdown().unwrap();
        assert_eq!(deliveries.len(), 1, "{deliveries:?}");
        return;
    }
    let receiver = collector();
    let file = File::new(
        "one-signal",
        "
file_format: '1.0'
resource: {attributes: [{name: service.name, value: of the file}]}
tracer_provider: {processors: [{batch: {exporter: {otlp_http: {endpoint: '${COLLECTOR}/v1/traces', encoding: json}}}}]}
",
    );
    succeeds(
        NAME,
        &[
            ("OTEL_CONFIG_FILE", file.path()),
            ("COLLECTOR", &receiver.http_endpoint()),
        ],
    );
    assert_eq!(receiver.spans().len(), 2);
    assert_eq!(resource(&receiver, "service.name"), "coded");
    assert_eq!(metric_names(&receiver), [""; 0]);
}

/// Also what only the start notices is refused by its key in the file.
#[cfg(feature = "config-file")]
#[test]
fn a_file_that_cannot_be_used_starts_nothing() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_file_that_cannot_be_used_starts_nothing"
    );
    if is_child(NAME) {
        let error = init::from_env().install().unwrap_err();
        assert!(error.is_setting());
        assert_eq!(error.setting_name(), Some("OTEL_CONFIG_FILE"));
        let (text, expected) = (error.to_string(), std::env::var("EXPECTED").unwrap());
        assert!(text.contains(&expected), "{text}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        let again = init::from_env().install().unwrap_err();
        assert!(again.is_setting(), "the globals are free: {again}");
        return;
    }
    let traces = |exporter: &str, batch: &str| {
        format!(
            "file_format: '1.0'\ntracer_provider: {{processors: [{{batch: {{exporter: {{{exporter}}}{batch}}}}}]}}\n"
        )
    };
    let exporter = "yaml: tracer_provider.processors[0].batch.exporter";
    for (text, expected) in [
        (
            traces("otlp_http: {endpoint: 'ftp://root:hunter2@c:1'}", ""),
            format!("{exporter}.otlp_http.endpoint: \"ftp://c:1\" does not begin with http"),
        ),
        (
            traces("otlp_grpc: {headers_list: 'hunter2'}", ""),
            format!("{exporter}.otlp_grpc.headers_list: entry 1 is not key=value"),
        ),
        (
            traces(
                "console: ",
                ", max_queue_size: 10, max_export_batch_size: 20",
            ),
            "batch.max_export_batch_size: is larger than the queue".to_owned(),
        ),
        (
            traces("zipkin: {endpoint: hunter2}", ""),
            format!("{exporter}.zipkin: is not supported"),
        ),
        (
            "file_format: '1.0'\nresource: {attributes_list: oops}\n".to_owned(),
            "yaml: resource.attributes_list: \"oops\" is not a percent-encoded key=value"
                .to_owned(),
        ),
        #[cfg(feature = "tls")]
        (
            traces(
                "otlp_grpc: {endpoint: 'https://c:1', tls: {ca_file: /nonexistent/ca.pem}}",
                "",
            ),
            format!("{exporter}.otlp_grpc.tls.ca_file: "),
        ),
    ] {
        let file = File::new("unusable", &text);
        succeeds(
            NAME,
            &[("OTEL_CONFIG_FILE", file.path()), ("EXPECTED", &expected)],
        );
    }
}

#[cfg(feature = "config-file")]
#[test]
fn a_file_can_disable_telemetry() {
    const NAME: &str = concat!(module_path!(), "::a_file_can_disable_telemetry");
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        assert!(telemetry.tracer_provider().is_none());
        return;
    }
    let file = File::new("disabled", "file_format: '1.0'\ndisabled: ${OFF:-true}\n");
    succeeds(NAME, &[("OTEL_CONFIG_FILE", file.path())]);
}
