//! What every operation does on each server, and what is said where a server lacks it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use milvus_otel::ops::LoadState;
use milvus_otel::proto::milvus::{
    CreateDatabaseRequest, DropDatabaseRequest, ShowPartitionsRequest,
};
use milvus_otel::{
    Client, Consistency, ErrorKind, Field, Index, Metric, Result, Schema, error::Code,
    schema::DataType,
};
use testkit::{Milvus, require};

/// How the servers differ.
struct Server {
    client: Client,
    version: Option<&'static str>,
    health: bool,
    renames: bool,
    /// Collections can be loaded without an index.
    loads_unindexed: bool,
    /// `release_collection` has an effect.
    releases: bool,
    /// Creating the same collection again succeeds.
    creates_again: bool,
    /// What a collection was created with is kept; Milvus Lite knows strong consistency only.
    keeps_consistency: bool,
    /// Descriptions, and how long the texts in an array may be, come back.
    keeps_details: bool,
    vectors: &'static [fn(&'static str, u32) -> Field],
}

fn unsupported<T: std::fmt::Debug>(answer: Result<T>) {
    let error = answer.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    assert!(
        error.to_string().contains("does not support the operation"),
        "{error}"
    );
}

fn of_every_scalar_type(details: bool) -> Schema {
    let schema = Schema::builder()
        .field(Field::varchar("isbn", 13).primary_key())
        .field(Field::bool("lent"))
        .field(Field::int8("shelf"))
        .field(Field::int16("pages"))
        .field(Field::int32("copies"))
        .field(Field::int64("borrowed"))
        .field(Field::float("rating"))
        .field(Field::double("price"))
        .field(Field::varchar("title", 512))
        .field(Field::json("imprint"))
        .field(Field::array("years", DataType::Int32, 16))
        .field(Field::float_vector("embedding", 8))
        .dynamic_fields(true);
    let text = DataType::VarChar { max_length: 64 };
    let authors = Field::array("authors", text, 8).description("with no titles");
    let schema = if details {
        schema.description("what a book is").field(authors)
    } else {
        schema
    };
    schema.build().unwrap()
}

impl Server {
    fn kept(&self, asked: Consistency) -> Option<Consistency> {
        Some(if self.keeps_consistency {
            asked
        } else {
            Consistency::Strong
        })
    }

    async fn check(self) {
        let client = &self.client;
        client.drop_collection("quick").await.unwrap();
        self.quick_form().await;
        self.schema_form().await;
        self.vectors().await;
        self.load_and_release().await;
        self.missing().await;
        self.rename().await;
        self.partitions_and_aliases().await;
        match self.version {
            Some(version) => {
                let answer = client.get_server_version().await.unwrap();
                assert!(answer.contains(version), "{answer}");
            }
            None => unsupported(client.get_server_version().await),
        }
        if self.health {
            let health = client.check_health().await.unwrap();
            assert!(health.is_healthy, "{health:?}");
        } else {
            unsupported(client.check_health().await);
        }
    }

    async fn quick_form(&self) {
        let client = &self.client;
        assert!(!client.has_collection("quick").await.unwrap());
        client.create_collection("quick", 5).await.unwrap();
        assert!(client.has_collection("quick").await.unwrap());
        let listed = client.list_collections().await.unwrap();
        assert!(listed.contains(&"quick".to_owned()), "{listed:?}");
        assert_eq!(
            client.get_load_state("quick").await.unwrap(),
            LoadState::Loaded
        );
        let info = client.describe_collection("quick").await.unwrap();
        let expected = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::float_vector("vector", 5))
            .dynamic_fields(true);
        assert_eq!(info.schema, expected.build().unwrap());
        assert_eq!(info.name, "quick");
        assert_eq!(info.consistency, self.kept(Consistency::Bounded));

        let again = client.create_collection("quick", 5).await;
        assert_eq!(again.is_ok(), self.creates_again, "{again:?}");
        let other = client.create_collection("quick", 6).await.unwrap_err();
        assert_eq!(other.kind(), ErrorKind::Server, "{other}");
        assert!(other.code().is_some() && !other.is_retryable(), "{other}");
        client.drop_collection("quick").await.unwrap();
        assert!(!client.has_collection("quick").await.unwrap());
    }

    async fn schema_form(&self) {
        let client = &self.client;
        let schema = of_every_scalar_type(self.keeps_details);
        client
            .create_collection("scalars", schema.clone())
            .consistency(Consistency::Session)
            .await
            .unwrap();
        let info = client.describe_collection("scalars").await.unwrap();
        assert_eq!(info.schema, schema);
        assert_eq!(info.consistency, self.kept(Consistency::Session));
        client.drop_collection("scalars").await.unwrap();
    }

    async fn vectors(&self) {
        let client = &self.client;
        for vector in self.vectors {
            let schema = Schema::builder()
                .field(Field::int64("id").primary_key().auto_id())
                .field(vector("vector", 16))
                .build()
                .unwrap();
            let create = client.create_collection("vectors", schema.clone());
            create.await.unwrap();
            let info = client.describe_collection("vectors").await.unwrap();
            assert_eq!(info.schema, schema);
            client.drop_collection("vectors").await.unwrap();
        }
    }

    async fn load_and_release(&self) {
        let client = &self.client;
        let schema = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::float_vector("vector", 4));
        let create = client.create_collection("loaded", schema.build().unwrap());
        create.await.unwrap();
        if !self.loads_unindexed {
            let state = client.get_load_state("loaded").await.unwrap();
            assert_eq!(state, LoadState::NotLoaded);
            let error = client.load_collection("loaded").await.unwrap_err();
            assert_eq!(error.code(), Some(Code::INDEX_NOT_FOUND), "{error}");
            assert!(
                error.to_string().contains("; create an index first"),
                "{error}"
            );
            assert_eq!(error.collection(), Some("loaded"));
        }
        let index = Index::flat(Metric::L2);
        client
            .create_index("loaded", "vector", index)
            .await
            .unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&seen);
        client
            .load_collection("loaded")
            .progress(move |progress| told.lock().unwrap().push(progress.percent()))
            .timeout(Duration::from_secs(30))
            .await
            .unwrap();
        let seen = seen.lock().unwrap().clone();
        assert_eq!(seen.last(), Some(&100), "{seen:?}");
        assert!(seen.is_sorted(), "{seen:?}");
        assert_eq!(
            client.get_load_state("loaded").await.unwrap(),
            LoadState::Loaded
        );
        client.release_collection("loaded").await.unwrap();
        if self.releases {
            let state = client.get_load_state("loaded").await.unwrap();
            assert_eq!(state, LoadState::NotLoaded);
        }
        client.drop_collection("loaded").await.unwrap();
    }

    async fn missing(&self) {
        let client = &self.client;
        let error = client.describe_collection("missing").await.unwrap_err();
        assert!(error.is_not_found(), "{error:?}");
        assert_eq!(error.collection(), Some("missing"));
        let error = client.load_collection("missing").await.unwrap_err();
        assert!(error.is_not_found(), "{error:?}");
        client.drop_collection("missing").await.unwrap();
        let error = client.has_collection("").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::InvalidArgument, 0)
        );
    }

    async fn partitions_and_aliases(&self) {
        let client = &self.client;
        if !self.renames {
            unsupported(client.list_partitions("parts").await);
            unsupported(client.list_aliases("parts").await);
            return;
        }
        client.create_collection("parts", 4).await.unwrap();
        client.create_collection("others", 4).await.unwrap();
        client.release_collection("parts").await.unwrap();
        client.create_partition("parts", "classics").await.unwrap();
        let mut partitions = client.list_partitions("parts").await.unwrap();
        partitions.sort();
        assert_eq!(partitions, ["_default", "classics"]);
        assert!(client.has_partition("parts", "classics").await.unwrap());
        client.drop_partition("parts", "classics").await.unwrap();
        assert!(!client.has_partition("parts", "classics").await.unwrap());
        let missing = client.create_partition("nowhere", "p").await.unwrap_err();
        assert!(missing.is_not_found(), "{missing}");

        client.create_alias("parts", "current").await.unwrap();
        let described = client.describe_alias("current").await.unwrap();
        assert_eq!(
            (described.name.as_str(), described.collection.as_str()),
            ("current", "parts")
        );
        assert_eq!(client.list_aliases("parts").await.unwrap(), ["current"]);
        client.alter_alias("others", "current").await.unwrap();
        assert_eq!(
            client.describe_alias("current").await.unwrap().collection,
            "others"
        );
        client.drop_alias("current").await.unwrap();
        client.drop_alias("current").await.unwrap();
        let gone = client.describe_alias("current").await.unwrap_err();
        assert!(gone.is_not_found(), "{gone}");
        client.drop_collection("parts").await.unwrap();
        client.drop_collection("others").await.unwrap();
    }

    async fn rename(&self) {
        let client = &self.client;
        client.create_collection("before", 4).await.unwrap();
        if self.renames {
            client.rename_collection("before", "after").await.unwrap();
            assert!(!client.has_collection("before").await.unwrap());
            assert_eq!(
                client.describe_collection("after").await.unwrap().name,
                "after"
            );
            client.drop_collection("after").await.unwrap();
        } else {
            unsupported(client.rename_collection("before", "after").await);
            client.drop_collection("before").await.unwrap();
        }
    }
}

#[tokio::test]
async fn operations_on_milvus() {
    let Some(milvus) = require(Milvus::shared_standalone().await) else {
        return;
    };
    let server = Server {
        client: Client::connect(milvus.uri()).await.unwrap(),
        version: Some("2.3.5"),
        health: true,
        renames: true,
        loads_unindexed: false,
        releases: true,
        creates_again: true,
        keeps_consistency: true,
        keeps_details: true,
        vectors: &[Field::binary_vector],
    };
    server.check().await;
}

#[tokio::test]
async fn operations_on_milvus_lite_over_a_unix_socket() {
    let Some(milvus) = require(Milvus::lite().start().await) else {
        return;
    };
    assert!(milvus.uri().starts_with("unix:"), "{}", milvus.uri());
    let server = Server {
        client: Client::connect(milvus.uri()).await.unwrap(),
        version: None,
        health: false,
        renames: false,
        loads_unindexed: true,
        releases: false,
        creates_again: true,
        keeps_consistency: false,
        keeps_details: true,
        vectors: &[Field::binary_vector, Field::float16_vector, |name, _| {
            Field::sparse_vector(name)
        }],
    };
    server.check().await;
}

#[tokio::test]
async fn operations_on_milvus_lite_in_python() {
    let Some(milvus) = require(Milvus::lite_python().start().await) else {
        return;
    };
    let server = Server {
        client: Client::connect(milvus.uri()).await.unwrap(),
        version: Some("3.2.2"),
        health: true,
        renames: true,
        loads_unindexed: true,
        releases: true,
        creates_again: false,
        keeps_consistency: false,
        keeps_details: false,
        vectors: &[|name, _| Field::sparse_vector(name)],
    };
    server.check().await;
}

#[tokio::test]
async fn a_client_works_in_its_database() {
    let Some(milvus) = require(Milvus::shared_standalone().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    let library = client.in_database("library");
    let error = library.list_collections().await.unwrap_err();
    assert_eq!(error.code(), Some(Code::DATABASE_NOT_FOUND), "{error}");
    assert!(error.is_not_found());

    let request = CreateDatabaseRequest {
        db_name: "library".into(),
        ..Default::default()
    };
    client.send(request.clone()).await.unwrap();
    let again = client.send(request).await.unwrap_err();
    assert_eq!(
        (again.operation(), again.rpc()),
        ("send", Some("create_database"))
    );
    assert_eq!(again.kind(), ErrorKind::Server, "{again}");
    library.create_collection("shelved", 4).await.unwrap();
    assert_eq!(library.list_collections().await.unwrap(), ["shelved"]);
    let list = ShowPartitionsRequest {
        collection_name: "shelved".into(),
        ..Default::default()
    };
    let partitions = library.send(list).await.unwrap().partition_names;
    assert_eq!(
        partitions,
        ["_default"],
        "the request goes to the client's database"
    );
    assert!(!client.has_collection("shelved").await.unwrap());

    let by_uri = format!("{}/library", milvus.uri());
    let by_uri = Client::connect(by_uri).await.unwrap();
    assert_eq!(by_uri.database(), Some("library"));
    assert!(by_uri.has_collection("shelved").await.unwrap());

    library.drop_collection("shelved").await.unwrap();
    let request = DropDatabaseRequest {
        db_name: "library".into(),
        ..Default::default()
    };
    client.send(request).await.unwrap();
}
