//! Calls through a service that cannot take them, such as a layer that limits how many there are at once.

use std::future::Pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use milvus_otel::Client;
use milvus_otel::proto::milvus::HasCollectionRequest;
use opentelemetry::trace::Status;
use tonic::Code;
use tonic::body::Body;
use tower::Service;

use super::spans::Recorder;

/// Never takes a call: it is not ready, or has failed for good.
#[derive(Clone)]
struct Unready {
    failed: bool,
    asked: Arc<AtomicU32>,
}

impl Service<http::Request<Body>> for Unready {
    type Response = http::Response<Body>;
    type Error = io::Error;
    type Future = Pending<Result<Self::Response, io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.failed {
            Poll::Ready(Err(io::Error::other("closed for good")))
        } else {
            Poll::Pending
        }
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        panic!("it was never ready");
    }
}

fn client(recorder: &Recorder, failed: bool) -> (Client, Arc<AtomicU32>) {
    let asked = Arc::default();
    let service = Unready {
        failed,
        asked: Arc::clone(&asked),
    };
    let client = Client::builder("http://milvus.test")
        .service(service)
        .timeout(Duration::from_millis(30))
        .otel(recorder.layer())
        .connect_lazy();
    (client.unwrap(), asked)
}

#[tokio::test]
async fn to_wait_until_a_call_can_be_sent_takes_of_its_time() {
    let recorder = Recorder::new();
    let (client, asked) = client(&recorder, false);
    let error = client.has_collection("books").await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(asked.load(Ordering::Relaxed) > 0);
    assert_eq!(
        recorder.span().status,
        Status::error("no answer within 30ms")
    );
}

#[tokio::test]
async fn a_service_that_has_failed_fails_the_call_once_with_its_reason() {
    let recorder = Recorder::new();
    let (client, asked) = client(&recorder, true);
    let mut raw = client.raw();
    let answer = raw.has_collection(HasCollectionRequest::default()).await;
    let status = answer.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    assert!(status.message().ends_with(": closed for good"), "{status}");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(
        recorder.span().status,
        Status::error(status.message().to_owned())
    );
}
