//! The operations of one RPC, and the first RPC of those that wait.

use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use milvus_otel::ops::{
    Cluster, LoadPriority, LogPosition, Privilege, ReplicationConfig, ResourceGroupConfig,
    SegmentState,
};
use milvus_otel::proto::milvus::alter_collection_schema_request::action::Op;
use milvus_otel::proto::milvus::*;
use milvus_otel::schema::Function;
use milvus_otel::{Client, Consistency, Field, Index, Metric, Result};
use prost::Message;

use super::both::Both;

/// Collects the requests that differ, so that one run shows them all.
struct Comparison {
    both: Both,
    differences: Vec<String>,
}

impl Comparison {
    async fn new() -> Option<Self> {
        let both = Both::connect().await?;
        let flushed = GetFlushStateResponse {
            flushed: true,
            ..Default::default()
        };
        both.fake.answer("GetFlushState", &flushed);
        let flushed = GetFlushAllStateResponse {
            flushed: true,
            ..Default::default()
        };
        both.fake.answer("GetFlushAllState", &flushed);
        let loaded = GetLoadingProgressResponse {
            progress: 100,
            refresh_progress: 100,
            ..Default::default()
        };
        both.fake.answer("GetLoadingProgress", &loaded);
        Some(Self {
            both,
            differences: Vec::new(),
        })
    }

    /// Compares the last requests of an RPC. What pymilvus and this client make of the answer does not matter.
    async fn same<Q, T, F>(&mut self, rpc: &str, python: &str, ours: impl FnOnce(&Client) -> F)
    where
        Q: Message + Default + PartialEq + Debug,
        F: Future<Output = Result<T>>,
    {
        let before = self.both.fake.calls_of(rpc).len();
        let failure = self.both.run(python);
        if self.both.fake.calls_of(rpc).len() == before {
            self.differences.push(format!("{python}: {failure:?}"));
            return;
        }
        let theirs: Q = self.both.last(rpc);
        let before = self.both.fake.calls_of(rpc).len();
        let failure = ours(&self.both.client.clone()).await.err();
        if self.both.fake.calls_of(rpc).len() == before {
            self.differences
                .push(format!("{python}: ours: {failure:?}"));
            return;
        }
        let ours: Q = self.both.last(rpc);
        if ours != theirs {
            self.differences
                .push(format!("{python}:\n  ours   {ours:?}\n  theirs {theirs:?}"));
        }
    }

    fn end(self) {
        assert!(
            self.differences.is_empty(),
            "{}",
            self.differences.join("\n")
        );
    }
}

/// One line for each operation: the request, what pymilvus runs, and what sends the same here.
macro_rules! all_the_same {
    ($($request:ident $rpc:literal: $python:expr => $ours:expr;)*) => {{
        let Some(mut comparison) = Comparison::new().await else {
            return;
        };
        $(comparison.same::<$request, _, _>($rpc, $python, $ours).await;)*
        comparison.end();
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn operations_on_collections_are_the_same_on_the_wire() {
    all_the_same! {
        TruncateCollectionRequest "TruncateCollection": "client.truncate_collection('books')"
            => |client| client.truncate_collection("books");
        LoadCollectionRequest "LoadCollection":
            "client.load_collection('books', replica_number=2, resource_groups=['fast'], load_fields=['id', 'v'], \
             skip_load_dynamic_field=True, priority='low')"
            => |client| client.load_collection("books").replicas(2).resource_groups(["fast"]).fields(["id", "v"])
                .skip_dynamic_fields(true).priority(LoadPriority::Low);
        LoadCollectionRequest "LoadCollection": "client.refresh_load('books')"
            => |client| client.refresh_load("books");
        LoadPartitionsRequest "LoadPartitions":
            "client.load_partitions('books', ['a', 'b'], replica_number=2, resource_groups=['fast'], refresh=True)"
            => |client| client.load_partitions("books", ["a", "b"]).replicas(2).resource_groups(["fast"]).refresh(true);
        ReleasePartitionsRequest "ReleasePartitions": "client.release_partitions('books', ['a', 'b'])"
            => |client| client.release_partitions("books", ["a", "b"]);
        ReleaseCollectionRequest "ReleaseCollection": "client.release_collection('books')"
            => |client| client.release_collection("books");
        GetCollectionStatisticsRequest "GetCollectionStatistics": "client.get_collection_stats('books')"
            => |client| client.get_collection_stats("books");
        GetPartitionStatisticsRequest "GetPartitionStatistics": "client.get_partition_stats('books', 'a')"
            => |client| client.get_partition_stats("books", "a");
        AlterCollectionRequest "AlterCollection":
            "client.alter_collection_properties('books', {'collection.ttl.seconds': 60, 'mmap.enabled': 'true', \
             'timezone': 'Europe/Berlin', 'consistency_level': 'Bounded'})"
            => |client| client.alter_collection_properties("books").ttl(Duration::from_secs(60)).mmap(true)
                .timezone("Europe/Berlin").consistency(Consistency::Bounded);
        AlterCollectionRequest "AlterCollection": "client.drop_collection_properties('books', ['mmap.enabled'])"
            => |client| client.drop_collection_properties("books", ["mmap.enabled"]);
        AlterCollectionFieldRequest "AlterCollectionField":
            "client.alter_collection_field('books', 'title', {'max_length': 9, 'mmap.enabled': 'false'})"
            => |client| client.alter_collection_field("books", "title").max_length(9).mmap(false);
        AlterCollectionSchemaRequest "AlterCollectionSchema":
            "client.add_collection_field('books', 'isbn', DataType.VARCHAR, max_length=13, nullable=True)"
            => |client| client.add_collection_field("books", Field::varchar("isbn", 13).nullable());
        AlterCollectionSchemaRequest "AlterCollectionSchema": "client.drop_collection_field('books', 'isbn')"
            => |client| client.drop_collection_field("books", "isbn");
        AlterCollectionSchemaRequest "AlterCollectionSchema": "client.drop_collection_field('books', field_id=101)"
            => |client| client.drop_collection_field("books", 101);
        AlterCollectionSchemaRequest "AlterCollectionSchema": "client.drop_function_field('books', 'bm25')"
            => |client| client.drop_function_field("books", "bm25");
        AlterCollectionFunctionRequest "AlterCollectionFunction":
            "client.alter_collection_function('books', 'embed', Function('embed', FunctionType.TEXTEMBEDDING, ['text'], \
             ['v'], params={'provider': 'openai', 'model_name': 'm'}))"
            => |client| client.alter_collection_function("books", "embed",
                Function::text_embedding("embed", "text", "v", "openai").parameter("model_name", "m"));
        FlushRequest "Flush": "client.flush('books')" => |client| client.flush("books");
        FlushAllRequest "FlushAll": "client.flush_all()" => |client| client.flush_all();
        ManualCompactionRequest "ManualCompaction": "client.compact('books', is_clustering=True, is_l0=True)"
            => |client| client.compact("books").clustering(true).l0(true);
        ManualCompactionRequest "ManualCompaction": "client.compact('books', target_size=512)"
            => |client| client.compact("books").target_size_mb(512);
        GetCompactionStateRequest "GetCompactionState": "client.get_compaction_state(7)"
            => |client| client.get_compaction_state(7);
        GetCompactionPlansRequest "GetCompactionStateWithPlans": "client.get_compaction_plans(7)"
            => |client| client.get_compaction_plans(7);
        GetCompactionPlansRequest "GetCompactionStateWithPlans": "client.list_compaction_tasks('books')"
            => |client| client.list_compaction_tasks("books");
        GetPersistentSegmentInfoRequest "GetPersistentSegmentInfo": "client.list_segments('books')"
            => |client| client.list_segments("books");
        GetPersistentSegmentInfoRequest "GetPersistentSegmentInfo":
            "from pymilvus.client.types import SegmentState\n\
             client.list_persistent_segments('books', states=[SegmentState.Growing, SegmentState.Flushed])"
            => |client| client.list_persistent_segments("books")
                .states([SegmentState::Growing, SegmentState::Flushed]);
        GetQuerySegmentInfoRequest "GetQuerySegmentInfo": "client.list_loaded_segments('books')"
            => |client| client.list_loaded_segments("books");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn operations_on_databases_and_users_are_the_same_on_the_wire() {
    all_the_same! {
        CreateDatabaseRequest "CreateDatabase":
            "client.create_database('library', {'database.replica.number': 2, 'database.resource_groups': 'a,b', \
             'database.diskQuota.mb': 7, 'database.max.collections': 3})"
            => |client| client.create_database("library").replicas(2).resource_groups(["a", "b"]).disk_quota_mb(7)
                .max_collections(3);
        AlterDatabaseRequest "AlterDatabase":
            "client.alter_database_properties('library', {'database.force.deny.writing': 'true'})"
            => |client| client.alter_database_properties("library").deny_writes(true);
        AlterDatabaseRequest "AlterDatabase": "client.drop_database_properties('library', ['a', 'b'])"
            => |client| client.drop_database_properties("library", ["a", "b"]);
        DescribeDatabaseRequest "DescribeDatabase": "client.describe_database('library')"
            => |client| client.describe_database("library");
        ListDatabasesRequest "ListDatabases": "client.list_databases()" => |client| client.list_databases();
        DropDatabaseRequest "DropDatabase": "client.drop_database('library')"
            => |client| client.drop_database("library");
        CreateCredentialRequest "CreateCredential": "client.create_user('ann', 'größe 7', description='reads')"
            => |client| client.create_user("ann", "größe 7").description("reads");
        UpdateCredentialRequest "UpdateCredential": "client.update_password('ann', 'secret', 'hidden')"
            => |client| client.update_password("ann", "secret", "hidden");
        UpdateCredentialRequest "UpdateCredential": "client.update_user('ann', 'reads')"
            => |client| client.update_user("ann", "reads");
        DeleteCredentialRequest "DeleteCredential": "client.drop_user('ann')" => |client| client.drop_user("ann");
        ListCredUsersRequest "ListCredUsers": "client.list_users()" => |client| client.list_users();
        SelectUserRequest "SelectUser": "client.describe_user('ann')" => |client| client.describe_user("ann");
        CreateRoleRequest "CreateRole": "client.create_role('readers', description='who read')"
            => |client| client.create_role("readers").description("who read");
        AlterRoleRequest "AlterRole": "client.alter_role('readers', 'who read')"
            => |client| client.alter_role("readers", "who read");
        DropRoleRequest "DropRole": "client.drop_role('readers', force_drop=True)"
            => |client| client.drop_role("readers").force(true);
        SelectRoleRequest "SelectRole": "client.list_roles()" => |client| client.list_roles();
        SelectGrantRequest "SelectGrant": "client.describe_role('readers', db_name='library')"
            => |client| client.describe_role("readers").database("library");
        OperateUserRoleRequest "OperateUserRole": "client.grant_role('ann', 'readers')"
            => |client| client.grant_role("ann", "readers");
        OperateUserRoleRequest "OperateUserRole": "client.revoke_role('ann', 'readers')"
            => |client| client.revoke_role("ann", "readers");
        OperatePrivilegeRequest "OperatePrivilege":
            "client.grant_privilege('readers', 'Collection', 'Search', 'books', db_name='library')"
            => |client| client.grant_privilege("readers", Privilege::SEARCH, "books").database("library");
        OperatePrivilegeRequest "OperatePrivilege":
            "client.revoke_privilege('readers', 'Global', 'CreateCollection', '*')"
            => |client| client.revoke_privilege("readers", Privilege::CREATE_COLLECTION, "*");
        OperatePrivilegeV2Request "OperatePrivilegeV2":
            "client.grant_privilege_v2('readers', 'Search', 'books', db_name='library')"
            => |client| client.grant_privilege_v2("readers", Privilege::SEARCH, "books").database("library");
        OperatePrivilegeV2Request "OperatePrivilegeV2":
            "client.revoke_privilege_v2('readers', 'reading', '*', db_name='*')"
            => |client| client.revoke_privilege_v2("readers", Privilege::group("reading"), "*").database("*");
        CreatePrivilegeGroupRequest "CreatePrivilegeGroup": "client.create_privilege_group('reading')"
            => |client| client.create_privilege_group("reading");
        DropPrivilegeGroupRequest "DropPrivilegeGroup": "client.drop_privilege_group('reading')"
            => |client| client.drop_privilege_group("reading");
        ListPrivilegeGroupsRequest "ListPrivilegeGroups": "client.list_privilege_groups()"
            => |client| client.list_privilege_groups();
        OperatePrivilegeGroupRequest "OperatePrivilegeGroup":
            "client.add_privileges_to_group('reading', ['Search', 'Query'])"
            => |client| client.add_privileges_to_group("reading", [Privilege::SEARCH, Privilege::QUERY]);
        OperatePrivilegeGroupRequest "OperatePrivilegeGroup":
            "client.remove_privileges_from_group('reading', ['Query'])"
            => |client| client.remove_privileges_from_group("reading", [Privilege::QUERY]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn operations_on_resources_are_the_same_on_the_wire() {
    let clusters = || {
        let mut config = ReplicationConfig::default();
        let a = Cluster::new("a", "http://a:19530").token("root:Milvus");
        config.clusters.push(a.channels(["a-0", "a-1"]));
        config
            .clusters
            .push(Cluster::new("b", "http://b:19530").channels(["b-0", "b-1"]));
        config.topology.push(("a".into(), "b".into()));
        config
    };
    let start = || LogPosition::new("17", "WoodPecker");
    all_the_same! {
        CreateResourceGroupRequest "CreateResourceGroup":
            "from pymilvus.client.types import ResourceGroupConfig\n\
             client.create_resource_group('fast', config=ResourceGroupConfig(requests={'node_num': 1}, limits={'node_num': 2}))"
            => |client| client.create_resource_group("fast").config(ResourceGroupConfig::nodes(1, 2));
        UpdateResourceGroupsRequest "UpdateResourceGroups":
            "client.update_resource_groups({'fast': ResourceGroupConfig(requests={'node_num': 1}, limits={'node_num': 2})})"
            => |client| client.update_resource_groups([("fast", ResourceGroupConfig::nodes(1, 2))]);
        DropResourceGroupRequest "DropResourceGroup": "client.drop_resource_group('fast')"
            => |client| client.drop_resource_group("fast");
        ListResourceGroupsRequest "ListResourceGroups": "client.list_resource_groups()"
            => |client| client.list_resource_groups();
        DescribeResourceGroupRequest "DescribeResourceGroup": "client.describe_resource_group('fast')"
            => |client| client.describe_resource_group("fast");
        TransferReplicaRequest "TransferReplica": "client.transfer_replica('slow', 'fast', 'books', 2)"
            => |client| client.transfer_replica("slow", "fast", "books", 2);
        GetReplicasRequest "GetReplicas": "client.describe_replica('books')"
            => |client| client.describe_replica("books");
        CreateSnapshotRequest "CreateSnapshot":
            "client.create_snapshot('nightly', 'books', description='d', compaction_protection_seconds=60)"
            => |client| client.create_snapshot("books", "nightly").description("d")
                .compaction_protection(Duration::from_secs(60));
        DropSnapshotRequest "DropSnapshot": "client.drop_snapshot('nightly', 'books')"
            => |client| client.drop_snapshot("books", "nightly");
        ListSnapshotsRequest "ListSnapshots": "client.list_snapshots('books')"
            => |client| client.list_snapshots("books");
        DescribeSnapshotRequest "DescribeSnapshot": "client.describe_snapshot('nightly', 'books')"
            => |client| client.describe_snapshot("books", "nightly");
        RestoreSnapshotRequest "RestoreSnapshot":
            "client.restore_snapshot('nightly', 'books', 'restored', target_db_name='library')"
            => |client| client.restore_snapshot("books", "nightly", "restored").to_database("library");
        GetRestoreSnapshotStateRequest "GetRestoreSnapshotState": "client.get_restore_snapshot_state(7)"
            => |client| client.get_restore_snapshot_state(7);
        ListRestoreSnapshotJobsRequest "ListRestoreSnapshotJobs": "client.list_restore_snapshot_jobs('books')"
            => |client| client.list_restore_snapshot_jobs("books");
        PinSnapshotDataRequest "PinSnapshotData": "client.pin_snapshot_data('nightly', 'books', ttl_seconds=60)"
            => |client| client.pin_snapshot_data("books", "nightly").ttl(Duration::from_secs(60));
        UnpinSnapshotDataRequest "UnpinSnapshotData": "client.unpin_snapshot_data(7)"
            => |client| client.unpin_snapshot_data(7);
        RefreshExternalCollectionRequest "RefreshExternalCollection":
            "client.refresh_external_collection('lake', external_source='s3://b/c', external_spec='{}')"
            => |client| client.refresh_external_collection("lake").source("s3://b/c").spec("{}");
        GetRefreshExternalCollectionProgressRequest "GetRefreshExternalCollectionProgress":
            "client.get_refresh_external_collection_progress(7)"
            => |client| client.get_refresh_external_collection_progress(7);
        ListRefreshExternalCollectionJobsRequest "ListRefreshExternalCollectionJobs":
            "client.list_refresh_external_collection_jobs('lake')"
            => |client| client.list_refresh_external_collection_jobs("lake");
        AddFileResourceRequest "AddFileResource": "client.add_file_resource('words', 'a.txt')"
            => |client| client.add_file_resource("words", "a.txt");
        RemoveFileResourceRequest "RemoveFileResource": "client.remove_file_resource('words')"
            => |client| client.remove_file_resource("words");
        ListFileResourcesRequest "ListFileResources": "client.list_file_resources()"
            => |client| client.list_file_resources();
        RunAnalyzerRequest "RunAnalyzer":
            "client.run_analyzer(['Good Omens', 'größe'], '{\"type\":\"english\"}', with_hash=True, with_detail=True)"
            => |client| client.run_analyzer(["Good Omens", "größe"]).analyzer("{\"type\":\"english\"}").with_hash(true)
                .with_detail(true);
        RunAnalyzerRequest "RunAnalyzer":
            "client.run_analyzer(['a'], collection_name='books', field_name='text', analyzer_names=['en'])"
            => |client| client.run_analyzer(["a"]).field("books", "text").analyzer_names(["en"]);
        UpdateReplicateConfigurationRequest "UpdateReplicateConfiguration":
            "client.update_replicate_configuration([ \
             {'cluster_id': 'a', 'connection_param': {'uri': 'http://a:19530', 'token': 'root:Milvus'}, \
              'pchannels': ['a-0', 'a-1']}, \
             {'cluster_id': 'b', 'connection_param': {'uri': 'http://b:19530'}, 'pchannels': ['b-0', 'b-1']}], \
             [{'source_cluster_id': 'a', 'target_cluster_id': 'b'}], force_promote=True)"
            => |client| client.update_replicate_configuration(clusters()).force_promote(true);
        GetReplicateConfigurationRequest "GetReplicateConfiguration": "client.get_replicate_configuration()"
            => |client| client.get_replicate_configuration();
        GetReplicateInfoRequest "GetReplicateInfo": "client.get_replicate_info('a', 'b-0')"
            => |client| client.get_replicate_info("a", "b-0");
        DumpMessagesRequest "DumpMessages":
            "list(client.dump_messages('a-0', {'id': '17', 'wal_name': 'WoodPecker'}, 3, 9))"
            => |client| client.dump_messages("a-0", start()).from_time_tick(3).to_time_tick(9);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_field_with_a_function_is_the_same_on_the_wire() {
    let Some(mut both) = Both::connect().await else {
        return;
    };
    let python = "indexes = MilvusClient.prepare_index_params()\n\
        indexes.add_index('words', 'SPARSE_INVERTED_INDEX', metric_type='BM25')\n\
        client.add_function_field('books', FieldSchema('words', DataType.SPARSE_FLOAT_VECTOR), \
        Function('bm25', FunctionType.BM25, ['text'], ['words']), indexes)";
    // The order of the parameters of the index does not matter.
    let sorted = |mut request: AlterCollectionSchemaRequest| {
        if let Some(action) = &mut request.action
            && let Some(Op::AddRequest(add)) = &mut action.op
        {
            let parameters = &mut add.field_infos[0].extra_params;
            parameters.sort_by(|a, b| a.key.cmp(&b.key));
        }
        request
    };
    let theirs = sorted(both.sent_by("AlterCollectionSchema", python));
    let words = Field::sparse_vector("words");
    let bm25 = Function::bm25("bm25", "text", "words");
    let index = Index::sparse_inverted(Metric::Bm25);
    let add = both.client.add_function_field("books", words, bm25, index);
    add.await.unwrap();
    assert_eq!(sorted(both.last("AlterCollectionSchema")), theirs);
}
