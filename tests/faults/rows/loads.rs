//! Many calls at once, dropped calls, and rows through connections that are cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use milvus_otel::client::RetryPolicy;
use milvus_otel::error::Stage;
use testkit::{Fake, Reply};
use tokio::time::sleep;

use crate::data::{self, Fates};
use crate::http2_server::Http2Server;
use crate::row::{Row, row};
use crate::scripted::Scripted;
use crate::wire::{Fault, Wire};

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("10,000 calls at once, a server that takes 100")
            .result("10000 ok")
            .requests(10_000)
            .connections(1)
            .seconds(0.0..=180.0)
            .run(|case| async move {
                let server = Http2Server::start(100, |request| async move { request.succeed() });
                let server = server.await;
                let client = case.client(server.uri());
                futures::future::join_all((0..10_000).map(|_| case.change(&client))).await;
                case.requests(server.requests());
                case.connections(server.connections());
            }),
        row("1,000 changes with a timeout of 800 ms, while 100 calls take all streams")
            .result("1000 rename_collection \"a\": the server accepted no more concurrent calls within 800ms")
            .is("retryable timeout")
            .stage(Stage::Queued)
            .requests(100)
            .run(|case| async move {
                let server = Http2Server::start(100, |request| async move {
                    sleep(Duration::from_secs(60)).await;
                    request.succeed();
                });
                let server = server.await;
                let client = case.client(server.uri());
                let held = (0..100).map(|_| client.has_collection("a").into_future());
                let held = futures::future::join_all(held);
                let queued = async {
                    while server.requests() < 100 {
                        sleep(Duration::from_millis(2)).await;
                    }
                    let timeout = Duration::from_millis(800);
                    let changes = (0..1000).map(|_| case.change_within(&client, timeout));
                    futures::future::join_all(changes).await;
                };
                tokio::select! {
                    _ = held => panic!("answered"),
                    _ = queued => {}
                }
                case.requests(server.requests());
            }),
        row("10,000 calls that are dropped, then a change")
            .connections(1)
            .seconds(0.0..=180.0)
            .run(|case| async move {
                // `h2`'s server ends connections on which many calls are dropped.
                let answers = Arc::new(AtomicBool::new(false));
                let now = Arc::clone(&answers);
                let server = Scripted::start(move |asked| match now.load(Ordering::SeqCst) {
                    true => asked.succeed(),
                    false => Vec::new(),
                });
                let server = server.await;
                let client = case.client(server.uri());
                for _ in 0..100 {
                    answers.store(false, Ordering::SeqCst);
                    let calls = (0..100).map(|_| client.has_collection("a").into_future());
                    let calls = futures::future::join_all(calls);
                    let dropped = tokio::time::timeout(Duration::from_millis(5), calls).await;
                    assert!(dropped.is_err(), "nothing is answered");
                    // Without any answer, the connection would be replaced after three pings.
                    answers.store(true, Ordering::SeqCst);
                    client.has_collection("a").await.unwrap();
                }
                case.change(&client).await;
                case.connections(server.connections());
            }),
        row("100 calls whose client is dropped while they wait")
            .result("100 ok")
            .requests(100)
            .run(|case| async move {
                let fake = Fake::scripted();
                let later = Reply::After(Duration::from_millis(300), Box::new(Reply::Message(Vec::new())));
                fake.script("HasCollection", [later]);
                let address = fake.serve().await.unwrap();
                let client = case.client(format!("http://{address}"));
                let calls: Vec<_> = (0..100)
                    .map(|_| tokio::spawn(client.has_collection("a").into_future()))
                    .collect();
                while fake.count_of("HasCollection") < 100 {
                    sleep(Duration::from_millis(2)).await;
                }
                drop(client);
                for call in calls {
                    case.returned(call.await.unwrap());
                }
                case.requests(fake.count_of("HasCollection"));
            }),
        row("a runtime is dropped with 100 calls in flight, then a read on another one")
            .requests(101)
            .run(|case| async move {
                let fake = Fake::scripted();
                let never = std::iter::repeat_n(Reply::Never, 100);
                fake.script("HasCollection", never.chain([Reply::Message(Vec::new())]));
                let address = fake.serve().await.unwrap();
                let client = case.client(format!("http://{address}"));
                let (theirs, arrived) = (client.clone(), fake.clone());
                let dropped = tokio::task::spawn_blocking(move || {
                    let runtime = tokio::runtime::Runtime::new().unwrap();
                    for _ in 0..100 {
                        runtime.spawn(theirs.has_collection("a").into_future());
                    }
                    while arrived.count_of("HasCollection") < 100 {
                        std::thread::sleep(Duration::from_millis(2));
                    }
                });
                dropped.await.unwrap();
                case.begin();
                case.read(&client).await;
                case.requests(fake.count_of("HasCollection"));
            }),
        row("a read beside 2,000 others that wait for 20 streams, 5 ms each")
            .seconds(0.0..=60.0)
            .run(|case| async move {
                let server = Http2Server::start(20, |request| async move {
                    sleep(Duration::from_millis(5)).await;
                    request.succeed();
                });
                let server = server.await;
                let client = case.client(server.uri());
                let flood = (0..2000).map(|_| client.list_aliases("a").into_future());
                let flood = futures::future::join_all(flood);
                let beside = async {
                    while server.requests() == 0 {
                        sleep(Duration::from_millis(1)).await;
                    }
                    case.begin();
                    case.read(&client).await;
                };
                tokio::join!(flood, beside);
            }),
        row("16 tasks insert 50,000 rows through connections that are cut")
            .result("* ok*")
            .is("*")
            .attempts(1..)
            .in_doubt(0..=2000)
            .connections(4..)
            .seconds(0.0..=180.0)
            .writes()
            .run(|case| async move {
                let fake = Fake::new();
                let address = fake.serve().await.unwrap();
                let direct = milvus_otel::Client::connect(format!("http://{address}")).await.unwrap();
                direct.create_collection("books", 4).await.unwrap();
                let wire = Wire::to(address).await;
                let policy = RetryPolicy::default().max_backoff(Duration::from_millis(20));
                let client = case.builder(wire.uri()).retry(policy).connect_lazy().unwrap();
                let fates = Fates::default();
                let cutting = async {
                    for fault in [Fault::Close, Fault::Reset, Fault::HalfClose].iter().cycle() {
                        sleep(Duration::from_millis(100)).await;
                        wire.present(*fault);
                    }
                };
                let task = async |number: i64| {
                    for batch in 0..125 {
                        let first = (number * 125 + batch) * 25;
                        let result = client.insert("books", data::books(first..first + 25)).await;
                        fates.note(first..first + 25, &result);
                        case.returned(result);
                    }
                };
                let writing = futures::future::join_all((0..16).map(task));
                tokio::select! {
                    _ = writing => {}
                    () = cutting => {}
                }
                case.written(fates.compare(&data::arrived(&fake)));
                case.connections(wire.connections());
            }),
    ]
}
