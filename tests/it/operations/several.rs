//! Spans over operations that make several calls: writes, reads by key, streams.

use milvus_otel::proto::milvus::{DescribeCollectionResponse, QueryResults};
use milvus_otel::proto::schema::{
    CollectionSchema, DataType, FieldData, FieldSchema, LongArray, ScalarField, field_data,
    scalar_field,
};
use milvus_otel::{Client, Row};
use opentelemetry::Context;
use opentelemetry::context::FutureExt;
use opentelemetry::trace::{Status, TraceContextExt, Tracer};
use opentelemetry_sdk::trace::SpanData;
use testkit::{Fake, Reply};
use tokio_stream::StreamExt;

use super::spans::{Recorder, attributes, expected};

/// A server with a collection that has nothing but a key.
pub(super) fn keyed() -> Fake {
    let fake = Fake::scripted();
    let key = FieldSchema {
        name: "id".into(),
        is_primary_key: true,
        data_type: DataType::Int64.into(),
        field_id: 100,
        ..Default::default()
    };
    let description = DescribeCollectionResponse {
        schema: Some(CollectionSchema {
            name: "books".into(),
            fields: vec![key],
            ..Default::default()
        }),
        // Servers that say when a schema changed are asked for it once.
        update_timestamp: 1,
        collection_id: 7,
        collection_name: "books".into(),
        ..Default::default()
    };
    fake.answer("DescribeCollection", &description);
    fake
}

pub(super) fn rows(keys: &[i64]) -> Reply {
    let keys = LongArray {
        data: keys.to_vec(),
    };
    let column = FieldData {
        r#type: DataType::Int64.into(),
        field_name: "id".into(),
        field: Some(field_data::Field::Scalars(ScalarField {
            data: Some(scalar_field::Data::LongData(keys)),
        })),
        ..Default::default()
    };
    Reply::message(&QueryResults {
        fields_data: vec![column],
        output_fields: vec!["id".into()],
        primary_field_name: "id".into(),
        ..Default::default()
    })
}

async fn insert(client: &Client) {
    let row = serde_json::json!({ "id": 1 });
    client.insert("books", [row]).await.unwrap();
}

#[tokio::test]
async fn a_write_without_a_cached_schema_has_two_calls_under_one_span() {
    let (fake, recorder) = (keyed(), Recorder::new());
    let client = recorder.client(&fake);
    insert(&client).await;
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL Client::insert books
  CLIENT describe_collection books
  CLIENT insert books
"
    );
    recorder.take();
    insert(&client).await;
    assert_eq!(recorder.tree(), "CLIENT insert books\n", "a single call");
}

#[tokio::test]
async fn reads_and_deletes_by_key() {
    let (fake, recorder) = (keyed(), Recorder::new());
    fake.script("Query", [rows(&[1])]);
    let client = recorder.client(&fake);
    let found: Vec<Row> = client.get("books", [1]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL Client::get books
  CLIENT describe_collection books
  CLIENT query books
"
    );
    let (fake, recorder) = (keyed(), Recorder::new());
    let failed = || Reply::failure(1100, 5, "cannot delete id in [4711]");
    fake.script("Delete", [Reply::Message(Vec::new()), failed()]);
    let client = recorder.client(&fake);
    client.delete("books", [4711]).await.unwrap();
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL Client::delete books
  CLIENT describe_collection books
  CLIENT delete books
"
    );
    // The call alone says what the server said, without the keys.
    let (fake, recorder) = (keyed(), Recorder::new());
    fake.script("Delete", [failed()]);
    let client = recorder.client(&fake);
    client.delete("books", [4711]).await.unwrap_err();
    let spans = recorder.spans();
    let shown = format!("{spans:?}");
    assert!(!shown.contains("4711"), "{shown}");
    let operation = &spans[0];
    assert_eq!(operation.name, "Client::delete books");
    assert_eq!(operation.status, Status::error(""));
    assert_eq!(attributes(operation)["error.type"], "ParameterInvalid");
}

fn stream_span(recorder: &Recorder) -> SpanData {
    let spans = recorder.spans();
    let mut streams = spans
        .into_iter()
        .filter(|span| span.name == "Client::query_stream books");
    let stream = streams.next().unwrap();
    assert!(streams.next().is_none(), "one for all pages");
    stream
}

fn pages(recorder: &Recorder) -> Vec<String> {
    let queries = recorder
        .spans()
        .into_iter()
        .filter(|span| span.name == "query books");
    queries
        .map(|span| attributes(&span).remove("milvus.page.number").unwrap())
        .collect()
}

/// Made in one span, polled in another, and read in part by a third.
#[tokio::test]
async fn a_stream_has_one_span_with_the_context_of_its_first_poll() {
    let (fake, recorder) = (keyed(), Recorder::new());
    fake.script(
        "Query",
        [rows(&[1, 2]), rows(&[3, 4]), rows(&[5]), rows(&[])],
    );
    let client = recorder.client(&fake);
    let span = |name| Context::current_with_span(recorder.tracer().start(name));
    let made = async { client.query("books").stream().batch_size(2) };
    let mut stream = made.with_context(span("made")).await;
    assert!(!recorder.tree().contains("CLIENT"), "not asked for yet");
    let first = stream.next().with_context(span("read")).await;
    assert!(first.unwrap().is_ok());
    let rest = async {
        let mut rows = 1;
        while let Some(row) = stream.next().await {
            row.unwrap();
            rows += 1;
        }
        rows
    };
    assert_eq!(rest.with_context(span("read on")).await, 5);
    let mut spans = recorder.spans();
    spans.retain(|span| span.name != "made" && span.name != "read on");
    assert_eq!(
        super::spans::tree(&spans),
        "\
INTERNAL read
  INTERNAL Client::query_stream books
    CLIENT describe_collection books
    CLIENT query books
    CLIENT query books
    CLIENT query books
    CLIENT query books
"
    );
    assert_eq!(pages(&recorder), ["1", "2", "3", "4"]);
    assert_eq!(
        attributes(&stream_span(&recorder)),
        expected([
            ("milvus.operation.name", "query_stream"),
            ("db.namespace", "default"),
            ("db.collection.name", "books"),
            ("milvus.stream.pages", "4"),
            ("milvus.stream.rows", "5"),
        ])
    );
}

#[tokio::test]
async fn a_stream_polled_without_a_span_has_the_context_of_its_creation() {
    let (fake, recorder) = (keyed(), Recorder::new());
    fake.script("Query", [rows(&[1, 2]), rows(&[])]);
    let client = recorder.client(&fake);
    let context = Context::current_with_span(recorder.tracer().start("made"));
    let id = context.span().span_context().span_id();
    let made = async { client.query("books").stream() };
    let mut stream = made.with_context(context).await;
    let read = tokio::spawn(async move {
        while let Some(row) = stream.next().await {
            row.unwrap();
        }
    });
    read.await.unwrap();
    assert_eq!(stream_span(&recorder).parent_span_id, id);
}

#[tokio::test]
async fn a_stream_ends_with_its_failure_or_when_it_is_dropped() {
    let (fake, recorder) = (keyed(), Recorder::new());
    let refused = Reply::failure(1100, 5, "cannot parse id > 4711");
    fake.script("Query", [rows(&[4710, 4711]), refused]);
    let client = recorder.client(&fake);
    let mut stream = client.query("books").stream().batch_size(2);
    let mut failed = None;
    while let Some(row) = stream.next().await {
        failed = row.err();
    }
    assert!(failed.unwrap().is_invalid_argument());
    let span = stream_span(&recorder);
    assert_eq!(span.status, Status::error(""));
    assert_eq!(attributes(&span)["error.type"], "ParameterInvalid");
    assert_eq!(attributes(&span)["milvus.stream.rows"], "2");
    for span in recorder.spans() {
        let shown = format!("{:?} {:?} {:?}", span.attributes, span.status, span.events);
        assert!(!shown.contains("4711"), "{shown}");
    }

    let (fake, recorder) = (keyed(), Recorder::new());
    fake.script("Query", [rows(&[1, 2]), Reply::Never]);
    let mut stream = recorder.client(&fake).query("books").stream().batch_size(2);
    stream.next().await.unwrap().unwrap();
    while fake.calls_of("Query").len() < 2 {
        tokio::task::yield_now().await;
    }
    drop(stream);
    // The page that was on its way is part of it, and ends first.
    while recorder.spans().len() < 4 {
        tokio::task::yield_now().await;
    }
    let span = stream_span(&recorder);
    assert_eq!(span.status, Status::Unset);
    assert_eq!(attributes(&span)["milvus.stream.rows"], "1");
    assert_eq!(attributes(&span)["milvus.stream.pages"], "2");
    assert_eq!(recorder.check_times(), 3);
}
