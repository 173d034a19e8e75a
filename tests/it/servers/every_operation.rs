//! Every operation on every server. What each server does is the table docs/servers.md:
//! `UPDATE_DOCS=1 cargo test --test it every_operation` writes it.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use milvus_otel::ops::{LogPosition, Privilege, ReplicationConfig, ResourceGroupConfig};
use milvus_otel::schema::Function;
use milvus_otel::{Client, Consistency, Field, Index, Metric, Result, Schema};
use serde_json::json;
use testkit::{Milvus, require};

use crate::operations::documented;

/// What the operations did on one server.
struct Tour {
    client: Client,
    is_lite: bool,
    outcomes: BTreeMap<&'static str, String>,
}

/// How long an operation may wait. None takes longer than seconds.
const LIMIT: Duration = Duration::from_secs(60);
/// A server that has the operation and does it.
const WORKS: &str = "yes";
/// A server that does not have the operation, and an error that says so.
const UNSUPPORTED: &str = "-";

fn max_collections() -> (String, String) {
    ("database.max.collections".to_owned(), "7".to_owned())
}

fn ttl() -> (String, String) {
    ("collection.ttl.seconds".to_owned(), "86400".to_owned())
}

impl Tour {
    fn new(client: Client, is_lite: bool) -> Self {
        Self {
            client,
            is_lite,
            outcomes: BTreeMap::new(),
        }
    }

    /// Runs an operation. Returns its result if the server has it.
    async fn run<T>(
        &mut self,
        name: &'static str,
        operation: impl Future<Output = Result<T>>,
    ) -> Option<T> {
        let (outcome, result) = match operation.await {
            Ok(result) => (WORKS.to_owned(), Some(result)),
            Err(error) if error.is_unsupported() => (UNSUPPORTED.to_owned(), None),
            Err(error) => (error.to_string(), None),
        };
        let earlier = self.outcomes.entry(name).or_default();
        if earlier.is_empty() || earlier == WORKS {
            *earlier = outcome;
        }
        result
    }

    /// Runs an operation that a server that has it refuses for this reason.
    async fn refused<T>(
        &mut self,
        name: &'static str,
        operation: impl Future<Output = Result<T>>,
        why: &str,
    ) {
        self.run(name, operation).await;
        let outcome = self.outcomes.get_mut(name).unwrap();
        if outcome.contains(why) {
            WORKS.clone_into(outcome);
        }
    }

    async fn databases(&mut self) {
        let client = self.client.clone();
        let create = client.create_database("library");
        self.run("create_database", create).await;
        let create = client.create_database("shelves").max_collections(7);
        match create.await {
            Ok(()) => client.drop_database("shelves").await.unwrap(),
            // Milvus 2.3 would ignore the property.
            Err(error) => assert!(error.is_unsupported(), "{error}"),
        }
        if let Some(databases) = self.run("list_databases", client.list_databases()).await {
            assert!(databases.contains(&"default".to_owned()), "{databases:?}");
        }
        let alter = client
            .alter_database_properties("library")
            .max_collections(7);
        let altered = self.run("alter_database_properties", alter).await;
        if let Some(library) = self
            .run("describe_database", client.describe_database("library"))
            .await
        {
            assert_eq!(library.name, "library");
            if altered.is_some() {
                assert!(
                    library.properties.contains(&max_collections()),
                    "{library:?}"
                );
            }
        }
        let drop = client.drop_database_properties("library", ["database.max.collections"]);
        self.run("drop_database_properties", drop).await;
        self.run("drop_database", client.drop_database("library"))
            .await;
    }

    async fn collection(&mut self) {
        let client = self.client.clone();
        let schema = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::varchar("title", 64))
            .field(Field::float_vector("vector", 4))
            .build()
            .unwrap();
        let create = client
            .create_collection("tour", schema)
            .index("vector", Index::flat(Metric::L2));
        self.run("create_collection", create).await.unwrap();
        self.run("create_partition", client.create_partition("tour", "new"))
            .await;
        let rows: Vec<_> = (0..100)
            .map(|id| json!({ "id": id, "title": format!("t{id}"), "vector": [id, 0, 0, 1] }))
            .collect();
        client.insert("tour", rows).await.unwrap();
    }

    async fn basics(&mut self) {
        let client = self.client.clone();
        self.run("has_collection", client.has_collection("tour"))
            .await;
        self.run("list_collections", client.list_collections())
            .await;
        self.run("describe_collection", client.describe_collection("tour"))
            .await;
        self.run("get_server_version", client.get_server_version())
            .await;
        self.run("check_health", client.check_health()).await;
        if let Some(info) = self.run("get_server_info", client.get_server_info()).await
            && !self.is_lite
        {
            assert!(info.version.starts_with("v2.3.5"), "{info:?}");
            assert_eq!(info.deploy_mode, "STANDALONE");
            assert!(!info.commit.is_empty(), "{info:?}");
        }
        let row = || vec![json!({ "id": 7, "title": "t", "vector": [7, 0, 0, 1] })];
        self.run("delete", client.delete("tour", [7])).await;
        self.run("insert", client.insert("tour", row())).await;
        self.run("upsert", client.upsert("tour", row())).await;
        let count = client.count("tour").consistency(Consistency::Strong);
        assert_eq!(self.run("count", count).await, Some(100));
        self.run("get", client.get("tour", [7])).await;
        self.run("query", client.query("tour").filter("id < 3"))
            .await;
        self.run("search", client.search("tour", [0.5; 4])).await;
        self.run("search_many", client.search_many("tour", [[0.5; 4]]))
            .await;
        self.run("search_by_ids", client.search_by_ids("tour", [7]))
            .await;
        let hybrid = client.hybrid_search("tour").vector("vector", [0.5; 4]);
        self.run("hybrid_search", hybrid).await;
        self.run("has_partition", client.has_partition("tour", "new"))
            .await;
        self.run("list_partitions", client.list_partitions("tour"))
            .await;
        self.run("create_alias", client.create_alias("tour", "trip"))
            .await;
        self.run("alter_alias", client.alter_alias("tour", "trip"))
            .await;
        self.run("describe_alias", client.describe_alias("trip"))
            .await;
        self.run("list_aliases", client.list_aliases("tour")).await;
        self.run("drop_alias", client.drop_alias("trip")).await;
        self.run("list_indexes", client.list_indexes("tour")).await;
        self.run("describe_index", client.describe_index("tour", "vector"))
            .await;
    }

    async fn end(&mut self) {
        let client = self.client.clone();
        let name = if client.has_collection("tour").await.unwrap() {
            "tour"
        } else {
            "tour_renamed"
        };
        self.run("release_collection", client.release_collection(name))
            .await;
        self.run("get_load_state", client.get_load_state(name))
            .await;
        let alter = client.alter_index_properties(name, "vector").mmap(true);
        self.run("alter_index_properties", alter).await;
        let drop = client.drop_index_properties(name, "vector", ["mmap.enabled"]);
        self.run("drop_index_properties", drop).await;
        self.run("drop_index", client.drop_index(name, "vector"))
            .await;
        let index = client.create_index(name, "vector", Index::flat(Metric::L2));
        self.run("create_index", index.timeout(LIMIT)).await;
        self.run(
            "load_collection",
            client.load_collection(name).timeout(LIMIT),
        )
        .await;
        client.release_collection(name).await.unwrap();
        self.run("drop_partition", client.drop_partition(name, "new"))
            .await;
        self.run("drop_collection", client.drop_collection(name))
            .await;
    }

    async fn storage(&mut self) {
        let client = self.client.clone();
        let flushed = self
            .run("flush", client.flush("tour").timeout(LIMIT))
            .await
            .is_some();
        let stats = self
            .run("get_collection_stats", client.get_collection_stats("tour"))
            .await;
        if let Some(stats) = stats {
            assert_eq!(stats.rows, 100);
        }
        let stats = client.get_partition_stats("tour", "_default");
        if let Some(stats) = self.run("get_partition_stats", stats).await {
            assert_eq!(stats.rows, 100);
        }
        let segments = self
            .run("list_segments", client.list_segments("tour"))
            .await;
        let persistent = client.list_persistent_segments("tour");
        let persistent = self.run("list_persistent_segments", persistent).await;
        for segments in [segments, persistent].into_iter().flatten() {
            assert!(flushed);
            let rows: u64 = segments.iter().map(|segment| segment.rows).sum();
            assert_eq!(rows, if self.is_lite { 0 } else { 100 }, "{segments:?}");
        }
        // After a flush, a segment is not loaded for a moment.
        for _ in 0..100 {
            let list = client.list_loaded_segments("tour");
            let Some(segments) = self.run("list_loaded_segments", list).await else {
                break;
            };
            let rows: u64 = segments.iter().map(|segment| segment.rows).sum();
            if rows == 100 || self.is_lite {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let compact = client.compact("tour").wait(true).timeout(LIMIT);
        if let Some(compaction) = self.run("compact", compact).await {
            let state = client.get_compaction_state(compaction);
            self.run("get_compaction_state", state).await;
            let plans = client.get_compaction_plans(compaction);
            self.run("get_compaction_plans", plans).await;
        } else {
            self.run("get_compaction_state", client.get_compaction_state(1))
                .await;
            self.run("get_compaction_plans", client.get_compaction_plans(1))
                .await;
        }
        let tasks = client.list_compaction_tasks("tour");
        self.run("list_compaction_tasks", tasks).await;
        let optimize = client.optimize("tour").timeout(LIMIT);
        self.run("optimize", optimize).await;
        let all = client.flush_all().timeout(LIMIT);
        let timestamp = self.run("flush_all", all).await;
        let state = client.get_flush_all_state(timestamp.unwrap_or(1));
        if let Some(is_flushed) = self.run("get_flush_all_state", state).await {
            assert!(is_flushed);
        }
    }

    async fn loading(&mut self) {
        let client = self.client.clone();
        let replicas = self
            .run("describe_replica", client.describe_replica("tour"))
            .await;
        if let Some(replicas) = replicas {
            assert_eq!(replicas.len(), 1, "{replicas:?}");
            assert!(!replicas[0].nodes.is_empty(), "{replicas:?}");
        }
        self.run("refresh_load", client.refresh_load("tour").timeout(LIMIT))
            .await;
        let release = client.release_partitions("tour", ["new"]);
        self.run("release_partitions", release).await;
        self.run(
            "load_partitions",
            client.load_partitions("tour", ["new"]).timeout(LIMIT),
        )
        .await;
    }

    async fn schema(&mut self) {
        let client = self.client.clone();
        let alter = client
            .alter_collection_properties("tour")
            .ttl(Duration::from_secs(86_400));
        if self
            .run("alter_collection_properties", alter)
            .await
            .is_some()
        {
            let described = client.describe_collection("tour").await.unwrap();
            assert!(described.properties.contains(&ttl()), "{described:?}");
        }
        let drop = client.drop_collection_properties("tour", ["collection.ttl.seconds"]);
        self.run("drop_collection_properties", drop).await;
        let alter = client
            .alter_collection_field("tour", "title")
            .max_length(80);
        self.run("alter_collection_field", alter).await;
        let isbn = Field::varchar("isbn", 13).nullable();
        let added = self
            .run(
                "add_collection_field",
                client.add_collection_field("tour", isbn),
            )
            .await;
        if added.is_some() {
            let described = client.describe_collection("tour").await.unwrap();
            assert!(described.schema.field("isbn").is_some());
        }
        self.run(
            "drop_collection_field",
            client.drop_collection_field("tour", "isbn"),
        )
        .await;
        let chunk = [Field::varchar("text", 9)];
        let chunks = Field::struct_array("chunks", chunk, 9);
        let add = client.add_collection_struct_field("tour", chunks);
        self.run("add_collection_struct_field", add).await;
        let bm25 = || Function::bm25("bm25", "title", "words");
        let (words, index) = (
            Field::sparse_vector("words"),
            Index::sparse_inverted(Metric::Bm25),
        );
        let add = client.add_function_field("tour", words, bm25(), index);
        self.run("add_function_field", add).await;
        self.run(
            "drop_function_field",
            client.drop_function_field("tour", "bm25"),
        )
        .await;
        let add = client.add_collection_function("tour", bm25());
        self.run("add_collection_function", add).await;
        let alter = client.alter_collection_function("tour", "bm25", bm25());
        self.run("alter_collection_function", alter).await;
        let drop = client.drop_collection_function("tour", "bm25");
        self.run("drop_collection_function", drop).await;
        if self
            .run("truncate_collection", client.truncate_collection("tour"))
            .await
            .is_some()
        {
            assert_eq!(client.count("tour").await.unwrap(), 0);
        }
        let rename = client.rename_collection("tour", "tour_renamed");
        self.run("rename_collection", rename).await;
    }

    async fn users(&mut self) {
        let client = self.client.clone();
        let created = self
            .run("create_user", client.create_user("ann", "secret7"))
            .await;
        let update = client.update_password("ann", "secret7", "hidden7");
        self.run("update_password", update).await;
        self.run("update_user", client.update_user("ann", "reads"))
            .await;
        if let Some(users) = self.run("list_users", client.list_users()).await
            && created.is_some()
        {
            assert!(users.contains(&"ann".to_owned()), "{users:?}");
        }
        self.run("create_role", client.create_role("readers")).await;
        self.run("alter_role", client.alter_role("readers", "who read"))
            .await;
        self.run("list_roles", client.list_roles()).await;
        let granted = self
            .run("grant_role", client.grant_role("ann", "readers"))
            .await;
        if let Some(ann) = self.run("describe_user", client.describe_user("ann")).await
            && granted.is_some()
        {
            assert_eq!(
                (ann.name.as_str(), ann.roles),
                ("ann", vec!["readers".to_owned()])
            );
        }
        let grant = client.grant_privilege("readers", Privilege::SEARCH, "tour");
        let granted = self.run("grant_privilege", grant).await;
        let grant = client.grant_privilege_v2("readers", Privilege::QUERY, "tour");
        self.run("grant_privilege_v2", grant).await;
        if let Some(readers) = self
            .run("describe_role", client.describe_role("readers"))
            .await
            && granted.is_some()
        {
            let grants = readers.privileges.iter();
            assert!(
                grants.into_iter().any(
                    |grant| grant.privilege == Privilege::SEARCH && grant.object_name == "tour"
                ),
                "{readers:?}"
            );
        }
        let revoke = client.revoke_privilege_v2("readers", Privilege::QUERY, "tour");
        self.run("revoke_privilege_v2", revoke).await;
        let revoke = client.revoke_privilege("readers", Privilege::SEARCH, "tour");
        self.run("revoke_privilege", revoke).await;
        self.run(
            "create_privilege_group",
            client.create_privilege_group("reading"),
        )
        .await;
        let add = client.add_privileges_to_group("reading", [Privilege::SEARCH, Privilege::QUERY]);
        self.run("add_privileges_to_group", add).await;
        self.run("list_privilege_groups", client.list_privilege_groups())
            .await;
        let remove = client.remove_privileges_from_group("reading", [Privilege::QUERY]);
        self.run("remove_privileges_from_group", remove).await;
        self.run(
            "drop_privilege_group",
            client.drop_privilege_group("reading"),
        )
        .await;
        self.run("revoke_role", client.revoke_role("ann", "readers"))
            .await;
        self.run("drop_role", client.drop_role("readers")).await;
        self.run("drop_user", client.drop_user("ann")).await;
    }

    async fn resources(&mut self) {
        let client = self.client.clone();
        let created = self
            .run(
                "create_resource_group",
                client.create_resource_group("fast"),
            )
            .await;
        let groups = self
            .run("list_resource_groups", client.list_resource_groups())
            .await;
        if let Some(groups) = groups
            && created.is_some()
        {
            assert!(groups.contains(&"fast".to_owned()), "{groups:?}");
        }
        let describe = client.describe_resource_group("fast");
        if let Some(group) = self.run("describe_resource_group", describe).await {
            assert_eq!(group.name, "fast");
        }
        let update = client.update_resource_groups([("fast", ResourceGroupConfig::nodes(0, 1))]);
        self.run("update_resource_groups", update).await;
        let transfer = client.transfer_replica("__default_resource_group", "fast", "tour", 1);
        // The group has no nodes, and Milvus 2.3.5 does not move one there for the purpose.
        self.refused("transfer_replica", transfer, "nodes not enough")
            .await;
        self.run("drop_resource_group", client.drop_resource_group("fast"))
            .await;
        self.run(
            "add_file_resource",
            client.add_file_resource("words", "a.txt"),
        )
        .await;
        self.run("list_file_resources", client.list_file_resources())
            .await;
        self.run("remove_file_resource", client.remove_file_resource("words"))
            .await;
        let analyzer = client
            .run_analyzer(["Good Omens"])
            .analyzer(r#"{"type":"english"}"#);
        if let Some(tokens) = self.run("run_analyzer", analyzer).await {
            assert_eq!(tokens[0].len(), 2, "{tokens:?}");
        }
    }

    async fn snapshots(&mut self) {
        let client = self.client.clone();
        self.run("create_snapshot", client.create_snapshot("tour", "nightly"))
            .await;
        self.run("list_snapshots", client.list_snapshots("tour"))
            .await;
        self.run(
            "describe_snapshot",
            client.describe_snapshot("tour", "nightly"),
        )
        .await;
        let restore = client.restore_snapshot("tour", "nightly", "restored");
        let job = self.run("restore_snapshot", restore).await.unwrap_or(1);
        self.run(
            "get_restore_snapshot_state",
            client.get_restore_snapshot_state(job),
        )
        .await;
        self.run(
            "list_restore_snapshot_jobs",
            client.list_restore_snapshot_jobs("tour"),
        )
        .await;
        let pin = self
            .run(
                "pin_snapshot_data",
                client.pin_snapshot_data("tour", "nightly"),
            )
            .await;
        let unpin = client.unpin_snapshot_data(pin.unwrap_or(1));
        self.run("unpin_snapshot_data", unpin).await;
        self.run("drop_snapshot", client.drop_snapshot("tour", "nightly"))
            .await;
        let refresh = client.refresh_external_collection("tour");
        self.run("refresh_external_collection", refresh).await;
        let progress = client.get_refresh_external_collection_progress(1);
        self.run("get_refresh_external_collection_progress", progress)
            .await;
        let jobs = client.list_refresh_external_collection_jobs("tour");
        self.run("list_refresh_external_collection_jobs", jobs)
            .await;
    }

    async fn clusters(&mut self) {
        let client = self.client.clone();
        let update = client.update_replicate_configuration(ReplicationConfig::default());
        self.run("update_replicate_configuration", update).await;
        let get = client.get_replicate_configuration();
        self.run("get_replicate_configuration", get).await;
        self.run(
            "get_replicate_info",
            client.get_replicate_info("a", "channel"),
        )
        .await;
        let dump = client.dump_messages("channel", LogPosition::new("1", "WoodPecker"));
        self.run("dump_messages", dump).await;
        self.run("client_heartbeat", client.client_heartbeat("tour"))
            .await;
        self.run("get_client_telemetry", client.get_client_telemetry())
            .await;
        let push = client.push_client_command("push_config", "{}");
        let command = self
            .run("push_client_command", push)
            .await
            .unwrap_or_default();
        self.run(
            "delete_client_command",
            client.delete_client_command(command),
        )
        .await;
    }

    async fn all(mut self) -> BTreeMap<&'static str, String> {
        self.databases().await;
        self.collection().await;
        self.storage().await;
        self.loading().await;
        self.basics().await;
        self.resources().await;
        self.users().await;
        self.snapshots().await;
        self.clusters().await;
        self.schema().await;
        self.end().await;
        self.outcomes
    }
}

/// The operations whose requests are compared with pymilvus', from the sources of these tests.
fn compared_with_pymilvus(name: &str) -> bool {
    let call = format!("client.{name}(");
    [
        include_str!("../pymilvus_requests.rs"),
        include_str!("../pymilvus_requests/operations.rs"),
        include_str!("../pymilvus_requests/others.rs"),
        include_str!("../pymilvus_requests/pages.rs"),
        include_str!("../pymilvus_requests/rows.rs"),
    ]
    .iter()
    .any(|source| {
        let mut calls = source.split(&call).skip(1);
        // Python has texts in other quotes than Rust.
        calls.any(|arguments| {
            let first = arguments.trim_start_matches(['[', '{', ' ', '\\', '\n']);
            first.starts_with(['\'', ')'])
                || first.starts_with(|letter: char| letter.is_ascii_digit())
        })
    })
}

#[tokio::test]
async fn every_operation_does_on_each_server_what_the_table_says() {
    let standalone = Milvus::standalone().authorization(true).start();
    let servers = [
        standalone.await,
        Milvus::lite().start().await,
        Milvus::lite_python().start().await,
    ];
    let mut columns = Vec::new();
    for (number, server) in servers.into_iter().enumerate() {
        let Some(server) = require(server) else {
            return;
        };
        let client = Client::builder(server.uri())
            .token("root:Milvus")
            .connect()
            .await
            .unwrap();
        columns.push(Tour::new(client, number > 0).all().await);
        server.stop().await;
    }
    let mut page = PAGE.to_owned();
    for name in documented::names() {
        let cells = columns.iter().map(|column| {
            let outcome = column.get(name.as_str());
            outcome
                .unwrap_or_else(|| panic!("{name} is not in the tour"))
                .as_str()
        });
        let cells: Vec<&str> = cells.collect();
        let compared = if compared_with_pymilvus(&name) {
            WORKS
        } else {
            ""
        };
        page += &format!("| `{name}` | {} | {compared} |\n", cells.join(" | "));
    }
    documented::written("docs/servers.md", &page);
}

const PAGE: &str = "\
# Operations and servers

What each operation did on the servers of the tests: \"yes\" if the server did it, \"-\" if the server does not have the
operation and the error said so ([`Error::is_unsupported`](https://docs.rs/milvus-otel/latest/milvus_otel/struct.Error.html#method.is_unsupported)).
The last column has the operations whose requests are the same as those of pymilvus 3.0.2, field by field. Operations
that none of these servers has are for newer ones; their documentation has the version.

| operation | Milvus 2.3.5 | Milvus Lite 2.5.1 | Milvus Lite 3.2.2 | as pymilvus |
|---|---|---|---|---|
";
