//! A connection that is lost: what was being asked is asked again, what was being changed is not.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use milvus_otel::stack::Transport;
use milvus_otel::{Client, ErrorKind, client::RetryPolicy};
use testkit::{Milvus, require};
use tower::layer::layer_fn;
use tower::{Layer, Service};

use super::proxy::Proxy;

/// The RPCs that were sent, every attempt of them.
#[derive(Clone, Default)]
struct Attempts(Arc<Mutex<Vec<String>>>);

impl Attempts {
    fn of(&self, rpc: &str) -> usize {
        let sent = self.0.lock().unwrap();
        sent.iter().filter(|sent| sent.ends_with(rpc)).count()
    }

    async fn wait_for(&self, rpc: &str) {
        while self.of(rpc) == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn layer(&self) -> impl Layer<Transport, Service = Recorded> + Send + 'static {
        let attempts = self.clone();
        layer_fn(move |inner| Recorded {
            inner,
            attempts: attempts.clone(),
        })
    }
}

#[derive(Clone)]
struct Recorded {
    inner: Transport,
    attempts: Attempts,
}

type Request = http::Request<tonic::body::Body>;

impl Service<Request> for Recorded {
    type Response = <Transport as Service<Request>>::Response;
    type Error = <Transport as Service<Request>>::Error;
    type Future = <Transport as Service<Request>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Service::<Request>::poll_ready(&mut self.inner, context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let path = request.uri().path().to_owned();
        self.attempts.0.lock().unwrap().push(path);
        self.inner.call(request)
    }
}

async fn connect(proxy: &Proxy, attempts: &Attempts) -> Client {
    let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(200));
    let client = Client::builder(proxy.uri()).layer(attempts.layer());
    client.retry(policy).connect().await.unwrap()
}

async fn check(milvus: &Milvus) {
    let mut proxy = Proxy::start(milvus.uri()).await;
    let attempts = Attempts::default();
    let client = connect(&proxy, &attempts).await;
    client.create_collection("kept", 4).await.unwrap();

    // A connection that was lost while nobody used it.
    proxy.cut();
    assert!(client.has_collection("kept").await.unwrap());

    // The server is away for a while; what has not been sent can be sent again, changes included.
    proxy.refuse().await;
    proxy.cut();
    // The client has to notice first: a change that goes onto a dying connection is not repeated.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let (asked, changed, ()) = tokio::join!(
        client.has_collection("kept"),
        client.drop_collection("absent"),
        async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            proxy.listen().await;
        }
    );
    assert!(asked.unwrap());
    changed.unwrap();
    assert!(attempts.of("/DropCollection") > 1, "was never refused");

    // A question whose answer is lost.
    proxy.mute(true);
    let before = attempts.of("/DescribeCollection");
    let (asked, ()) = tokio::join!(client.describe_collection("kept"), async {
        attempts.wait_for("/DescribeCollection").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        proxy.mute(false);
        proxy.cut();
    });
    assert_eq!(asked.unwrap().name, "kept");
    assert_eq!(attempts.of("/DescribeCollection"), before + 2);

    // A change whose answer is lost: it has happened, and is not sent again.
    proxy.mute(true);
    let (changed, ()) = tokio::join!(client.rename_collection("kept", "moved"), async {
        attempts.wait_for("/RenameCollection").await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        proxy.mute(false);
        proxy.cut();
    });
    let error = changed.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Rpc, 1),
        "{error}"
    );
    assert!(error.may_have_happened() && error.is_retryable(), "{error}");
    let expected = format!(
        "rename_collection \"kept\": lost the connection to {}: ",
        proxy.uri()
    );
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert_eq!(attempts.of("/RenameCollection"), 1);
    assert!(client.has_collection("moved").await.unwrap());
    client.drop_collection("moved").await.unwrap();
}

#[tokio::test]
async fn a_lost_connection_to_milvus() {
    if let Some(milvus) = require(Milvus::shared_standalone().await) {
        check(milvus).await;
    }
}

#[tokio::test]
async fn a_lost_connection_to_milvus_lite() {
    if let Some(milvus) = require(Milvus::lite_python().start().await) {
        check(&milvus).await;
    }
}
