//! Delivery, shutdown and settings of `milvus_otel::init`, without touching the process's globals.

use crate::support::collector;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use collector::{SOON, collector, header, metric_names, nobody, resource, span_names};
use milvus_otel::init::{self, Builder, Compression, Protocol, Signal, Telemetry};
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{Tracer as _, TracerProvider as _};
use opentelemetry_sdk::trace::Sampler;
use testkit::Receiver;
use testkit::receiver::Transport;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

fn to(endpoint: &str) -> Builder {
    init::otlp("tests").endpoint(endpoint).global(false)
}

/// An address that accepts connections and never answers, for as long as the guard lives.
fn silence() -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    (
        format!("http://{}", listener.local_addr().unwrap()),
        listener,
    )
}

fn spans(telemetry: &Telemetry, count: usize) {
    let tracer = telemetry.tracer_provider().unwrap().tracer("test");
    for i in 0..count {
        drop(tracer.start(format!("span {i}")));
    }
}

fn shuts_down_in_time(telemetry: Telemetry, receiver: &Receiver) {
    spans(&telemetry, 10);
    let start = Instant::now();
    let deliveries = telemetry.shutdown().unwrap();
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
    assert_eq!(receiver.spans().len(), 10);
    assert_eq!(deliveries[0].signal, Signal::Traces);
    assert_eq!(deliveries[0].destination, receiver.grpc_endpoint());
    assert_eq!((deliveries[0].accepted, deliveries[0].delivered), (10, 10));
}

#[test]
fn shutdown_works_without_a_runtime() {
    let receiver = collector();
    shuts_down_in_time(to(&receiver.grpc_endpoint()).build().unwrap(), &receiver);
}

#[tokio::test(flavor = "current_thread")]
async fn shutdown_works_on_a_current_thread_runtime() {
    let receiver = collector();
    shuts_down_in_time(to(&receiver.grpc_endpoint()).build().unwrap(), &receiver);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn shutdown_works_in_a_task_on_the_only_worker() {
    let receiver = collector();
    let seen = receiver.clone();
    tokio::spawn(async move {
        let telemetry = to(&receiver.grpc_endpoint()).build().unwrap();
        tokio::task::yield_now().await;
        shuts_down_in_time(telemetry, &receiver);
    })
    .await
    .unwrap();
    assert_eq!(seen.spans().len(), 10);
}

#[test]
fn shutdown_works_after_its_runtime_has_ended() {
    let receiver = collector();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let telemetry = runtime.block_on(async { to(&receiver.grpc_endpoint()).build().unwrap() });
    drop(runtime);
    shuts_down_in_time(telemetry, &receiver);
}

#[tokio::test]
async fn dropping_delivers_too() {
    let receiver = collector();
    let telemetry = to(&receiver.grpc_endpoint()).build().unwrap();
    spans(&telemetry, 3);
    drop(telemetry);
    assert_eq!(receiver.spans().len(), 3);
}

#[test]
fn a_panic_delivers_too() {
    let receiver = collector();
    let telemetry = to(&receiver.grpc_endpoint()).build().unwrap();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        spans(&telemetry, 3);
        panic!("on purpose");
    }));
    assert!(panicked.is_err());
    assert_eq!(receiver.spans().len(), 3);
}

#[tokio::test]
async fn metrics_arrive_at_shutdown() {
    let receiver = collector();
    let telemetry = to(&receiver.grpc_endpoint()).build().unwrap();
    let meter = telemetry.meter_provider().unwrap().meter("test");
    meter.u64_counter("searches").build().add(3, &[]);
    meter.f64_histogram("duration").build().record(0.5, &[]);
    let deliveries = telemetry.shutdown().unwrap();
    assert_eq!(metric_names(&receiver), ["searches", "duration"]);
    let metrics = deliveries.iter().find(|d| d.signal == Signal::Metrics);
    assert_eq!(metrics.unwrap().delivered, 2);
}

#[tokio::test]
async fn telemetry_continues_after_a_flush() {
    let receiver = collector();
    let telemetry = to(&receiver.grpc_endpoint()).build().unwrap();
    spans(&telemetry, 2);
    telemetry.flush().unwrap();
    assert_eq!(receiver.spans().len(), 2);
    assert_eq!(telemetry.deliveries()[0].delivered, 2);
    spans(&telemetry, 1);
    telemetry.shutdown().unwrap();
    assert_eq!(receiver.spans().len(), 3);
}

#[tokio::test]
async fn a_flush_that_times_out_loses_nothing() {
    let (endpoint, _silent) = silence();
    let telemetry = to(&endpoint)
        .shutdown_timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    spans(&telemetry, 2);
    let error = telemetry.flush().unwrap_err();
    assert_eq!(
        error.to_string(),
        "telemetry could not be flushed completely"
    );
    assert!(std::error::Error::source(&error).is_some());
    let so_far = &telemetry.deliveries()[0];
    assert_eq!((so_far.failed, so_far.unsent()), (0, 2));
    assert_eq!(telemetry.shutdown().unwrap_err().deliveries()[0].failed, 2);
}

#[tokio::test]
async fn http_works_inside_a_runtime() {
    let receiver = collector();
    let telemetry = to(&receiver.http_endpoint())
        .protocol(Protocol::HttpProtobuf)
        .header("x-api-key", "k")
        .build()
        .unwrap();
    spans(&telemetry, 10);
    let meter = telemetry.meter_provider().unwrap().meter("test");
    meter.u64_counter("searches").build().add(3, &[]);
    telemetry.shutdown().unwrap();
    assert_eq!(receiver.spans().len(), 10);
    assert_eq!(metric_names(&receiver), ["searches"]);
    let requests = receiver.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(request.transport, Transport::HttpProtobuf);
        assert_eq!(request.metadata["x-api-key"], "k");
    }
}

#[test]
fn headers_and_compression_are_sent_over_grpc() {
    let receiver = collector();
    let telemetry = to(&receiver.grpc_endpoint())
        .header("X-Api-Key", "k")
        .compression(Compression::Gzip)
        .build()
        .unwrap();
    spans(&telemetry, 1);
    telemetry.shutdown().unwrap();
    assert_eq!(receiver.spans().len(), 1);
    assert_eq!(header(&receiver, "x-api-key").as_deref(), Some("k"));
    assert_eq!(header(&receiver, "grpc-encoding").as_deref(), Some("gzip"));
}

#[tokio::test]
async fn shutdown_reports_the_loss_if_the_collector_is_down() {
    for protocol in [Protocol::Grpc, Protocol::HttpProtobuf] {
        let endpoint = nobody();
        let telemetry = to(&endpoint).protocol(protocol).build().unwrap();
        spans(&telemetry, 7);
        let meter = telemetry.meter_provider().unwrap().meter("test");
        meter.u64_counter("searches").build().add(3, &[]);
        let start = Instant::now();
        let error = telemetry.shutdown().unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(7));
        let shown = error.to_string();
        assert!(
            shown.contains(&format!("7 of 7 spans to {endpoint}")),
            "{shown}"
        );
        assert!(shown.contains("1 of 1 metrics"), "{shown}");
        assert!(shown.contains("Connection refused"), "{shown}");
        let [traces, metrics] = error.deliveries() else {
            panic!("{error:?}");
        };
        assert_eq!((traces.failed, traces.unsent(), traces.lost()), (7, 0, 7));
        assert_eq!((metrics.failed, metrics.lost()), (1, 1));
    }
}

#[test]
fn shutdown_or_warn_returns_the_delivery_of_each_signal() {
    let receiver = collector();
    let telemetry = to(&receiver.grpc_endpoint()).build().unwrap();
    spans(&telemetry, 3);
    let deliveries = telemetry.shutdown_or_warn();
    assert_eq!((deliveries[0].delivered, deliveries[0].lost()), (3, 0));

    let telemetry = to(&nobody()).build().unwrap();
    spans(&telemetry, 3);
    let deliveries = telemetry.shutdown_or_warn();
    assert_eq!((deliveries[0].delivered, deliveries[0].lost()), (0, 3));
}

#[tokio::test]
async fn an_unreachable_collector_is_not_an_error_without_telemetry() {
    to(&nobody()).build().unwrap().shutdown().unwrap();
}

#[tokio::test]
async fn a_collector_that_never_answers_does_not_hold_up_the_end() {
    let (endpoint, _silent) = silence();
    let telemetry = to(&endpoint)
        .shutdown_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    spans(&telemetry, 1000);
    let start = Instant::now();
    let error = telemetry.shutdown().unwrap_err();
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
    assert_eq!(error.deliveries()[0].lost(), 1000, "{error}");
    assert!(error.to_string().contains("shutdown timeout"), "{error}");
}

#[tokio::test]
async fn spans_that_found_the_queue_full_are_counted() {
    let (endpoint, _silent) = silence();
    let telemetry = to(&endpoint)
        .shutdown_timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    spans(&telemetry, 10_000);
    let error = telemetry.shutdown().unwrap_err();
    let traces = &error.deliveries()[0];
    assert_eq!((traces.accepted, traces.lost()), (10_000, 10_000));
    assert!(traces.unsent() >= 10_000 - 2048 - 512, "{traces:?}");
    assert!(error.to_string().contains("never sent"), "{error}");
}

#[test]
fn the_exporters_own_timeout_bounds_an_export() {
    let (endpoint, _silent) = silence();
    let telemetry = to(&endpoint)
        .timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    spans(&telemetry, 1);
    let start = Instant::now();
    let error = telemetry.flush().unwrap_err();
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
    assert_eq!(error.deliveries()[0].failed, 1);
}

#[test]
fn unsampled_spans_are_neither_sent_nor_counted_as_lost() {
    let receiver = collector();
    let telemetry = to(&receiver.grpc_endpoint())
        .sampler(Sampler::AlwaysOff)
        .build()
        .unwrap();
    spans(&telemetry, 5);
    let deliveries = telemetry.shutdown().unwrap();
    assert_eq!(deliveries[0].accepted, 0);
    assert_eq!(receiver.spans().len(), 0);
}

#[test]
fn the_resource_describes_the_service() {
    let receiver = collector();
    let telemetry = to(&receiver.grpc_endpoint())
        .service_version("1.2.3")
        .attribute("deployment.environment.name", "dev")
        .attribute("shard", 7)
        .build()
        .unwrap();
    spans(&telemetry, 1);
    telemetry.shutdown().unwrap();
    let get = |key| resource(&receiver, key);
    assert_eq!(get("service.name"), "tests");
    assert_eq!(get("service.version"), "1.2.3");
    assert_eq!(get("deployment.environment.name"), "dev");
    assert_eq!(get("shard"), "7");
    assert_eq!(get("process.pid"), std::process::id().to_string());
    assert_eq!(get("telemetry.sdk.language"), "rust");
    assert_eq!(get("service.instance.id").len(), 36);
}

#[tokio::test]
async fn the_layer_exports_spans_of_the_callers_subscriber() {
    let receiver = collector();
    let telemetry = to(&receiver.grpc_endpoint())
        .level_for("sqlx", tracing::Level::DEBUG)
        .level_for("noisy", LevelFilter::OFF)
        .build()
        .unwrap();
    let subscriber = tracing_subscriber::registry()
        .with(telemetry.layer())
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::sink));
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("mine").in_scope(|| {
            tracing::debug_span!("too fine").in_scope(|| ());
            tracing::debug_span!(target: "sqlx::query", "asked for").in_scope(|| ());
            tracing::info_span!(target: "noisy", "not wanted").in_scope(|| ());
            tracing::info_span!(target: "hyper_util::client", "not mine").in_scope(|| ());
        });
    });
    telemetry.shutdown().unwrap();
    assert_eq!(span_names(&receiver), ["asked for", "mine"]);
}
