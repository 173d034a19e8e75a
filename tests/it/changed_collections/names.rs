//! Names that come to mean another collection.

use milvus_otel::proto::milvus::{
    AlterAliasRequest, CreateAliasRequest, CreateDatabaseRequest, DropAliasRequest,
    DropDatabaseRequest,
};
use milvus_otel::{Client, Consistency};
use serde_json::json;

use super::{Pair, all, checks, create, ints, keyed, row};

/// `a` has the key `id`, `b` the key `uid`, and what is a key in one is none in the other.
async fn two(client: &Client, a: &str, b: &str) {
    create(client, a, keyed("id")).await;
    create(client, b, keyed("uid")).await;
    client.insert(a, row(1, 7)).await.unwrap();
    client
        .insert(b, json!([row(100, 1), row(1, 2)]))
        .await
        .unwrap();
}

async fn point(client: &Client, alias: &str, collection: &str) {
    let (collection_name, alias) = (collection.to_owned(), alias.to_owned());
    let exists = AlterAliasRequest {
        collection_name: collection_name.clone(),
        alias: alias.clone(),
        ..Default::default()
    };
    if client.send(exists).await.is_err() {
        let create = CreateAliasRequest {
            collection_name,
            alias,
            ..Default::default()
        };
        client.send(create).await.unwrap();
    }
}

async fn drop_alias(client: &Client, alias: &str) {
    let request = DropAliasRequest {
        alias: alias.into(),
        ..Default::default()
    };
    client.send(request).await.unwrap();
}

/// Both keys of the only row that `get` finds.
async fn got(client: &Client, name: &str, key: i64) -> (Vec<i64>, Vec<i64>) {
    let rows = client
        .get(name, [key])
        .consistency(Consistency::Strong)
        .await
        .unwrap();
    (ints(&rows, "id"), ints(&rows, "uid"))
}

/// By `send`, by `raw`, and by another process.
async fn an_alias_that_is_switched(Pair { client, other }: Pair) {
    for by in ["send", "raw", "another process"] {
        let (a, b, alias) = ("switched_a", "switched_b", "switched");
        two(&client, a, b).await;
        point(&client, alias, a).await;
        assert_eq!(got(&client, alias, 1).await, (vec![1], vec![7]));
        client.insert(alias, row(2, 8)).await.unwrap();
        let switch = AlterAliasRequest {
            collection_name: b.into(),
            alias: alias.into(),
            ..Default::default()
        };
        match by {
            "send" => drop(client.send(switch).await.unwrap()),
            "raw" => drop(client.raw().alter_alias(switch).await.unwrap()),
            _ => drop(other.send(switch).await.unwrap()),
        }
        assert_eq!(got(&client, alias, 1).await, (vec![100], vec![1]), "{by}");
        client.delete(alias, [1]).await.unwrap();
        assert_eq!(ints(&all(&client, b, "uid > 0").await, "uid"), [2], "{by}");
        assert_eq!(ints(&all(&client, a, "id > 0").await, "id"), [1, 2], "{by}");
        drop_alias(&client, alias).await;
        client.drop_collection(a).await.unwrap();
        client.drop_collection(b).await.unwrap();
    }
}

async fn collections_that_change_names(Pair { client, other }: Pair) {
    for renaming in [&client, &other] {
        let (a, b) = ("swapped_a", "swapped_b");
        two(&client, a, b).await;
        assert_eq!(got(&client, a, 1).await, (vec![1], vec![7]));
        assert_eq!(got(&client, b, 1).await, (vec![100], vec![1]));
        for (from, to) in [(a, "swapped_c"), (b, a), ("swapped_c", b)] {
            renaming.rename_collection(from, to).await.unwrap();
        }
        // Milvus Lite releases what is renamed.
        for name in [a, b] {
            renaming.load_collection(name).await.unwrap();
        }
        assert_eq!(got(&client, a, 1).await, (vec![100], vec![1]));
        assert_eq!(got(&client, b, 1).await, (vec![1], vec![7]));
        client.delete(a, [1]).await.unwrap();
        assert_eq!(ints(&all(&client, a, "uid > 0").await, "uid"), [2]);
        client.drop_collection(a).await.unwrap();
        client.drop_collection(b).await.unwrap();
    }
}

/// The collection behind an alias is dropped and made anew under its own name.
async fn a_collection_that_is_replaced_behind_its_alias(Pair { client, .. }: Pair) {
    let (a, b, alias) = ("behind_a", "behind_b", "behind");
    two(&client, a, b).await;
    point(&client, alias, a).await;
    assert_eq!(got(&client, alias, 1).await, (vec![1], vec![7]));
    drop_alias(&client, alias).await;
    create(&client, a, keyed("uid")).await;
    point(&client, alias, a).await;
    client
        .insert(alias, json!([row(100, 1), row(1, 2)]))
        .await
        .unwrap();
    assert_eq!(got(&client, alias, 1).await, (vec![100], vec![1]));
    client.delete(alias, [1]).await.unwrap();
    assert_eq!(ints(&all(&client, a, "uid > 0").await, "uid"), [2]);
    drop_alias(&client, alias).await;
    client.drop_collection(a).await.unwrap();
    client.drop_collection(b).await.unwrap();
}

async fn a_database_that_is_made_anew(Pair { client, other }: Pair) {
    let database = || "anew".to_owned();
    let create_database = || CreateDatabaseRequest {
        db_name: database(),
        ..Default::default()
    };
    for making in [&client, &other] {
        client.send(create_database()).await.unwrap();
        let tenant = client.in_database("anew");
        create(&tenant, "c", keyed("id")).await;
        tenant.insert("c", row(1, 7)).await.unwrap();
        assert_eq!(got(&tenant, "c", 1).await, (vec![1], vec![7]));
        let within = making.in_database("anew");
        within.drop_collection("c").await.unwrap();
        let drop_database = DropDatabaseRequest {
            db_name: database(),
            ..Default::default()
        };
        making.send(drop_database.clone()).await.unwrap();
        making.send(create_database()).await.unwrap();
        create(&within, "c", keyed("uid")).await;
        within
            .insert("c", json!([row(100, 1), row(1, 2)]))
            .await
            .unwrap();
        assert_eq!(got(&tenant, "c", 1).await, (vec![100], vec![1]));
        tenant.delete("c", [1]).await.unwrap();
        assert_eq!(ints(&all(&tenant, "c", "uid > 0").await, "uid"), [2]);
        within.drop_collection("c").await.unwrap();
        client.send(drop_database).await.unwrap();
    }
}

checks!(of names:
    an_alias_that_is_switched,
    collections_that_change_names,
    a_collection_that_is_replaced_behind_its_alias,
    a_database_that_is_made_anew,
);
