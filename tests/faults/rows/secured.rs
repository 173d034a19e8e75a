//! A real server with users, which takes messages of 1 MB.

use std::time::Duration;

use milvus_otel::error::Stage;
use testkit::{Milvus, require};
use tokio::sync::OnceCell;
use tokio::time::sleep;

use crate::data;
use crate::row::{Row, row};

/// Milvus 2.3.5 with users, which takes messages of 1 MB.
async fn secured() -> Option<&'static Milvus> {
    static SERVER: OnceCell<Option<Milvus>> = OnceCell::const_new();
    let start = || async {
        let server = Milvus::standalone()
            .authorization(true)
            .setting("proxy.grpc.serverMaxRecvSize", "1000000");
        require(server.start().await)
    };
    SERVER.get_or_init(start).await.as_ref()
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("Milvus 2.3.5: a wrong password, connect()")
            .result("connect: *auth check failure*(grpc Unauthenticated); check the token, or user and password")
            .is("unauthenticated")
            .stage(Stage::Answered)
            .run(|case| async move {
                let Some(milvus) = secured().await else { return case.skip() };
                let client = case.builder(milvus.uri()).user("root", "tea at five");
                case.returned(client.connect().await);
            }),
        row("Milvus 2.3.5: a wrong password, which is replaced while the client is used")
            .result("1 ok, 1 list_collections: auth check failure*")
            .is("unauthenticated")
            .run(|case| async move {
                let Some(milvus) = secured().await else { return case.skip() };
                let client = case.builder(milvus.uri()).user("root", "tea at five");
                let client = client.connect_lazy().unwrap();
                case.returned(client.list_collections().await);
                client.set_user("root", "Milvus").unwrap();
                case.returned(client.list_collections().await);
            }),
        row("Milvus 2.3.5: a user without the privilege, a drop")
            .result("drop_collection \"books\": *PrivilegeDropCollection*; grant the user this privilege")
            .is("permission_denied")
            .stage(Stage::Answered)
            .run(|case| async move {
                let Some(milvus) = secured().await else { return case.skip() };
                let root = milvus.client().await.unwrap();
                root.create_user("hatter", "more tea").await.unwrap();
                let client = case.builder(milvus.uri()).user("hatter", "more tea");
                let client = client.connect_lazy().unwrap();
                case.returned(client.drop_collection("books").await);
            }),
        row("Milvus 2.3.5: the password is changed, then a read with the old one")
            .result("list_collections: *auth check failure*(grpc Unauthenticated); check the token, or user and password")
            .is("unauthenticated")
            .stage(Stage::Answered)
            .run(|case| async move {
                let Some(milvus) = secured().await else { return case.skip() };
                let root = milvus.client().await.unwrap();
                root.create_user("dormouse", "asleep 1").await.unwrap();
                let client = case.builder(milvus.uri()).user("dormouse", "asleep 1");
                let client = client.connect().await.unwrap();
                root.update_password("dormouse", "asleep 1", "awake 22").await.unwrap();
                // The server keeps what it knows of a user for a moment.
                while client.list_collections().await.is_ok() {
                    sleep(Duration::from_millis(100)).await;
                }
                case.returned(client.list_collections().await);
            }),
        row("Milvus 2.3.5 that takes 1 MB: an insert of 3 MB in requests of 900 kB").run(
            |case| async move {
                let Some(milvus) = secured().await else { return case.skip() };
                let root = milvus.client().await.unwrap();
                root.create_collection("parts", 768).await.unwrap();
                let client = case.builder(milvus.uri()).user("root", "Milvus");
                let client = client.connect_lazy().unwrap();
                let insert = client.insert("parts", data::large(1000));
                case.returned(insert.max_request_bytes(900_000).await);
            },
        ),
        row("Milvus 2.3.5 that takes 1 MB: an insert of 3 MB")
            .result("insert \"large\": *larger than max* (grpc ResourceExhausted); the message is larger than the server accepts; send smaller batches")
            .stage(Stage::Answered)
            .run(|case| async move {
                let Some(milvus) = secured().await else { return case.skip() };
                let root = milvus.client().await.unwrap();
                root.create_collection("large", 768).await.unwrap();
                let client = case.builder(milvus.uri()).user("root", "Milvus");
                let client = client.connect_lazy().unwrap();
                case.returned(client.insert("large", data::large(1000)).await);
            }),
    ]
}
