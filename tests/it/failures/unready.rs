//! Calls through a service that cannot take them, such as a layer that limits how many there are at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use milvus_otel::{Client, ErrorKind, client::RetryPolicy};
use opentelemetry::trace::Status as SpanStatus;
use tonic::Status;
use tonic::body::Body;
use tower::{BoxError, Service};

use super::answers::{answered, response};
use super::spans::Recorder;

/// Takes no call before it was asked this often.
#[derive(Clone)]
struct Unready {
    failures: u32,
    /// `None`: it keeps its callers waiting.
    failure: Option<fn() -> BoxError>,
    asked: Arc<AtomicU32>,
}

impl Service<http::Request<Body>> for Unready {
    type Response = http::Response<Body>;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        if self.asked.fetch_add(1, Ordering::Relaxed) >= self.failures {
            return Poll::Ready(Ok(()));
        }
        self.failure
            .map_or(Poll::Pending, |failure| Poll::Ready(Err(failure())))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        assert!(self.asked.load(Ordering::Relaxed) > self.failures);
        std::future::ready(Ok(response(200, answered(&[]))))
    }
}

/// A client of three attempts.
fn client(
    recorder: &Recorder,
    failures: u32,
    failure: Option<fn() -> BoxError>,
) -> (Client, Arc<AtomicU32>) {
    let asked = Arc::default();
    let service = Unready {
        failures,
        failure,
        asked: Arc::clone(&asked),
    };
    let client = Client::builder("http://milvus.test")
        .service(service)
        .timeout(Duration::from_millis(300))
        .retry(RetryPolicy::default().max_attempts(3))
        .otel(recorder.layer())
        .connect_lazy();
    (client.unwrap(), asked)
}

fn closed() -> BoxError {
    io::Error::other("closed for now").into()
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_ready_service_counts_against_the_deadline() {
    let recorder = Recorder::new();
    let (client, asked) = client(&recorder, u32::MAX, None);
    let error = client.drop_collection("books").await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(!error.may_have_happened(), "it was never sent");
    assert!(asked.load(Ordering::Relaxed) > 0);
    assert_eq!(
        recorder.span().status,
        SpanStatus::error(
            "your layers or the server accepted no more concurrent calls within 300ms"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_is_repeated_if_no_service_was_ready() {
    let recorder = Recorder::new();
    let (client, asked) = client(&recorder, 2, Some(closed));
    client.drop_collection("books").await.unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    assert_eq!(
        recorder.tree(),
        "\
CLIENT drop_collection books
  CLIENT milvus.proto.milvus.MilvusService/DropCollection error: cannot send to http://milvus.test:19530: closed for now
  CLIENT milvus.proto.milvus.MilvusService/DropCollection error: cannot send to http://milvus.test:19530: closed for now
  CLIENT milvus.proto.milvus.MilvusService/DropCollection
"
    );
}

#[tokio::test(start_paused = true)]
async fn the_error_without_a_ready_service_says_that_nothing_was_sent() {
    type Row = (fn() -> BoxError, u32, ErrorKind, bool, &'static str);
    let rows: [Row; 3] = [
        (
            closed,
            3,
            ErrorKind::Connect,
            true,
            "cannot send to http://milvus.test:19530: closed for now",
        ),
        (
            || Status::unavailable("a moment").into(),
            3,
            ErrorKind::Connect,
            true,
            "a moment",
        ),
        // What a layer says will not change is believed.
        (
            || Status::internal("a bug").into(),
            1,
            ErrorKind::Rpc,
            false,
            "a bug",
        ),
    ];
    for (failure, attempts, kind, retryable, message) in rows {
        let recorder = Recorder::new();
        let (client, asked) = client(&recorder, u32::MAX, Some(failure));
        let error = client.drop_collection("books").await.unwrap_err();
        assert_eq!(error.message(), message);
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.is_retryable(), retryable, "{error}");
        assert!(!error.may_have_happened(), "{error}");
        assert_eq!(error.attempts(), attempts);
        assert_eq!(asked.load(Ordering::Relaxed), attempts);
        let (call, below) = recorder.root();
        assert_eq!(call.status, SpanStatus::error(message));
        assert_eq!(below.len(), if attempts == 1 { 0 } else { 3 });
    }
}
