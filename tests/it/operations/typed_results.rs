//! What the operations make of answers that no server of the tests gives, in the shapes of the contract.

use milvus_otel::proto::common::{
    self, KeyValuePair, MessageId, MilvusCluster, NodeInfo, ReplicateCheckpoint,
    ReplicateConfiguration,
};
use milvus_otel::proto::milvus::*;
use milvus_otel::proto::rg;
use serde_json::{Value as Json, json};
use testkit::Fake;

use super::spans::Recorder;

fn value(result: impl serde::Serialize) -> Json {
    serde_json::to_value(result).unwrap()
}

/// The time that the answers contain, 1,700,000,000 seconds after the beginning of 1970.
const TIME: &str = "2023-11-14T22:13:20Z";

#[tokio::test]
async fn databases_are_read() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    fake.answer(
        "DescribeDatabase",
        &DescribeDatabaseResponse {
            db_name: "library".into(),
            db_id: 7,
            // A hybrid timestamp.
            created_timestamp: (1_700_000_000_000 << 18) + 7,
            properties: vec![KeyValuePair {
                key: "database.max.collections".into(),
                value: "20".into(),
            }],
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.describe_database("library").await.unwrap()),
        json!({ "name": "library", "id": 7, "created": TIME,
                "properties": { "database.max.collections": "20" } })
    );
}

#[tokio::test]
async fn snapshots_and_their_jobs_are_read() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    fake.answer(
        "DescribeSnapshot",
        &DescribeSnapshotResponse {
            name: "nightly".into(),
            description: "before the move".into(),
            collection_name: "books".into(),
            partition_names: vec!["_default".into()],
            create_ts: 1_700_000_000_000,
            s3_location: "s3://bucket/snapshots/7".into(),
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.describe_snapshot("books", "nightly").await.unwrap()),
        json!({ "name": "nightly", "description": "before the move", "collection": "books",
                "partitions": ["_default"], "created": TIME,
                "location": "s3://bucket/snapshots/7" })
    );
    let job = RestoreSnapshotInfo {
        job_id: 7,
        snapshot_name: "nightly".into(),
        db_name: "library".into(),
        collection_name: "restored".into(),
        // A state of a newer Milvus.
        state: 99,
        progress: 40,
        reason: String::new(),
        start_time: 1_700_000_000_000,
        time_cost: 1500,
    };
    fake.answer(
        "GetRestoreSnapshotState",
        &GetRestoreSnapshotStateResponse {
            info: Some(job.clone()),
            ..Default::default()
        },
    );
    let expected = json!({ "id": 7, "snapshot": "nightly", "database": "library", "collection": "restored",
        "state": "99", "percent": 40, "failure": "", "started": TIME,
        "elapsed": 1.5 });
    assert_eq!(
        value(client.get_restore_snapshot_state(7).await.unwrap()),
        expected
    );
    fake.answer(
        "ListRestoreSnapshotJobs",
        &ListRestoreSnapshotJobsResponse {
            jobs: vec![job],
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.list_restore_snapshot_jobs("books").await.unwrap()),
        json!([expected])
    );
}

#[tokio::test]
async fn jobs_of_external_collections_are_read_without_their_credentials() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let job = RefreshExternalCollectionJobInfo {
        job_id: 7,
        collection_name: "lake".into(),
        state: RefreshExternalCollectionState::RefreshFailed.into(),
        progress: 40,
        reason: "no such bucket".into(),
        external_source: "s3://bucket".into(),
        start_time: 1_700_000_000_000,
        end_time: 0,
        external_spec: r#"{"secret_key":"hunter2"}"#.into(),
    };
    fake.answer(
        "GetRefreshExternalCollectionProgress",
        &GetRefreshExternalCollectionProgressResponse {
            job_info: Some(job.clone()),
            ..Default::default()
        },
    );
    let read = client
        .get_refresh_external_collection_progress(7)
        .await
        .unwrap();
    assert_eq!(
        value(&read),
        json!({ "id": 7, "collection": "lake", "state": "Failed", "percent": 40, "failure": "no such bucket",
                "source": "s3://bucket", "started": TIME, "ended": null })
    );
    assert!(!format!("{read:?}").contains("hunter2"), "{read:?}");
}

#[tokio::test]
async fn segments_and_compactions_are_read() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let segment = PersistentSegmentInfo {
        segment_id: 1,
        collection_id: 2,
        partition_id: 3,
        num_rows: 4,
        state: 2,
        level: 1,
        is_sorted: true,
        storage_version: 3,
        insert_channel: "c".into(),
        compaction_from: vec![8, 9],
    };
    fake.answer(
        "GetPersistentSegmentInfo",
        &GetPersistentSegmentInfoResponse {
            infos: vec![segment],
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.list_segments("books").await.unwrap()),
        json!([{ "id": 1, "collection": 2, "partition": 3, "rows": 4, "state": "Growing", "level": "L0",
                 "is_sorted": true, "storage_version": 3, "channel": "c", "compacted_from": [8, 9] }])
    );
    let plan = CompactionMergeInfo {
        sources: vec![1, 2],
        target: 3,
        plan_id: 4,
        trigger_id: 5,
        collection_id: 6,
        partition_id: 7,
        channel: "c".into(),
        r#type: common::CompactionType::Clustering.into(),
        state: 4,
        failure_reason: "out of memory".into(),
        targets: vec![3, 9],
    };
    fake.answer(
        "GetCompactionStateWithPlans",
        &GetCompactionPlansResponse {
            merge_infos: vec![plan],
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.get_compaction_plans(5).await.unwrap()),
        json!([{ "sources": [1, 2], "targets": [3, 9], "id": 4, "compaction": 5, "collection": 6, "partition": 7,
                 "channel": "c", "kind": "Clustering", "state": "Failed", "failure": "out of memory" }])
    );
}

#[tokio::test]
async fn resource_groups_are_read() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let limit = |node_num| Some(rg::ResourceGroupLimit { node_num });
    let group = ResourceGroup {
        name: "fast".into(),
        capacity: 3,
        num_available_node: 2,
        num_loaded_replica: [("books".to_owned(), 1)].into(),
        num_outgoing_node: [("books".to_owned(), 2)].into(),
        num_incoming_node: [("films".to_owned(), 4)].into(),
        config: Some(rg::ResourceGroupConfig {
            requests: limit(1),
            limits: limit(2),
            transfer_from: vec![rg::ResourceGroupTransfer {
                resource_group: "slow".into(),
            }],
            ..Default::default()
        }),
        nodes: vec![NodeInfo {
            node_id: 5,
            address: "10.0.0.5:21123".into(),
            hostname: "node-5".into(),
        }],
    };
    fake.answer(
        "DescribeResourceGroup",
        &DescribeResourceGroupResponse {
            resource_group: Some(group),
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.describe_resource_group("fast").await.unwrap()),
        json!({ "name": "fast", "capacity": 3, "available_nodes": 2, "loaded_replicas": { "books": 1 },
                "outgoing_nodes": { "books": 2 }, "incoming_nodes": { "films": 4 },
                "config": { "requests": 1, "limits": 2, "transfer_from": ["slow"], "transfer_to": [], "node_labels": {} },
                "nodes": [{ "id": 5, "address": "10.0.0.5:21123", "hostname": "node-5" }] })
    );
}

#[tokio::test]
async fn tokens_groups_of_privileges_and_files_are_read() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let token = AnalyzerToken {
        token: "omen".into(),
        start_offset: 5,
        end_offset: 10,
        position: 1,
        position_length: 1,
        hash: 9,
    };
    fake.answer(
        "RunAnalyzer",
        &RunAnalyzerResponse {
            results: vec![AnalyzerResult {
                tokens: vec![token],
            }],
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.run_analyzer(["Good Omens"]).await.unwrap()),
        json!([[{ "text": "omen", "start": 5, "end": 10, "position": 1, "position_length": 1, "hash": 9 }]])
    );
    let privilege = |name: &str| PrivilegeEntity { name: name.into() };
    fake.answer(
        "ListPrivilegeGroups",
        &ListPrivilegeGroupsResponse {
            privilege_groups: vec![PrivilegeGroupInfo {
                group_name: "reading".into(),
                privileges: vec![privilege("Search"), privilege("Query")],
            }],
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.list_privilege_groups().await.unwrap()),
        json!([{ "name": "reading", "privileges": ["Search", "Query"] }])
    );
    fake.answer(
        "ListFileResources",
        &ListFileResourcesResponse {
            resources: vec![FileResourceInfo {
                id: 1,
                name: "words".into(),
                path: "a.txt".into(),
            }],
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.list_file_resources().await.unwrap()),
        json!([{ "id": 1, "name": "words", "path": "a.txt" }])
    );
}

#[tokio::test]
async fn replication_is_read_without_tokens_in_debug() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let cluster = MilvusCluster {
        cluster_id: "a".into(),
        connection_param: Some(common::ConnectionParam {
            uri: "http://a:19530".into(),
            token: "hunter2".into(),
        }),
        pchannels: vec!["a-0".into()],
    };
    fake.answer(
        "GetReplicateConfiguration",
        &GetReplicateConfigurationResponse {
            configuration: Some(ReplicateConfiguration {
                clusters: vec![cluster],
                cross_cluster_topology: vec![common::CrossClusterTopology {
                    source_cluster_id: "a".into(),
                    target_cluster_id: "b".into(),
                }],
            }),
            ..Default::default()
        },
    );
    let config = client.get_replicate_configuration().await.unwrap();
    assert_eq!(config.clusters[0].uri, "http://a:19530");
    assert_eq!(config.clusters[0].token, "hunter2");
    assert_eq!(config.topology, [("a".to_owned(), "b".to_owned())]);
    assert!(!format!("{config:?}").contains("hunter2"), "{config:?}");
    let checkpoint = ReplicateCheckpoint {
        cluster_id: "a".into(),
        pchannel: "b-0".into(),
        message_id: Some(MessageId {
            id: "17".into(),
            wal_name: common::WalName::WoodPecker.into(),
        }),
        time_tick: 9,
    };
    fake.answer(
        "GetReplicateInfo",
        &GetReplicateInfoResponse {
            checkpoint: Some(checkpoint),
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.get_replicate_info("a", "b-0").await.unwrap()),
        json!({ "checkpoint": { "cluster": "a", "channel": "b-0", "message": { "id": "17", "log": "WoodPecker" },
                                "time_tick": 9 },
                "salvage_checkpoint": null })
    );
}

#[tokio::test]
async fn what_clients_report_is_read() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let metrics = common::Metrics {
        request_count: 3,
        success_count: 2,
        error_count: 1,
        avg_latency_ms: 1.5,
        p99_latency_ms: 2.0,
        max_latency_ms: -1.0,
    };
    let mut info = common::ClientInfo {
        sdk_type: "Go".into(),
        sdk_version: "3.0".into(),
        host: "web-1".into(),
        user: "ann".into(),
        ..Default::default()
    };
    info.reserved.insert("client_id".into(), "worker".into());
    fake.answer(
        "GetClientTelemetry",
        &GetClientTelemetryResponse {
            clients: vec![ClientTelemetry {
                client_info: Some(info),
                last_heartbeat_time: 1_700_000_000_000,
                status: "active".into(),
                databases: vec!["library".into()],
                metrics: vec![common::OperationMetrics {
                    operation: "Search".into(),
                    global: Some(metrics),
                    ..Default::default()
                }],
            }],
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.get_client_telemetry().await.unwrap()),
        json!([{ "id": "worker", "sdk": "Go", "sdk_version": "3.0", "host": "web-1", "user": "ann",
                 "status": "active", "last_heartbeat": TIME, "databases": ["library"],
                 "operations": [{ "operation": "Search", "collections": {}, "total": { "requests": 3, "successes": 2,
                     "errors": 1, "mean": 0.0015, "p99": 0.002,
                     "max": 0.0 } }] }])
    );
    fake.answer(
        "ClientHeartbeat",
        &ClientHeartbeatResponse {
            commands: vec![common::ClientCommand {
                command_id: "7".into(),
                command_type: "push_config".into(),
                payload: bytes::Bytes::from_static(b"{}"),
                create_time: 1_700_000_000_000,
                persistent: true,
                ..Default::default()
            }],
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.client_heartbeat("worker").await.unwrap()),
        json!([{ "id": "7", "kind": "push_config", "payload": "e30=", "created": TIME,
                 "persistent": true }])
    );
}

#[tokio::test]
async fn results_are_serialized_with_names_of_milvus() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let index = IndexDescription {
        index_name: "i".into(),
        field_name: "vector".into(),
        state: common::IndexState::InProgress.into(),
        indexed_rows: 3,
        total_rows: 9,
        pending_index_rows: 6,
        params: vec![
            KeyValuePair {
                key: "index_type".into(),
                value: "HNSW".into(),
            },
            KeyValuePair {
                key: "metric_type".into(),
                value: "COSINE".into(),
            },
        ],
        ..Default::default()
    };
    fake.answer(
        "DescribeIndex",
        &DescribeIndexResponse {
            index_descriptions: vec![index],
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.list_indexes("books").await.unwrap()),
        json!([{ "name": "i", "field": "vector", "kind": "HNSW", "metric": "COSINE", "parameters": {},
                 "state": "Building", "indexed_rows": 3, "pending_rows": 6, "total_rows": 9 }])
    );
    fake.answer(
        "GetLoadState",
        &GetLoadStateResponse {
            state: common::LoadState::Loaded.into(),
            ..Default::default()
        },
    );
    assert_eq!(
        value(client.get_load_state("books").await.unwrap()),
        json!("Loaded")
    );
}
