//! Results of operations can be made by other crates, as a double of the client in their tests needs, and are
//! serialized in the shapes that readers of JSON expect.

use std::time::{Duration, SystemTime};

use milvus_otel::data::{SparseVector, Table, Value};
use milvus_otel::ops::{
    AliasInfo, CallStats, ClientCommand, Cluster, CollectionInfo, CompactionPlan,
    CompactionProgress, CompactionState, CompactionTaskState, ConnectedClient, DatabaseInfo,
    Deleted, FileResource, Health, IndexInfo, IndexState, LoadState, LoadedSegmentInfo, LogMessage,
    LogPosition, NodeInfo, OperationStats, Privilege, PrivilegeGrant, PrivilegeGroup, Progress,
    RefreshJob, RefreshState, ReplicaInfo, ReplicationCheckpoint, ReplicationConfig,
    ReplicationInfo, ResourceGroupConfig, ResourceGroupInfo, RestoreJob, RestoreState, RoleInfo,
    SegmentInfo, SegmentLevel, SegmentState, ServerInfo, ShardInfo, SnapshotInfo, Stats, Token,
    UserInfo, Written,
};
use milvus_otel::search::{AggregationBucket, AggregationHit, Highlight, Hits};
use milvus_otel::{Client, Consistency, Error, Field, Hit, Id, Metric, Row, Schema};
use serde_json::{Value as Json, json};

fn value(result: impl serde::Serialize) -> Json {
    serde_json::to_value(result).unwrap()
}

/// Sets fields of a result that other crates cannot write as a literal.
macro_rules! with {
    ($type:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let mut made = $type::default();
        $(made.$field = $value;)*
        made
    }};
}

#[test]
fn hits_and_rows_are_made_of_values() {
    let hit = Hit::new(1, 0.5)
        .with_field("title", "Dune")
        .with_field("year", 1965)
        .with_field("embedding", [0.5_f32, 0.25])
        .with_field("tags", ["sand", "worms"])
        .with_field("words", SparseVector::from([(7, 0.5)]))
        .with_field("subtitle", None::<&str>);
    let expected = json!({ "id": 1, "score": 0.5, "entity": {
        "title": "Dune", "year": 1965, "embedding": [0.5, 0.25], "tags": ["sand", "worms"], "words": { "7": 0.5 },
        "subtitle": null } });
    assert_eq!(value(&hit), expected);
    let mut element = hit
        .clone()
        .with_group("year", 1965)
        .with_highlight(Highlight::new("title", ["<em>Dune</em>"]));
    element.element = Some(2);
    let written = value(&element);
    assert_eq!(written["groups"], json!({ "year": 1965 }));
    assert_eq!(
        written["highlights"],
        json!([{ "field": "title", "fragments": ["<em>Dune</em>"] }])
    );
    assert_eq!(written["element"], 2);

    let hits: Hits = [hit.clone(), element].into_iter().collect();
    assert_eq!(hits.counts(), [2]);
    assert_eq!(hits.ids(), [Id::Int(1), Id::Int(1)]);
    assert_eq!(value(&hits)[0][1]["entity"], expected["entity"]);
    let bucket = AggregationBucket::new([("lang", "en")], 7)
        .with_metric("mean", 0.5)
        .with_hit(AggregationHit::new("a", 0.5).with_field("title", "Emma"))
        .with_sub_group(AggregationBucket::new([("year", 1815)], 1));
    let buckets = Hits::default().with_buckets(vec![vec![bucket]]);
    let inner =
        json!({ "key": { "year": 1815 }, "count": 1, "metrics": {}, "hits": [], "sub_groups": [] });
    assert_eq!(
        value(&buckets.buckets()[0][0]),
        json!({ "key": { "lang": "en" }, "count": 7, "metrics": { "mean": 0.5 },
                "hits": [{ "id": "a", "score": 0.5, "fields": { "title": "Emma" } }], "sub_groups": [inner] })
    );
    let hits = Hits::default()
        .with_recalls(vec![1.0])
        .with_costs(vec![("report_value".into(), "3".into())]);
    assert_eq!((hits.recalls(), hits.costs().len()), (&[1.0][..], 1));

    let row: Row = [("id", 1), ("year", 1965)].into_iter().collect();
    assert_eq!(row, Row::new([("id", 1), ("year", 1965)]));
    assert_eq!(row.field::<i64>("year").unwrap(), 1965);
    assert_eq!(row.field::<Option<String>>("absent").unwrap(), None);
    let missing = row.field::<i64>("absent").unwrap_err();
    assert!(missing.is_invalid_argument(), "{missing}");
    assert!(
        missing
            .message()
            .contains("the row has no field \"absent\""),
        "{missing}"
    );
    let wrong = row.field::<String>("year").unwrap_err();
    assert!(!wrong.to_string().contains("1965"), "{wrong}");
    let table: Table = [row.clone(), row.with_field("year", 1966)]
        .into_iter()
        .collect();
    assert_eq!(
        table.column("year").unwrap().int64s().unwrap(),
        [1965, 1966]
    );
    assert_eq!(
        value(&table),
        json!([{ "id": 1, "year": 1965 }, { "id": 1, "year": 1966 }])
    );
}

#[test]
fn values_and_keys_are_converted() {
    let row = Row::new([
        ("n", Value::from(7)),
        ("t", "x".into()),
        ("v", vec![0.5_f32].into()),
    ]);
    let get = |name: &str| row.get(name).unwrap();
    assert_eq!(get("n"), 7);
    assert_eq!(get("t"), "x");
    assert_eq!(i64::try_from(get("n")).unwrap(), 7);
    assert_eq!(u8::try_from(get("n")).unwrap(), 7);
    assert_eq!(String::try_from(get("t")).unwrap(), "x");
    assert_eq!(Vec::<f32>::try_from(get("v")).unwrap(), [0.5]);
    assert_eq!(
        Value::from(json!({ "a": 1 })).json(),
        Some(json!({ "a": 1 }))
    );
    assert_eq!(Value::from(json!(1.5)), 1.5);
    assert_eq!(Value::from(Some(true)), true);
    assert!(Value::from(None::<i64>).is_null());
    let error = i8::try_from(Value::from(300)).unwrap_err();
    assert_eq!(
        error.message(),
        "expected an integer that fits into an i8, found an integer"
    );
    let error = bool::try_from(get("t")).unwrap_err();
    assert_eq!(error.message(), "expected a bool, found a string");

    assert_eq!(i64::try_from(Id::from(7)).unwrap(), 7);
    assert_eq!(u64::try_from(Id::from(7)).unwrap(), 7);
    assert_eq!(String::try_from(Id::from("a")).unwrap(), "a");
    assert_eq!(Id::try_from(7_u64).unwrap(), 7);
    let (text, number) = (Id::from("a"), Id::from(7));
    let owned = String::from("a");
    assert!(text == "a" && text == owned && 7_i64 == number);
    for error in [
        i64::try_from(Id::from("secret")).unwrap_err(),
        u64::try_from(Id::from(-77)).unwrap_err(),
        String::try_from(Id::from(-77)).unwrap_err(),
        Id::try_from(u64::MAX).unwrap_err(),
    ] {
        assert!(error.is_invalid_argument());
        let text = error.to_string();
        assert!(!text.contains("secret") && !text.contains("77"), "{text}");
    }
}

#[test]
fn results_of_writes_and_descriptions_are_made() {
    assert_eq!(
        value(Written::new([1, 2])),
        json!({ "count": 2, "ids": [1, 2], "timestamp": 0 })
    );
    assert_eq!(
        value(Deleted::new(3)),
        json!({ "count": 3, "timestamp": 0 })
    );
    let mut progress = Progress::new("load", 42, 100);
    progress.elapsed = Duration::from_millis(1500);
    assert_eq!(progress.percent(), 42);
    assert_eq!(
        value(progress),
        json!({ "stage": "load", "done": 42, "total": 100, "elapsed": 1.5 })
    );
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 4));
    let mut books = CollectionInfo::new("books", schema.build().unwrap());
    books.consistency = Some(Consistency::Bounded);
    books.properties = vec![("collection.ttl.seconds".into(), "60".into())];
    assert_eq!(
        value(books),
        json!({ "name": "books", "id": 0, "schema": { "fields": [
                    { "name": "id", "type": "int64", "primary_key": true },
                    { "name": "v", "type": "float_vector", "dimension": 4 }] },
                "aliases": [], "consistency": "Bounded", "shards": 1, "partitions": 1,
                "properties": { "collection.ttl.seconds": "60" } })
    );
    let index = with!(IndexInfo {
        name: "i".into(),
        field: "v".into(),
        kind: "HNSW".into(),
        metric: Some(Metric::L2),
        parameters: vec![("M".into(), "16".into())],
        state: IndexState::Failed {
            reason: "disk".into()
        },
    });
    let written = value(&index);
    assert_eq!(written["parameters"], json!({ "M": "16" }));
    assert_eq!(written["state"], json!({ "Failed": { "reason": "disk" } }));
    assert_eq!(index.state.to_string(), "failed: disk");
    for (state, json, text) in [
        (LoadState::Loaded, json!("Loaded"), "loaded"),
        (
            LoadState::Loading { percent: 7 },
            json!({ "Loading": { "percent": 7 } }),
            "loading, 7 %",
        ),
    ] {
        assert_eq!(value(state), json);
        assert_eq!(serde_json::from_value::<LoadState>(json).unwrap(), state);
        assert_eq!(state.to_string(), text);
    }
    assert_eq!(value(with!(AliasInfo { name: "a".into() }))["name"], "a");
    assert_eq!(
        value(with!(Stats {
            rows: 3,
            all: vec![("row_count".into(), "3".into())]
        })),
        json!({ "rows": 3, "all": { "row_count": "3" } })
    );
    assert_eq!(
        value(with!(Token {
            text: "omen".into()
        }))["text"],
        "omen"
    );
    assert_eq!(
        value(with!(Health { is_healthy: true }))["is_healthy"],
        true
    );
    assert_eq!(
        value(with!(ServerInfo {
            version: "2.6".into()
        }))["version"],
        "2.6"
    );
}

#[test]
fn results_of_administration_are_made() {
    let time = Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_250));
    let text = "2023-11-14T22:13:20.250Z";
    let database = with!(DatabaseInfo {
        name: "library".into(),
        created: time
    });
    assert_eq!(value(database)["created"], text);
    let snapshot = with!(SnapshotInfo {
        name: "nightly".into(),
        created: None
    });
    assert_eq!(value(snapshot)["created"], Json::Null);
    let job = with!(RestoreJob {
        state: RestoreState::default(),
        started: time,
        elapsed: Duration::from_millis(250),
    });
    assert_eq!(value(job)["elapsed"], 0.25);
    let job = with!(RefreshJob {
        state: RefreshState::default(),
        started: time
    });
    assert_eq!(value(job)["started"], text);
    let file = with!(FileResource {
        name: "words".into()
    });
    assert_eq!(value(file)["name"], "words");
    let user = with!(UserInfo {
        name: "ann".into(),
        roles: vec!["readers".into()]
    });
    assert_eq!(value(user)["roles"], json!(["readers"]));
    let grant = PrivilegeGrant::new(Privilege::SEARCH, "books");
    let role = with!(RoleInfo {
        name: "readers".into(),
        privileges: vec![grant]
    });
    assert_eq!(value(role)["privileges"][0]["privilege"], "Search");
    let group = with!(PrivilegeGroup { name: "g".into() });
    assert_eq!(value(group)["privileges"], json!([]));
    let state = with!(CompactionProgress {
        state: CompactionState::Completed,
        completed: 1
    });
    assert_eq!(value(state)["state"], "Completed");
    let plan = with!(CompactionPlan {
        state: CompactionTaskState::Failed,
        failure: "disk".into()
    });
    assert_eq!(value(plan)["state"], "Failed");
    let segment = with!(SegmentInfo {
        state: SegmentState::Flushed,
        level: SegmentLevel::default()
    });
    assert_eq!(value(segment)["state"], "Flushed");
    assert_eq!(
        "flushed".parse::<SegmentState>().unwrap(),
        SegmentState::Flushed
    );
    let state: SegmentState = serde_json::from_value(json!("FLUSHED")).unwrap();
    assert_eq!(state, SegmentState::Flushed);
    let error = "frozen".parse::<SegmentState>().unwrap_err();
    assert!(
        error
            .message()
            .contains("\"frozen\" is not a SegmentState: expected "),
        "{error}"
    );
    let loaded = with!(LoadedSegmentInfo { rows: 3, memory: 4 });
    assert_eq!(value(loaded)["memory"], 4);
    let config = with!(ResourceGroupConfig {
        requests: 1,
        node_labels: vec![("zone".into(), "a".into())]
    });
    let group = with!(ResourceGroupInfo {
        config: config,
        nodes: vec![with!(NodeInfo { id: 5 })]
    });
    assert_eq!(
        value(group)["config"]["node_labels"],
        json!({ "zone": "a" })
    );
    let replica = with!(ReplicaInfo {
        shards: vec![with!(ShardInfo { leader: 1 })]
    });
    assert_eq!(value(replica)["shards"][0]["leader"], 1);
    let cluster = Cluster::new("a", "http://a:19530").token("hunter2");
    let config = with!(ReplicationConfig {
        clusters: vec![cluster]
    });
    let written = value(config);
    assert_eq!(written["clusters"][0]["id"], "a");
    assert!(!written.to_string().contains("hunter2"), "{written}");
    let position = with!(LogPosition { id: "17".into() });
    let checkpoint = with!(ReplicationCheckpoint {
        message: position.clone()
    });
    let info = with!(ReplicationInfo {
        checkpoint: Some(checkpoint)
    });
    assert_eq!(value(info)["checkpoint"]["message"]["id"], "17");
    let message = with!(LogMessage {
        position: position,
        payload: b"\0abc".to_vec().into()
    });
    assert_eq!(value(message)["payload"], "AGFiYw==");
    let command = with!(ClientCommand {
        payload: b"{}".to_vec(),
        created: time
    });
    assert_eq!(value(command)["payload"], "e30=");
    let total = with!(CallStats {
        requests: 3,
        mean: Duration::from_micros(1500)
    });
    let stats = with!(OperationStats {
        operation: "Search".into(),
        total: total
    });
    let client = with!(ConnectedClient {
        operations: vec![stats],
        last_heartbeat: time
    });
    assert_eq!(value(client)["operations"][0]["total"]["mean"], 0.0015);
}

#[tokio::test]
async fn errors_are_cloned_with_their_causes() {
    let error = Client::connect("http://127.0.0.1:1").await.unwrap_err();
    let copy: Error = error.clone();
    assert_eq!(copy.to_string(), error.to_string());
    assert_eq!(format!("{copy:?}"), format!("{error:?}"));
    let source = |error: &Error| std::error::Error::source(error).map(ToString::to_string);
    assert_eq!(source(&copy), source(&error));
    assert_eq!(
        (copy.kind(), copy.is_retryable()),
        (error.kind(), error.is_retryable())
    );
}
