//! Prometheus scrapes the metrics that a collector receives, and views apply to both.

use super::child::{is_child, succeeds};
use super::collector::{collector, metric_names};
use super::to;
use axum::Router;
use axum::routing::get;
use milvus_otel::init::{self, Builder, Telemetry};
use milvus_otel::proto::milvus::{HasCollectionRequest, ShowCollectionsRequest};
use milvus_otel::{Client, OtelLayer};
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_sdk::metrics::{Aggregation, Instrument, Stream};
use prometheus::{Registry, TextEncoder};
use testkit::receiver::{Metric, PointValue};
use testkit::{Fake, Receiver};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const DURATION: &str = "db.client.operation.duration";

/// Telemetry with a reader for Prometheus, and the registry of that.
fn with_prometheus(builder: Builder) -> (Telemetry, Registry) {
    let registry = Registry::new();
    let reader = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .build()
        .unwrap();
    (builder.metric_reader(reader).build().unwrap(), registry)
}

/// Serves the registry as a service does, and fetches the page as Prometheus does.
async fn scrape(registry: &Registry) -> String {
    let registry = registry.clone();
    let page = || async move {
        let families = registry.gather();
        TextEncoder::new().encode_to_string(&families).unwrap()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/metrics", get(page));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = b"GET /metrics HTTP/1.1\r\nhost: service\r\nconnection: close\r\n\r\n";
    connection.write_all(request).await.unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).await.unwrap();
    server.abort();
    assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
    response
}

/// The value of the sample with this name and this label.
fn sample(page: &str, name: &str, label: &str) -> f64 {
    let line = page
        .lines()
        .find(|line| line.starts_with(name) && line.contains(label));
    let line = line.unwrap_or_else(|| panic!("no {name} with {label} in {page}"));
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

fn last(receiver: &Receiver, name: &str) -> Metric {
    let metrics = receiver.metrics();
    let metric = metrics.iter().rfind(|metric| metric.name == name);
    metric.unwrap_or_else(|| panic!("no {name}")).clone()
}

/// Five calls of one operation and two of another, by a client that measures there.
async fn calls(telemetry: &Telemetry) {
    let fake = Fake::scripted();
    let layer = OtelLayer::new()
        .tracer_provider(telemetry.tracer_provider().unwrap())
        .meter_provider(telemetry.meter_provider().unwrap());
    let client = Client::builder("http://milvus.test:19530")
        .service(fake.service())
        .otel(layer)
        .connect_lazy()
        .unwrap();
    let mut raw = client.raw();
    for _ in 0..5 {
        raw.has_collection(HasCollectionRequest::default())
            .await
            .unwrap();
    }
    for _ in 0..2 {
        raw.show_collections(ShowCollectionsRequest::default())
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_and_a_collector_have_the_same_counts() {
    let receiver = collector();
    let (telemetry, registry) = with_prometheus(to(receiver.grpc_endpoint()));
    calls(&telemetry).await;
    let page = scrape(&registry).await;
    telemetry.flush().unwrap();

    let mut counts: Vec<_> = last(&receiver, DURATION)
        .points
        .into_iter()
        .map(|point| {
            let operation = point.attributes["db.operation.name"].to_string();
            (operation, point.value.count().unwrap())
        })
        .collect();
    counts.sort();
    let expected = [("has_collection", 5), ("show_collections", 2)];
    assert_eq!(
        counts,
        expected.map(|(name, count)| (name.to_owned(), count))
    );
    for (operation, count) in expected {
        let label = format!("db_operation_name=\"{operation}\"");
        let scraped = sample(&page, "db_client_operation_duration_seconds_count", &label);
        assert_eq!(scraped, count as f64, "{page}");
    }
    assert!(page.contains("service_name=\"tests\""), "{page}");
    telemetry.shutdown().unwrap();
    let ended = TextEncoder::new().encode_to_string(&registry.gather());
    assert_eq!(ended.unwrap(), "", "a reader that was shut down");
}

#[test]
fn readers_work_without_exporters_of_metrics() {
    const NAME: &str = concat!(
        module_path!(),
        "::readers_work_without_exporters_of_metrics"
    );
    fn check(builder: Builder) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (telemetry, registry) = with_prometheus(builder);
        let page = runtime.block_on(async {
            calls(&telemetry).await;
            scrape(&registry).await
        });
        let name = "db_client_operation_duration_seconds_count";
        assert_eq!(sample(&page, name, "has_collection"), 5.0);
        assert_eq!(telemetry.deliveries().len(), 1, "spans only");
        telemetry.shutdown().unwrap();
    }
    if is_child(NAME) {
        return check(init::from_env());
    }
    let receiver = collector();
    let endpoint = receiver.grpc_endpoint();
    succeeds(
        NAME,
        &[
            ("OTEL_METRICS_EXPORTER", "none"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ],
    );
    check(to(endpoint).metrics(false));
    assert_eq!(metric_names(&receiver), [""; 0]);
    assert_eq!(receiver.spans().len(), 2 * 7);
}

/// Keeps one attribute and sets three buckets.
fn coarse(instrument: &Instrument) -> Option<Stream> {
    if instrument.name() != DURATION {
        return None;
    }
    Stream::builder()
        .with_name("milvus.calls")
        .with_allowed_attribute_keys([opentelemetry::Key::new("db.operation.name")])
        .with_aggregation(Aggregation::ExplicitBucketHistogram {
            boundaries: vec![0.25, 60.0],
            record_min_max: false,
        })
        .build()
        .ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_applies_to_every_reader() {
    let receiver = collector();
    let builder = to(receiver.http_endpoint()).protocol(init::Protocol::HttpProtobuf);
    let dropped = |instrument: &Instrument| {
        let drop = Stream::builder().with_aggregation(Aggregation::Drop);
        (instrument.name() == "noise").then(|| drop.build().unwrap())
    };
    let (telemetry, registry) = with_prometheus(builder.view(coarse).view(dropped));
    calls(&telemetry).await;
    let meter = telemetry.meter_provider().unwrap().meter("test");
    meter.u64_counter("noise").build().add(1, &[]);
    meter.u64_counter("kept").build().add(1, &[]);
    let page = scrape(&registry).await;
    telemetry.flush().unwrap();

    let names = metric_names(&receiver);
    for (name, exported) in [
        ("milvus.calls", true),
        ("kept", true),
        ("noise", false),
        (DURATION, false),
    ] {
        assert_eq!(names.contains(&name.to_owned()), exported, "{names:?}");
        let scraped = page.contains(&format!("\n{}", name.replace('.', "_")));
        assert_eq!(scraped, exported, "{name}: {page}");
    }
    for point in last(&receiver, "milvus.calls").points {
        assert_eq!(point.attributes.len(), 1, "{point:?}");
        let PointValue::Histogram { bounds, min, .. } = &point.value else {
            panic!("{point:?}")
        };
        assert_eq!((&bounds[..], *min), (&[0.25, 60.0][..], None));
    }
    for bucket in ["le=\"0.25\"", "le=\"60\"", "le=\"+Inf\""] {
        assert!(page.contains(bucket), "{bucket}: {page}");
    }
    let samples = page.lines().filter(|line| line.starts_with("milvus_calls"));
    for sample in samples {
        assert!(!sample.contains("server_port"), "{sample}");
    }
    telemetry.shutdown().unwrap();
}

/// The buckets that a variable requests are a default: a histogram with a view is not exported twice.
#[test]
fn a_view_replaces_the_buckets_of_the_environment() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_view_replaces_the_buckets_of_the_environment"
    );
    const BUCKETS: &str = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
    if is_child(NAME) {
        let (telemetry, _registry) = with_prometheus(init::from_env().view(|instrument| {
            let named = instrument.name() == "viewed";
            named.then(|| Stream::builder().with_unit("s").build().unwrap())
        }));
        let [warning] = telemetry.warnings() else {
            panic!("{:?}", telemetry.warnings())
        };
        assert_eq!(warning.variable(), BUCKETS);
        assert!(warning.reason().contains("opentelemetry-prometheus"));
        let meter = telemetry.meter_provider().unwrap().meter("test");
        for name in ["viewed", "other"] {
            let histogram = meter.f64_histogram(name).build();
            histogram.record(1.0, &[KeyValue::new("key", "value")]);
        }
        telemetry.shutdown().unwrap();
        return;
    }
    let receiver = collector();
    succeeds(
        NAME,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.grpc_endpoint()),
            (BUCKETS, "base2_exponential_bucket_histogram"),
        ],
    );
    let mut names = metric_names(&receiver);
    names.sort();
    assert_eq!(names, ["other", "viewed"]);
    let is_exponential = |name| {
        let value = &last(&receiver, name).points[0].value;
        matches!(value, PointValue::Exponential { .. })
    };
    assert_eq!(
        (is_exponential("other"), is_exponential("viewed")),
        (true, false)
    );
}
