//! What a span is from its start.

use std::collections::BTreeMap;

use milvus_otel::proto::milvus::{
    DumpMessagesRequest, GetVersionRequest, HasCollectionRequest, QueryRequest, SearchRequest,
    SearchResults, ShowCollectionsRequest,
};
use milvus_otel::proto::schema::SearchResultData;
use opentelemetry::trace::SpanKind;
use opentelemetry_sdk::trace::SpanData;
use testkit::{Fake, Reply};
use tower::Layer;

use super::clients::Side;
use super::measured::Meters;
use super::noting::Noting;
use super::raw::RawCodec;
use super::spans::{Recorder, attributes, expected};

/// Four calls: a search, a stream, one that gRPC fails and one that Milvus fails.
async fn four(side: Side, recorder: &Recorder) -> Vec<SpanData> {
    let fake = Fake::scripted();
    fake.answer(
        "Search",
        &SearchResults {
            results: Some(SearchResultData {
                num_queries: 1,
                topks: vec![7],
                ..Default::default()
            }),
            ..Default::default()
        },
    );
    fake.script(
        "HasCollection",
        [Reply::Status(tonic::Code::NotFound, "who?".into())],
    );
    fake.script("Query", [Reply::failure(100, 4, "no such collection")]);
    let mut api = side.api(recorder.layer(), fake.service());
    let search = SearchRequest {
        db_name: "library".into(),
        collection_name: "books".into(),
        dsl: "year > 1950".into(),
        ..Default::default()
    };
    api.search(search).await.unwrap();
    let dump = DumpMessagesRequest::default();
    let mut stream = api.dump_messages(dump).await.unwrap().into_inner();
    while stream.message().await.unwrap().is_some() {}
    api.has_books().await.unwrap_err();
    let query = QueryRequest {
        collection_name: "books".into(),
        ..Default::default()
    };
    api.query(query).await.unwrap();
    let spans = recorder.take();
    assert_eq!(spans.len(), 4, "one span for each call");
    spans
}

/// The attributes whose keys begin so.
fn of(span: &SpanData, prefixes: &[&str]) -> BTreeMap<String, String> {
    let mut all = attributes(span);
    all.retain(|key, _| prefixes.iter().any(|prefix| key.starts_with(prefix)));
    all
}

pub(super) async fn kind(side: Side) {
    for span in four(side, &Recorder::new()).await {
        assert_eq!(span.span_kind, SpanKind::Client, "{}", span.name);
    }
}

pub(super) async fn rpc_names(side: Side) {
    const METHODS: [(&str, &str); 4] = [
        ("milvus.proto.milvus.MilvusService/Search", "OK"),
        ("milvus.proto.milvus.MilvusService/DumpMessages", "OK"),
        (
            "milvus.proto.milvus.MilvusService/HasCollection",
            "NOT_FOUND",
        ),
        ("milvus.proto.milvus.MilvusService/Query", "OK"),
    ];
    let spans = four(side, &Recorder::new()).await;
    for (span, (method, code)) in spans.iter().zip(METHODS) {
        let wanted = expected([
            ("rpc.system.name", "grpc"),
            ("rpc.method", method),
            ("rpc.status_code", code),
            ("server.address", "milvus.test"),
            ("server.port", "19530"),
        ]);
        assert_eq!(of(span, &["rpc.", "server.", "network."]), wanted);
    }
}

pub(super) async fn db_names(side: Side) {
    // Beside these are `milvus.*`, and `db.response.returned_rows`, which the conventions have in development.
    let rows: [&[(&str, &str)]; 4] = [
        &[
            ("db.system.name", "milvus"),
            ("db.namespace", "library"),
            ("db.collection.name", "books"),
            ("db.operation.name", "search"),
            ("db.query.text", "year > ?"),
            ("db.response.returned_rows", "7"),
        ],
        &[
            ("db.system.name", "milvus"),
            ("db.operation.name", "dump_messages"),
        ],
        &[
            ("db.system.name", "milvus"),
            ("db.namespace", "default"),
            ("db.collection.name", "books"),
            ("db.operation.name", "has_collection"),
            ("db.response.status_code", "NOT_FOUND"),
        ],
        &[
            ("db.system.name", "milvus"),
            ("db.namespace", "default"),
            ("db.collection.name", "books"),
            ("db.operation.name", "query"),
            ("db.response.status_code", "100"),
        ],
    ];
    let spans = four(side, &Recorder::new()).await;
    for (span, wanted) in spans.iter().zip(rows) {
        assert_eq!(of(span, &["db."]), expected(wanted.iter().copied()));
    }
    // Anything else is ours, or of the conventions under another name.
    for key in spans.iter().flat_map(|span| attributes(span).into_keys()) {
        let known = ["db.", "rpc.", "server.", "milvus.", "error.type"];
        assert!(known.iter().any(|known| key.starts_with(known)), "{key}");
    }
}

pub(super) async fn one_span(side: Side) {
    for span in four(side, &Recorder::new()).await {
        let keys = attributes(&span);
        for key in [
            "db.system.name",
            "db.operation.name",
            "rpc.system.name",
            "rpc.method",
        ] {
            assert!(keys.contains_key(key), "{key} is not on {}", span.name);
        }
    }
}

pub(super) async fn names(side: Side) {
    let recorder = Recorder::new();
    let mut api = side.api(
        recorder.layer().database("library"),
        Fake::scripted().service(),
    );
    api.has_books().await.unwrap();
    api.has_collection(HasCollectionRequest::default())
        .await
        .unwrap();
    let named = HasCollectionRequest {
        db_name: "Archive".into(),
        collection_name: "BÜCHER".into(),
        ..Default::default()
    };
    api.has_collection(named).await.unwrap();
    api.show_collections(ShowCollectionsRequest::default())
        .await
        .unwrap();
    api.get_version(GetVersionRequest::default()).await.unwrap();
    let names: Vec<_> = recorder.take().into_iter().map(|span| span.name).collect();
    assert_eq!(
        names,
        [
            "has_collection books",
            "has_collection library",
            "has_collection BÜCHER",
            "show_collections library",
            "get_version milvus.test:19530",
        ]
    );
    if side == Side::Bare {
        // No generated client has an RPC that is not in the contract.
        let layer = recorder.layer().server("milvus.test", 19530);
        let mut grpc = tonic::client::Grpc::new(layer.layer(Fake::scripted().service()));
        grpc.ready().await.unwrap();
        let request = tonic::Request::new(Vec::new());
        let path = "/milvus.proto.milvus.MilvusService/Divine".parse().unwrap();
        grpc.unary(request, path, RawCodec).await.unwrap_err();
        let span = recorder.span();
        assert_eq!(span.name, "grpc");
        assert_eq!(attributes(&span)["rpc.method"], "_OTHER");
    }
}

pub(super) async fn server(side: Side) {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let there = fake.serve().await.unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    for address in [there, nobody] {
        let mut api = side.over_tcp(recorder.layer(), address);
        let _answer =
            tokio::time::timeout(std::time::Duration::from_millis(500), api.has_books()).await;
        let span = recorder.take().remove(0);
        let wanted = [("server.address", "localhost")];
        let port = address.port().to_string();
        let mut wanted = expected(wanted);
        wanted.extend(expected([("server.port", port.as_str())]));
        assert_eq!(of(&span, &["server."]), wanted);
    }
    assert_eq!(fake.calls_of("HasCollection").len(), 1);
}

pub(super) async fn peer(side: Side) {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let address = fake.serve().await.unwrap();
    let mut api = side.over_tcp(recorder.layer(), address);
    api.has_books().await.unwrap();
    let port = address.port().to_string();
    assert_eq!(
        of(&recorder.span(), &["network."]),
        expected([
            ("network.peer.address", "127.0.0.1"),
            ("network.peer.port", port.as_str()),
        ])
    );
}

pub(super) async fn sampling(side: Side) {
    let noting = Noting::default();
    four(side, &Recorder::sampling(noting.clone())).await;
    let start = noting.starts().remove(0);
    assert_eq!(start.name, "search books");
    assert_eq!(start.kind, SpanKind::Client);
    let mut seen = start.attributes;
    seen.retain(|key, _| !key.starts_with("milvus."));
    assert_eq!(
        seen,
        expected([
            ("db.system.name", "milvus"),
            ("db.namespace", "library"),
            ("db.collection.name", "books"),
            ("db.operation.name", "search"),
            ("db.query.text", "year > ?"),
            ("rpc.system.name", "grpc"),
            ("rpc.method", "milvus.proto.milvus.MilvusService/Search"),
            ("server.address", "milvus.test"),
            ("server.port", "19530"),
        ])
    );
}

pub(super) async fn scope(side: Side) {
    const NAME: &str = "milvus-otel";
    const SCHEMA: &str = "https://opentelemetry.io/schemas/1.45.0";
    let (recorder, meters) = (Recorder::new(), Meters::new());
    let mut api = side.api(meters.on(recorder.layer()), Fake::scripted().service());
    api.has_books().await.unwrap();
    let scope = recorder.span().instrumentation_scope;
    let version = Some(env!("CARGO_PKG_VERSION"));
    assert_eq!(scope.name(), NAME);
    assert_eq!(
        (scope.version(), scope.schema_url()),
        (version, Some(SCHEMA))
    );
    let measured = meters.read();
    assert!(!measured.is_empty());
    for measured in measured.values() {
        let (name, of, schema) = &measured.scope;
        assert_eq!((name.as_str(), of.as_deref()), (NAME, version));
        assert_eq!(schema.as_deref(), Some(SCHEMA), "{}", measured.name);
    }
}
