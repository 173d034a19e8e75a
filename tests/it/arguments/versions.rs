//! Arguments that a server of this version would ignore are refused, and nothing is sent. A version later, they are sent.

use milvus_otel::Field;
use milvus_otel::ops::{ReplicationConfig, ResourceGroupConfig};

use super::*;

/// A client of a server of this version.
async fn client(version: &str) -> Client {
    let fake = Fake::scripted();
    let server_info = Some(ServerInfo {
        build_tags: version.into(),
        ..ServerInfo::default()
    });
    let answer = ConnectResponse {
        server_info,
        ..ConnectResponse::default()
    };
    fake.answer("Connect", &answer);
    let builder = Client::builder("http://fake:19530").service(fake.service());
    builder.connect().await.unwrap()
}

/// Tries an operation on a server that ignores `what`, and on one that does not.
macro_rules! since {
    ($($ignores:literal, $knows:literal, $what:literal, $client:ident => $operation:expr;)*) => {$(
        let $client = client($ignores).await;
        let error = $operation.await.map(drop).unwrap_err();
        assert!(error.is_unsupported() && error.attempts() == 0, "{} {error}", $what);
        assert!(error.message().contains($what), "{} {error}", $what);
        let $client = client($knows).await;
        let sent = $operation.await.map(drop);
        assert!(!sent.as_ref().is_err_and(milvus_otel::Error::is_unsupported), "{} {sent:?}", $what);
    )*};
}

#[tokio::test]
async fn arguments_that_a_server_would_ignore_are_refused() {
    since! {
        "v2.6.1", "v2.6.2", "partial upserts", c =>
            c.upsert("books", serde_json::json!({ "id": 1 })).partial(true);
        "v2.6.16", "v2.6.17", "append_to and remove_from", c =>
            c.upsert("books", serde_json::json!({ "id": 1 })).append_to("tags");
        "v2.3.9", "v2.4.0", "the consistency of a delete", c =>
            c.delete("books", "year < 1900").consistency(Consistency::Bounded);
        "v2.3.1", "v2.3.2", "to_database", c =>
            c.rename_collection("books", "novels").to_database("library");
        "milvus_lite-3.2.2", "v2.3.5", "to_database", c =>
            c.rename_collection("books", "novels").to_database("library");
        "v2.4.7", "v2.4.8", "database properties", c =>
            c.create_database("library").replicas(2);
        "v2.4.9", "v2.4.10", "deny_reads", c => c.create_database("library").deny_reads(true);
        "milvus_lite-3.2.2", "v2.4.10", "deny_reads", c =>
            c.alter_database_properties("library").deny_reads(true);
        "milvus_lite-3.2.2", "v2.4.8", "limits of a database", c =>
            c.alter_database_properties("library").max_collections(3);
        "v2.5.4", "v2.5.5", "consistency_level", c =>
            c.alter_collection_properties("books").consistency(Consistency::Strong);
        "v2.6.1", "v2.6.2", "dynamicfield.enabled", c =>
            c.alter_collection_properties("books").dynamic_fields(true);
        "v2.6.13", "v2.6.14", "force_promote", c =>
            c.update_replicate_configuration(ReplicationConfig::default()).force_promote(true);
        "v2.4.16", "v2.4.17", "node_labels", c => {
            let mut config = ResourceGroupConfig::nodes(1, 1);
            config.node_labels.push(("zone".to_owned(), "a".to_owned()));
            c.update_resource_groups([("search", config)])
        };
        "v2.5.12", "v2.5.13", "field and analyzer_names", c =>
            c.run_analyzer(["a dog"]).field("books", "title");
        "milvus_lite-3.2.2", "v2.3.5", "the count of a partition", c =>
            c.count("books").partitions(["classics"]);
        "milvus_lite-3.2.2", "v3.0.0", "order_by", c =>
            c.search("books", [0.5, 1.0]).order_by([("year", true)]).columns();
        "v2.6.7", "v2.6.8", "highlighters", c =>
            c.search("books", [0.5, 1.0]).highlighter(LexicalHighlighter::new()).columns();
        "v2.5.10", "v2.5.11", "analyzer_name", c =>
            c.search("books", [0.5, 1.0]).analyzer_name("english").columns();
        "v2.5.9", "v2.6.0", "a function as the ranker", c =>
            hybrid(&c).ranker(Function::rerank("decay", ["year"]));
        "v2.5.8", "v2.5.9", "a ranker without normalization", c => {
            let (weights, normalize) = (vec![0.25, 0.75], false);
            hybrid(&c).ranker(Ranker::Weighted { weights, normalize })
        };
        "v2.4.23", "v2.5.0", "group_by in a hybrid search", c => hybrid(&c).group_by("author");
        "milvus_lite-3.2.2", "v2.5.0", "rank_group_scorer", c =>
            hybrid(&c).group_by("author").rank_group_scorer(GroupScorer::Sum);
        "milvus_lite-3.2.2", "v2.5.0", "radius in a hybrid search", c =>
            hybrid(&c).search(SubSearch::new("w", [0.5]).radius(0.5));
        "v2.6.3", "v3.0.0", "text fields", c =>
            c.add_collection_field("books", Field::text("blurb").nullable());
        "v2.6.13", "v2.6.14", "a clustering key that is added later", c =>
            c.add_collection_field("books", Field::int64("year").nullable().clustering_key());
    }
}

fn hybrid(client: &Client) -> milvus_otel::ops::HybridSearch {
    let search = client.hybrid_search("books").vector("v", [0.5]);
    search.search(SubSearch::new("w", [0.5]))
}
