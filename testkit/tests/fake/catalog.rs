//! Databases, collections, partitions, aliases and indexes.

use milvus_otel::error::Code;
use milvus_otel::ops::LoadState;
use milvus_otel::{Index, Metric};
use milvus_otel_testkit::Fake;

use super::books;

#[tokio::test]
async fn a_collection_is_described_as_it_was_made() {
    let (_, client) = books().await;
    let described = client.describe_collection("books").await.unwrap();
    let fields: Vec<&str> = described
        .schema
        .fields()
        .iter()
        .map(|field| field.name())
        .collect();
    assert_eq!(fields, ["id", "title", "year", "more", "vector"]);
    assert!(described.schema.has_dynamic_fields());
    assert!(described.schema.field("title").unwrap().is_nullable());
    assert!(described.schema.field("year").unwrap().has_default());
    assert_eq!(
        client.get_load_state("books").await.unwrap(),
        LoadState::Loaded
    );
    assert_eq!(client.get_collection_stats("books").await.unwrap().rows, 3);
}

#[tokio::test]
async fn what_does_not_exist_has_milvus_code() {
    let client = Fake::new().client().await.unwrap();
    let missing = client.describe_collection("books").await.unwrap_err();
    assert_eq!(missing.code(), Some(Code::COLLECTION_NOT_FOUND));
    let missing = client.search("books", [0.0]).await.unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
    let missing = client
        .in_database("shop")
        .list_collections()
        .await
        .unwrap_err();
    assert_eq!(missing.code(), Some(Code::DATABASE_NOT_FOUND));
    assert!(!client.has_collection("books").await.unwrap());
    // Like Milvus, which does not mind.
    client.drop_collection("books").await.unwrap();
}

#[tokio::test]
async fn a_taken_name_is_refused_for_another_schema_only() {
    let client = Fake::new().client().await.unwrap();
    client.create_collection("books", 4).await.unwrap();
    client.create_collection("books", 4).await.unwrap();
    let taken = client.create_collection("books", 8).await.unwrap_err();
    assert!(taken.is_already_exists(), "{taken}");
}

#[tokio::test]
async fn databases_keep_collections_apart() {
    let client = Fake::new().client().await.unwrap();
    client.create_database("shop").await.unwrap();
    let shop = client.in_database("shop");
    shop.create_collection("books", 2).await.unwrap();
    assert!(!client.has_collection("books").await.unwrap());
    assert_eq!(client.list_databases().await.unwrap(), ["default", "shop"]);
    assert!(
        client
            .drop_database("shop")
            .await
            .unwrap_err()
            .is_invalid_argument()
    );
    shop.drop_collection("books").await.unwrap();
    client.drop_database("shop").await.unwrap();
}

#[tokio::test]
async fn partitions_hold_rows_of_their_own() {
    let (_, client) = books().await;
    client.create_partition("books", "old").await.unwrap();
    let row = serde_json::json!({ "id": 4, "title": "Iliad", "more": 1, "vector": [0.0, 0.0] });
    client
        .insert("books", &[row])
        .partition("old")
        .await
        .unwrap();
    assert_eq!(client.count("books").partitions(["old"]).await.unwrap(), 1);
    assert_eq!(client.count("books").await.unwrap(), 4);
    let missing = client
        .query("books")
        .partitions(["new"])
        .limit(1)
        .await
        .unwrap_err();
    assert_eq!(missing.code(), Some(Code::PARTITION_NOT_FOUND));
    assert_eq!(
        client.list_partitions("books").await.unwrap(),
        ["_default", "old"]
    );
    client.release_partitions("books", ["old"]).await.unwrap();
    client.drop_partition("books", "old").await.unwrap();
    assert_eq!(client.count("books").await.unwrap(), 3);
}

#[tokio::test]
async fn aliases_and_new_names_lead_to_the_collection() {
    let (_, client) = books().await;
    client.create_alias("books", "novels").await.unwrap();
    assert_eq!(client.count("novels").await.unwrap(), 3);
    assert!(client.drop_collection("books").await.is_err());
    client.rename_collection("books", "prose").await.unwrap();
    assert_eq!(client.count("novels").await.unwrap(), 3);
    assert_eq!(
        client.describe_alias("novels").await.unwrap().collection,
        "prose"
    );
    client.drop_alias("novels").await.unwrap();
    assert!(
        client
            .describe_alias("novels")
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn a_collection_is_loaded_before_it_is_read_and_indexed_before_that() {
    let (_, client) = books().await;
    client.release_collection("books").await.unwrap();
    let unloaded = client.search("books", [0.0, 0.0]).await.unwrap_err();
    assert_eq!(unloaded.code(), Some(Code::COLLECTION_NOT_LOADED));
    client.drop_index("books", "vector").await.unwrap();
    let unindexed = client.load_collection("books").await.unwrap_err();
    assert_eq!(unindexed.code(), Some(Code::INDEX_NOT_FOUND));
    let index = Index::auto(Metric::Cosine);
    client
        .create_index("books", "vector", index)
        .name("near")
        .await
        .unwrap();
    assert_eq!(
        client.describe_index("books", "near").await.unwrap().field,
        "vector"
    );
    client.load_collection("books").await.unwrap();
    assert_eq!(client.search("books", [3.0, 4.0]).await.unwrap()[0].id, 3);
}

#[tokio::test]
async fn what_it_lacks_is_refused_by_name() {
    let (_, client) = books().await;
    let missing = client.create_user("ann", "secret").await.unwrap_err();
    assert!(missing.is_unsupported(), "{missing}");
    assert!(
        missing
            .to_string()
            .contains("the fake has no CreateCredential: script it, or use Milvus Lite"),
        "{missing}"
    );
    let grouped = client.search("books", [0.0, 0.0]).group_by("year").await;
    let missing = grouped.unwrap_err();
    assert!(
        missing.is_unsupported()
            && missing
                .to_string()
                .contains("the fake has no group_by_field"),
        "{missing}"
    );
}
