//! A run that provokes all there is to emit.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use milvus_otel::proto::common::{self, KeyValuePair};
use milvus_otel::proto::milvus::{
    FlushRequest, GetLoadingProgressResponse, InsertRequest, MutationResult, SearchRequest,
    SearchResults,
};
use milvus_otel::proto::schema::SearchResultData;
use milvus_otel::{Client, OtelLayer, RetryPolicy};
use opentelemetry::trace::SpanKind;
use testkit::{Fake, Reply};
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

    /// The keys of all attributes, of spans and metrics.
    pub(crate) fn keys(&self) -> BTreeSet<String> {
        let series = self.measured.values().flat_map(|measured| &measured.series);
        let of_metrics = series.flat_map(|series| series.attributes.keys());
        let of_spans = self.ends.values().flatten();
        of_spans.chain(of_metrics).cloned().collect()
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
    let layer = || meters.on(recorder.layer()).log_calls(true);
    let subscriber = tracing_subscriber::registry().with(events.clone());
    provoke(layer().detailed_metrics(true))
        .with_subscriber(subscriber)
        .await;
    for start in noting.starts() {
        let of = sort(&start.kind, &start.attributes);
        let keys = start.attributes.into_keys();
        everything.starts.entry(of).or_default().extend(keys);
    }
    for span in recorder.spans() {
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
    everything.said = events.of("milvus_otel::call");

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
    let fake = Fake::new();
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
        search_params: vec![
            parameter("topk", "10"),
            parameter("anns_field", "embedding"),
            parameter("metric_type", "COSINE"),
        ],
        ..Default::default()
    };
    raw.search(search).await.unwrap();
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
    let mut grpc = tonic::client::Grpc::new(layer.server("localhost", 19530).layer(fake.service()));
    grpc.ready().await.unwrap();
    let path = "/milvus.proto.milvus.MilvusService/Divine".parse().unwrap();
    let request = tonic::Request::new(Vec::new());
    grpc.unary(request, path, RawCodec).await.unwrap_err();
}
