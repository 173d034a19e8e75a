//! Several servers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use milvus_otel::Client;
use testkit::Fake;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::http2_server::Http2Server;

/// More than any machine needs.
const LONG: Duration = Duration::from_secs(30);

/// Servers that can be killed one by one.
struct Servers {
    fakes: [Fake; 2],
    uris: Vec<String>,
    runtimes: Vec<Runtime>,
}

impl Servers {
    async fn start() -> Self {
        let fakes = [Fake::scripted(), Fake::scripted()];
        let (mut uris, mut runtimes) = (Vec::new(), Vec::new());
        for fake in fakes.clone() {
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
            let address = runtime.spawn(async move { fake.serve().await.unwrap() });
            uris.push(format!("http://{}", address.await.unwrap()));
            runtimes.push(runtime);
        }
        Self {
            fakes,
            uris,
            runtimes,
        }
    }

    /// A client that is connected to both.
    async fn client(&self) -> Client {
        let builder = Client::builder(&*self.uris[0]).endpoint(&*self.uris[1]);
        let client = builder.connect().await.unwrap();
        while self.calls("HasCollection").contains(&0) {
            client.has_collection("a").await.unwrap();
        }
        client
    }

    fn calls(&self, rpc: &str) -> [usize; 2] {
        self.fakes.each_ref().map(|fake| fake.calls_of(rpc).len())
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for runtime in self.runtimes.drain(..) {
            runtime.shutdown_background();
        }
    }
}

#[tokio::test]
async fn two_servers_share_the_calls_evenly() {
    let servers = Servers::start().await;
    let client = servers.client().await;
    let before = servers.calls("HasCollection");
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let client = client.clone();
        tasks.spawn(async move {
            for _ in 0..200 {
                client.has_collection("a").await.unwrap();
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
    let after = servers.calls("HasCollection");
    let shared = [0, 1].map(|each| after[each] - before[each]);
    assert_eq!(shared[0] + shared[1], 3200);
    assert!(shared.iter().all(|calls| *calls >= 1440), "{shared:?}");
}

#[tokio::test]
async fn a_server_that_is_killed_fails_its_open_calls_at_most() {
    const TASKS: usize = 16;
    let mut servers = Servers::start().await;
    let client = servers.client().await;
    let killed = watch::Sender::new(false);
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (client, killed) = (client.clone(), killed.subscribe());
        tasks.spawn(async move {
            let (mut after, mut failed) = (0, Vec::new());
            // Changes: they are not sent again if they are in doubt.
            while after < 100 {
                after += usize::from(*killed.borrow());
                if let Err(error) = client.drop_collection("a").await {
                    failed.push(error);
                }
            }
            failed
        });
    }
    sleep(Duration::from_millis(300)).await;
    servers.runtimes.remove(0).shutdown_background();
    killed.send_replace(true);
    let mut failed = Vec::new();
    while let Some(task) = tasks.join_next().await {
        let of_task = task.unwrap();
        assert!(of_task.len() <= 1, "one call was open: {of_task:?}");
        failed.extend(of_task);
    }
    for error in &failed {
        assert!(error.may_have_happened(), "{error}");
    }
    let calls = servers.calls("DropCollection");
    assert!(calls.iter().all(|calls| *calls > 0), "{calls:?}");
    let before = servers.calls("HasCollection");
    for _ in 0..100 {
        client.has_collection("a").await.unwrap();
    }
    let after = servers.calls("HasCollection");
    assert_eq!([after[0] - before[0], after[1] - before[1]], [0, 100]);
}

#[tokio::test]
async fn connections_of_a_certain_age_are_replaced_without_a_failed_call() {
    let server = super::http2_server::Http2Server::start(100, |request| async move {
        sleep(Duration::from_millis(20)).await;
        request.succeed();
    });
    let server = server.await;
    let client = Client::builder(server.uri())
        .connections(3)
        .max_connection_age(Duration::from_millis(500));
    let client = client.connect().await.unwrap();
    let connections = Arc::clone(&server.connections);
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (client, connections) = (client.clone(), Arc::clone(&connections));
        tasks.spawn(async move {
            let (mut calls, began) = (0, Instant::now());
            // Changes, which would fail if they were on a connection that ends.
            while connections.load(Ordering::SeqCst) < 9 && began.elapsed() < LONG {
                client.drop_collection("a").await.unwrap();
                calls += 1;
            }
            calls
        });
    }
    let mut calls = 0;
    while let Some(task) = tasks.join_next().await {
        calls += task.unwrap();
    }
    assert!(server.connections() >= 9, "each was replaced twice");
    assert_eq!(server.requests(), calls);
}

#[tokio::test]
async fn a_connection_that_is_made_after_its_client_was_dropped_ends() {
    let quick = Http2Server::start(100, |request| async move { request.succeed() });
    let quick = quick.await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let slow = listener.local_addr().unwrap();
    let client = Client::builder(quick.uri()).endpoint(format!("http://{slow}"));
    let client = client.connect_lazy().unwrap();
    client.has_collection("a").await.unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    drop(client);
    // Its first frame comes when nobody waits for it any more.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut connection = h2::server::handshake(stream).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), async {
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            respond.send_reset(h2::Reason::CANCEL);
        }
    });
    ended.await.expect("the connection stays open");
}

#[tokio::test]
async fn times_of_any_length_are_accepted() {
    let server = Http2Server::start(100, |request| async move { request.succeed() });
    let server = server.await;
    for time in [Duration::ZERO, Duration::MAX] {
        let client = Client::builder(server.uri())
            .connect_timeout(time.max(Duration::from_secs(5)))
            .max_connection_age(time)
            .resolve_interval(time)
            .timeout(Duration::from_secs(20));
        let client = client.connect_lazy().unwrap();
        for _ in 0..3 {
            client.has_collection("a").await.unwrap();
        }
    }
}
