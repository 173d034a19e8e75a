//! Collections, their rows, storage and memory.

use std::time::Duration;

use milvus_otel::schema::Function;
use milvus_otel::{Consistency, Field, Index, Metric, Schema};
use serde_json::json;

use super::{LIMIT, Tour};

fn ttl() -> (String, String) {
    ("collection.ttl.seconds".to_owned(), "86400".to_owned())
}

impl Tour {
    pub(super) async fn collection(&mut self) {
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

    pub(super) async fn basics(&mut self) {
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
        let other_row = || json!({ "id": 1000, "title": "t", "vector": [7, 0, 0, 1] });
        self.run("delete", client.delete("tour", [7])).await;
        self.run("insert", client.insert("tour", row())).await;
        self.run("upsert", client.upsert("tour", row())).await;
        let stream = client.insert_stream("tour", std::iter::once(other_row()));
        let written = self.run("insert_stream", stream).await.unwrap();
        assert_eq!(written.count, 1);
        let stream = client.upsert_stream("tour", std::iter::once(other_row()));
        self.run("upsert_stream", stream).await;
        client.delete("tour", [1000]).await.unwrap();
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

    pub(super) async fn storage(&mut self) {
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

    pub(super) async fn loading(&mut self) {
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
        // Flushed segments are loaded when the server updates its target, which a refresh hastens.
        let mut loaded = 0;
        for _ in 0..100 {
            let list = client.list_loaded_segments("tour");
            let Some(segments) = self.run("list_loaded_segments", list).await else {
                loaded = 100;
                break;
            };
            loaded = segments.iter().map(|segment| segment.rows).sum();
            if loaded == 100 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(loaded, 100, "rows in loaded segments");
        let release = client.release_partitions("tour", ["new"]);
        self.run("release_partitions", release).await;
        self.run(
            "load_partitions",
            client.load_partitions("tour", ["new"]).timeout(LIMIT),
        )
        .await;
    }

    pub(super) async fn schema(&mut self) {
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

    pub(super) async fn end(&mut self) {
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
}
