//! pymilvus and this client, both connected to one fake Milvus.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use milvus_otel::Client;
use milvus_otel::proto::common::{KeyValuePair, ServerInfo};
use milvus_otel::proto::milvus::{
    ConnectResponse, DescribeCollectionResponse, HybridSearchRequest, QueryRequest, SearchRequest,
};
use milvus_otel::proto::schema::{CollectionSchema, DataType, FieldSchema, FunctionScore};
use prost::Message;
use serde_json::Value as Json;
use testkit::Fake;

pub(crate) struct Both {
    pub(crate) fake: Fake,
    pub(crate) client: Client,
    process: Child,
    pieces: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Both {
    pub(crate) async fn connect() -> Option<Self> {
        let fake = Fake::scripted();
        let server_info = ServerInfo {
            build_tags: "v3.0.0".into(),
            ..ServerInfo::default()
        };
        fake.answer(
            "Connect",
            &ConnectResponse {
                server_info: Some(server_info),
                identifier: 7,
                ..ConnectResponse::default()
            },
        );
        let field = |name: &str, data_type: DataType| FieldSchema {
            name: name.into(),
            data_type: data_type as i32,
            is_primary_key: name == "id",
            ..FieldSchema::default()
        };
        let mut vector = field("v", DataType::FloatVector);
        vector.type_params.push(KeyValuePair {
            key: "dim".into(),
            value: "2".into(),
        });
        let schema = CollectionSchema {
            name: "books".into(),
            fields: vec![field("id", DataType::Int64), vector],
            enable_dynamic_field: true,
            ..CollectionSchema::default()
        };
        fake.answer(
            "DescribeCollection",
            &DescribeCollectionResponse {
                schema: Some(schema),
                collection_id: 4711,
                collection_name: "books".into(),
                ..DescribeCollectionResponse::default()
            },
        );
        let uri = format!("http://{}", fake.serve().await.unwrap());
        let mut command = testkit::require(testkit::pymilvus(include_str!("client.py")))?;
        command
            .arg(uri)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let client = Client::builder("http://fake:19530")
            .service(fake.service())
            .connect()
            .await
            .unwrap();
        Some(Self {
            fake,
            client,
            pieces: process.stdin.take().unwrap(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            process,
        })
    }

    /// Runs code in pymilvus, and returns its error.
    pub(crate) fn run(&mut self, python: &str) -> Option<String> {
        writeln!(self.pieces, "{}", Json::from(python)).unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer)
            .unwrap_or_else(|error| panic!("pymilvus ended: {error}, {answer:?} to {python}"))
    }

    /// Runs code in pymilvus, and returns the request that it sends.
    pub(crate) fn sent_by<T: Message + Default>(&mut self, rpc: &str, python: &str) -> T {
        let before = self.fake.calls_of(rpc).len();
        let failure = self.run(python);
        let calls = self.fake.calls_of(rpc);
        assert_eq!(calls.len(), before + 1, "{python}: {failure:?}");
        self.last(rpc)
    }

    /// The last request.
    pub(crate) fn last<T: Message + Default>(&self, rpc: &str) -> T {
        let calls = self.fake.calls_of(rpc);
        T::decode(calls.last().unwrap().message.as_slice()).unwrap()
    }
}

impl Drop for Both {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Parameters by name. JSON is parsed, so that spaces do not matter, and default values are removed.
pub(crate) type Parameters = BTreeMap<String, Json>;

const DEFAULTS: [(&str, &str); 3] = [
    ("round_decimal", "-1"),
    ("ignore_growing", "False"),
    ("reduce_stop_for_best", "False"),
];

pub(crate) fn parameters(pairs: &mut Vec<KeyValuePair>) -> Parameters {
    let count = pairs.len();
    let known: Parameters = pairs
        .drain(..)
        .map(|pair| {
            let json = serde_json::from_str(&pair.value).ok();
            let json = json.filter(|json: &Json| json.is_array() || json.is_object());
            (pair.key, json.unwrap_or_else(|| pair.value.into()))
        })
        .collect();
    assert_eq!(known.len(), count, "something is said twice");
    let said = |(key, value): &(String, Json)| {
        let value = value.as_str().unwrap_or_default();
        !DEFAULTS.contains(&(key.as_str(), value))
    };
    known.into_iter().filter(said).collect()
}

fn score(score: &mut Option<FunctionScore>) -> Vec<Parameters> {
    let Some(score) = score else {
        return Vec::new();
    };
    let functions = score.functions.iter_mut();
    let mut all: Vec<Parameters> = functions
        .map(|function| parameters(&mut function.params))
        .collect();
    all.push(parameters(&mut score.params));
    all
}

/// Normalises a request, so that equivalent ones are equal.
pub(crate) type Comparable<T> = (T, Vec<Parameters>);

pub(crate) fn search(mut request: SearchRequest) -> Comparable<SearchRequest> {
    let mut all = vec![parameters(&mut request.search_params)];
    all.extend(score(&mut request.function_score));
    if let Some(highlighter) = &mut request.highlighter {
        all.push(parameters(&mut highlighter.params));
    }
    (request, all)
}

pub(crate) fn hybrid(mut request: HybridSearchRequest) -> Comparable<HybridSearchRequest> {
    let mut all = vec![parameters(&mut request.rank_params)];
    all.extend(score(&mut request.function_score));
    for sub in std::mem::take(&mut request.requests) {
        let (sub, parameters) = search(sub);
        request.requests.push(sub);
        all.extend(parameters);
    }
    (request, all)
}

pub(crate) fn query(mut request: QueryRequest) -> Comparable<QueryRequest> {
    let all = vec![parameters(&mut request.query_params)];
    (request, all)
}
