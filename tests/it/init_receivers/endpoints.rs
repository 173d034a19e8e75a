//! Mistakes in the address of a receiver: the error names the cause and what to do.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use super::child::{is_child, succeeds};
use super::collector::{collector, metric_names, span_names};
use super::{of, one_of_each, to};
use milvus_otel::init::{self, Protocol, Signal};
use testkit::Receiver;

/// What `shutdown` says of the spans after an export to this address.
fn failure(endpoint: String, protocol: Protocol) -> String {
    // More than any busy machine needs.
    let patient = Duration::from_secs(60);
    let builder = to(endpoint, protocol).shutdown_timeout(patient);
    let telemetry = builder.metrics(false).build().unwrap();
    one_of_each(&telemetry);
    let error = telemetry.shutdown().unwrap_err();
    assert_eq!(of(Signal::Traces, error.deliveries()).lost(), 1);
    error.to_string()
}

/// Answers the first bytes of every connection with these, until the test's process ends.
fn answers(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // Whatever goes wrong here is the client's to report.
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(answer);
        }
    });
    endpoint
}

const USE_HTTP: &str = "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf";
const USE_GRPC: &str = "OTEL_EXPORTER_OTLP_PROTOCOL=grpc";

#[test]
fn grpc_to_an_http_port_is_diagnosed() {
    let receiver = collector();
    let http = receiver.http_endpoint();
    let error = failure(http, Protocol::Grpc);
    assert!(error.contains("instead of gRPC"), "{error}");
    assert!(error.contains(USE_HTTP), "{error}");

    let http1 = answers(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    let error = failure(http1, Protocol::Grpc);
    assert!(
        error.contains("cannot connect: the receiver speaks HTTP/1, not gRPC"),
        "{error}"
    );
    assert!(error.contains(USE_HTTP), "{error}");

    let error = failure(answers(b""), Protocol::Grpc);
    assert!(
        error.contains("closed the connection without an answer"),
        "{error}"
    );
    assert!(error.contains(USE_HTTP), "{error}");
}

#[test]
fn http_to_a_grpc_port_is_diagnosed() {
    let receiver = collector();
    for protocol in [Protocol::HttpProtobuf, Protocol::HttpJson] {
        let error = failure(receiver.grpc_endpoint(), protocol);
        assert!(error.contains("cannot connect: the receiver "), "{error}");
        assert!(error.contains(USE_GRPC), "{error}");
    }
}

#[cfg(feature = "tls")]
#[test]
fn tls_to_a_plaintext_port_is_diagnosed() {
    let receiver = collector();
    for (endpoint, protocol) in [
        (receiver.grpc_endpoint(), Protocol::Grpc),
        (receiver.http_endpoint(), Protocol::HttpProtobuf),
    ] {
        let endpoint = endpoint.replace("http://", "https://");
        let error = failure(endpoint, protocol);
        assert!(error.contains("cannot connect: the receiver "), "{error}");
        assert!(error.contains("use http://"), "{error}");
        assert!(!error.contains("no scheme"), "{error}");
    }
}

#[test]
fn plaintext_to_a_tls_port_is_diagnosed() {
    let alert = answers(b"\x15\x03\x01\x00\x02\x02\x32");
    for protocol in [Protocol::Grpc, Protocol::HttpProtobuf] {
        let error = failure(alert.clone(), protocol);
        assert!(
            error.contains("the receiver speaks TLS: use https://"),
            "{error}"
        );
    }
}

#[cfg(feature = "tls")]
#[test]
fn an_endpoint_without_a_scheme_is_reported() {
    const NAME: &str = concat!(module_path!(), "::an_endpoint_without_a_scheme_is_reported");
    if is_child(NAME) {
        let telemetry = init::from_env().metrics(false).build().unwrap();
        let [warning] = telemetry.warnings() else {
            panic!("{:?}", telemetry.warnings())
        };
        assert_eq!(warning.variable(), "OTEL_EXPORTER_OTLP_ENDPOINT");
        one_of_each(&telemetry);
        let error = telemetry.shutdown().unwrap_err().to_string();
        assert!(error.contains("use http://"), "{error}");
        assert!(error.contains("the endpoint has no scheme"), "{error}");
        return;
    }
    let receiver = collector();
    let address = receiver.grpc_address();
    let stderr = succeeds(NAME, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &address)]);
    let told = format!("has no scheme and is read as https://{address}");
    assert_eq!(stderr.matches(&told).count(), 1, "{stderr}");
}

/// Everything arrives, and the warning says what was done.
#[test]
fn the_path_of_a_signal_in_the_general_endpoint_is_removed() {
    const NAME: &str = concat!(
        module_path!(),
        "::the_path_of_a_signal_in_the_general_endpoint_is_removed"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        one_of_each(&telemetry);
        telemetry.shutdown().unwrap();
        return;
    }
    let arrives = |receiver: &Receiver, endpoint: String, protocol| {
        let stderr = succeeds(
            NAME,
            &[
                (
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    &format!("{endpoint}/v1/traces"),
                ),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ],
        );
        let told = "milvus-otel: OTEL_EXPORTER_OTLP_ENDPOINT: ends in /v1/traces";
        assert_eq!(stderr.matches(told).count(), 1, "{stderr}");
        assert_eq!(span_names(receiver), ["span"], "{protocol}");
        assert_eq!(metric_names(receiver), ["searches"], "{protocol}");
        receiver.clear();
    };
    let receiver = collector();
    arrives(&receiver, receiver.http_endpoint(), "http/protobuf");
    arrives(&receiver, receiver.http_endpoint(), "http/json");
    arrives(&receiver, receiver.grpc_endpoint(), "grpc");
}

#[test]
fn quotes_around_an_endpoint_are_reported() {
    let quoted = "\"http://localhost:4317\"";
    let error = to(quoted.to_owned(), Protocol::Grpc).build().unwrap_err();
    assert_eq!(error.setting_name(), Some("endpoint"));
    let told = "cannot use endpoint: \"http://localhost:4317\" is in quotes: remove them";
    assert_eq!(error.to_string(), told);
}

/// A collector may repeat the key that it refuses.
#[test]
fn a_refusal_is_shown_without_the_key() {
    let refusal =
        b"HTTP/1.1 401 Unauthorized\r\ncontent-type: text/plain\r\ncontent-length: 29\r\n\r\n\
        Bearer hunter2: no such token";
    let telemetry = to(answers(refusal), Protocol::HttpProtobuf)
        .metrics(false)
        .header("authorization", "Bearer hunter2")
        .build()
        .unwrap();
    one_of_each(&telemetry);
    let error = telemetry.shutdown().unwrap_err().to_string();
    assert!(error.contains("HTTP 401 Unauthorized: "), "{error}");
    assert!(error.contains("no such token"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}
