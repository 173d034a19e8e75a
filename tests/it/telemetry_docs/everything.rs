//! A run that provokes all there is to emit.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use milvus_otel::client::{ConcurrencyLimit, RetryBudget, RetryPolicy};
use milvus_otel::otel::{AnswerQuality, WeakScore};
use milvus_otel::proto::common::{self, KeyValuePair};
use milvus_otel::proto::milvus::search_request::SearchInput;
use milvus_otel::proto::milvus::{
    CreateCollectionRequest, CreateIndexRequest, DescribeCollectionResponse, FlushRequest,
    GetLoadingProgressResponse, HybridSearchRequest, InsertRequest, MutationResult, QueryRequest,
    SearchRequest, SearchResults,
};
use milvus_otel::proto::schema::{CollectionSchema, DataType, FieldSchema, SearchResultData};
use milvus_otel::{Client, OtelLayer};
use opentelemetry::trace::SpanKind;
use opentelemetry::{KeyValue, Value};
use prost::Message as _;
use testkit::{Fake, Reply};
use tokio_stream::StreamExt;
use tower::Layer;
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::layer::SubscriberExt;

use super::events::{Events, Said};
use super::measured::{Measured, Meters};
use super::noting::Noting;
use super::raw::RawCodec;
use super::spans::{Recorder, attributes};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SpanSort {
    Call,
    Attempt,
    Operation,
}

/// Everything that was emitted.
#[derive(Default)]
pub(crate) struct Everything {
    /// Kinds and names of spans.
    pub(crate) names: BTreeSet<(String, String)>,
    /// The types of the values of spans' attributes, as the registry names them.
    pub(crate) types: BTreeMap<String, &'static str>,
    starts: BTreeMap<SpanSort, BTreeSet<String>>,
    ends: BTreeMap<SpanSort, BTreeSet<String>>,
    pub(crate) measured: BTreeMap<String, Measured>,
    pub(crate) measured_by_default: BTreeSet<String>,
    pub(crate) said: Vec<Said>,
}

impl Everything {
    pub(crate) fn at_start(&self, sort: SpanSort) -> &BTreeSet<String> {
        &self.starts[&sort]
    }

    pub(crate) fn at_end(&self, sort: SpanSort) -> &BTreeSet<String> {
        &self.ends[&sort]
    }

    /// The keys of all attributes, of spans, metrics and logs.
    pub(crate) fn keys(&self) -> BTreeSet<String> {
        let series = self.measured.values().flat_map(|measured| &measured.series);
        let of_metrics = series.flat_map(|series| series.attributes.keys());
        let of_spans = self.ends.values().flatten();
        let of_logs = self.said.iter().flat_map(|said| said.fields.keys());
        // What is no attribute, but what everyone calls it in a log.
        let of_logs =
            of_logs.filter(|key| !["message", "trace_id", "span_id"].contains(&key.as_str()));
        of_spans.chain(of_metrics).chain(of_logs).cloned().collect()
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "boolean",
        Value::I64(_) => "int",
        Value::F64(_) => "double",
        Value::String(_) => "string",
        Value::Array(_) => "string[]",
        other => panic!("{other:?} is of no type that attributes have"),
    }
}

fn sort(kind: &SpanKind, attributes: &BTreeMap<String, String>) -> SpanSort {
    match kind {
        SpanKind::Internal => SpanSort::Operation,
        _ if attributes.contains_key("milvus.attempt.number") => SpanSort::Attempt,
        _ => SpanSort::Call,
    }
}

pub(crate) async fn run() -> Everything {
    let mut everything = Everything::default();
    let (noting, events, meters) = (Noting::default(), Events::default(), Meters::new());
    let recorder = Recorder::sampling(noting.clone());
    let layer = || {
        let layer = meters.on(recorder.layer()).log_calls(true);
        layer.slow_calls(Duration::ZERO)
    };
    let subscriber = tracing_subscriber::registry().with(events.clone());
    let quality = AnswerQuality::new().weak_hits(|_| Some(WeakScore::Below(0.5)));
    provoke(layer().detailed_metrics(true).answer_quality(quality))
        .with_subscriber(subscriber)
        .await;
    for start in noting.starts() {
        let of = sort(&start.kind, &start.attributes);
        let keys = start.attributes.into_keys();
        everything.starts.entry(of).or_default().extend(keys);
    }
    for span in recorder.spans() {
        for KeyValue { key, value, .. } in &span.attributes {
            everything.types.insert(key.to_string(), type_name(value));
        }
        let attributes = attributes(&span);
        let kind = format!("{:?}", span.span_kind).to_uppercase();
        everything.names.insert((kind, span.name.into_owned()));
        let of = sort(&span.span_kind, &attributes);
        everything
            .ends
            .entry(of)
            .or_default()
            .extend(attributes.into_keys());
    }
    everything.measured = meters.read();
    for target in ["milvus_otel::call", "milvus_otel::slow_call"] {
        everything.said.extend(events.of(target));
    }

    let plain = Meters::new();
    provoke(plain.on(OtelLayer::new())).await;
    everything.measured_by_default = plain.read().into_keys().collect();
    everything
}

fn parameter(key: &str, value: &str) -> KeyValuePair {
    KeyValuePair {
        key: key.into(),
        value: value.into(),
    }
}

/// A server that is slow to load, now and then refuses, and says what things cost.
fn server() -> Fake {
    let fake = Fake::scripted();
    let costs = [
        ("report_value", "21"),
        ("scanned_remote_bytes", "4096"),
        ("scanned_total_bytes", "65536"),
        ("cache_hit_ratio", "0.97"),
    ];
    let status = common::Status {
        extra_info: HashMap::from(costs.map(|(key, value)| (key.to_owned(), value.to_owned()))),
        ..Default::default()
    };
    let results = SearchResultData {
        topks: vec![10],
        scores: vec![0.5; 10],
        ..Default::default()
    };
    let found = SearchResults {
        status: Some(status),
        results: Some(results),
        ..Default::default()
    };
    let limited = Reply::failure(8, 49, "too fast");
    let unavailable = Reply::Status(tonic::Code::Unavailable, "not yet".into());
    fake.script("Search", [unavailable, limited, Reply::message(&found)]);
    let written = MutationResult {
        insert_cnt: 1,
        upsert_cnt: 1,
        delete_cnt: 1,
        ..Default::default()
    };
    let busy = common::Status {
        code: 65535,
        retriable: true,
        ..Default::default()
    };
    fake.script("Insert", [Reply::message(&written), Reply::Failure(busy)]);
    let loaded = |progress| {
        Reply::message(&GetLoadingProgressResponse {
            progress,
            ..Default::default()
        })
    };
    fake.script("GetLoadingProgress", [loaded(10), loaded(100)]);
    let gone = Reply::failure(100, 4, "no such collection");
    fake.script("LoadCollection", [Reply::Message(Vec::new()), gone]);
    fake
}

/// What indexes of all kinds take.
const PARAMETERS: &str = r#"{"ef": 64, "nprobe": 16, "radius": 0.8, "range_filter": 0.95, "search_list": 100, "level": 3,
    "reorder_k": 200, "refine_k": 2.0, "drop_ratio_search": 0.2, "itopk_size": 128}"#;

fn vectors() -> Vec<u8> {
    let vectors = common::PlaceholderValue {
        r#type: common::PlaceholderType::FloatVector.into(),
        values: vec![vec![0; 3072].into()],
        ..Default::default()
    };
    let group = common::PlaceholderGroup {
        placeholders: vec![vectors],
    };
    group.encode_to_vec()
}

/// A collection, and an index of it.
async fn create(client: &Client) {
    let mut raw = client.raw();
    let key = FieldSchema {
        name: "id".into(),
        is_primary_key: true,
        data_type: DataType::Int64.into(),
        ..Default::default()
    };
    let vector = FieldSchema {
        name: "embedding".into(),
        data_type: DataType::FloatVector.into(),
        type_params: vec![parameter("dim", "768")],
        ..Default::default()
    };
    let schema = CollectionSchema {
        fields: vec![key, vector],
        ..Default::default()
    };
    let collection = CreateCollectionRequest {
        collection_name: "books".into(),
        schema: schema.encode_to_vec().into(),
        ..Default::default()
    };
    raw.create_collection(collection).await.unwrap();
    let index = CreateIndexRequest {
        collection_name: "books".into(),
        extra_params: vec![
            parameter("index_type", "HNSW"),
            parameter("metric_type", "COSINE"),
        ],
        ..Default::default()
    };
    raw.create_index(index).await.unwrap();
}

/// A stream of one page, with nothing on it.
async fn read(fake: &Fake, client: &Client) {
    let description = DescribeCollectionResponse {
        schema: Some(CollectionSchema::default()),
        ..Default::default()
    };
    fake.answer("DescribeCollection", &description);
    let mut stream = client.query("books").stream();
    assert!(stream.next().await.is_none());
}

async fn provoke(layer: OtelLayer) {
    let fake = server();
    let address = fake.serve().await.unwrap();
    let client = Client::builder(format!("http://localhost:{}", address.port()))
        .otel(layer.clone())
        .retry(RetryPolicy::default().initial_backoff(Duration::from_millis(1)))
        .connect()
        .await
        .unwrap();
    client.load_collection("books").await.unwrap();
    client.load_collection("books").await.unwrap_err();
    client.list_collections().await.unwrap();
    let mut raw = client.raw();
    let search = SearchRequest {
        collection_name: "books".into(),
        partition_names: vec!["classics".into()],
        dsl: "year > 1950".into(),
        nq: 1,
        output_fields: vec!["title".into()],
        search_params: vec![
            parameter("topk", "10"),
            parameter("anns_field", "embedding"),
            parameter("metric_type", "COSINE"),
            parameter("group_by_field", "year"),
            parameter("params", PARAMETERS),
        ],
        search_input: Some(SearchInput::PlaceholderGroup(vectors().into())),
        ..Default::default()
    };
    raw.search(search).await.unwrap();
    let hybrid = HybridSearchRequest {
        collection_name: "books".into(),
        rank_params: vec![parameter("strategy", "rrf")],
        ..Default::default()
    };
    raw.hybrid_search(hybrid).await.unwrap();
    let query = QueryRequest {
        collection_name: "books".into(),
        expr: "id in [1, 2, 3]".into(),
        ..Default::default()
    };
    raw.query(query).await.unwrap();
    create(&client).await;
    read(&fake, &client).await;
    let insert = InsertRequest {
        collection_name: "books".into(),
        num_rows: 1,
        ..Default::default()
    };
    raw.insert(insert.clone()).await.unwrap();
    raw.insert(insert).await.unwrap();
    let flush = FlushRequest {
        collection_names: vec!["books".into(), "films".into()],
        ..Default::default()
    };
    raw.flush(flush).await.unwrap();
    // An RPC that is not in the contract.
    let mut grpc = tonic::client::Grpc::new(
        layer
            .clone()
            .server("localhost", 19530)
            .layer(fake.service()),
    );
    grpc.ready().await.unwrap();
    let path = "/milvus.proto.milvus.MilvusService/Divine".parse().unwrap();
    let request = tonic::Request::new(Vec::new());
    grpc.unary(request, path, RawCodec).await.unwrap_err();
    limits(layer).await;
}

/// A call that waits for its turn, one that is refused, and one that is not repeated.
async fn limits(layer: OtelLayer) {
    let fake = server();
    let slow = Reply::After(Duration::from_millis(50), Box::new(Reply::Message(vec![])));
    fake.script("HasCollection", [slow]);
    let lost = Reply::Status(tonic::Code::Unavailable, "starting".into());
    fake.script("DescribeAlias", [lost]);
    let client = Client::builder("http://localhost:19530")
        .service(fake.service())
        .otel(layer)
        .concurrency(ConcurrencyLimit::new(1).max_waiting(1))
        .retry_budget(RetryBudget::new().share(0.0).per_second(0))
        .connect_lazy()
        .unwrap();
    let call = || client.has_collection("books").into_future();
    let (sent, queued, refused) = tokio::join!(call(), call(), call());
    assert!(sent.is_ok() && queued.is_ok() && refused.unwrap_err().is_overloaded());
    client.describe_alias("books").await.unwrap_err();
}
