//! The client's operations: what they send, what they make of the answers, and the spans over those that make several
//! calls.

mod answers;
pub(crate) mod documented;
mod first_poll;
mod indexes;
mod metadata;
mod one;
mod passwords;
mod refusals;
mod rows;
mod several;
mod typed_results;
mod waits;
use crate::support::spans;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use milvus_otel::ops::Progress;
use milvus_otel::proto::common::IndexState;
use milvus_otel::proto::milvus::{
    DescribeIndexResponse, GetLoadingProgressResponse, IndexDescription,
};
use milvus_otel::{Client, Field, Index, Metric, Schema};
use opentelemetry::Context;
use opentelemetry::context::FutureExt as _;
use opentelemetry::trace::{SpanKind, TraceContextExt as _, Tracer as _};
use spans::{Recorder, attributes, expected, header, incoming};
use testkit::{Fake, Reply};

fn loaded(progress: i64) -> Reply {
    Reply::message(&GetLoadingProgressResponse {
        progress,
        refresh_progress: progress,
        ..Default::default()
    })
}

fn indexed(field: &str, state: IndexState, rows: i64) -> Reply {
    let index = IndexDescription {
        field_name: field.into(),
        state: state.into(),
        indexed_rows: rows,
        total_rows: 100,
        index_state_fail_reason: "out of memory".into(),
        ..Default::default()
    };
    Reply::message(&DescribeIndexResponse {
        index_descriptions: vec![index],
        ..Default::default()
    })
}

/// A fake that indexes `vector` at once and loads in three steps.
fn ready() -> Fake {
    let fake = Fake::scripted();
    fake.script(
        "DescribeIndex",
        [indexed("vector", IndexState::Finished, 100)],
    );
    fake.script("GetLoadingProgress", [loaded(10), loaded(60), loaded(100)]);
    fake
}

#[tokio::test(start_paused = true)]
async fn the_quick_form_creates_indexes_and_loads_under_one_span() {
    let (fake, recorder) = (ready(), Recorder::new());
    recorder
        .client(&fake)
        .create_collection("books", 5)
        .await
        .unwrap();
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL Client::create_collection books
  CLIENT create_collection books
  INTERNAL Client::create_index books
    CLIENT create_index books
    CLIENT describe_index books
  INTERNAL Client::load_collection books
    CLIENT load_collection books
    CLIENT get_loading_progress books
    CLIENT get_loading_progress books
"
    );
    // Of the questions in between the server is told, but not to record them.
    let asked = fake.calls_of("GetLoadingProgress");
    let flags = asked.iter().map(|call| {
        let sent = header(call, "traceparent").unwrap();
        sent.rsplit('-').next().unwrap()
    });
    assert_eq!(flags.collect::<Vec<_>>(), ["01", "00", "00", "01"]);
    for span in recorder.spans() {
        if span.span_kind == SpanKind::Internal {
            // No call to a database itself: it says neither db.system.name nor db.operation.name.
            let (operation, _) = span.name.split_once(' ').unwrap();
            let operation = operation.strip_prefix("Client::").unwrap();
            let mut wanted = expected([
                ("milvus.operation.name", operation),
                ("db.namespace", "default"),
                ("db.collection.name", "books"),
            ]);
            let polls = match operation {
                "create_index" => Some("1"),
                "load_collection" => Some("4"),
                _ => None,
            };
            wanted.extend(expected(polls.map(|polls| ("milvus.poll.count", polls))));
            assert_eq!(attributes(&span), wanted);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_schema_is_indexed_and_loaded_only_if_it_has_indexes() {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("vector", 5))
        .build()
        .unwrap();
    let (fake, recorder) = (ready(), Recorder::new());
    let client = recorder.client(&fake);
    client
        .create_collection("books", schema.clone())
        .await
        .unwrap();
    assert_eq!(recorder.tree(), "CLIENT create_collection books\n");

    recorder.take();
    fake.script("GetLoadingProgress", [loaded(100)]);
    let index = Index::hnsw(Metric::Cosine, 16, 200);
    client
        .create_collection("books", schema)
        .index("vector", index)
        .await
        .unwrap();
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL Client::create_collection books
  CLIENT create_collection books
  INTERNAL Client::create_index books
    CLIENT create_index books
    CLIENT describe_index books
  INTERNAL Client::load_collection books
    CLIENT load_collection books
    CLIENT get_loading_progress books
"
    );
}

#[tokio::test(start_paused = true)]
async fn loading_reports_its_progress() {
    let (fake, recorder) = (ready(), Recorder::new());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let reports = Arc::clone(&seen);
    let report = move |progress: Progress| reports.lock().unwrap().push(progress.percent());
    let client = recorder.client(&fake);
    client
        .load_collection("books")
        .progress(report)
        .await
        .unwrap();
    assert_eq!(*seen.lock().unwrap(), [10, 60, 100]);

    recorder.take();
    client.load_collection("books").wait(false).await.unwrap();
    assert_eq!(recorder.tree(), "CLIENT load_collection books\n");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_times_out_reports_the_progress() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script("GetLoadingProgress", [loaded(10), loaded(60)]);
    fake.script(
        "DescribeIndex",
        [indexed("vector", IndexState::InProgress, 40)],
    );
    let client = recorder.client(&fake);
    let ten = Duration::from_secs(10);
    let load = client.load_collection("books").timeout(ten).await;
    let index = client
        .create_index("books", "vector", Index::auto(Metric::L2))
        .timeout(ten)
        .await;
    for (result, operation, message) in [
        (
            load,
            "load_collection",
            "timed out after 10s: loaded 60 %; the server continues the work",
        ),
        (
            index,
            "create_index",
            "timed out after 10s: indexed 40 of 100 rows; the server continues the work",
        ),
    ] {
        let error = result.unwrap_err();
        assert!(error.is_timeout() && error.may_have_happened());
        assert_eq!(error.message(), message);
        assert_eq!(error.collection(), Some("books"));
        let spans = recorder.spans();
        let failed: Vec<_> = spans
            .iter()
            .filter(|span| attributes(span).contains_key("error.type"))
            .filter(|span| span.name == format!("Client::{operation} books"))
            .collect();
        let [span] = failed[..] else {
            panic!("{}", recorder.tree());
        };
        assert_eq!(span.span_kind, SpanKind::Internal);
        assert_eq!(span.status, opentelemetry::trace::Status::error(message));
        assert_eq!(attributes(span)["error.type"], "DEADLINE_EXCEEDED");
        assert_eq!(error.trace_id(), Some(span.span_context.trace_id()));
        assert_eq!(error.span_id(), Some(span.span_context.span_id()));
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_without_a_span_does_not_change_the_span_of_its_caller() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script("GetLoadingProgress", [loaded(10), loaded(100)]);
    let client = Client::builder("http://milvus.test")
        .service(fake.service())
        .connect_lazy()
        .unwrap();
    let span = recorder.tracer().start("app");
    let load = client.load_collection("books");
    load.with_context(Context::current_with_span(span))
        .await
        .unwrap();
    let attributes = attributes(&recorder.span());
    assert!(attributes.is_empty(), "{attributes:?}");
}

#[tokio::test(start_paused = true)]
async fn the_error_of_an_unsampled_operation_has_its_trace_id() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script("GetLoadingProgress", [loaded(10)]);
    let load = recorder.client(&fake).load_collection("books");
    let load = load.timeout(Duration::from_secs(1));
    let context = incoming(
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "",
    );
    let parent = context.span().span_context().clone();
    let error = load.with_context(context).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.trace_id(), Some(parent.trace_id()));
    assert_eq!(error.span_id(), Some(parent.span_id()));
    assert_eq!(recorder.tree(), "");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_covers_all_steps() {
    let (fake, recorder) = (ready(), Recorder::new());
    let slow = Reply::After(Duration::from_secs(4), Box::new(Reply::Message(Vec::new())));
    for rpc in ["CreateCollection", "CreateIndex", "LoadCollection"] {
        fake.script(rpc, [slow.clone()]);
    }
    let begun = tokio::time::Instant::now();
    let create = recorder.client(&fake).create_collection("books", 5);
    let error = create.timeout(Duration::from_secs(10)).await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 10);
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.operation(), "create_collection");
    assert_eq!(
        error.rpc(),
        Some("load_collection"),
        "the step it stopped at"
    );
    assert!(error.message().starts_with("load: "), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_failed_step_fails_the_span_of_its_operation() {
    let (fake, recorder) = (ready(), Recorder::new());
    fake.script("CreateIndex", [Reply::failure(1100, 5, "no such metric")]);
    let client = recorder.client(&fake);
    let error = client.create_collection("books", 5).await.unwrap_err();
    assert_eq!(error.operation(), "create_collection");
    assert_eq!(error.rpc(), Some("create_index"));
    assert_eq!(error.message(), r#"index on "vector": no such metric"#);
    let tree = "\
INTERNAL Client::create_collection books error: index on \"vector\": no such metric
  CLIENT create_collection books
  INTERNAL Client::create_index books error: no such metric
    CLIENT create_index books error: no such metric
";
    assert_eq!(recorder.tree(), tree);
    let spans = recorder.take();
    assert_eq!(
        error.span_id(),
        Some(spans[3].span_context.span_id()),
        "the call's"
    );
    for span in [&spans[0], &spans[2], &spans[3]] {
        assert_eq!(attributes(span)["error.type"], "ParameterInvalid");
    }

    fake.script("CreateIndex", [Reply::Message(Vec::new())]);
    fake.script("DescribeIndex", [indexed("vector", IndexState::Failed, 7)]);
    let index = Index::auto(Metric::L2);
    let error = client
        .create_index("books", "vector", index)
        .await
        .unwrap_err();
    let message = "the index on \"vector\" failed: out of memory";
    assert_eq!(error.message(), message);
    assert_eq!(
        recorder.tree(),
        format!(
            "INTERNAL Client::create_index books error: {message}\n  \
             CLIENT create_index books\n  CLIENT describe_index books\n"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn a_dropped_operation_ends_all_its_spans() {
    let (fake, recorder) = (ready(), Recorder::new());
    fake.script("LoadCollection", [Reply::Never]);
    let client = recorder.client(&fake);
    let create = client.create_collection("books", 5);
    tokio::time::timeout(Duration::from_secs(5), create)
        .await
        .unwrap_err();
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL Client::create_collection books error: the caller stopped waiting
  CLIENT create_collection books
  INTERNAL Client::create_index books
    CLIENT create_index books
    CLIENT describe_index books
  INTERNAL Client::load_collection books error: the caller stopped waiting
    CLIENT load_collection books error: the caller stopped waiting
"
    );
}

#[tokio::test]
async fn an_empty_name_is_refused_before_anything_is_sent() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client: Client = recorder.client(&fake);
    let index = Index::auto(Metric::L2);
    for (operation, error) in [
        ("has_collection", client.has_collection("").await.err()),
        ("drop_collection", client.drop_collection("").await.err()),
        (
            "describe_collection",
            client.describe_collection("").await.err(),
        ),
        ("load_collection", client.load_collection("").await.err()),
        (
            "release_collection",
            client.release_collection("").await.err(),
        ),
        ("get_load_state", client.get_load_state("").await.err()),
        (
            "rename_collection",
            client.rename_collection("", "new").await.err(),
        ),
        (
            "create_collection",
            client.create_collection("", 5).await.err(),
        ),
        (
            "create_index",
            client.create_index("", "vector", index).await.err(),
        ),
    ] {
        let error = error.unwrap();
        assert!(
            error.is_invalid_argument() && error.attempts() == 0,
            "{error:?}"
        );
        let said = error.to_string();
        let wanted = format!("{operation}: the collection name is empty");
        assert!(said.starts_with(&wanted), "{said}");
    }
    let error = client.create_collection("books", 0).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "create_collection \"books\": dimension is 0: Milvus allows 1 to 32768"
    );
    let error = client.rename_collection("books", "").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "rename_collection \"books\": the new name is empty"
    );
    assert!(fake.calls().is_empty());
    let client_spans = recorder.spans().into_iter();
    assert_eq!(
        client_spans
            .filter(|span| span.span_kind == SpanKind::Client)
            .count(),
        0
    );
    assert!(recorder.spans().is_empty(), "what was refused is no call");
}
