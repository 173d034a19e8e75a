//! Collectors that are slow, refuse, go away and come back: the application does not notice, memory stays bounded, and
//! what is lost is told.

use crate::support::child;
use crate::support::collector;

use std::sync::Arc;
use std::time::{Duration, Instant};

use child::{is_child, succeeds};
use collector::{SOON, collector, nobody, span_names};
use milvus_otel::init::{self, Builder, Delivery, Protocol, Signal, Telemetry};
use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _};
use opentelemetry::trace::{Tracer as _, TracerProvider as _};
use opentelemetry::{KeyValue, StringValue};
use testkit::Receiver;
use tonic::Code;

const ALL: [Protocol; 3] = [Protocol::Grpc, Protocol::HttpProtobuf, Protocol::HttpJson];

fn to(receiver: &Receiver, protocol: Protocol) -> Builder {
    let endpoint = match protocol {
        Protocol::Grpc => receiver.grpc_endpoint(),
        _ => receiver.http_endpoint(),
    };
    init::otlp("tests")
        .endpoint(endpoint)
        .protocol(protocol)
        .metrics(false)
        .global(false)
}

fn spans(telemetry: &Telemetry, count: usize) {
    let tracer = telemetry.tracer_provider().unwrap().tracer("test");
    for i in 0..count {
        drop(tracer.start(format!("span {i}")));
    }
}

fn refused(receiver: &Receiver) -> usize {
    let requests = receiver.requests();
    requests.iter().filter(|r| r.refused.is_some()).count()
}

fn traces(deliveries: &[Delivery]) -> &Delivery {
    deliveries
        .iter()
        .find(|d| d.signal == Signal::Traces)
        .unwrap()
}

#[test]
fn a_temporary_refusal_is_retried() {
    for protocol in ALL {
        let receiver = collector();
        receiver.fail_next(2, Code::Unavailable);
        let telemetry = to(&receiver, protocol).build().unwrap();
        spans(&telemetry, 5);
        let deliveries = telemetry.shutdown().unwrap();
        assert_eq!(refused(&receiver), 2, "{protocol:?}");
        assert_eq!(receiver.spans().len(), 5, "{protocol:?}");
        let traces = traces(&deliveries);
        assert_eq!((traces.delivered, traces.failed), (5, 0), "{protocol:?}");
    }
}

#[test]
fn a_permanent_refusal_is_not_retried() {
    for protocol in ALL {
        for code in [Code::InvalidArgument, Code::Unauthenticated] {
            let receiver = collector();
            receiver.reject_all(code);
            let telemetry = to(&receiver, protocol).build().unwrap();
            spans(&telemetry, 5);
            let error = telemetry.shutdown().unwrap_err();
            let case = format!("{protocol:?} {code:?}: {error}");
            assert_eq!(refused(&receiver), 1, "{case}");
            let traces = traces(error.deliveries());
            assert_eq!((traces.failed, traces.lost(), traces.unsent()), (5, 5, 0));
            assert!(case.contains("5 of 5 spans"), "{case}");
        }
    }
}

#[test]
fn retries_of_a_refused_export_end() {
    for protocol in ALL {
        let receiver = collector();
        receiver.reject_all(Code::Unavailable);
        let telemetry = to(&receiver, protocol).build().unwrap();
        spans(&telemetry, 5);
        let error = telemetry.shutdown().unwrap_err();
        assert_eq!(traces(error.deliveries()).lost(), 5, "{error}");
        let attempts = refused(&receiver);
        assert!((2..=4).contains(&attempts), "{protocol:?}: {attempts}");
    }
}

#[test]
fn export_continues_when_the_collector_is_back() {
    for protocol in ALL {
        let receiver = collector();
        let telemetry = to(&receiver, protocol).build().unwrap();
        spans(&telemetry, 3);
        telemetry.flush().unwrap();
        let port = |url: String| url.rsplit_once(':').unwrap().1.parse().unwrap();
        let (grpc, http) = (
            port(receiver.grpc_endpoint()),
            port(receiver.http_endpoint()),
        );
        assert_eq!(receiver.spans().len(), 3);
        drop(receiver);

        spans(&telemetry, 2);
        let error = telemetry.flush().unwrap_err();
        let so_far = traces(error.deliveries());
        assert_eq!((so_far.delivered, so_far.failed), (3, 2), "{error}");

        let again = Receiver::start_on(grpc, http).unwrap();
        spans(&telemetry, 4);
        telemetry.flush().unwrap();
        assert_eq!(again.spans().len(), 4, "{protocol:?}");
        let error = telemetry.shutdown().unwrap_err();
        let all = traces(error.deliveries());
        assert_eq!((all.accepted, all.delivered, all.lost()), (9, 7, 2));
    }
}

/// The collector takes a second for every answer; the application, which ends thousands of spans and writes thousands of
/// records meanwhile, does not wait for any of them.
#[test]
fn a_slow_collector_does_not_slow_the_application() {
    let receiver = collector();
    receiver.delay(Duration::from_secs(1));
    let telemetry = to(&receiver, Protocol::Grpc)
        .logs(true)
        .shutdown_timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    let logger = telemetry.logger_provider().unwrap().logger("test");
    let tracer = telemetry.tracer_provider().unwrap().tracer("test");
    let mut longest = Duration::ZERO;
    let begun = Instant::now();
    for _ in 0..5_000 {
        let start = Instant::now();
        drop(tracer.start("span"));
        let mut record = logger.create_log_record();
        record.set_body("record".into());
        logger.emit(record);
        longest = longest.max(start.elapsed());
    }
    // Waiting for one answer only would take as long as this.
    assert!(longest < Duration::from_secs(1), "{longest:?}");
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );

    let begun = Instant::now();
    let error = telemetry.shutdown().unwrap_err();
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    for (signal, delivery) in [Signal::Traces, Signal::Logs]
        .iter()
        .zip(error.deliveries())
    {
        assert_eq!((delivery.signal, delivery.accepted), (*signal, 5_000));
        assert!(delivery.lost() >= 5_000 - 2048 - 512, "{delivery}");
        assert!(delivery.to_string().contains("never sent"), "{delivery}");
    }
}

/// Every span holds a reference to one text and every record to another: how many do tells how much is kept in memory.
#[test]
fn memory_is_bounded_while_the_collector_is_down() {
    const NAME: &str = concat!(
        module_path!(),
        "::memory_is_bounded_while_the_collector_is_down"
    );
    const QUEUE: usize = 100;
    const BATCH: usize = 10;
    if is_child(NAME) {
        let telemetry = init::from_env()
            .logs(true)
            .shutdown_timeout(Duration::from_millis(200))
            .install()
            .unwrap();
        let (in_spans, in_records): (Arc<str>, Arc<str>) = ("held".into(), "held".into());
        let tracer = telemetry.tracer_provider().unwrap().tracer("test");
        let logger = telemetry.logger_provider().unwrap().logger("test");
        let mut most = [0; 2];
        for _ in 0..20_000 {
            let text = StringValue::from(Arc::clone(&in_spans));
            let span = tracer.span_builder("span");
            drop(
                span.with_attributes([KeyValue::new("text", text)])
                    .start(&tracer),
            );
            let mut record = logger.create_log_record();
            record.set_body(AnyValue::String(Arc::clone(&in_records).into()));
            logger.emit(record);
            let held = [&in_spans, &in_records].map(Arc::strong_count);
            most = [most[0].max(held[0]), most[1].max(held[1])];
        }
        for most in most {
            // The queue, a batch that is being sent (the exporter may copy it), and the text itself.
            assert!(most <= QUEUE + 2 * BATCH + 1, "{most}");
            assert!(most >= QUEUE, "the queue was full: {most}");
        }
        let error = telemetry.shutdown().unwrap_err();
        for delivery in error.deliveries() {
            let loss = (delivery.accepted, delivery.delivered, delivery.lost());
            assert_eq!(loss, (20_000, 0, 20_000), "{delivery}");
            assert!(delivery.last_error.is_some(), "{delivery}");
        }
        assert_eq!(error.deliveries().len(), 2);
        return;
    }
    let (queue, batch) = (QUEUE.to_string(), BATCH.to_string());
    succeeds(
        NAME,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &nobody()),
            ("OTEL_METRICS_EXPORTER", "none"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", &queue),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", &batch),
            ("OTEL_BLRP_MAX_QUEUE_SIZE", &queue),
            ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", &batch),
        ],
    );
}

/// The application sees the outage once, not once for each export, and sees it end.
#[test]
fn an_outage_is_logged_when_it_begins_and_ends() {
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    const NAME: &str = concat!(
        module_path!(),
        "::an_outage_is_logged_when_it_begins_and_ends"
    );
    if is_child(NAME) {
        let receiver = collector();
        receiver.reject_all(Code::InvalidArgument);
        let telemetry = to(&receiver, Protocol::Grpc).logs(true).build().unwrap();
        tracing_subscriber::registry()
            .with(telemetry.layer())
            .with(
                tracing_subscriber::fmt::layer()
                    .with_writer(std::io::stderr)
                    .with_ansi(false),
            )
            .init();
        for _ in 0..3 {
            spans(&telemetry, 1);
            assert!(telemetry.flush().is_err());
        }
        receiver.accept_all();
        for _ in 0..3 {
            spans(&telemetry, 1);
            telemetry.flush().unwrap();
        }
        assert_eq!(span_names(&receiver), ["span 0"; 3]);
        assert_eq!(
            receiver.logs(),
            [],
            "what is said of the export is not exported"
        );
        assert_eq!(traces(&telemetry.deliveries()).failed, 3);
        drop(telemetry);
        return;
    }
    let stderr = succeeds(NAME, &[]);
    for once in [
        "cannot export spans",
        "exporting spans works again",
        "3 of 6 spans",
    ] {
        assert_eq!(stderr.matches(once).count(), 1, "{once}: {stderr}");
    }
}
