//! Assertions on what a receiver has received, and what they show if they fail.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::time::Duration;

use milvus_otel_testkit::Receiver;
use opentelemetry::logs::{LogRecord as _, Logger as _, LoggerProvider as _};
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{
    Span as _, Status, TraceContextExt as _, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{LogExporter, MetricExporter, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};
use opentelemetry_sdk::trace::SdkTracerProvider;

/// Spans `handler` > `middle` > `search books`, and `other`.
fn send_spans(receiver: &Receiver) {
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(receiver.grpc_endpoint());
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.build().unwrap())
        .build();
    let tracer = provider.tracer("test");
    tracer.start("other").end();
    let handler = Context::new().with_span(tracer.start("handler"));
    let middle = handler.with_span(tracer.start_with_context("middle", &handler));
    let mut search = tracer.start_with_context("search books", &middle);
    search.set_attribute(KeyValue::new("db.system.name", "milvus"));
    search.set_attribute(KeyValue::new("rows", 3));
    search.set_status(Status::error("not there"));
    search.end();
    middle.span().end();
    handler.span().end();
    provider.shutdown().unwrap();
}

/// The message of the panic of a future.
async fn panic_of(future: impl Future<Output: Send + 'static> + Send + 'static) -> String {
    let panic = tokio::spawn(future)
        .await
        .map(drop)
        .unwrap_err()
        .into_panic();
    *panic.downcast::<String>().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_are_checked_in_a_line() {
    let receiver = Receiver::start().unwrap();
    let sender = receiver.clone();
    let sent = tokio::task::spawn_blocking(move || send_spans(&sender));
    // Before it has arrived.
    let handler = receiver.span("handler").await;
    sent.await.unwrap();
    handler.assert_root().assert_ok();
    let middle = receiver.span("middle").await;
    middle.assert_child_of(&handler);
    middle.assert_below(&handler).await;
    let search = receiver.span("search books").await;
    search
        .assert_child_of(&middle)
        .assert_below(&handler)
        .await
        .assert_error();
    search
        .assert_attribute("db.system.name", "milvus")
        .assert_attribute("rows", 3_i64);
    assert_eq!(search.trace().spans.len(), 3);
    let trace = receiver.complete_trace(&handler.trace_id).await;
    assert_eq!(trace.spans.len(), 3);
    assert!(trace.to_string().contains("search books"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_checks_of_spans_show_the_waterfall() {
    let receiver = Receiver::start().unwrap();
    let sender = receiver.clone();
    tokio::task::spawn_blocking(move || send_spans(&sender))
        .await
        .unwrap();
    let (handler, search) = (
        receiver.span("handler").await,
        receiver.span("search books").await,
    );
    let other = receiver.span("other").await;

    let (one, two) = (search.clone(), handler.clone());
    let not_child = panic_of(async move { drop(one.assert_child_of(&two).clone()) }).await;
    let expected = "span \"search books\" is not a child of \"handler\": its parent is \"middle\"; 4 spans were received:\n";
    assert!(not_child.starts_with(expected), "{not_child}");
    for name in ["handler", "middle", "search books", "other"] {
        assert!(not_child.contains(&format!("● {name} ")), "{not_child}");
    }
    let one = search.clone();
    let not_below = panic_of(async move { drop(one.assert_below(&other).await.clone()) }).await;
    assert!(not_below.contains("is not below \"other\""), "{not_below}");
    let one = search.clone();
    let not_root = panic_of(async move { drop(one.assert_root().clone()) }).await;
    assert!(
        not_root.contains("is not a root: its parent is \"middle\""),
        "{not_root}"
    );
    let one = search.clone();
    let wrong = panic_of(async move { drop(one.assert_attribute("rows", "3").clone()) }).await;
    assert!(
        wrong.contains(
            "has not \"rows\" = String(\"3\"): it is Int(3) among {db.system.name=milvus, rows=3}"
        ),
        "{wrong}"
    );
    let failed = panic_of(async move { drop(search.assert_ok().clone()) }).await;
    assert!(failed.contains("failed: Error(\"not there\")"), "{failed}");
    let ok = panic_of(async move { drop(handler.assert_error().clone()) }).await;
    assert!(ok.contains("did not fail"), "{ok}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_span_is_below_another_as_soon_as_those_between_them_have_arrived() {
    let receiver = Receiver::start().unwrap();
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(receiver.grpc_endpoint());
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.build().unwrap())
        .build();
    let tracer = provider.tracer("test");
    let mut handler = tracer.start("handler");
    let context = Context::new().with_remote_span_context(handler.span_context().clone());
    let middle = context.with_span(tracer.start_with_context("middle", &context));
    let mut search = tracer.start_with_context("search books", &middle);
    let end_first = move || {
        search.end();
        handler.end();
    };
    tokio::task::spawn_blocking(end_first).await.unwrap();
    let (handler, search) = (
        receiver.span("handler").await,
        receiver.span("search books").await,
    );
    let soon = receiver.within(Duration::from_millis(50));
    let missing = soon
        .span_where(|span| span.name.starts_with("search"))
        .await;
    let (one, two) = (missing.clone(), handler.clone());
    let not_yet = panic_of(async move { drop(one.assert_below(&two).await.clone()) }).await;
    assert!(not_yet.contains("has not arrived"), "{not_yet}");
    let end_last = move || {
        std::thread::sleep(Duration::from_millis(50));
        middle.span().end();
        provider.shutdown().unwrap();
    };
    let end = tokio::task::spawn_blocking(end_last);
    search.assert_below(&handler).await;
    end.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_of_the_same_name_are_told_apart() {
    let receiver = Receiver::start().unwrap();
    let sender = receiver.clone();
    let send = move || {
        send_spans(&sender);
        send_spans(&sender);
    };
    tokio::task::spawn_blocking(send).await.unwrap();
    let first = receiver.span("handler").await;
    let id = first.span_id.clone();
    let second = receiver.span_where(move |span| span.name == "handler" && span.span_id != id);
    let second = second.await;
    for handler in [&first, &second] {
        let search = receiver.span_below(handler, "search books").await;
        assert_eq!(search.trace_id, handler.trace_id);
    }
    let soon = receiver.within(Duration::from_millis(50));
    let here = soon.clone();
    let missing = panic_of(async move { here.span_below(&second, "other").await }).await;
    let expected = "no span named \"other\" below \"handler\", 50ms after ";
    assert!(missing.starts_with(expected), "{missing}");

    let quiet = Duration::from_millis(50);
    receiver.assert_span_count("handler", 2, quiet).await;
    receiver.assert_span_count("insert books", 0, quiet).await;
    for (count, found) in [(0, 1), (1, 2), (3, 2)] {
        let here = soon.clone();
        let wrong =
            panic_of(async move { here.assert_span_count("handler", count, quiet).await }).await;
        // With more than expected, it need not wait for the others.
        let texts = [found, 2].map(|found| format!("{found} spans named \"handler\", not {count}"));
        assert!(texts.iter().any(|text| wrong.starts_with(text)), "{wrong}");
    }
}

#[tokio::test]
async fn what_does_not_arrive_is_reported_with_the_place_of_the_assertion() {
    let receiver = Receiver::start().unwrap().within(Duration::from_millis(50));
    let here = receiver.clone();
    let missing = panic_of(async move { here.span("search books").await }).await;
    let expected = "no span named \"search books\", 50ms after ";
    assert!(missing.starts_with(expected), "{missing}");
    assert!(
        missing.contains(file!()) && missing.ends_with("; no spans were received"),
        "{missing}"
    );
    let here = receiver.clone();
    let missing = panic_of(async move { here.metric("requests").await }).await;
    assert!(
        missing.contains("no metric named \"requests\"")
            && missing.ends_with("; no metrics were received"),
        "{missing}"
    );
    let here = receiver.clone();
    let missing = panic_of(async move { here.log("found").await }).await;
    assert!(
        missing.contains("no log record with \"found\"")
            && missing.ends_with("; no log records were received"),
        "{missing}"
    );
    let missing = panic_of(async move {
        receiver
            .complete_trace("0af7651916cd43dd8448eb211c80319c")
            .await
    })
    .await;
    assert!(
        missing.starts_with("trace 0af7651916cd43dd8448eb211c80319c is not complete"),
        "{missing}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn measurements_are_counted_over_exports() {
    for temporality in [Temporality::Cumulative, Temporality::Delta] {
        let receiver = Receiver::start().unwrap();
        let endpoint = receiver.grpc_endpoint();
        let exporter = MetricExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint);
        let exporter = exporter.with_temporality(temporality).build().unwrap();
        let reader = PeriodicReader::builder(exporter).build();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        let meter = provider.meter("test");
        let (duration, rows) = (
            meter.f64_histogram("duration").build(),
            meter.u64_counter("rows").build(),
        );
        let (search, insert) = (
            [KeyValue::new("operation", "search")],
            [KeyValue::new("operation", "insert")],
        );
        for _ in 0..2 {
            duration.record(0.5, &search);
            duration.record(1.5, &insert);
            rows.add(10, &insert);
            let provider = provider.clone();
            tokio::task::spawn_blocking(move || provider.force_flush().unwrap())
                .await
                .unwrap();
        }
        let duration = receiver.metric("duration").await;
        duration
            .assert_count(2, &[("operation", "search")])
            .assert_count(4, &[]);
        assert_eq!(duration.total(&[("operation", "insert")]), 3.0);
        let rows = receiver.metric("rows").await;
        assert_eq!(rows.total(&[]), 20.0);
        rows.assert_total(20.0, &[])
            .assert_total(0.0, &[("operation", "search")]);
        let wrong = panic_of(async move { drop(rows.assert_total(21.0, &[]).clone()) }).await;
        assert!(
            wrong.starts_with("metric \"rows\" is 20, not 21, with []; "),
            "{wrong}"
        );
        let wrong =
            panic_of(
                async move { drop(duration.assert_count(3, &[("operation", "search")]).clone()) },
            )
            .await;
        assert!(wrong.starts_with("metric \"duration\" has 2 measurements, not 3, with [(\"operation\", \"search\")]; "), "{wrong}");
        assert!(
            wrong.contains("measurements {operation=search}\n"),
            "{wrong}"
        );
        tokio::task::spawn_blocking(move || provider.shutdown().unwrap())
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_records_are_checked_against_their_span() {
    let receiver = Receiver::start().unwrap();
    let sender = receiver.clone();
    let send = move || {
        send_spans(&sender);
        let exporter = LogExporter::builder()
            .with_tonic()
            .with_endpoint(sender.grpc_endpoint());
        let provider = SdkLoggerProvider::builder()
            .with_simple_exporter(exporter.build().unwrap())
            .build();
        let spans = sender.spans();
        let handler = spans.iter().find(|span| span.name == "handler").unwrap();
        let logger = provider.logger("test");
        let mut record = logger.create_log_record();
        record.set_body("found 3 books".into());
        record.add_attribute("rows", 3);
        let trace = u128::from_str_radix(&handler.trace_id, 16).unwrap();
        let span = u64::from_str_radix(&handler.span_id, 16).unwrap();
        record.set_trace_context(trace.into(), span.into(), None);
        logger.emit(record);
        provider.shutdown().unwrap();
    };
    tokio::task::spawn_blocking(send).await.unwrap();
    let handler = receiver.span("handler").await;
    let log = receiver.log("3 books").await;
    log.assert_in(&handler).assert_attribute("rows", 3_i64);
    let other = receiver.span("other").await;
    let wrong = panic_of(async move { drop(log.assert_in(&other).clone()) }).await;
    assert!(
        wrong.starts_with("log record \"found 3 books\" was not written in the span \"other\", "),
        "{wrong}"
    );
    assert!(wrong.ends_with(" found 3 books\n"), "{wrong}");
}
