//! Receivers that reject a part of what they accept, and exports over each protocol that arrive as they were.

use super::child::{is_child, succeeds};
use super::collector::collector;
use super::{PROTOCOLS, endpoint, of, one_of_each, to};
use milvus_otel::init::{Compression, Protocol, Signal};
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use testkit::receiver::{PointValue, Transport, Value};

#[test]
fn rejected_items_are_lost_and_the_reason_is_shown() {
    for (name, protocol) in PROTOCOLS {
        let receiver = collector();
        receiver.reject_items(2, "the tenant's quota\nis used up");
        let telemetry = to(endpoint(&receiver, protocol), protocol)
            .logs(true)
            .build()
            .unwrap();
        for _ in 0..5 {
            one_of_each(&telemetry);
        }
        let error = telemetry.shutdown().unwrap_err();
        let shown = error.to_string();
        for (signal, accepted, lost) in [
            (Signal::Traces, 5, 2),
            (Signal::Logs, 5, 2),
            // Five measurements of one metric.
            (Signal::Metrics, 1, 1),
        ] {
            let delivery = of(signal, error.deliveries());
            assert_eq!(delivery.accepted, accepted, "{name}: {shown}");
            assert_eq!(delivery.delivered, accepted - lost, "{name}: {shown}");
            assert_eq!(delivery.rejected, lost, "{name}: {shown}");
            assert_eq!(delivery.lost(), lost, "{name}: {shown}");
            assert_eq!(delivery.failed, 0, "{name}: {shown}");
        }
        let told = "2 of 5 spans to ";
        assert!(shown.contains(told), "{name}: {shown}");
        let reason = "rejected by the collector: the tenant's quota is used up";
        assert_eq!(shown.matches(reason).count(), 1, "{name}: {shown}");
        assert_eq!(
            shown.matches("for the same reason").count(),
            2,
            "{name}: {shown}"
        );
    }
}

#[test]
fn a_rejection_is_logged_once() {
    const NAME: &str = concat!(module_path!(), "::a_rejection_is_logged_once");
    if is_child(NAME) {
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_ansi(false)
            .init();
        for (_, protocol) in PROTOCOLS {
            let receiver = collector();
            let telemetry = to(endpoint(&receiver, protocol), protocol)
                .metrics(false)
                .build()
                .unwrap();
            let responses = [
                (1, ""),
                (1, ""),
                (1, "quota"),
                (1, "quota"),
                (0, "use a newer client"),
            ];
            for (rejected, reason) in responses {
                receiver.reject_items(rejected, reason);
                one_of_each(&telemetry);
                assert_eq!(telemetry.flush().is_err(), rejected > 0);
            }
            assert!(telemetry.shutdown().is_err());
        }
        return;
    }
    let stderr = succeeds(NAME, &[]);
    let count = |text: &str| stderr.lines().filter(|line| line.contains(text)).count();
    assert_eq!(count("the collector rejects spans"), 6, "{stderr}");
    assert_eq!(count("it gave no reason"), 3, "{stderr}");
    assert_eq!(
        count("the collector accepted the spans with a message"),
        3,
        "{stderr}"
    );
    assert_eq!(count(" WARN ") + count(" ERROR "), 9, "{stderr}");
}

/// A remark without a rejection loses nothing.
#[test]
fn a_message_of_the_collector_is_not_an_error() {
    for (name, protocol) in PROTOCOLS {
        let receiver = collector();
        receiver.reject_items(0, "use a newer client");
        let telemetry = to(endpoint(&receiver, protocol), protocol).build().unwrap();
        one_of_each(&telemetry);
        let deliveries = telemetry.shutdown().unwrap();
        let traces = of(Signal::Traces, &deliveries);
        assert_eq!((traces.delivered, traces.rejected), (1, 0), "{name}");
    }
}

/// Values of every kind over every protocol, compressed and not.
#[test]
fn every_protocol_delivers_the_same() {
    let mut seen = Vec::new();
    for (name, protocol) in PROTOCOLS {
        for compression in [None, Some(Compression::Gzip)] {
            let receiver = collector();
            let mut builder = to(endpoint(&receiver, protocol), protocol).logs(true);
            if let Some(compression) = compression {
                builder = builder.compression(compression);
            }
            let telemetry = builder.build().unwrap();
            one_of_each(&telemetry);
            let tracer = telemetry.tracer_provider().unwrap().tracer("test");
            let mut span = tracer.start("search \"books\"\n");
            span.set_attribute(KeyValue::new("rows", i64::MAX));
            span.set_attribute(KeyValue::new("ratio", 0.1));
            span.set_attribute(KeyValue::new("flag", true));
            span.add_event("retry", vec![KeyValue::new("delay", 0.5)]);
            span.end();
            let meter = telemetry.meter_provider().unwrap().meter("test");
            meter.f64_histogram("duration").build().record(0.5, &[]);
            telemetry.shutdown().unwrap();

            for request in receiver.requests() {
                let expected = match protocol {
                    Protocol::Grpc => Transport::Grpc,
                    Protocol::HttpProtobuf => Transport::HttpProtobuf,
                    _ => Transport::HttpJson,
                };
                assert_eq!(request.transport, expected, "{name}");
                let zipped = ["grpc-encoding", "content-encoding"]
                    .iter()
                    .any(|header| request.metadata.get(*header).is_some_and(|v| v == "gzip"));
                assert_eq!(zipped, compression.is_some(), "{name}");
            }
            let spans: Vec<_> = receiver
                .spans()
                .into_iter()
                .map(|s| (s.name, s.kind, s.attributes, s.events.len(), s.scope_name))
                .collect();
            let metrics: Vec<_> = receiver
                .metrics()
                .into_iter()
                .map(|m| (m.name, m.kind, m.points[0].value.clone()))
                .collect();
            let logs: Vec<_> = receiver.logs().into_iter().map(|l| l.body).collect();
            seen.push((spans, metrics, logs));
        }
    }
    assert_eq!(
        (seen[0].0.len(), seen[0].1.len(), seen[0].2.len()),
        (2, 2, 1)
    );
    for other in &seen[1..] {
        assert_eq!(other, &seen[0]);
    }
}

/// JSON has no such numbers: they are left out, and nothing else is lost with them.
#[test]
fn a_nan_value_does_not_spoil_its_batch() {
    let receiver = collector();
    let telemetry = to(receiver.http_endpoint(), Protocol::HttpJson)
        .build()
        .unwrap();
    let tracer = telemetry.tracer_provider().unwrap().tracer("test");
    let mut span = tracer.start("span");
    span.set_attribute(KeyValue::new("ratio", f64::NAN));
    span.set_attribute(KeyValue::new("rows", 3));
    span.end();
    let meter = telemetry.meter_provider().unwrap().meter("test");
    meter.f64_gauge("load").build().record(f64::INFINITY, &[]);
    meter.f64_gauge("depth").build().record(2.0, &[]);
    telemetry.shutdown().unwrap();
    let span = &receiver.spans()[0];
    assert_eq!(span.attributes["rows"], Value::from(3));
    let metrics = receiver.metrics();
    let depth = metrics
        .iter()
        .find(|metric| metric.name == "depth")
        .unwrap();
    assert_eq!(depth.points[0].value, PointValue::Double(2.0));
}
