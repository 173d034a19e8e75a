//! Receivers without a service for a signal, as Jaeger has none for metrics and logs.

use super::child::{is_child, succeeds};
use super::{PROTOCOLS, endpoint, of, one_of_each, to};
use milvus_otel::init::{self, Protocol, Signal};
use testkit::Receiver;

fn metric_requests(receiver: &Receiver) -> usize {
    let paths = receiver.requested_paths();
    paths
        .iter()
        .filter(|path| path.to_lowercase().contains("metrics"))
        .count()
}

#[test]
fn default_metrics_are_dropped_with_one_warning_if_unsupported() {
    const NAME: &str = concat!(
        module_path!(),
        "::default_metrics_are_dropped_with_one_warning_if_unsupported"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        for _ in 0..3 {
            one_of_each(&telemetry);
            telemetry.flush().unwrap();
        }
        one_of_each(&telemetry);
        let deliveries = telemetry.shutdown().unwrap();
        let traces = of(Signal::Traces, &deliveries);
        assert_eq!((traces.delivered, traces.unsupported), (4, 0));
        let metrics = of(Signal::Metrics, &deliveries);
        assert_eq!(
            (metrics.delivered, metrics.failed, metrics.lost()),
            (0, 0, 0)
        );
        assert_eq!(metrics.unsupported, metrics.accepted);
        return;
    }
    for (name, protocol) in PROTOCOLS {
        let receiver = Receiver::traces_only().unwrap();
        let endpoint = endpoint(&receiver, protocol);
        let stderr = succeeds(
            NAME,
            &[
                ("OTEL_EXPORTER_OTLP_PROTOCOL", name),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
            ],
        );
        assert_eq!(receiver.spans().len(), 4, "{name}");
        assert_eq!(metric_requests(&receiver), 1, "{name}: no more of them");
        let warned: Vec<_> = stderr
            .lines()
            .filter(|l| l.contains("milvus-otel:"))
            .collect();
        let [warning] = warned[..] else {
            panic!("{name}: {stderr}")
        };
        for part in [
            "metrics are not exported",
            &endpoint,
            "OTEL_METRICS_EXPORTER=none",
            ".metrics(false)",
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        ] {
            assert!(warning.contains(part), "{name}: {part} in {warning}");
        }
    }
}

/// The SDK and the exporter log their errors through `tracing` too: the application's log shows the warning alone.
#[test]
fn an_unsupported_signal_is_logged_once() {
    const NAME: &str = concat!(module_path!(), "::an_unsupported_signal_is_logged_once");
    if is_child(NAME) {
        let telemetry = init::from_env().build().unwrap();
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_ansi(false)
            .with_max_level(tracing::Level::INFO)
            .init();
        for _ in 0..3 {
            one_of_each(&telemetry);
            telemetry.flush().unwrap();
        }
        drop(telemetry);
        return;
    }
    for (name, protocol) in PROTOCOLS {
        let receiver = Receiver::traces_only().unwrap();
        let stderr = succeeds(
            NAME,
            &[
                ("OTEL_EXPORTER_OTLP_PROTOCOL", name),
                (
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    &endpoint(&receiver, protocol),
                ),
            ],
        );
        let levels = [" WARN ", " ERROR "];
        let loud = stderr
            .lines()
            .filter(|line| levels.iter().any(|level| line.contains(level)));
        assert_eq!(loud.count(), 1, "{name}: {stderr}");
        assert!(stderr.contains("metrics are not exported"), "{stderr}");
    }
}

#[test]
fn metrics_requested_by_variable_are_an_error_if_unsupported() {
    const NAME: &str = concat!(
        module_path!(),
        "::metrics_requested_by_variable_are_an_error_if_unsupported"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().build().unwrap();
        one_of_each(&telemetry);
        let error = telemetry.shutdown().unwrap_err();
        let metrics = of(Signal::Metrics, error.deliveries());
        assert_eq!((metrics.failed, metrics.lost()), (1, 1), "{error}");
        assert_eq!(error.deliveries().len(), 1, "the span arrived: {error}");
        assert!(error.to_string().contains("1 of 1 metrics"), "{error}");
        return;
    }
    let receiver = Receiver::traces_only().unwrap();
    let endpoint = receiver.grpc_endpoint();
    for by_name in [
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", &endpoint),
    ] {
        succeeds(NAME, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint), by_name]);
    }
    assert_eq!(receiver.spans().len(), 2);
}

#[test]
fn signals_requested_in_code_are_errors_if_unsupported() {
    for (name, protocol) in PROTOCOLS {
        let receiver = Receiver::traces_only().unwrap();
        let telemetry = to(endpoint(&receiver, protocol), protocol)
            .metrics(true)
            .logs(true)
            .build()
            .unwrap();
        one_of_each(&telemetry);
        assert!(telemetry.flush().is_err(), "{name}");
        let error = telemetry.shutdown().unwrap_err();
        assert_eq!(of(Signal::Metrics, error.deliveries()).lost(), 1, "{error}");
        assert_eq!(of(Signal::Logs, error.deliveries()).lost(), 1, "{error}");
        assert_eq!(receiver.spans().len(), 1, "{name}");
    }
}

/// A gRPC server without a service for OTLP, until the test's process ends.
fn bare_grpc_server() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let connections = tokio_stream::wrappers::TcpListenerStream::new(listener);
            let routes = tonic::service::Routes::default();
            let server = tonic::transport::Server::builder().add_routes(routes);
            server.serve_with_incoming(connections).await.unwrap();
        });
    });
    endpoint
}

/// Traces are what telemetry is for: without them it fails, whatever becomes of the metrics.
#[test]
fn a_receiver_without_a_trace_service_is_an_error() {
    let receiver = Receiver::traces_only().unwrap();
    let elsewhere = format!("{}/elsewhere", receiver.http_endpoint());
    for (endpoint, protocol, cause) in [
        (
            bare_grpc_server(),
            Protocol::Grpc,
            "gRPC status Unimplemented",
        ),
        (
            elsewhere,
            Protocol::HttpProtobuf,
            "HTTP 404 Not Found at /elsewhere/v1/traces: the path is usually /v1/traces",
        ),
    ] {
        let telemetry = to(endpoint, protocol).build().unwrap();
        one_of_each(&telemetry);
        let error = telemetry.shutdown().unwrap_err();
        let [traces] = error.deliveries() else {
            panic!("{error}")
        };
        assert_eq!((traces.signal, traces.lost()), (Signal::Traces, 1));
        assert!(error.to_string().contains(cause), "{error}");
    }
}
