//! Changes through the connection, whoever makes them and however.

use std::time::Duration;

use milvus_otel::proto::milvus::*;
use testkit::{Fake, Reply};

use super::{connect, described, descriptions, received, row};

/// Makes each change by `send` and by `raw`, and looks whether the description of "books" is asked for again.
macro_rules! changes {
    ($fake:ident, $client:ident, $again:literal, [$($rpc:ident $request:ident { $($field:ident: $value:expr),* }),* $(,)?]) => {$({
        let request = || $request { $($field: $value.into(),)* ..Default::default() };
        for by in ["send", "raw"] {
            $client.insert("books", row()).await.unwrap();
            let before = descriptions(&$fake);
            match by {
                "send" => drop($client.send(request()).await.unwrap()),
                _ => drop($client.raw().$rpc(request()).await.unwrap()),
            }
            $client.insert("books", row()).await.unwrap();
            let again = descriptions(&$fake) - before;
            assert_eq!(again, $again, "{} by {by}", stringify!($rpc));
        }
    })*};
}

#[tokio::test]
async fn a_change_invalidates_the_description() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    changes!(fake, client, 1, [
        create_collection CreateCollectionRequest { collection_name: "books" },
        drop_collection DropCollectionRequest { collection_name: "books" },
        drop_collection DropCollectionRequest { db_name: "other", collection_name: "books" },
        rename_collection RenameCollectionRequest { old_name: "books", new_name: "moved" },
        rename_collection RenameCollectionRequest { old_name: "other", new_name: "books" },
        create_alias CreateAliasRequest { collection_name: "other", alias: "books" },
        alter_alias AlterAliasRequest { collection_name: "other", alias: "books" },
        drop_alias DropAliasRequest { alias: "books" },
        restore_snapshot RestoreSnapshotRequest { name: "s", target_collection_name: "books" },
    ]);
    // These may be about an alias of it.
    changes!(fake, client, 1, [
        alter_collection AlterCollectionRequest { collection_name: "alias" },
        alter_collection_field AlterCollectionFieldRequest { collection_name: "alias" },
        add_collection_field AddCollectionFieldRequest { collection_name: "alias" },
        add_collection_struct_field AddCollectionStructFieldRequest { collection_name: "alias" },
        add_collection_function AddCollectionFunctionRequest { collection_name: "alias" },
        alter_collection_function AlterCollectionFunctionRequest { collection_name: "alias" },
        drop_collection_function DropCollectionFunctionRequest { collection_name: "alias" },
        alter_collection_schema AlterCollectionSchemaRequest { collection_name: "alias" },
        truncate_collection TruncateCollectionRequest { collection_name: "alias" },
        create_database CreateDatabaseRequest { db_name: "other" },
        drop_database DropDatabaseRequest { db_name: "other" },
        alter_database AlterDatabaseRequest { db_name: "other" },
    ]);
    changes!(fake, client, 0, [
        create_collection CreateCollectionRequest { collection_name: "films" },
        drop_collection DropCollectionRequest { collection_name: "films" },
        rename_collection RenameCollectionRequest { old_name: "films", new_name: "movies" },
        create_index CreateIndexRequest { collection_name: "books" },
        load_collection LoadCollectionRequest { collection_name: "books" },
        create_partition CreatePartitionRequest { collection_name: "books" },
        flush FlushRequest { db_name: "" },
    ]);
}

#[tokio::test]
async fn a_change_of_a_collection_invalidates_its_aliases() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.answer("DescribeCollection", &described("books", 7, 1, "id"));
    client.insert("alias", row()).await.unwrap();
    client.drop_collection("books").await.unwrap();
    client.insert("alias", row()).await.unwrap();
    assert_eq!(descriptions(&fake), 2);
    // Milvus says the name in one place or the other.
    let mut answer = described("", 7, 1, "id");
    answer.collection_name = "books".into();
    fake.answer("DescribeCollection", &answer);
    client.rename_collection("books", "films").await.unwrap();
    client.insert("alias", row()).await.unwrap();
    client.rename_collection("films", "books").await.unwrap();
    client.insert("alias", row()).await.unwrap();
    assert_eq!(descriptions(&fake), 4);
}

#[tokio::test]
async fn an_unreadable_request_invalidates_all_descriptions() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    client.insert("books", row()).await.unwrap();
    let nameless = DropCollectionRequest::default();
    client.raw().drop_collection(nameless).await.unwrap();
    client.insert("books", row()).await.unwrap();
    assert_eq!(descriptions(&fake), 2);
}

#[tokio::test]
async fn a_description_read_during_a_change_is_not_used_afterwards() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let slow = |id| {
        let reply = Reply::message(&described("books", id, 1, "id"));
        Reply::After(Duration::from_millis(300), Box::new(reply))
    };
    fake.script("DescribeCollection", [slow(7), slow(8)]);
    // The insert has asked for the description when the collection is dropped.
    let (insert, drop) = tokio::join!(client.insert("books", row()), async {
        while descriptions(&fake) == 0 {
            tokio::task::yield_now().await;
        }
        client.drop_collection("books").await
    });
    insert.unwrap();
    drop.unwrap();
    assert_eq!(descriptions(&fake), 2);
    let rpcs: Vec<String> = fake.calls().iter().map(|call| call.rpc.clone()).collect();
    let expected = [
        "DescribeCollection",
        "DropCollection",
        "DescribeCollection",
        "Insert",
    ];
    assert_eq!(rpcs[1..], expected);
}

#[tokio::test]
async fn changes_and_writes_of_a_collection_wait_for_each_other() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    client.insert("books", row()).await.unwrap();
    let slow = |reply| Reply::After(Duration::from_millis(300), Box::new(reply));
    fake.script("Insert", [slow(Reply::message(&super::written(1)))]);
    fake.script("DropCollection", [slow(Reply::Message(Vec::new()))]);
    let before = fake.calls().len();
    let (first, drop, second) = tokio::join!(
        client.insert("books", row()),
        async {
            while fake.calls_of("Insert").len() < 2 {
                tokio::task::yield_now().await;
            }
            client
                .send(DropCollectionRequest {
                    collection_name: "books".into(),
                    ..Default::default()
                })
                .await
        },
        async {
            while fake.calls_of("DropCollection").is_empty() {
                tokio::task::yield_now().await;
            }
            client.insert("books", row()).await
        }
    );
    first.unwrap();
    drop.unwrap();
    second.unwrap();
    let rpcs: Vec<String> = fake.calls().iter().map(|call| call.rpc.clone()).collect();
    let after = ["Insert", "DropCollection", "DescribeCollection", "Insert"];
    let asked_early = [
        "Insert",
        "DropCollection",
        "DescribeCollection",
        "DescribeCollection",
        "Insert",
    ];
    assert!(
        rpcs[before..] == after || rpcs[before..] == asked_early,
        "{rpcs:?}"
    );
}

#[tokio::test]
async fn a_write_in_parts_stops_if_the_collection_is_replaced() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let rows = || {
        let ids: Vec<i64> = (0..1000).collect();
        milvus_otel::data::Columns::new()
            .int64("id", ids.clone())
            .int64("uid", ids)
    };
    let slow = Reply::After(
        Duration::from_millis(200),
        Box::new(Reply::message(&super::written(1))),
    );
    fake.script("Insert", [slow]);
    let replaced = async {
        while fake.calls_of("Insert").is_empty() {
            tokio::task::yield_now().await;
        }
        fake.answer("DescribeCollection", &described("", 9, 1, "uid"));
        client.drop_collection("books").await
    };
    let (insert, drop) = tokio::join!(
        client.insert("books", rows()).max_request_bytes(500),
        replaced
    );
    drop.unwrap();
    let error = insert.unwrap_err();
    let sent: Vec<InsertRequest> = received(&fake, "Insert");
    let partial = error.partial_write().unwrap();
    assert_eq!(partial.written(), 0..sent[0].num_rows as usize);
    assert_eq!(sent.len(), 1);
    assert!(
        error.message().contains("the collection was changed"),
        "{error}"
    );
}
