//! What is measured.

use crate::support::child::in_own_process;
use crate::support::measured;
use crate::support::spans;

use std::collections::BTreeMap;
use std::time::Duration;

use measured::Meters;
use milvus_otel::proto::milvus::{
    HasCollectionRequest, InsertRequest, MutationResult, QueryRequest, QueryResults, SearchRequest,
    SearchResults,
};
use milvus_otel::proto::schema::{
    FieldData, LongArray, ScalarField, SearchResultData, field_data, scalar_field,
};
use milvus_otel::{Client, OtelLayer, client::RetryPolicy};
use opentelemetry::global;
use prost::Message;
use spans::{Recorder, attributes, expected};
use testkit::{Fake, Reply};
use tokio::time::{sleep, timeout};
use tonic::Code;

const MOMENT: Duration = Duration::from_millis(20);

/// A client of the fake that measures here.
fn client(fake: &Fake, meters: &Meters, configure: impl Fn(OtelLayer) -> OtelLayer) -> Client {
    let layer = configure(meters.on(OtelLayer::new()));
    Client::builder("http://milvus.test:19530")
        .service(fake.service())
        .otel(layer)
        .retry(RetryPolicy::default().initial_backoff(Duration::from_millis(1)))
        .connect_lazy()
        .unwrap()
}

/// What calls in flight are told apart by.
fn in_flight(operation: &str) -> BTreeMap<String, String> {
    expected([
        ("server.address", "milvus.test"),
        ("server.port", "19530"),
        ("db.system.name", "milvus"),
        ("db.operation.name", operation),
    ])
}

/// What counters of rows and attempts are told apart by.
fn counted(operation: &str) -> BTreeMap<String, String> {
    let mut all = in_flight(operation);
    all.extend(expected([
        ("db.namespace", "default"),
        ("db.collection.name", "books"),
    ]));
    all
}

#[tokio::test]
async fn returned_rows_are_measured() {
    let (fake, meters) = (Fake::scripted(), Meters::new());
    let results = SearchResultData {
        topks: vec![10, 7],
        ..Default::default()
    };
    let found = SearchResults {
        results: Some(results),
        ..Default::default()
    };
    fake.answer("Search", &found);
    let mut raw = client(&fake, &meters, |layer| layer).raw();
    raw.search(SearchRequest::default()).await.unwrap();
    raw.has_collection(HasCollectionRequest::default())
        .await
        .unwrap();
    let series = meters.only("db.client.response.returned_rows");
    assert_eq!((series.count, series.sum), (1, 17.0));
    assert_eq!(series.attributes["db.operation.name"], "search");
    assert_eq!(
        series.boundaries,
        [
            1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0
        ]
    );
}

#[tokio::test]
async fn an_answer_without_rows_is_measured_as_zero() {
    let (fake, meters, recorder) = (Fake::scripted(), Meters::new(), Recorder::new());
    let client = client(&fake, &meters, |layer| {
        layer.tracer_provider(&recorder.provider)
    });
    let mut raw = client.raw();
    // Nothing, and columns without values.
    raw.query(QueryRequest::default()).await.unwrap();
    fake.answer("Query", &columns(&[], &[]));
    raw.query(QueryRequest::default()).await.unwrap();
    raw.search(SearchRequest::default()).await.unwrap();
    let series = meters.series("db.client.response.returned_rows");
    let counted: Vec<_> = series.iter().map(|one| (one.count, one.sum)).collect();
    assert!(
        counted.contains(&(2, 0.0)) && counted.contains(&(1, 0.0)),
        "{counted:?}"
    );
    for span in recorder.take() {
        assert_eq!(attributes(&span)["db.response.returned_rows"], "0");
    }

    // Values that are not counted, and failures, say nothing of how many there are.
    fake.answer("Query", &columns(&[], &[0.5]));
    raw.query(QueryRequest::default()).await.unwrap();
    fake.script("Query", [Reply::failure(1100, 5, "no")]);
    raw.query(QueryRequest::default()).await.unwrap();
    for span in recorder.take() {
        assert!(!attributes(&span).contains_key("db.response.returned_rows"));
    }
    // Of a key and a vector, the key counts.
    fake.answer("Query", &columns(&[7, 8], &[0.5, 1.5, 2.5, 3.5]));
    raw.query(QueryRequest::default()).await.unwrap();
    assert_eq!(
        attributes(&recorder.span())["db.response.returned_rows"],
        "2"
    );
}

fn columns(keys: &[i64], floats: &[f32]) -> QueryResults {
    let column = |data| FieldData {
        field: Some(field_data::Field::Scalars(ScalarField { data: Some(data) })),
        ..Default::default()
    };
    let keys = LongArray {
        data: keys.to_vec(),
    };
    QueryResults {
        fields_data: vec![
            column(scalar_field::Data::LongData(keys)),
            column(scalar_field::Data::FloatData(floats.to_vec().into())),
        ],
        ..Default::default()
    }
}

/// A rate is told from the first value on, so there is one before the first retry and the first row.
#[tokio::test]
async fn counters_exist_from_zero() {
    let (fake, meters) = (Fake::scripted(), Meters::new());
    let mut raw = client(&fake, &meters, |layer| layer).raw();
    let request = InsertRequest {
        collection_name: "books".into(),
        ..Default::default()
    };
    raw.insert(request).await.unwrap();
    for name in ["retries", "rate_limited", "rows.inserted"] {
        let series = meters.only(&format!("milvus.client.{name}"));
        assert_eq!((series.sum, series.attributes), (0.0, counted("insert")));
    }
    assert_eq!(meters.series("milvus.client.rows.deleted"), []);
}

#[tokio::test]
async fn written_rows_are_counted() {
    let (fake, meters) = (Fake::scripted(), Meters::new());
    let result = MutationResult {
        insert_cnt: 5,
        upsert_cnt: 3,
        delete_cnt: 2,
        ..Default::default()
    };
    fake.answer("Insert", &result);
    let mut raw = client(&fake, &meters, |layer| layer).raw();
    for _ in 0..2 {
        let request = InsertRequest {
            collection_name: "books".into(),
            ..Default::default()
        };
        raw.insert(request).await.unwrap();
    }
    for (what, rows) in [("inserted", 10.0), ("upserted", 6.0), ("deleted", 4.0)] {
        let series = meters.only(&format!("milvus.client.rows.{what}"));
        assert_eq!((series.sum, series.attributes), (rows, counted("insert")));
    }
}

#[tokio::test]
async fn retries_and_rate_limits_are_counted() {
    let (fake, meters) = (Fake::scripted(), Meters::new());
    let limited = || Reply::failure(8, 49, "too fast");
    let unavailable = Reply::Status(Code::Unavailable, String::new());
    let replies = [
        limited(),
        unavailable,
        limited(),
        Reply::Message(Vec::new()),
    ];
    fake.script("HasCollection", replies);
    let client = client(&fake, &meters, |layer| layer);
    client.has_collection("books").await.unwrap();
    client.has_collection("books").await.unwrap();
    for (name, count) in [("retries", 3.0), ("rate_limited", 2.0)] {
        let series = meters.only(&format!("milvus.client.{name}"));
        assert_eq!(series.sum, count, "{name}");
        assert_eq!(series.attributes, counted("has_collection"));
    }
    // A call is one, however often it is sent.
    let calls = meters.only("db.client.operation.duration");
    assert_eq!(calls.count, 2);
}

#[tokio::test]
async fn sizes_and_calls_in_flight_are_measured_on_request() {
    let (fake, meters) = (Fake::scripted(), Meters::new());
    let detailed = client(&fake, &meters, |layer| layer.detailed_metrics(true));
    let request = HasCollectionRequest {
        collection_name: "books".into(),
        ..Default::default()
    };
    let result = MutationResult::default();
    fake.answer("HasCollection", &result);
    let mut raw = detailed.raw();
    raw.has_collection(request.clone()).await.unwrap();
    // With gRPC's prefix of 5 bytes.
    let sent = meters.only("milvus.client.request.size");
    assert_eq!(
        (sent.count, sent.sum),
        (1, (request.encoded_len() + 5) as f64)
    );
    let received = meters.only("milvus.client.response.size");
    assert_eq!((received.count, received.sum), (1, 5.0));
    assert_eq!(received.attributes["rpc.status_code"], "OK");

    fake.script("HasCollection", [Reply::Never]);
    let calls = [detailed.has_collection("a"), detailed.has_collection("b")];
    let calls = calls.map(tokio::spawn);
    while fake.calls().len() < 3 {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(meters.total("milvus.client.active_requests"), 2.0);
    for call in calls {
        call.abort();
        call.await.unwrap_err();
    }
    let active = meters.only("milvus.client.active_requests");
    assert_eq!(
        (active.sum, active.attributes),
        (0.0, in_flight("has_collection"))
    );
    // Failed ones, and one that nobody knows, go the same way.
    fake.script("HasCollection", [Reply::failure(100, 4, "gone")]);
    detailed.has_collection("a").await.unwrap_err();
    assert_eq!(meters.only("milvus.client.active_requests").sum, 0.0);

    let plain = Meters::new();
    client(&fake, &plain, |layer| layer)
        .has_collection("books")
        .await
        .unwrap_err();
    let names: Vec<String> = plain.read().into_keys().collect();
    assert_eq!(
        names,
        [
            "db.client.operation.duration",
            "milvus.client.rate_limited",
            "milvus.client.retries",
            "rpc.client.call.duration"
        ]
    );
}

#[tokio::test]
async fn every_call_is_in_its_time_series() {
    let (fake, meters) = (Fake::scripted(), Meters::new());
    let layer = meters.on(OtelLayer::new());
    let at = |host| {
        Client::builder(host)
            .service(fake.service())
            .otel(layer.clone())
            .connect_lazy()
            .unwrap()
    };
    // Two clients with one provider: what is kept from call to call is each one's own.
    let (near, far) = (at("http://near.test"), at("http://far.test"));
    for _ in 0..3 {
        near.has_collection("a").await.unwrap();
        near.has_collection("b").await.unwrap();
        far.has_collection("a").await.unwrap();
        far.has_collection("a").await.unwrap();
    }
    for _ in 0..2 {
        fake.script("HasCollection", [Reply::failure(1100, 5, "bad")]);
        near.has_collection("a").await.unwrap_err();
    }
    let of = |series: &measured::Series| {
        let attribute = |key| series.attributes.get(key).cloned().unwrap_or_default();
        let keys = ["server.address", "db.collection.name", "error.type"];
        (keys.map(attribute).join(" "), series.count)
    };
    let mut counts: Vec<_> = meters.read()["db.client.operation.duration"]
        .series
        .iter()
        .map(of)
        .collect();
    counts.sort();
    let wanted = [
        ("far.test a ", 6),
        ("near.test a ", 3),
        ("near.test a ParameterInvalid", 2),
        ("near.test b ", 3),
    ];
    assert_eq!(counts, wanted.map(|(of, count)| (of.to_owned(), count)));
}

#[tokio::test]
async fn collection_names_are_mapped_in_metrics() {
    type Map = fn(&str) -> Option<String>;
    let kind: Map = |name| name.split('_').next().map(str::to_owned);
    let none: Map = |_| None;
    for (map, wanted) in [
        (None, vec![Some("books_2024"), Some("books_2025")]),
        (Some(kind), vec![Some("books")]),
        (Some(none), vec![None]),
    ] {
        let (fake, meters, recorder) = (Fake::scripted(), Meters::new(), Recorder::new());
        let mut layer = meters.on(recorder.layer());
        if let Some(map) = map {
            layer = layer.metric_collections(map);
        }
        let builder = Client::builder("http://milvus.test").service(fake.service());
        let client = builder.otel(layer).connect_lazy().unwrap();
        for name in ["books_2024", "books_2025"] {
            client.has_collection(name).await.unwrap();
        }
        let series = meters.series("db.client.operation.duration");
        let mut names: Vec<_> = series
            .iter()
            .map(|series| {
                series
                    .attributes
                    .get("db.collection.name")
                    .map(String::as_str)
            })
            .collect();
        names.sort_unstable();
        assert_eq!(names, wanted);
        let spans: Vec<_> = recorder.spans().into_iter().map(|span| span.name).collect();
        let named = ["has_collection books_2024", "has_collection books_2025"];
        assert_eq!(spans, named, "spans keep the names");
    }
}

/// Until the background has done its part.
async fn becomes(what: impl Fn() -> f64, wanted: f64) {
    for _ in 0..500 {
        if what() == wanted {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{} and not {wanted}", what());
}

#[tokio::test]
async fn connections_are_counted() {
    let (fake, meters) = (Fake::scripted(), Meters::new());
    let address = fake.serve().await.unwrap();
    let uri = format!("http://localhost:{}", address.port());
    let layer = meters.on(OtelLayer::new());
    let client = Client::builder(&uri).otel(layer).connect_lazy().unwrap();
    assert_eq!(meters.series("db.client.connection.count"), []);
    let calls = [client.has_collection("a"), client.has_collection("b")];
    let [a, b] = calls.map(IntoFuture::into_future);
    let (a, b) = tokio::join!(a, b);
    assert!(!a.unwrap() && !b.unwrap());
    let pool = uri.trim_start_matches("http://");
    let pool = [("db.client.connection.pool.name", pool)];
    let used = [pool[0], ("db.client.connection.state", "used")];
    let open = meters.only("db.client.connection.count");
    assert_eq!((open.sum, open.attributes), (1.0, expected(used)));
    let made = meters.only("db.client.connection.create_time");
    assert_eq!((made.count, &made.attributes), (1, &expected(pool)));
    assert!(made.sum > 0.0);
    let pending = meters.only("db.client.connection.pending_requests");
    assert_eq!((pending.sum, pending.attributes), (0.0, expected(pool)));
    drop(client);
    becomes(|| meters.total("db.client.connection.count"), 0.0).await;
}

#[tokio::test]
async fn requests_that_wait_for_a_connection_are_counted() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let meters = Meters::new();
    let client = Client::builder(format!("http://{address}"))
        .otel(meters.on(OtelLayer::new()))
        .retry(RetryPolicy::never())
        .connect_lazy()
        .unwrap();
    client.has_collection("books").await.unwrap_err();
    let _dropped = timeout(Duration::ZERO, client.has_collection("books")).await;
    let pending = meters.only("db.client.connection.pending_requests");
    assert_eq!(pending.sum, 0.0);
    assert_eq!(meters.series("db.client.connection.count"), []);
    assert_eq!(meters.series("db.client.connection.create_time"), []);
}

#[tokio::test]
async fn a_meter_provider_installed_later_is_used() {
    in_own_process!("a_meter_provider_installed_later_is_used");
    let fake = Fake::scripted();
    let address = fake.serve().await.unwrap();
    let uri = format!("http://{address}");
    let early = Client::builder(&uri).connect_lazy().unwrap();
    early.has_collection("books").await.unwrap();

    let meters = Meters::new();
    global::set_meter_provider(meters.provider.clone());
    assert!(
        meters.read().is_empty(),
        "nothing is measured after the fact"
    );
    early.has_collection("books").await.unwrap();
    assert_eq!(meters.only("db.client.operation.duration").count, 1);
    let late = Client::builder(&uri).connect_lazy().unwrap();
    late.has_collection("books").await.unwrap();
    assert_eq!(meters.total("db.client.connection.count"), 1.0);
    // The end of a connection that was not counted takes nothing off.
    drop(early);
    sleep(MOMENT * 5).await;
    assert_eq!(meters.total("db.client.connection.count"), 1.0);

    // Another in its place: the connection goes where it came from.
    let next = Meters::new();
    global::set_meter_provider(next.provider.clone());
    late.has_collection("books").await.unwrap();
    assert_eq!(next.only("db.client.operation.duration").count, 1);
    assert_eq!(meters.only("db.client.operation.duration").count, 2);
    drop(late);
    becomes(|| meters.total("db.client.connection.count"), 0.0).await;
    assert_eq!(next.series("db.client.connection.count"), []);
}
