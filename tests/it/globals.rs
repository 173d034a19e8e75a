//! The global tracer provider: absent, installed after the client was built, and replaced. One test, because it is
//! one process's.

use crate::support::child::in_own_process;
use crate::support::spans;

use std::time::Duration;

use milvus_otel::Client;
use opentelemetry::context::FutureExt as _;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::{Context, global};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
use spans::{Recorder, header, incoming, propagator, traceparent};
use testkit::{Fake, Reply};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";

#[tokio::test]
async fn the_client_follows_the_global_provider() {
    in_own_process!("the_client_follows_the_global_provider");
    propagator();
    let fake = Fake::scripted();
    let client = Client::builder("http://milvus.test")
        .service(fake.service())
        .connect_lazy()
        .unwrap();
    let last = || fake.calls().pop().unwrap();

    // Nobody installed one.
    client.has_collection("books").await.unwrap();
    assert_eq!(header(&last(), "traceparent"), None);
    for (came, sent) in [("00", "00"), ("01", "01"), ("03", "01")] {
        let context = incoming(&format!("{PARENT}-{came}"), "vendor=1");
        let call = async { client.has_collection("books").await };
        call.with_context(context).await.unwrap();
        let call = last();
        assert_eq!(
            header(&call, "traceparent"),
            Some(format!("{PARENT}-{sent}").as_str())
        );
        assert_eq!(header(&call, "tracestate"), Some("vendor=1"));
        assert_eq!(header(&call, "baggage"), Some("tenant=acme"));
    }
    fake.script(
        "HasCollection",
        [Reply::failure(100, 4, "gone"), Reply::Message(Vec::new())],
    );
    let failing = async { client.has_collection("books").await };
    let error = failing
        .with_context(incoming(&format!("{PARENT}-01"), ""))
        .await
        .unwrap_err();
    let trace = error.trace_id().map(|id| id.to_string());
    assert_eq!(
        trace.as_deref(),
        Some("0af7651916cd43dd8448eb211c80319c"),
        "the caller's"
    );

    // Installed, shut down, replaced.
    for _ in 0..2 {
        let recorder = Recorder::new();
        global::set_tracer_provider(recorder.provider.clone());
        client.has_collection("books").await.unwrap();
        assert_eq!(recorder.tree(), "CLIENT has_collection books\n");
        let sent = traceparent(&recorder.span().span_context, "01");
        assert_eq!(header(&last(), "traceparent"), Some(sent.as_str()));
        assert_eq!(
            recorder.span().instrumentation_scope.schema_url(),
            Some("https://opentelemetry.io/schemas/1.45.0")
        );
        recorder.provider.shutdown().unwrap();
        client.has_collection("books").await.unwrap();
        assert_eq!(header(&last(), "traceparent"), None);
    }

    // A propagator that writes what Milvus' servers cannot read.
    global::set_text_map_propagator(Verbose);
    client.has_collection("books").await.unwrap();
    assert_eq!(
        header(&last(), "traceparent"),
        Some(format!("{PARENT}-01").as_str())
    );
    assert_eq!(header(&last(), "tracestate"), None);
    assert_eq!(header(&last(), "x-vendor"), Some("as it is"));

    // A connection that was made before there was a meter provider does not count when it goes either.
    let uri = format!("http://{}", fake.serve().await.unwrap());
    let early = Client::connect(uri.as_str()).await.unwrap();
    let exporter = InMemoryMetricExporter::default();
    let meters = SdkMeterProvider::builder()
        .with_periodic_exporter(exporter.clone())
        .build();
    global::set_meter_provider(meters.clone());
    let _late = Client::connect(uri.as_str()).await.unwrap();
    drop(early);
    tokio::time::sleep(Duration::from_millis(200)).await;
    meters.force_flush().unwrap();
    assert_eq!(connections(&exporter), [1]);
}

/// Says more than needed: the random flag, and an empty tracestate.
#[derive(Debug)]
struct Verbose;

impl TextMapPropagator for Verbose {
    fn inject_context(&self, _: &Context, injector: &mut dyn Injector) {
        injector.set("traceparent", format!("{PARENT}-03"));
        injector.set("tracestate", String::new());
        injector.set("X-Vendor", "as it is".to_owned());
    }

    fn extract_with_context(&self, context: &Context, _: &dyn Extractor) -> Context {
        context.clone()
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&[])
    }
}

/// How many connections are open, by pool.
fn connections(exporter: &InMemoryMetricExporter) -> Vec<i64> {
    let exported = exporter.get_finished_metrics().unwrap();
    let metrics = exported
        .iter()
        .flat_map(ResourceMetrics::scope_metrics)
        .flat_map(|scope| scope.metrics());
    metrics
        .filter(|metric| metric.name() == "db.client.connection.count")
        .flat_map(|metric| match metric.data() {
            AggregatedMetrics::I64(MetricData::Sum(sum)) => sum.data_points(),
            other => panic!("{other:?}"),
        })
        .map(|point| point.value())
        .collect()
}
