//! One row for each operation.

use std::future::Future;
use std::pin::Pin;

use milvus_otel::ops::{LogPosition, Privilege, ReplicationConfig, ResourceGroupConfig};
use milvus_otel::proto::milvus::{
    DescribeCollectionResponse, GetFlushAllStateResponse, GetFlushStateResponse,
    GetLoadStateResponse, GetVersionResponse, QueryResults,
};
use milvus_otel::proto::schema::{CollectionSchema, DataType, FieldSchema};
use milvus_otel::schema::Function;
use milvus_otel::{Client, Field, Index, Metric, Result};
use testkit::{Fake, Reply};

use super::ready;

/// An operation as the documentation lists it.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) run: Pin<Box<dyn Future<Output = Result<()>> + Send>>,
    /// What the table says in addition to the RPCs.
    pub(super) note: &'static str,
    /// Arguments of pymilvus' method of the same name that are arguments here, in addition to `collection_name`.
    pub(super) takes: &'static str,
}

fn row<T>(name: &'static str, operation: impl Future<Output = Result<T>> + Send + 'static) -> Row {
    Row {
        name,
        run: Box::pin(async { operation.await.map(drop) }),
        note: "",
        takes: "",
    }
}

impl Row {
    fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    fn takes(self, takes: &'static str) -> Self {
        Self { takes, ..self }
    }
}

pub(super) fn rows(client: &Client) -> Vec<Row> {
    let json = serde_json::json!({ "id": 1 });
    let chunk = [Field::varchar("text", 9)];
    let chunks = Field::struct_array("chunks", chunk, 9);
    let index = || Index::auto(Metric::L2);
    let isbn = || Field::varchar("isbn", 13).nullable();
    let sparse = Field::sparse_vector("words");
    let bm25 = || Function::bm25("bm25", "text", "words");
    let nodes = ResourceGroupConfig::nodes(1, 2);
    let clusters = ReplicationConfig::default();
    let start = LogPosition::new("1", "WoodPecker");
    let search = client.search("books", [0.5, 0.5]);
    vec![
        row("add_collection_struct_field", client.add_collection_struct_field("books", chunks)),
        row("alter_index_properties", client.alter_index_properties("books", "v").mmap(true))
            .takes("index_name"),
        row("alter_alias", client.alter_alias("books", "novels")).takes("alias"),
        row("check_health", client.check_health()),
        row("count", client.count("books")),
        row("create_alias", client.create_alias("books", "novels")).takes("alias"),
        row("create_collection", client.create_collection("books", 2)).note(
            "The last four only if there is an index to build. Before them `GetVersion`, once per connection, if the \
             schema uses what not every server has and the version is not known.",
        ),
        row("create_index", client.create_index("books", "vector", index()))
            .note("`DescribeIndex` until the index is built."),
        row("create_partition", client.create_partition("books", "p")).takes("partition_name"),
        row("delete", client.delete("books", [1]))
            .note("`DescribeCollection` only if rows are given by primary keys."),
        row("describe_alias", client.describe_alias("novels")).takes("alias"),
        row("describe_collection", client.describe_collection("books")),
        row("describe_index", client.describe_index("books", "vector")).takes("index_name"),
        row("drop_alias", client.drop_alias("novels")).takes("alias"),
        row("drop_collection", client.drop_collection("books")),
        row("drop_index", client.drop_index("books", "v")).takes("index_name"),
        row("drop_index_properties", client.drop_index_properties("books", "v", ["a"]))
            .takes("index_name, property_keys"),
        row("drop_partition", client.drop_partition("books", "p")).takes("partition_name"),
        row("get", client.get("books", [1]))
            .note("Before Milvus 2.5 `DescribeCollection` again after `Query`."),
        row("get_load_state", client.get_load_state("books"))
            .note("`GetLoadingProgress` only while the collection is being loaded."),
        row("get_server_info", client.get_server_info()),
        row("get_server_version", client.get_server_version()),
        row("has_collection", client.has_collection("books")),
        row("has_partition", client.has_partition("books", "p")).takes("partition_name"),
        row("hybrid_search", client.hybrid_search("books").vector("v", [0.5, 0.5])),
        row("insert", client.insert("books", vec![json.clone()]))
            .note("Several `Insert` if the rows do not fit into one."),
        row("insert_stream", client.insert_stream("books", std::iter::once(json.clone())))
            .note("`Insert` for each batch."),
        row("list_aliases", client.list_aliases("books")),
        row("list_collections", client.list_collections()),
        row("list_indexes", client.list_indexes("books")),
        row("list_partitions", client.list_partitions("books")),
        row("load_collection", client.load_collection("books"))
            .note("`GetLoadingProgress` until the collection is loaded."),
        row("query", client.query("books").limit(1)).note(
            "As a [stream](crate::ops::Query::stream) `DescribeCollection`, then one `Query` per page.",
        ),
        row("release_collection", client.release_collection("books")),
        row("rename_collection", client.rename_collection("books", "novels"))
            .takes("old_name, new_name"),
        row("search", search).note(
            "As a [stream](crate::ops::Search::stream) `DescribeCollection`, then one `Search` per page.",
        ),
        row("search_by_ids", client.search_by_ids("books", [1])),
        row("search_many", client.search_many("books", [[0.5, 0.5]])),
        row("upsert", client.upsert("books", vec![json.clone()]))
            .note("Several `Upsert` if the rows do not fit into one."),
        row("upsert_stream", client.upsert_stream("books", std::iter::once(json)))
            .note("`Upsert` for each batch."),
        row("add_collection_field", client.add_collection_field("books", isbn()))
            .note("`AddCollectionField` only if the server does not have `AlterCollectionSchema` (before Milvus 3.0)."),
        row("drop_collection_field", client.drop_collection_field("books", "isbn"))
            .takes("field_name, field_id"),
        row("add_function_field", client.add_function_field("books", sparse, bm25(), index()))
            .takes("field_schema, func, index_params"),
        row("drop_function_field", client.drop_function_field("books", "bm25"))
            .takes("function_name"),
        row("add_collection_function", client.add_collection_function("books", bm25())),
        row("alter_collection_function", client.alter_collection_function("books", "bm25", bm25()))
            .takes("function_name, function"),
        row("drop_collection_function", client.drop_collection_function("books", "bm25")),
        row("truncate_collection", client.truncate_collection("books")),
        row("alter_collection_properties", client.alter_collection_properties("books").mmap(true)),
        row("drop_collection_properties", client.drop_collection_properties("books", ["a"]))
            .takes("property_keys"),
        row("alter_collection_field", client.alter_collection_field("books", "title").max_length(9))
            .takes("field_name"),
        row("get_collection_stats", client.get_collection_stats("books")),
        row("get_partition_stats", client.get_partition_stats("books", "p"))
            .takes("partition_name"),
        row("refresh_load", client.refresh_load("books"))
            .note("`GetLoadingProgress` until everything is loaded."),
        row("load_partitions", client.load_partitions("books", ["p"]))
            .takes("partition_names")
            .note("`GetLoadingProgress` until the partitions are loaded."),
        row("release_partitions", client.release_partitions("books", ["p"]))
            .takes("partition_names"),
        row("create_database", client.create_database("library")).takes("db_name"),
        row("drop_database", client.drop_database("library")).takes("db_name"),
        row("list_databases", client.list_databases()),
        row("describe_database", client.describe_database("library")).takes("db_name"),
        row("alter_database_properties", client.alter_database_properties("library").replicas(2))
            .takes("db_name"),
        row("drop_database_properties", client.drop_database_properties("library", ["a"]))
            .takes("db_name, property_keys"),
        row("create_user", client.create_user("ann", "secret")).takes("user_name, password"),
        row("drop_user", client.drop_user("ann")).takes("user_name"),
        row("update_password", client.update_password("ann", "secret", "hidden"))
            .takes("user_name, old_password, new_password"),
        row("update_user", client.update_user("ann", "a reader")).takes("user_name, description"),
        row("list_users", client.list_users()),
        row("describe_user", client.describe_user("ann")).takes("user_name"),
        row("grant_role", client.grant_role("ann", "readers")).takes("user_name, role_name"),
        row("revoke_role", client.revoke_role("ann", "readers")).takes("user_name, role_name"),
        row("create_role", client.create_role("readers")).takes("role_name"),
        row("alter_role", client.alter_role("readers", "who read")).takes("role_name, description"),
        row("drop_role", client.drop_role("readers")).takes("role_name"),
        row("list_roles", client.list_roles()),
        row("describe_role", client.describe_role("readers")).takes("role_name"),
        row("grant_privilege", client.grant_privilege("readers", Privilege::SEARCH, "books"))
            .takes("role_name, object_type, privilege, object_name"),
        row("revoke_privilege", client.revoke_privilege("readers", Privilege::SEARCH, "books"))
            .takes("role_name, object_type, privilege, object_name"),
        row("grant_privilege_v2", client.grant_privilege_v2("readers", Privilege::SEARCH, "books"))
            .takes("role_name, privilege, collection_name"),
        row("revoke_privilege_v2", client.revoke_privilege_v2("readers", Privilege::SEARCH, "books"))
            .takes("role_name, privilege, collection_name"),
        row("create_privilege_group", client.create_privilege_group("reading"))
            .takes("group_name"),
        row("drop_privilege_group", client.drop_privilege_group("reading")).takes("group_name"),
        row("list_privilege_groups", client.list_privilege_groups()),
        row("add_privileges_to_group", client.add_privileges_to_group("reading", [Privilege::QUERY]))
            .takes("group_name, privileges"),
        row(
            "remove_privileges_from_group",
            client.remove_privileges_from_group("reading", [Privilege::QUERY]),
        )
        .takes("group_name, privileges"),
        row("flush", client.flush("books")).note("`GetFlushState` until everything is flushed."),
        row("flush_all", client.flush_all())
            .note("`GetFlushAllState` until everything is flushed."),
        row("get_flush_all_state", client.get_flush_all_state(7)),
        row("compact", client.compact("books"))
            .note(
            "Before Milvus 2.6 `DescribeCollection` first. With `wait(true)` then `GetCompactionState` until it is finished.",
        ),
        row("get_compaction_state", client.get_compaction_state(7)).takes("job_id"),
        row("get_compaction_plans", client.get_compaction_plans(7)).takes("job_id"),
        row("list_compaction_tasks", client.list_compaction_tasks("books")),
        row("optimize", client.optimize("books")).note(
            "`DescribeIndex` until the indexes are built, `GetCompactionState` until the compaction is finished, and `DescribeIndex` again. Then `LoadCollection` and `GetLoadingProgress`, if the collection is loaded.",
        ),
        row("list_segments", client.list_segments("books")),
        row("list_persistent_segments", client.list_persistent_segments("books")),
        row("list_loaded_segments", client.list_loaded_segments("books")),
        row("create_resource_group", client.create_resource_group("fast")).takes("name"),
        row("update_resource_groups", client.update_resource_groups([("fast", nodes)]))
            .takes("configs"),
        row("drop_resource_group", client.drop_resource_group("fast")).takes("name"),
        row("list_resource_groups", client.list_resource_groups()),
        row("describe_resource_group", client.describe_resource_group("fast")).takes("name"),
        row("transfer_replica", client.transfer_replica("slow", "fast", "books", 1))
            .takes("source_group, target_group, num_replicas"),
        row("describe_replica", client.describe_replica("books")),
        row("create_snapshot", client.create_snapshot("books", "nightly"))
            .takes("snapshot_name"),
        row("drop_snapshot", client.drop_snapshot("books", "nightly")).takes("snapshot_name"),
        row("list_snapshots", client.list_snapshots("books")),
        row("describe_snapshot", client.describe_snapshot("books", "nightly"))
            .takes("snapshot_name"),
        row("restore_snapshot", client.restore_snapshot("books", "nightly", "restored"))
            .takes("snapshot_name, source_collection_name, target_collection_name")
            .note("With `wait(true)` then `GetRestoreSnapshotState` until it is finished."),
        row("get_restore_snapshot_state", client.get_restore_snapshot_state(7)).takes("job_id"),
        row("list_restore_snapshot_jobs", client.list_restore_snapshot_jobs("books")),
        row("pin_snapshot_data", client.pin_snapshot_data("books", "nightly"))
            .takes("snapshot_name"),
        row("unpin_snapshot_data", client.unpin_snapshot_data(7)).takes("pin_id"),
        row("refresh_external_collection", client.refresh_external_collection("lake"))
            .note("With `wait(true)` then `GetRefreshExternalCollectionProgress` until it is finished."),
        row(
            "get_refresh_external_collection_progress",
            client.get_refresh_external_collection_progress(7),
        )
        .takes("job_id"),
        row(
            "list_refresh_external_collection_jobs",
            client.list_refresh_external_collection_jobs("lake"),
        ),
        row("add_file_resource", client.add_file_resource("words", "a.txt")).takes("name, path"),
        row("remove_file_resource", client.remove_file_resource("words")).takes("name"),
        row("list_file_resources", client.list_file_resources()),
        row("run_analyzer", client.run_analyzer(["Good Omens"])).takes("texts"),
        row("update_replicate_configuration", client.update_replicate_configuration(clusters))
            .takes("clusters, cross_cluster_topology"),
        row("get_replicate_configuration", client.get_replicate_configuration()),
        row("get_replicate_info", client.get_replicate_info("a", "a-channel"))
            .takes("source_cluster_id, target_pchannel"),
        row("dump_messages", client.dump_messages("channel", start)).takes("pchannel, start_message_id"),
        row("get_client_telemetry", client.get_client_telemetry()),
        row("client_heartbeat", client.client_heartbeat("worker")),
        row("push_client_command", client.push_client_command("push_config", "{}")),
        row("delete_client_command", client.delete_client_command("7")),
    ]
}

/// A server that has a collection of keys, which is being loaded.
pub(super) fn server() -> Fake {
    let fake = ready();
    let key = FieldSchema {
        name: "id".into(),
        is_primary_key: true,
        data_type: DataType::Int64.into(),
        ..Default::default()
    };
    let description = DescribeCollectionResponse {
        schema: Some(CollectionSchema {
            name: "books".into(),
            fields: vec![key],
            ..Default::default()
        }),
        collection_id: 7,
        update_timestamp: 1,
        ..Default::default()
    };
    fake.answer("DescribeCollection", &description);
    let version = "v3.0.0".to_owned();
    fake.answer(
        "GetVersion",
        &GetVersionResponse {
            version,
            ..Default::default()
        },
    );
    fake.answer(
        "GetLoadState",
        &GetLoadStateResponse {
            state: 2,
            ..Default::default()
        },
    );
    let primary_field_name = "id".to_owned();
    fake.answer(
        "Query",
        &QueryResults {
            primary_field_name,
            ..Default::default()
        },
    );
    fake.script(
        "DescribeIndex",
        [super::indexed("vector", 3.try_into().unwrap(), 100)],
    );
    fake.answer(
        "GetFlushState",
        &GetFlushStateResponse {
            flushed: true,
            ..Default::default()
        },
    );
    fake.answer(
        "GetFlushAllState",
        &GetFlushAllStateResponse {
            flushed: true,
            ..Default::default()
        },
    );
    let unimplemented = Reply::Status(tonic::Code::Unimplemented, String::new());
    fake.script("AlterCollectionSchema", [unimplemented]);
    fake
}
