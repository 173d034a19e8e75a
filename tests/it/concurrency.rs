//! The client's own limit of concurrent calls.

use crate::support::answers::{answered, response};
use crate::support::spans;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use milvus_otel::client::ConcurrencyLimit;
use milvus_otel::error::Stage;
use milvus_otel::{Client, ClientBuilder, ErrorKind};
use spans::{Recorder, attributes};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tonic::body::Body;
use tower::service_fn;

/// A server that takes 100 ms for each call, and the largest number of calls that it had at once.
fn busy() -> (ClientBuilder, Arc<AtomicUsize>) {
    let (now, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let seen = Arc::clone(&most);
    let service = service_fn(move |_: http::Request<Body>| {
        let (now, most) = (Arc::clone(&now), Arc::clone(&seen));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            sleep(Duration::from_millis(100)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, tower::BoxError>(response(200, answered(&[])))
        }
    });
    (Client::builder("http://milvus.test").service(service), most)
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_the_limit_wait_for_their_turn_in_order() {
    let (builder, most) = busy();
    let client = builder.concurrency(3).connect_lazy().unwrap();
    let began = Instant::now();
    let mut calls = JoinSet::new();
    for number in 0..12_u64 {
        // Handles share the limit.
        let client = client.in_database("b");
        calls.spawn(async move {
            sleep(Duration::from_micros(number * 2000)).await;
            client.has_collection("a").await.unwrap();
            (number, began.elapsed())
        });
    }
    let mut ended = calls.join_all().await;
    ended.sort_unstable();
    assert_eq!(most.load(Ordering::SeqCst), 3);
    assert!(ended.is_sorted_by_key(|(_, at)| *at), "{ended:?}");
    let last = ended.last().unwrap().1;
    assert!(last >= Duration::from_millis(400) && last < Duration::from_millis(450));
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_those_that_may_wait_are_refused_by_name() {
    let (builder, most) = busy();
    let recorder = Recorder::new();
    let limit = ConcurrencyLimit::new(2).max_waiting(1);
    let client = builder.concurrency(limit).otel(recorder.layer());
    let client = client.connect_lazy().unwrap();
    let calls = (0..5).map(|_| client.has_collection("a"));
    let results = futures::future::join_all(calls).await;
    let refused: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.len(), 2);
    for error in &refused {
        let text = error.to_string();
        let (text, _ids) = text.split_once(" [").unwrap();
        assert_eq!(
            text,
            "has_collection \"a\": the client's concurrency limit is reached: 2 calls in flight, 1 \
             waiting (grpc ResourceExhausted); try later, or raise the limit: see ClientBuilder::concurrency"
        );
        assert!(error.is_overloaded() && error.is_retryable() && !error.may_have_happened());
        assert!(!error.is_rate_limited());
        assert_eq!(error.kind(), ErrorKind::Rpc);
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
    let failed = recorder.spans().into_iter();
    let failed = failed.filter(|span| attributes(span).contains_key("error.type"));
    assert_eq!(failed.count(), 2);
    // The limit is free again.
    client.has_collection("a").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_turn_does_not_come_was_not_sent() {
    let (builder, _) = busy();
    let client = builder.concurrency(1).connect_lazy().unwrap();
    let first = client.has_collection("a");
    let call = client
        .drop_collection("a")
        .timeout(Duration::from_millis(50));
    let (first, error) = tokio::join!(first, call);
    first.unwrap();
    let error = error.unwrap_err();
    assert!(error.is_timeout() && !error.may_have_happened(), "{error}");
    assert_eq!(error.stage(), Some(Stage::Limited));
    assert_eq!(
        error.message(),
        "not sent within 50ms: the client was at its concurrency limit of 1"
    );
}

/// How long a call takes beside 2,000 others of another handle, on a server that takes 20 calls of 100 ms at once.
async fn beside_a_flood(of: impl Fn(&Client) -> Client) -> Duration {
    let streams = Arc::new(Semaphore::new(20));
    let service = service_fn(move |_: http::Request<Body>| {
        let streams = Arc::clone(&streams);
        async move {
            let _stream = streams.acquire().await.unwrap();
            sleep(Duration::from_millis(100)).await;
            Ok::<_, tower::BoxError>(response(200, answered(&[])))
        }
    });
    let client = Client::builder("http://milvus.test").service(service);
    let client = client
        .timeout(Duration::from_secs(600))
        .connect_lazy()
        .unwrap();
    let flood = of(&client);
    let mut calls = JoinSet::new();
    for _ in 0..2000 {
        calls.spawn(flood.list_aliases("a").into_future());
    }
    sleep(Duration::from_millis(10)).await;
    let began = Instant::now();
    client.has_collection("a").await.unwrap();
    let took = began.elapsed();
    for result in calls.join_all().await {
        result.unwrap();
    }
    took
}

#[tokio::test(start_paused = true)]
async fn a_flood_with_a_limit_of_its_own_holds_up_nobody() {
    let behind = beside_a_flood(Client::clone).await;
    assert!(behind > Duration::from_secs(9), "{behind:?}");
    let beside = beside_a_flood(|client| client.with_concurrency(10)).await;
    assert!(beside < Duration::from_millis(150), "{beside:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_gives_its_turn_to_the_next() {
    let (builder, most) = busy();
    let client = builder.concurrency(1).connect_lazy().unwrap();
    for _ in 0..3 {
        let call = client.has_collection("a");
        let dropped = tokio::time::timeout(Duration::from_millis(20), call).await;
        assert!(dropped.is_err());
    }
    let began = Instant::now();
    client.has_collection("a").await.unwrap();
    assert!(began.elapsed() < Duration::from_millis(150));
    assert!(most.load(Ordering::SeqCst) >= 1);
}
