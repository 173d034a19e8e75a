//! The events of calls: those that failed, and those that were slow.

use crate::support::events;
use crate::support::measured;
use crate::support::spans;

use std::collections::HashMap;
use std::time::Duration;

use events::Events;
use measured::Meters;
use milvus_otel::otel::SlowCalls;
use milvus_otel::proto::common::{self, KeyValuePair};
use milvus_otel::proto::milvus::{SearchRequest, SearchResults};
use milvus_otel::proto::schema::SearchResultData;
use milvus_otel::{Client, OtelLayer, client::RetryPolicy};
use spans::{Recorder, attributes, expected};
use testkit::{Fake, Reply};
use tracing::Level;
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::layer::SubscriberExt;

const MOMENT: Duration = Duration::from_millis(20);

#[tokio::test]
async fn every_call_is_logged_at_its_level() {
    let (fake, recorder, events) = (Fake::scripted(), Recorder::new(), Events::default());
    let limited = || Reply::failure(8, 49, "too fast");
    let gone = Reply::failure(100, 4, "gone");
    fake.script(
        "HasCollection",
        [limited(), Reply::Message(Vec::new()), gone.clone()],
    );
    let subscriber = || tracing_subscriber::registry().with(events.clone());
    let unread = Meters::new();
    let builder = |logged| {
        let layer = unread.on(recorder.layer()).log_calls(logged);
        let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(1));
        let builder = Client::builder("http://milvus.test").service(fake.service());
        builder.otel(layer).retry(policy).connect_lazy().unwrap()
    };
    let client = builder(true);
    let call = async { client.has_collection("books").await };
    call.with_subscriber(subscriber()).await.unwrap();
    let call = async { client.has_collection("books").await };
    call.with_subscriber(subscriber()).await.unwrap_err();
    let said = events.of("milvus_otel::call");
    let spans: Vec<_> = recorder
        .spans()
        .into_iter()
        .filter(|span| span.name == "has_collection books")
        .collect();
    assert_eq!(said.len(), 2);
    for (said, span) in said.iter().zip(&spans) {
        let mut fields = said.fields.clone();
        let took: f64 = fields
            .remove("milvus.call.duration")
            .unwrap()
            .parse()
            .unwrap();
        let of_span = span.end_time.duration_since(span.start_time).unwrap();
        assert_eq!(took, of_span.as_secs_f64(), "one clock");
        assert_eq!(said.span, span.span_context, "correlated");
        let attributes = attributes(span);
        for (key, value) in &fields {
            match key.as_str() {
                "message" | "exception.type" | "exception.message" => {}
                key => assert_eq!(attributes.get(key), Some(value), "{key} as on the span"),
            }
        }
    }
    let names = said.iter().map(|said| (said.level, said.name));
    assert_eq!(
        names.collect::<Vec<_>>(),
        [
            (Level::DEBUG, "milvus.client.call"),
            (Level::WARN, "db.client.operation.exception"),
        ]
    );
    let [fine, failed] = said.try_into().unwrap();
    assert_eq!(fine.fields["milvus.resend_count"], "1");
    for (key, value) in [
        ("message", "call failed"),
        ("exception.type", "CollectionNotFound"),
        ("exception.message", "gone"),
        ("error.type", "CollectionNotFound"),
        ("db.response.status_code", "100"),
        ("db.system.name", "milvus"),
        ("db.operation.name", "has_collection"),
        ("db.namespace", "default"),
        ("db.collection.name", "books"),
        ("server.address", "milvus.test"),
        ("server.port", "19530"),
        ("rpc.status_code", "OK"),
    ] {
        assert_eq!(failed.fields[key], value, "{key}");
    }

    // Off unless asked for.
    let client = builder(false);
    let call = async { client.has_collection("books").await };
    call.with_subscriber(subscriber()).await.unwrap_err();
    assert_eq!(events.of("milvus_otel::call").len(), 2);
}

/// Everything that tells why a call was slow, in one place.
#[tokio::test]
async fn slow_calls_are_logged() {
    let (fake, recorder, events) = (Fake::scripted(), Recorder::new(), Events::default());
    let status = common::Status {
        extra_info: HashMap::from([("report_value".to_owned(), "21".to_owned())]),
        ..Default::default()
    };
    let found = SearchResults {
        status: Some(status),
        results: Some(SearchResultData {
            topks: vec![7],
            ..Default::default()
        }),
        ..Default::default()
    };
    let slow = Reply::After(MOMENT, Box::new(Reply::message(&found)));
    fake.script("Search", [Reply::message(&found), slow]);
    let threshold = MOMENT / 2;
    let layer = recorder
        .layer()
        .slow_calls(SlowCalls::by_operation(move |operation| {
            (operation == "search").then_some(threshold)
        }));
    let client = recorder.builder(&fake).otel(layer).connect_lazy().unwrap();
    let parameter = |key: &str, value: &str| KeyValuePair {
        key: key.into(),
        value: value.into(),
    };
    let request = SearchRequest {
        collection_name: "books".into(),
        dsl: "year > 1950".into(),
        nq: 2,
        search_params: vec![
            parameter("topk", "10"),
            parameter("params", r#"{"ef": 64, "radius": 0.5}"#),
        ],
        ..Default::default()
    };
    let subscriber = tracing_subscriber::registry().with(events.clone());
    async {
        let mut raw = client.raw();
        for _ in 0..2 {
            raw.search(request.clone()).await.unwrap();
        }
        // Another operation, which is never slow.
        fake.script(
            "HasCollection",
            [Reply::After(MOMENT, Box::new(Reply::Message(Vec::new())))],
        );
        client.has_collection("books").await.unwrap();
    }
    .with_subscriber(subscriber)
    .await;
    let mut said = events.of("milvus_otel::slow_call");
    // A machine that does nothing else for a while makes the first one slow too.
    let said = said.pop().unwrap();
    assert_eq!(
        (said.name, said.level),
        ("milvus.client.slow_call", Level::WARN)
    );
    let spans = recorder.spans();
    let span = spans
        .iter()
        .rfind(|span| span.name == "search books")
        .unwrap();
    assert_eq!(said.span, span.span_context);
    let mut fields = said.fields;
    let took: f64 = fields
        .remove("milvus.call.duration")
        .unwrap()
        .parse()
        .unwrap();
    assert!(took >= MOMENT.as_secs_f64());
    assert_eq!(
        fields,
        expected([
            ("message", "call was slow"),
            (
                "milvus.slow_call.threshold",
                &threshold.as_secs_f64().to_string()
            ),
            ("trace_id", &span.span_context.trace_id().to_string()),
            ("span_id", &span.span_context.span_id().to_string()),
            ("db.operation.name", "search"),
            ("db.namespace", "default"),
            ("db.collection.name", "books"),
            ("db.query.text", "year > ?"),
            ("db.response.returned_rows", "7"),
            ("server.address", "milvus.test"),
            ("server.port", "19530"),
            ("rpc.status_code", "OK"),
            ("milvus.search.nq", "2"),
            ("milvus.search.top_k", "10"),
            ("milvus.search.parameters", "ef=64, radius=0.5"),
            ("milvus.consistency_level", "Strong"),
            ("milvus.cost.report_value", "21.0"),
        ])
    );
    // Without an SDK too.
    let events = Events::default();
    let meters = Meters::new();
    let layer = meters.on(OtelLayer::new().slow_calls(Duration::ZERO));
    let client = Client::builder("http://milvus.test")
        .service(fake.service())
        .otel(layer)
        .connect_lazy()
        .unwrap();
    let call = async { client.has_collection("books").await };
    let subscriber = tracing_subscriber::registry().with(events.clone());
    call.with_subscriber(subscriber).await.unwrap();
    assert_eq!(events.of("milvus_otel::slow_call").len(), 1);
}
