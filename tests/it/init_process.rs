//! What `milvus_otel::init` does to a whole process: globals, environment, subscriber, standard error.
//!
//! Each test runs itself again as a child process, which plays the application.

use crate::support::child;
use crate::support::collector;
#[cfg(feature = "tls")]
use std::time::{Duration, Instant};

use child::{child, command, is_child, succeeds};
use collector::{SOON, collector, metric_names, nobody, resource, span_names};
use milvus_otel::init;
use opentelemetry::trace::{Tracer as _, TracerProvider as _};
use opentelemetry::{Context, global};
use testkit::receiver::Transport;

fn one_of_each() {
    tracing::info_span!("from tracing").in_scope(|| {
        drop(global::tracer("test").start("from opentelemetry"));
    });
    global::meter("test")
        .u64_counter("searches")
        .build()
        .add(1, &[]);
}

#[test]
fn install_sets_everything_up_from_the_environment() {
    const NAME: &str = concat!(
        module_path!(),
        "::install_sets_everything_up_from_the_environment"
    );
    if is_child(NAME) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let telemetry = init::from_env().install().unwrap();
            assert_eq!(telemetry.warnings(), []);
            one_of_each();
            let start = Instant::now();
            telemetry.shutdown().unwrap();
            assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
        });
        return;
    }
    let receiver = collector();
    let stderr = succeeds(
        NAME,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.grpc_endpoint()),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=a%20b"),
            ("OTEL_SERVICE_NAME", "named"),
            (
                "OTEL_RESOURCE_ATTRIBUTES",
                "team=search%2Cindex,host.name=h",
            ),
        ],
    );
    assert!(!stderr.contains("milvus-otel"), "{stderr}");
    let both = ["from opentelemetry", "from tracing"];
    assert_eq!(span_names(&receiver), both);
    assert_eq!(metric_names(&receiver), ["searches"]);
    assert_eq!(receiver.logs(), [], "nobody asked for them");
    assert_eq!(resource(&receiver, "service.name"), "named");
    assert_eq!(resource(&receiver, "team"), "search,index");
    assert_eq!(resource(&receiver, "host.name"), "h");
    for request in receiver.requests() {
        assert_eq!(request.metadata["x-api-key"], "a b");
    }
}

#[test]
fn exported_traces_without_trace_context_cause_a_warning() {
    const NAME: &str = concat!(
        module_path!(),
        "::exported_traces_without_trace_context_cause_a_warning"
    );
    if is_child(NAME) {
        let named = |telemetry: init::Telemetry| {
            let warnings = telemetry.warnings().iter();
            let names: Vec<_> = warnings.map(|w| w.variable().to_owned()).collect();
            let _ = telemetry.shutdown();
            names
        };
        let settings = || init::from_env().endpoint(nobody());
        assert_eq!(named(settings().build().unwrap()), ["OTEL_PROPAGATORS"]);
        // Nothing is exported that could lack Milvus' spans, and `init` does not set the propagator.
        assert_eq!(named(settings().traces(false).build().unwrap()), [""; 0]);
        assert_eq!(named(settings().global(false).build().unwrap()), [""; 0]);
        return;
    }
    for value in ["baggage", "none"] {
        let stderr = succeeds(NAME, &[("OTEL_PROPAGATORS", value)]);
        let warnings = stderr.matches("milvus-otel: OTEL_PROPAGATORS: ").count();
        assert_eq!(warnings, 1, "{stderr}");
        assert!(stderr.contains("add `tracecontext` to `OTEL_PROPAGATORS`"));
    }
}

#[test]
fn the_environment_selects_http() {
    const NAME: &str = concat!(module_path!(), "::the_environment_selects_http");
    if is_child(NAME) {
        let telemetry = init::otlp("coded").install().unwrap();
        assert_eq!(telemetry.warnings(), []);
        one_of_each();
        telemetry.shutdown().unwrap();
        return;
    }
    let receiver = collector();
    succeeds(
        NAME,
        &[
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.http_endpoint()),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc"),
            (
                "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
                &receiver.grpc_endpoint(),
            ),
            ("OTEL_SERVICE_NAME", "named"),
            // No limits.
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
            ("OTEL_BSP_EXPORT_TIMEOUT", "0"),
            ("OTEL_METRIC_EXPORT_TIMEOUT", "0"),
        ],
    );
    assert_eq!(receiver.spans().len(), 2);
    assert_eq!(metric_names(&receiver), ["searches"]);
    assert_eq!(resource(&receiver, "service.name"), "coded");
    for request in receiver.requests() {
        let expected = match request.signal {
            testkit::receiver::Signal::Traces => Transport::HttpProtobuf,
            _ => Transport::Grpc,
        };
        assert_eq!(request.transport, expected);
    }
}

#[test]
fn code_takes_precedence_over_the_environment() {
    const NAME: &str = concat!(
        module_path!(),
        "::code_takes_precedence_over_the_environment"
    );
    if is_child(NAME) {
        let telemetry = init::otlp("coded")
            .endpoint(std::env::var("COLLECTOR").unwrap())
            .header("x-api-key", "coded")
            .timeout(Duration::from_secs(5))
            .install()
            .unwrap();
        one_of_each();
        telemetry.shutdown().unwrap();
        return;
    }
    for protocol in ["grpc", "http/protobuf"] {
        let receiver = collector();
        let endpoint = match protocol {
            "grpc" => receiver.grpc_endpoint(),
            _ => receiver.http_endpoint(),
        };
        succeeds(
            NAME,
            &[
                ("COLLECTOR", &endpoint),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
                ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &nobody()),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &nobody()),
                ("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=env"),
                ("OTEL_EXPORTER_OTLP_TIMEOUT", "1"),
            ],
        );
        assert_eq!(receiver.spans().len(), 2);
        for request in receiver.requests() {
            assert_eq!(request.metadata["x-api-key"], "coded", "{protocol}");
        }
    }
}

#[test]
fn telemetry_is_delivered_if_main_returns_an_error() {
    const NAME: &str = concat!(
        module_path!(),
        "::telemetry_is_delivered_if_main_returns_an_error"
    );
    fn application() -> Result<(), Box<dyn std::error::Error>> {
        let _telemetry = init::from_env().install()?;
        one_of_each();
        Err("the application failed".into())
    }
    if is_child(NAME) {
        assert!(application().is_err());
        return;
    }
    let receiver = collector();
    succeeds(
        NAME,
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.grpc_endpoint())],
    );
    assert_eq!(receiver.spans().len(), 2);
    assert_eq!(receiver.metrics().len(), 1);
}

#[test]
fn dropping_the_guard_warns_once_if_the_collector_is_down() {
    const NAME: &str = concat!(
        module_path!(),
        "::dropping_the_guard_warns_once_if_the_collector_is_down"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        one_of_each();
        drop(telemetry);
        return;
    }
    let endpoint = nobody();
    let stderr = succeeds(NAME, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    let told = format!("milvus-otel: telemetry was not delivered: 2 of 2 spans to {endpoint}");
    assert_eq!(stderr.matches(&told).count(), 1, "{stderr}");
    assert_eq!(stderr.matches("milvus-otel:").count(), 1, "{stderr}");
}

#[test]
fn a_full_standard_error_does_not_block() {
    const NAME: &str = concat!(module_path!(), "::a_full_standard_error_does_not_block");
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        one_of_each();
        drop(telemetry);
        return;
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut child = command(NAME, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &nobody())]);
    let output = child.stderr(writer).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}");
}

#[test]
fn invalid_values_cause_warnings_and_are_ignored() {
    const NAME: &str = concat!(
        module_path!(),
        "::invalid_values_cause_warnings_and_are_ignored"
    );
    const BAD: [(&str, &str); 9] = [
        ("OTEL_PROPAGATORS", "b3,tracecontext"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "-1"),
        ("OTEL_BSP_SCHEDULE_DELAY", "soon"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "brotli"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "::"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=%"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "0"),
    ];
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        for (name, _) in BAD {
            let warned = |w: &&init::Warning| w.variable() == name;
            assert_eq!(
                telemetry.warnings().iter().filter(warned).count(),
                1,
                "{name}"
            );
        }
        one_of_each();
        telemetry.shutdown().unwrap();
        return;
    }
    let receiver = collector();
    let mut variables = BAD.to_vec();
    let endpoint = receiver.grpc_endpoint();
    variables.push(("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint));
    let stderr = succeeds(NAME, &variables);
    for (name, _) in BAD {
        let told = format!("milvus-otel: {name}: ");
        assert_eq!(stderr.matches(&told).count(), 1, "{name}: {stderr}");
    }
    assert_eq!(receiver.spans().len(), 2);
}

#[test]
fn a_disabled_sdk_sends_nothing_but_propagates_context() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_disabled_sdk_sends_nothing_but_propagates_context"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        one_of_each();
        global::get_text_map_propagator(|propagator| {
            let fields: Vec<_> = propagator.fields().collect();
            assert!(fields.contains(&"traceparent"), "{fields:?}");
        });
        assert_eq!(telemetry.shutdown().unwrap(), []);
        return;
    }
    let receiver = collector();
    succeeds(
        NAME,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.grpc_endpoint()),
            ("OTEL_SDK_DISABLED", "true"),
        ],
    );
    assert_eq!(receiver.spans().len(), 0);
    assert_eq!(receiver.metrics().len(), 0);
}

#[test]
fn one_guard_at_a_time_owns_the_globals() {
    const NAME: &str = concat!(module_path!(), "::one_guard_at_a_time_owns_the_globals");
    if is_child(NAME) {
        let first = init::from_env().install().unwrap();
        let second = init::from_env().install().unwrap_err();
        assert!(second.is_already_installed(), "{second}");
        let beside = init::from_env().global(false).build().unwrap();
        beside.shutdown().unwrap();
        first.shutdown().unwrap();

        let next = init::from_env().install().unwrap();
        assert_eq!(next.warnings()[0].variable(), "tracing");
        drop(global::tracer("test").start("second life"));
        next.shutdown().unwrap();
        return;
    }
    let receiver = collector();
    let stderr = succeeds(
        NAME,
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.grpc_endpoint())],
    );
    assert_eq!(span_names(&receiver), ["second life"]);
    // The first guard's subscriber is still there, and shows nothing.
    let told = "milvus-otel: tracing: a subscriber is already set";
    assert_eq!(stderr.matches(told).count(), 1, "{stderr}");
}

#[test]
fn the_console_shows_spans() {
    const NAME: &str = concat!(module_path!(), "::the_console_shows_spans");
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        one_of_each();
        telemetry.shutdown().unwrap();
        return;
    }
    let console = [
        ("OTEL_TRACES_EXPORTER", "console"),
        ("OTEL_METRICS_EXPORTER", "console"),
    ];
    let output = child(NAME, &console);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}");
    assert!(stdout.contains("span \"from opentelemetry\""), "{stdout}");
    assert!(stdout.contains("metric searches"), "{stdout}");
}

#[test]
fn long_values_are_cut() {
    const NAME: &str = concat!(module_path!(), "::long_values_are_cut");
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        tracing::info_span!("cut", text = "0123456789").in_scope(|| ());
        telemetry.shutdown().unwrap();
        return;
    }
    let variables = [
        ("OTEL_TRACES_EXPORTER", "console"),
        ("OTEL_METRICS_EXPORTER", "none"),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "4"),
    ];
    let output = child(NAME, &variables);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains(" text=\"0123\""), "{stdout}");
}

/// Everything at `trace`, on an application that idles and then works, with an export of every signal every 20 ms: what
/// arrives is the application's own and nothing else.
#[test]
fn exporting_is_never_traced() {
    const NAME: &str = concat!(module_path!(), "::exporting_is_never_traced");
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    const ROUNDS: usize = 100;
    if is_child(NAME) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let telemetry = init::from_env()
                .level(tracing::Level::TRACE)
                .logs(true)
                .build()
                .unwrap();
            tracing_subscriber::registry()
                .with(telemetry.layer())
                .with(tracing_subscriber::EnvFilter::new("trace"))
                .with(tracing_subscriber::fmt::layer().with_writer(std::io::sink))
                .init();
            one_of_each();
            tokio::time::sleep(Duration::from_millis(500)).await;
            for _ in 0..ROUNDS {
                one_of_each();
                tracing::trace!("at work");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            telemetry.shutdown().unwrap();
        });
        return;
    }
    for (protocol, by_grpc) in [("grpc", true), ("http/protobuf", false)] {
        let receiver = collector();
        let endpoint = if by_grpc {
            receiver.grpc_endpoint()
        } else {
            receiver.http_endpoint()
        };
        succeeds(
            NAME,
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
                ("OTEL_BSP_SCHEDULE_DELAY", "20"),
                ("OTEL_BLRP_SCHEDULE_DELAY", "20"),
                ("OTEL_METRIC_EXPORT_INTERVAL", "20"),
            ],
        );
        let own = ["from tracing", "from opentelemetry"];
        let mut spans = span_names(&receiver);
        spans.retain(|name| !own.contains(&name.as_str()));
        assert_eq!(spans, [""; 0], "{protocol}");
        assert_eq!(receiver.spans().len(), 2 * (ROUNDS + 1), "{protocol}");
        let mut logs = receiver.logs();
        assert_eq!(logs.len(), ROUNDS, "{protocol}");
        logs.retain(|log| log.body != Some("at work".into()));
        assert_eq!(logs, [], "{protocol}");
        let mut metrics = metric_names(&receiver);
        assert!(metrics.len() > 10, "{protocol}: exported again and again");
        metrics.retain(|name| name != "searches");
        assert_eq!(metrics, [""; 0], "{protocol}");
    }
}

#[test]
fn suppressed_work_of_the_application_is_not_exported() {
    let receiver = collector();
    let telemetry = init::otlp("tests")
        .endpoint(receiver.grpc_endpoint())
        .global(false)
        .build()
        .unwrap();
    let tracer = telemetry.tracer_provider().unwrap().tracer("test");
    {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        drop(tracer.start("hidden"));
    }
    drop(tracer.start("shown"));
    telemetry.shutdown().unwrap();
    assert_eq!(span_names(&receiver), ["shown"]);
}
