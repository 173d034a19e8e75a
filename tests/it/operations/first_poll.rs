//! Operations are futures: they work with everything that takes one.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::{join_all, select, select_all};
use futures::stream::{self, FuturesUnordered};
use milvus_otel::ops::{
    Count, CreateCollection, CreateIndex, Delete, GetLoadState, HybridSearch, InsertStream,
    LoadCollection, Many, Operation, Query, QueryColumns, QueryOne, Search, SearchHits,
    UpsertStream,
};
use milvus_otel::proto::milvus::{HasCollectionRequest, ShowCollectionsRequest};
use milvus_otel::{Filter, Row, search::Ranker};
use opentelemetry::Context;
use opentelemetry::context::FutureExt as _;
use opentelemetry::trace::{TraceContextExt as _, Tracer as _};
use testkit::{Fake, Reply};
use tracing::instrument::WithSubscriber as _;
use tracing::{Instrument as _, info_span};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;

use super::ready;
use super::spans::{Recorder, attributes};

const fn is_future<F: Future + Send + Sync + Unpin + 'static>() {}
const fn is_clone<F: Clone>() {}

const _: () = {
    is_future::<Operation<HasCollectionRequest, bool>>();
    is_future::<Count>();
    is_future::<CreateCollection>();
    is_future::<CreateIndex>();
    is_future::<Delete>();
    is_future::<GetLoadState>();
    is_future::<HybridSearch>();
    is_future::<InsertStream<'static>>();
    is_future::<UpsertStream<'static>>();
    is_future::<QueryOne>();
    is_future::<LoadCollection>();
    is_future::<Query>();
    is_future::<QueryColumns>();
    is_future::<Search>();
    is_future::<Search<Row, Many>>();
    is_future::<SearchHits>();
    is_clone::<Operation<ShowCollectionsRequest, Vec<String>>>();
    is_clone::<Query<serde_json::Value>>();
    is_clone::<QueryOne<serde_json::Value>>();
    is_clone::<Search<serde_json::Value, Many>>();
};

#[tokio::test]
async fn an_operation_can_be_instrumented_with_a_tracing_span() {
    let (fake, recorder) = (ready(), Recorder::new());
    let client = recorder.client(&fake);
    let bridge = tracing_opentelemetry::layer().with_tracer(recorder.tracer());
    async {
        let list = client.list_collections().instrument(info_span!("list"));
        list.await.unwrap();
        let load = client
            .load_collection("books")
            .instrument(info_span!("load"));
        load.await.unwrap();
    }
    .with_subscriber(Registry::default().with(bridge))
    .await;
    let tree = "\
INTERNAL list
  CLIENT show_collections default
INTERNAL load
  INTERNAL Client::load_collection books
    CLIENT load_collection books
    CLIENT get_loading_progress books
    CLIENT get_loading_progress books
";
    assert_eq!(recorder.tree(), tree);
}

#[tokio::test]
async fn the_parent_is_the_context_of_the_first_poll() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let context = |name| Context::current_with_span(recorder.tracer().start(name));
    let made = context("made");
    let has = {
        let _entered = made.clone().attach();
        client.has_collection("books")
    };
    has.with_context(context("awaited")).await.unwrap();
    let by_key = client.delete("books", [1]).primary_key("id");
    by_key.with_context(context("deleted")).await.unwrap();
    drop(made);
    let tree = "\
INTERNAL made
INTERNAL awaited
  CLIENT has_collection books
INTERNAL deleted
  CLIENT delete books
";
    assert_eq!(recorder.tree(), tree);
}

#[tokio::test]
async fn an_operation_can_be_spawned() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let has = tokio::spawn(client.has_collection("books"));
    let drop = tokio::spawn(
        client
            .drop_collection("books")
            .timeout(Duration::from_secs(9)),
    );
    let none: [i64; 0] = [];
    let delete = tokio::spawn(client.delete("books", none));
    let rows = vec![serde_json::json!({ "id": 1 })];
    let insert = tokio::spawn(client.insert("books", rows));
    assert!(!has.await.unwrap().unwrap());
    drop.await.unwrap().unwrap();
    assert_eq!(delete.await.unwrap().unwrap().count, 0);
    let error = insert.await.unwrap().unwrap_err();
    assert_eq!(
        error.operation(),
        "insert",
        "the fake has no such collection"
    );
}

#[tokio::test]
async fn many_operations_run_at_once() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let all = |name: &str| {
        (0..8)
            .map(move |n| format!("{name}{n}"))
            .collect::<Vec<_>>()
    };

    let joined = join_all(all("a").iter().map(|name| client.has_collection(name))).await;
    assert_eq!(joined.len(), 8);
    let buffered = stream::iter(all("b")).map(|name| client.has_collection(name));
    let buffered: Vec<_> = buffered.buffer_unordered(3).collect().await;
    assert_eq!(buffered.len(), 8);
    let unordered: FuturesUnordered<_> = all("c")
        .iter()
        .map(|name| client.drop_collection(name))
        .collect();
    assert_eq!(unordered.count().await, 8);
    let (first, _, others) =
        select_all(all("d").iter().map(|name| client.has_collection(name))).await;
    assert!(!first.unwrap() && others.len() == 7);
    assert_eq!(fake.calls_of("DropCollection").len(), 8);
}

#[tokio::test]
async fn an_operation_polled_by_reference_continues_later() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let answer = || Box::new(Reply::Message(Vec::new()));
    fake.script(
        "HasCollection",
        [Reply::After(Duration::from_millis(50), answer())],
    );
    let mut has = recorder.client(&fake).has_collection("books");
    let early = async { tokio::task::yield_now().await };
    drop(select(&mut has, pin!(early)).await);
    assert!(!has.await.unwrap());
    assert_eq!(fake.calls_of("HasCollection").len(), 1, "the same call");
}

#[tokio::test]
async fn nothing_happens_before_the_first_poll() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    drop(client.drop_collection("books"));
    drop(client.create_collection("books", 5));
    drop(client.insert("books", [serde_json::json!({ "id": 1 })]));
    tokio::task::yield_now().await;
    assert!(fake.calls().is_empty() && recorder.spans().is_empty());
}

#[tokio::test]
async fn a_clone_is_a_separate_operation() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let has = client.has_collection("books");
    let renamed = client.rename_collection("books", "novels");
    for _ in 0..2 {
        assert!(!has.clone().await.unwrap());
        renamed.clone().to_database("library").await.unwrap();
    }
    renamed.await.unwrap();
    has.await.unwrap();
    assert_eq!(fake.calls_of("HasCollection").len(), 3);
    assert_eq!(fake.calls_of("RenameCollection").len(), 3);
    assert_eq!(
        attributes(&recorder.spans()[0])["db.collection.name"],
        "books"
    );
}

fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::pin::Pin::new(future).poll(&mut TaskContext::from_waker(Waker::noop()))
}

fn panics(act: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(act)).unwrap_err();
    panic.downcast_ref::<String>().cloned().unwrap_or_else(|| {
        let text = panic.downcast_ref::<&str>();
        (*text.unwrap()).to_owned()
    })
}

#[tokio::test]
async fn after_its_first_poll_an_operation_is_only_a_future() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script("HasCollection", [Reply::Never]);
    fake.script("Query", [Reply::Never]);
    let client = recorder.client(&fake);
    let started = "the operation has already started";
    let mut has = client.has_collection("books");
    assert!(poll(&mut has).is_pending());
    assert!(panics(|| drop(has.clone())).starts_with(started));
    assert!(panics(|| drop(has.timeout(Duration::from_secs(1)))).starts_with(started));
    let mut query = client.query("books").limit(1);
    assert!(poll(&mut query).is_pending());
    assert!(panics(|| drop(query.clone())).starts_with(started));
    assert!(panics(|| drop(query.columns())).starts_with(started));

    let mut refused = client.has_collection("");
    assert!(poll(&mut refused).is_ready());
    let completed = panics(|| drop(poll(&mut refused)));
    assert_eq!(completed, "the operation was polled after it had completed");
}

#[tokio::test]
async fn a_refused_argument_is_reported_when_the_operation_is_awaited() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let vector = [0.1_f32, 0.2];
    let errors = [
        client
            .search("books", vector)
            .radius(f64::NAN)
            .await
            .unwrap_err(),
        client
            .query("books")
            .limit(0)
            .filter(Filter::new("a > 1"))
            .await
            .unwrap_err(),
        client
            .hybrid_search("books")
            .ranker(Ranker::rrf(60))
            .await
            .unwrap_err(),
        client
            .alter_index_properties("books", "v")
            .property("p", f64::NAN)
            .await
            .unwrap_err(),
        client
            .alter_index_properties("books", "v")
            .await
            .unwrap_err(),
        client.drop_index("books", "").await.unwrap_err(),
        client
            .load_collection("books")
            .replicas(u32::MAX)
            .await
            .unwrap_err(),
        client.count("").await.unwrap_err(),
    ];
    let said = errors.map(|error| {
        assert!(error.is_invalid_argument() && error.rpc().is_none());
        error.to_string()
    });
    assert_eq!(
        said,
        [
            "search \"books\": radius is NaN: it must be a number",
            "query \"books\": limit is 0: it must be at least 1",
            "hybrid_search \"books\": no query vector is given: add .vector(field, vector)",
            "alter_index_properties \"v\" of \"books\": p is NaN: it must be a number",
            "alter_index_properties \"v\" of \"books\": no property to set is given",
            "drop_index \"books\": the index name is empty",
            "load_collection \"books\": replicas is 4294967295: it must be at most 2147483647",
            "count: the collection name is empty",
        ]
    );
    assert!(fake.calls().is_empty() && recorder.spans().is_empty());
}

#[tokio::test]
async fn errors_name_the_method_and_the_rpc() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let gone = || Reply::Status(tonic::Code::PermissionDenied, "not allowed".into());
    for rpc in ["ShowCollections", "Query", "GetVersion", "DescribeIndex"] {
        fake.script(rpc, [gone()]);
    }
    let list = client.list_collections().await.unwrap_err();
    let send = client
        .send(ShowCollectionsRequest::default())
        .await
        .unwrap_err();
    let count = client.count("books").await.unwrap_err();
    let version = client.get_server_version().await.unwrap_err();
    let indexes = client.list_indexes("books").await.unwrap_err();
    for (error, method, rpc) in [
        (list, "list_collections", "show_collections"),
        (send, "send", "show_collections"),
        (count, "count", "query"),
        (version, "get_server_version", "get_version"),
        (indexes, "list_indexes", "describe_index"),
    ] {
        assert_eq!((error.operation(), error.rpc()), (method, Some(rpc)));
        let spans = recorder.spans();
        let span = spans
            .iter()
            .find(|span| Some(span.span_context.span_id()) == error.span_id());
        assert_eq!(attributes(span.unwrap())["db.operation.name"], rpc);
    }
}
