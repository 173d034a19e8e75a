//! Every RPC of the contract through `OtelLayer`: one CLIENT span each, with what its request says.

use crate::support::contract;
use crate::support::raw;
use crate::support::spans;

use std::collections::BTreeMap;

use contract::{Contract, Rpc};
use milvus_otel::proto::common;
use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry_sdk::trace::SpanData;
use prost::Message;
use raw::RawCodec;
use spans::{Recorder, attributes, expected, header, traceparent, tree};
use testkit::{Fake, Reply};
use tonic::client::Grpc;
use tower::Layer;

/// The RPCs, each called by its path with an encoded message, and nothing known of it beforehand.
struct Caller {
    fake: Fake,
    recorder: Recorder,
}

impl Caller {
    fn new() -> Self {
        Self {
            fake: Fake::scripted(),
            recorder: Recorder::new(),
        }
    }

    /// Sends one message, reads the answer to its end, and gives the spans that ended.
    async fn call(&self, rpc: &Rpc, message: Vec<u8>) -> Vec<SpanData> {
        let layer = self.recorder.layer().server("milvus.test", 19530);
        let mut grpc = Grpc::new(layer.layer(self.fake.service()));
        grpc.ready().await.unwrap();
        let path = format!("/{}", rpc.method()).parse().unwrap();
        if rpc.client_streams || rpc.server_streams {
            let messages = tonic::Request::new(tokio_stream::once(message));
            let answer = grpc.streaming(messages, path, RawCodec).await.unwrap();
            assert!(self.recorder.spans().is_empty(), "{} ended early", rpc.name);
            let mut answer = answer.into_inner();
            while answer.message().await.unwrap().is_some() {}
        } else {
            let message = tonic::Request::new(message);
            grpc.unary(message, path, RawCodec).await.unwrap();
        }
        self.recorder.take()
    }
}

/// Where the contract, or rpcs.toml where the name is another one, has a name of a database or a collection.
fn path_of(contract: &Contract, rpc: &Rpc, own: &str, names: &[&str]) -> Option<String> {
    rpc.row.get(own).cloned().or_else(|| {
        let fields = contract.fields(&rpc.request);
        let has = |name: &&&str| fields.iter().any(|field| field.name == **name);
        names.iter().find(has).map(|name| (*name).to_owned())
    })
}

const DATABASE: &[&str] = &["db_name", "dbName"];
const COLLECTION: &[&str] = &["collection_name", "collectionName", "collection_names"];

/// `GrantPrivilegeV2` as `grant_privilege_v2`, `BackupRBAC` as `backup_rbac`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let is_lower = |at: usize| letters.get(at).is_some_and(|letter| !letter.is_uppercase());
        if index > 0 && letter.is_uppercase() && (is_lower(index - 1) || is_lower(index + 1)) {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Name and attributes of the span of a successful call.
fn wanted(
    rpc: &Rpc,
    database: Option<&str>,
    collection: Option<&str>,
) -> (String, BTreeMap<String, String>) {
    let (method, operation) = (rpc.method(), snake_case(&rpc.name));
    let target = collection.or(database).unwrap_or("milvus.test:19530");
    let mut attributes = expected([
        ("db.system.name", "milvus"),
        ("rpc.system.name", "grpc"),
        ("server.address", "milvus.test"),
        ("server.port", "19530"),
        ("db.operation.name", operation.as_str()),
        ("rpc.method", &method),
        ("rpc.status_code", "OK"),
    ]);
    attributes.extend(expected(database.map(|name| ("db.namespace", name))));
    attributes.extend(expected(
        collection.map(|name| ("db.collection.name", name)),
    ));
    (format!("{operation} {target}"), attributes)
}

/// Exactly one root CLIENT span of this name and these attributes.
fn assert_one(rpc: &Rpc, spans: &[SpanData], (name, wanted): (String, BTreeMap<String, String>)) {
    let [span] = spans else {
        panic!("{}: {} spans\n{}", rpc.name, spans.len(), tree(spans));
    };
    assert_eq!(span.name, name, "{}", rpc.name);
    assert_eq!(span.span_kind, SpanKind::Client, "{}", rpc.name);
    assert_eq!(span.parent_span_id, SpanId::INVALID, "{}", rpc.name);
    let mut seen = attributes(span);
    // What searches, queries and changes say besides.
    seen.retain(|key, _| !key.starts_with("milvus.") && !key.starts_with("db.query."));
    seen.remove("db.response.returned_rows");
    assert_eq!(seen, wanted, "{}", rpc.name);
}

#[tokio::test]
async fn every_rpc_has_one_span_with_its_objects() {
    let (contract, caller) = (Contract::read(), Caller::new());
    let (mut databases, mut collections) = (0, 0);
    for rpc in &contract.rpcs {
        let database = path_of(&contract, rpc, "database", DATABASE);
        let collection = path_of(&contract, rpc, "collection", COLLECTION);
        databases += usize::from(database.is_some());
        collections += usize::from(collection.is_some());
        // Every other text says where it is from, so that one read by mistake shows.
        let message = contract.fill(&rpc.request, &|path| match Some(path) {
            path if path == database.as_deref() => "library".to_owned(),
            path if path == collection.as_deref() => "books".to_owned(),
            _ => path.to_owned(),
        });
        let spans = caller.call(rpc, message.clone()).await;
        let (database, collection) = (database.map(|_| "library"), collection.map(|_| "books"));
        assert_one(rpc, &spans, wanted(rpc, database, collection));
        assert_eq!(spans[0].status, Status::Unset, "{}", rpc.name);

        let calls = caller.fake.calls();
        let call = calls.last().unwrap();
        assert_eq!(call.rpc, rpc.name);
        let sent = traceparent(&spans[0].span_context, "01");
        assert_eq!(
            header(call, "traceparent"),
            Some(sent.as_str()),
            "{}",
            rpc.name
        );
        assert_eq!(header(call, "tracestate"), None, "{}", rpc.name);
        assert!(!message.is_empty() || contract.fields(&rpc.request).is_empty());
        assert!(call.message == message, "{} was sent otherwise", rpc.name);
    }
    assert_eq!(caller.fake.calls().len(), contract.rpcs.len());
    // That the contract was read at all.
    assert!(contract.rpcs.len() > 140 && databases > 70 && collections > 60);
}

#[tokio::test]
async fn a_request_without_names_has_the_default_database() {
    let (contract, caller) = (Contract::read(), Caller::new());
    for rpc in &contract.rpcs {
        let spans = caller.call(rpc, Vec::new()).await;
        let database = path_of(&contract, rpc, "database", DATABASE).map(|_| "default");
        assert_one(rpc, &spans, wanted(rpc, database, None));
    }
}

#[tokio::test]
async fn a_failure_in_the_answer_fails_the_span_of_every_rpc() {
    let (contract, caller) = (Contract::read(), Caller::new());
    let status = common::Status {
        code: 1100,
        reason: "not like this".into(),
        ..Default::default()
    }
    .encode_to_vec();
    let mut without = Vec::new();
    for rpc in &contract.rpcs {
        let Some(answer) = contract.with_status(rpc, &status) else {
            without.push(rpc.name.as_str());
            continue;
        };
        caller.fake.script(&rpc.name, [Reply::Message(answer)]);
        let spans = caller.call(rpc, Vec::new()).await;
        let database = path_of(&contract, rpc, "database", DATABASE).map(|_| "default");
        let (name, mut attributes) = wanted(rpc, database, None);
        attributes.extend(expected([
            ("db.response.status_code", "1100"),
            ("error.type", "ParameterInvalid"),
        ]));
        assert_one(rpc, &spans, (name, attributes));
        assert_eq!(
            spans[0].status,
            Status::error("not like this"),
            "{}",
            rpc.name
        );
    }
    assert_eq!(
        without,
        ["Dummy", "GetReplicateInfo", "CreateReplicateStream"],
        "answers without a status"
    );
}
