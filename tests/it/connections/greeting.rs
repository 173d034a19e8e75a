//! The first call on each connection, `Connect`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use milvus_otel::client::RetryPolicy;
use milvus_otel::proto::common::ServerInfo;
use milvus_otel::proto::milvus::ConnectResponse;
use milvus_otel::schema::DataType;
use milvus_otel::{Client, Field, Schema};
use testkit::{Fake, Reply};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tonic::Code;

use super::frames_server::FramesServer;
use crate::servers::proxy::Proxy;
use crate::servers::refusals::server;

#[tokio::test]
async fn each_connection_is_registered_with_its_server() {
    let fake = Fake::scripted();
    let answer = |identifier| ConnectResponse {
        identifier,
        ..ConnectResponse::default()
    };
    let answers = [7, 8, 9].map(|identifier| Reply::message(&answer(identifier)));
    fake.script("Connect", answers);
    let address = fake.serve().await.unwrap();
    let proxy = Proxy::start(&format!("http://{address}")).await;
    let client = Client::builder(proxy.uri()).connect_lazy().unwrap();
    assert!(fake.calls().is_empty());
    for identifier in ["7", "8"] {
        client.has_collection("a").await.unwrap();
        let calls = fake.calls_of("HasCollection");
        let sent = calls.last().unwrap().metadata.get("identifier").cloned();
        assert_eq!(sent.unwrap(), identifier);
        proxy.cut();
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn several_connections_are_registered_from_the_start() {
    let fake = Fake::scripted();
    let answers = (7..20).map(|identifier| {
        Reply::message(&ConnectResponse {
            identifier,
            ..ConnectResponse::default()
        })
    });
    fake.script("Connect", answers);
    let address = fake.serve().await.unwrap();
    let client = Client::builder(format!("http://{address}")).connections(4);
    let client = client.connect().await.unwrap();
    while fake.count_of("Connect") < 4 {
        sleep(Duration::from_millis(5)).await;
    }
    let mut sent = std::collections::BTreeSet::new();
    while sent.len() < 4 {
        let calls = (0..64).map(|_| client.has_collection("a").into_future());
        for answer in futures::future::join_all(calls).await {
            answer.unwrap();
        }
        for call in fake.calls_of("HasCollection") {
            let identifier = call.metadata.get("identifier").unwrap();
            sent.insert(identifier.to_str().unwrap().to_owned());
        }
    }
    assert_eq!(fake.count_of("Connect"), 4, "each once");
    assert_eq!(sent.into_iter().collect::<Vec<_>>(), ["10", "7", "8", "9"]);
}

#[tokio::test]
async fn a_lazy_client_learns_the_version_of_the_server_by_it() {
    let fake = Fake::scripted();
    let answer = ConnectResponse {
        server_info: Some(ServerInfo {
            build_tags: "v2.2.0".to_owned(),
            ..ServerInfo::default()
        }),
        identifier: 7,
        ..ConnectResponse::default()
    };
    fake.script("Connect", [Reply::message(&answer)]);
    let address = fake.serve().await.unwrap();
    let client = Client::builder(format!("http://{address}"))
        .connect_lazy()
        .unwrap();
    // Collections with arrays are refused by the client if the server ignores arrays.
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("vector", 4))
        .field(Field::array("tags", DataType::Int64, 4));
    let schema = schema.build().unwrap();
    let error = client.create_collection("books", schema).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    assert!(error.message().contains("Milvus 2.2"), "{error}");
    let rpcs: Vec<_> = fake.calls().into_iter().map(|call| call.rpc).collect();
    assert_eq!(rpcs, ["Connect"]);
}

#[tokio::test]
async fn a_server_that_does_not_know_it_or_fails_gets_the_calls_nevertheless() {
    for code in [
        Code::Unimplemented,
        Code::Unauthenticated,
        Code::Unavailable,
    ] {
        let fake = Fake::scripted();
        fake.script("Connect", [Reply::Status(code, "no".to_owned())]);
        let address = fake.serve().await.unwrap();
        let client = Client::builder(format!("http://{address}"));
        let client = client.connect_lazy().unwrap();
        for _ in 0..3 {
            client.drop_collection("a").await.unwrap();
        }
        assert_eq!(fake.calls_of("Connect").len(), 1);
        assert_eq!(fake.calls_of("DropCollection").len(), 3);
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_it_gets_the_calls_after_2_s() {
    let fake = Fake::scripted();
    fake.script("Connect", [Reply::Never]);
    let address = fake.serve().await.unwrap();
    let client = Client::builder(format!("http://{address}"));
    let client = client.connect_lazy().unwrap();
    for _ in 0..3 {
        client.drop_collection("a").await.unwrap();
    }
    assert_eq!(fake.calls_of("Connect").len(), 1);
    assert_eq!(fake.calls_of("DropCollection").len(), 3);
}

#[tokio::test]
async fn a_server_that_does_not_answer_it_gets_the_calls_before_connecting_times_out() {
    let fake = Fake::scripted();
    fake.script("Connect", [Reply::Never]);
    let address = fake.serve().await.unwrap();
    // A name, so that the lookup takes some of the time.
    let client = Client::builder(format!("http://localhost:{}", address.port()));
    let client = client.connect_timeout(Duration::from_secs(1));
    let client = client.connect_lazy().unwrap();
    let change = client.drop_collection("a").timeout(Duration::from_secs(20));
    change.await.unwrap();
    assert_eq!(fake.count_of("Connect"), 1);
}

#[tokio::test]
async fn a_server_that_hangs_up_instead_of_an_answer_is_reported_and_not_called_in_a_loop() {
    let made = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&made);
    let port = server(move |mut stream| {
        count.fetch_add(1, Ordering::SeqCst);
        async move {
            // Empty settings, which are the first frame of any server.
            let _ = stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await;
            let mut heard = [0; 1024];
            let mut length = 0;
            // Preface, settings, window and headers.
            while length < 150 {
                length += stream.read(&mut heard).await.unwrap();
            }
        }
    });
    let uri = format!("http://127.0.0.1:{}", port.await);
    let client = Client::builder(&*uri).retry(RetryPolicy::never());
    let client = client.connect_lazy().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..10 {
        let client = client.clone();
        calls.spawn(async move { client.drop_collection("a").await.unwrap_err() });
    }
    while let Some(error) = calls.join_next().await {
        let error = error.unwrap();
        assert!(error.is_connect() && !error.may_have_happened(), "{error}");
        let why = format!("cannot connect to {uri}: ");
        assert!(error.message().starts_with(&why), "{error}");
    }
    let made = made.load(Ordering::SeqCst);
    assert!(made <= 3, "{made} connections");
}

#[tokio::test]
async fn a_server_that_hangs_up_after_the_answer_is_not_called_in_a_loop_either() {
    let server = FramesServer::start().await;
    let client = Client::builder(server.uri()).connections(2);
    let (client, kept) = tokio::join!(client.connect(), server.next_connection());
    let client = client.unwrap();
    let mut made = 0;
    let hanging_up = async {
        loop {
            drop(server.next_connection().await);
            made += 1;
        }
    };
    let _never_ends = timeout(Duration::from_secs(3), hanging_up).await;
    assert!((3..12).contains(&made), "{made} connections");
    drop((client, kept));
}
