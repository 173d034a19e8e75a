//! A client and the runtimes that use it: several, one after the other or at the same time, the wrong one, and none.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use milvus_otel::{Client, Error};
use testkit::Fake;
use tokio::runtime::{Builder, Runtime};
use tokio_stream::Stream;

/// A server with a runtime of its own.
struct Server {
    fake: Fake,
    address: SocketAddr,
    _runtime: Runtime,
}

impl Server {
    fn start() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let fake = Fake::scripted();
        let address = runtime.block_on(fake.serve()).unwrap();
        Self {
            fake,
            address,
            _runtime: runtime,
        }
    }

    fn uri(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn single() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn multi() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// What a future gives that needs nobody to wake it.
fn at_once<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something"),
    }
}

#[test]
fn a_client_outlives_its_runtime() {
    let server = Server::start();
    for (first, second) in [
        (single(), single()),
        (multi(), multi()),
        (multi(), single()),
    ] {
        let client = first.block_on(Client::connect(server.uri())).unwrap();
        drop(first);
        let is_call = |call: &&testkit::fake::Received| call.rpc != "Connect";
        let calls = || server.fake.calls().iter().filter(is_call).count();
        let before = calls();
        second.block_on(async {
            client.has_collection("x").await.unwrap();
            client.drop_collection("x").await.unwrap();
        });
        assert_eq!(calls(), before + 2, "each at the first attempt");
        drop(second);
        single()
            .block_on(async { client.in_database("a").has_collection("x").await })
            .unwrap();
    }
}

#[test]
fn a_blocked_runtime_does_not_block_others() {
    let server = Server::start();
    let (idle, busy) = (single(), single());
    let client = idle.block_on(Client::connect(server.uri())).unwrap();
    // Nothing drives what the first runtime has of the connection.
    busy.block_on(async {
        client
            .has_collection("x")
            .timeout(Duration::from_secs(30))
            .await
            .unwrap();
    });
    idle.block_on(async { client.has_collection("x").await })
        .unwrap();
}

#[test]
fn runtimes_use_a_client_at_the_same_time() {
    let server = Server::start();
    let client = Client::builder(server.uri()).connect_lazy().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    single().block_on(async {
                        for _ in 0..5 {
                            client.insert("x", serde_json::json!([])).await.unwrap();
                            client.drop_collection("x").await.unwrap();
                        }
                    });
                }
            });
        }
    });
    assert_eq!(server.fake.calls_of("DropCollection").len(), 200);
}

fn says(error: &Error, what: &str) {
    let text = error.to_string();
    assert!(text.contains(what) && !text.contains('\n'), "{text}");
    assert!(
        error.is_connect() && !error.may_have_happened() && !error.is_retryable(),
        "{error:?}"
    );
}

#[test]
fn without_a_runtime_the_error_names_it() {
    let server = Server::start();
    let client = Client::builder(server.uri()).connect_lazy().unwrap();
    let started = Instant::now();
    let no_runtime = "no tokio runtime is running";
    says(
        &at_once(client.has_collection("x")).unwrap_err(),
        no_runtime,
    );
    says(
        &at_once(client.drop_collection("x")).unwrap_err(),
        no_runtime,
    );
    says(&at_once(client.delete("x", [1])).unwrap_err(), no_runtime);
    says(
        &at_once(client.delete("x", "a > 1")).unwrap_err(),
        no_runtime,
    );
    says(
        &at_once(client.load_collection("x")).unwrap_err(),
        no_runtime,
    );
    let error = at_once(Client::connect(server.uri())).unwrap_err();
    says(&error, no_runtime);
    assert!(error.attempts() <= 1, "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(60));

    let mut rows = pin!(client.query("x").filter("a > 1").stream());
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Some(Err(error))) = rows.as_mut().poll_next(&mut context) else {
        panic!("no error");
    };
    assert!(error.to_string().contains(no_runtime), "{error}");
    assert!(matches!(
        rows.as_mut().poll_next(&mut context),
        Poll::Ready(None)
    ));

    // And it works within one.
    single()
        .block_on(async { client.has_collection("x").await })
        .unwrap();
    says(
        &at_once(client.has_collection("x")).unwrap_err(),
        no_runtime,
    );
}

#[test]
fn a_runtime_without_timers_or_sockets_is_named() {
    let server = Server::start();
    let client = Client::builder(server.uri()).connect_lazy().unwrap();
    for runtime in [
        Builder::new_current_thread().build().unwrap(),
        Builder::new_current_thread().enable_io().build().unwrap(),
        Builder::new_current_thread().enable_time().build().unwrap(),
    ] {
        let error = runtime
            .block_on(async { client.has_collection("x").await })
            .unwrap_err();
        says(&error, "build it with enable_all");
        let connected = runtime.block_on(Client::connect(server.uri()));
        says(&connected.unwrap_err(), "build it with enable_all");
    }
}
