//! Mistakes of a caller, on each server: they are told from failures of the server, in one line.

use milvus_otel::proto::milvus::{
    AlterAliasRequest, CreateAliasRequest, CreateDatabaseRequest, DropDatabaseRequest,
    ShowCollectionsRequest,
};
use milvus_otel::{Client, Consistency, Error, Field, Index, Metric, Schema};
use serde_json::json;
use testkit::{Milvus, require};

/// Which predicates hold.
#[derive(Debug, PartialEq, Eq, Default, Clone, Copy)]
struct Told {
    invalid: bool,
    missing: bool,
    taken: bool,
}

const INVALID: Told = Told {
    invalid: true,
    missing: false,
    taken: false,
};
const MISSING: Told = Told {
    invalid: false,
    missing: true,
    taken: false,
};
/// A field that does not exist.
const FIELD: Told = Told {
    invalid: true,
    missing: true,
    taken: false,
};
const TAKEN: Told = Told {
    invalid: true,
    missing: false,
    taken: true,
};

#[track_caller]
fn check(case: &str, error: &Error, expected: Told) {
    let told = Told {
        invalid: error.is_invalid_argument(),
        missing: error.is_not_found(),
        taken: error.is_already_exists(),
    };
    assert_eq!(told, expected, "{case}: {error:?}");
    assert!(
        !error.is_retryable() && !error.is_timeout(),
        "{case}: {error:?}"
    );
    assert!(!error.may_have_happened(), "{case}: {error:?}");
    let text = error.to_string();
    assert!(!text.contains(char::is_control), "{case}: {text:?}");
}

/// What is said by a server of what it does not know, where it takes it without a word.
struct Server {
    client: Client,
    /// The proxy's window of rows: others give all there are.
    has_window: bool,
    has_partitions: bool,
    checks_partitions: bool,
    checks_output: bool,
    checks_metric: bool,
    /// What an output field that the collection lacks is said to be.
    output: Told,
    has_aliases: bool,
    has_databases: bool,
}

fn schema(dimension: u32) -> Schema {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("title", 20))
        .field(Field::float_vector("v", dimension));
    schema.build().unwrap()
}

impl Server {
    async fn check(self) {
        let client = &self.client;
        let index = || Index::flat(Metric::L2);
        client.drop_collection("mistakes").await.unwrap();
        let create = client.create_collection("mistakes", schema(2));
        create.index("v", index()).await.unwrap();
        let rows = json!([{ "id": 1, "title": "a", "v": [0.5, 1.0] }]);
        client.insert("mistakes", rows).await.unwrap();
        // Nothing is known of the collection here, so that the servers are asked.
        let fresh = || client.in_database("default");

        for filter in [
            "id >>> 3",
            "id in [",
            "nofield > 3",
            "title > 3",
            "??",
            "id\n>>\n3",
        ] {
            let error = fresh().query("mistakes").filter(filter).await.unwrap_err();
            check(filter, &error, INVALID);
            let search = fresh().search("mistakes", [0.5, 1.0]).filter(filter);
            check(filter, &search.await.unwrap_err(), INVALID);
            let error = fresh().delete("mistakes", filter).await.unwrap_err();
            check(filter, &error, INVALID);
        }
        let error = fresh().query("nope").limit(1).await.unwrap_err();
        check("missing collection", &error, MISSING);
        let error = fresh().search("nope", [0.5, 1.0]).await.unwrap_err();
        check("missing collection", &error, MISSING);
        let error = fresh().delete("nope", "id in [1]").await.unwrap_err();
        check("missing collection", &error, MISSING);
        let error = client.load_collection("nope").await.unwrap_err();
        check("missing collection", &error, MISSING);

        // Bounded reads may not see the row yet, and of nothing Milvus checks nothing.
        let seen = Consistency::Strong;
        let search = || {
            let search = fresh().search("mistakes", [0.5, 1.0]);
            search.consistency(seen)
        };
        let wide = fresh().search("mistakes", [1.0; 3]).consistency(seen);
        let query = || fresh().query("mistakes").filter("id >= 0");
        check(
            "anns field",
            &search().field("nofield").await.unwrap_err(),
            FIELD,
        );
        check("dimension", &wide.await.unwrap_err(), INVALID);
        if self.has_window {
            check("limit", &query().limit(20_000).await.unwrap_err(), INVALID);
            check("limit", &search().limit(20_000).await.unwrap_err(), INVALID);
            check(
                "window",
                &query().limit(9_000).offset(9_000).await.unwrap_err(),
                INVALID,
            );
            check(
                "window",
                &search().limit(9_000).offset(9_000).await.unwrap_err(),
                INVALID,
            );
        }
        if self.checks_output {
            check(
                "output",
                &query().output(["nofield"]).await.unwrap_err(),
                self.output,
            );
            check(
                "output",
                &search().output(["nofield"]).await.unwrap_err(),
                self.output,
            );
        }
        if self.checks_metric {
            check(
                "metric",
                &search().metric(Metric::Cosine).await.unwrap_err(),
                INVALID,
            );
        }
        if self.checks_partitions {
            check(
                "partition",
                &query().partitions(["nope"]).await.unwrap_err(),
                MISSING,
            );
            check(
                "partition",
                &search().partitions(["nope"]).await.unwrap_err(),
                MISSING,
            );
        }
        if self.has_partitions {
            let rows = json!([{ "id": 1, "title": "a", "v": [0.5, 1.0] }]);
            let insert = client.insert("mistakes", rows).partition("nope");
            check("partition", &insert.await.unwrap_err(), MISSING);
            let delete = client.delete("mistakes", "id in [1]").partition("nope");
            check("partition", &delete.await.unwrap_err(), MISSING);
        } else {
            self.no_partitions().await;
        }
        let error = client
            .create_collection("mistakes", schema(3))
            .await
            .unwrap_err();
        check("taken", &error, TAKEN);
        let error = client
            .create_index("mistakes", "nofield", index())
            .await
            .unwrap_err();
        check("index of no field", &error, FIELD);
        if self.has_aliases {
            self.aliases().await;
        }
        if self.has_databases {
            self.databases().await;
        }
        client.drop_collection("mistakes").await.unwrap();
    }

    /// Milvus Lite 2.5 ignores partitions, so a write or a delete would reach all rows.
    async fn no_partitions(&self) {
        let client = &self.client;
        let before = client.count("mistakes").await.unwrap();
        let rows = json!([{ "id": 99, "title": "a", "v": [0.5, 1.0] }]);
        let refused = [
            (client.insert("mistakes", rows.clone()).partition("p").await).unwrap_err(),
            (client.upsert("mistakes", rows).partition("p").await).unwrap_err(),
            (client.delete("mistakes", "id >= 0").partition("p").await).unwrap_err(),
            (client.delete("mistakes", [1]).partition("p").await).unwrap_err(),
        ];
        for error in refused {
            let text = error.to_string();
            assert!(text.contains("partitions need Milvus"), "{text}");
            assert!(!error.may_have_happened(), "{text}");
        }
        assert_eq!(client.count("mistakes").await.unwrap(), before);
    }

    async fn aliases(&self) {
        let client = &self.client;
        let alias = |collection: &str, alias: &str| CreateAliasRequest {
            collection_name: collection.into(),
            alias: alias.into(),
            ..Default::default()
        };
        let error = client
            .send(alias("mistakes", "mistakes"))
            .await
            .unwrap_err();
        check("alias as a collection", &error, TAKEN);
        let error = client.send(alias("nope", "another")).await.unwrap_err();
        check("alias of no collection", &error, MISSING);
        let alter = AlterAliasRequest {
            collection_name: "mistakes".into(),
            alias: "nope".into(),
            ..Default::default()
        };
        check(
            "missing alias",
            &client.send(alter).await.unwrap_err(),
            MISSING,
        );
        client
            .create_collection("mistaken", schema(2))
            .await
            .unwrap();
        let rename = client.rename_collection("mistaken", "mistakes");
        check("rename to a taken name", &rename.await.unwrap_err(), TAKEN);
        client.drop_collection("mistaken").await.unwrap();
    }

    async fn databases(&self) {
        let client = &self.client;
        let create = CreateDatabaseRequest {
            db_name: "mistaken".into(),
            ..Default::default()
        };
        client.send(create.clone()).await.unwrap();
        check(
            "taken database",
            &client.send(create).await.unwrap_err(),
            TAKEN,
        );
        let drop = DropDatabaseRequest {
            db_name: "mistaken".into(),
            ..Default::default()
        };
        client.send(drop).await.unwrap();
        let list = ShowCollectionsRequest {
            db_name: "nowhere".into(),
            ..Default::default()
        };
        check(
            "missing database",
            &client.send(list).await.unwrap_err(),
            MISSING,
        );
    }
}

#[tokio::test]
async fn mistakes_on_milvus() {
    let Some(milvus) = require(Milvus::shared_standalone().await) else {
        return;
    };
    let server = Server {
        client: Client::connect(milvus.uri()).await.unwrap(),
        has_window: true,
        has_partitions: true,
        checks_partitions: true,
        checks_output: true,
        checks_metric: true,
        output: FIELD,
        has_aliases: true,
        has_databases: true,
    };
    server.check().await;
}

#[tokio::test]
async fn mistakes_on_milvus_lite() {
    let Some(milvus) = require(Milvus::lite().start().await) else {
        return;
    };
    let server = Server {
        client: Client::connect(milvus.uri()).await.unwrap(),
        has_window: true,
        has_partitions: false,
        checks_partitions: false,
        checks_output: true,
        checks_metric: true,
        output: FIELD,
        has_aliases: false,
        has_databases: false,
    };
    server.check().await;
}

#[tokio::test]
async fn mistakes_on_milvus_lite_in_python() {
    let Some(milvus) = require(Milvus::lite_python().start().await) else {
        return;
    };
    let server = Server {
        client: Client::connect(milvus.uri()).await.unwrap(),
        has_window: false,
        has_partitions: true,
        checks_partitions: false,
        checks_output: false,
        checks_metric: false,
        output: FIELD,
        has_aliases: true,
        has_databases: true,
    };
    server.check().await;
}
