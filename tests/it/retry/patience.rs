//! How long calls are repeated: until their deadline if nothing was done, and within a budget if the server fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use milvus_otel::client::RetryBudget;
use tokio::task::JoinSet;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Calls that fail for some time, by the first cause in the head of the answer, and succeed afterwards.
fn failing_for(time: Duration, cause: Cause) -> ClientBuilder {
    let began = Instant::now();
    let service = service_fn(move |request: http::Request<Body>| async move {
        if began.elapsed() < time {
            cause.answer(request.uri().path().ends_with("HasCollection"))
        } else {
            Ok(response(200, answered(&[])))
        }
    });
    Client::builder("http://milvus.test").service(service)
}

#[tokio::test(start_paused = true)]
async fn what_was_not_done_is_repeated_until_the_deadline() {
    for cause in [
        Cause::Refused,
        Cause::Milvus(8, 49, true),
        Cause::Milvus(4, 1, true),
        Cause::Milvus(1807, 1, true),
        Cause::Http(429),
    ] {
        let client = failing_for(40 * SECOND, cause).connect_lazy().unwrap();
        client.rename_collection("a", "b").await.unwrap();

        let client = failing_for(70 * SECOND, cause).connect_lazy().unwrap();
        let began = Instant::now();
        let error = client.rename_collection("a", "b").await.unwrap_err();
        assert_eq!(began.elapsed().as_secs(), 60, "{error}");
        assert!(error.is_timeout() && !error.may_have_happened(), "{error}");
        assert!(error.attempts() > 20, "{error}");

        let policy = RetryPolicy::default().max_attempts(3);
        let client = failing_for(70 * SECOND, cause).retry(policy);
        let client = client.connect_lazy().unwrap();
        let error = client.rename_collection("a", "b").await.unwrap_err();
        assert_eq!(error.attempts(), 3, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_rate_limit_lets_every_call_through_in_time() {
    // 0.2 calls per second: one every five seconds.
    let next = Arc::new(Mutex::new(Instant::now() + 5 * SECOND));
    let service = service_fn(move |_: http::Request<Body>| {
        let mut next = next.lock().unwrap();
        let permitted = Instant::now() >= *next;
        if permitted {
            *next = Instant::now() + 5 * SECOND;
        }
        async move {
            if permitted {
                Ok(response(200, answered(&[])))
            } else {
                Cause::Milvus(8, 49, true).answer(false)
            }
        }
    });
    let client = Client::builder("http://milvus.test").service(service);
    let client = client.connect_lazy().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..5 {
        let client = client.clone();
        calls.spawn(async move { client.drop_collection("a").await });
    }
    while let Some(result) = calls.join_next().await {
        result.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_is_tried_eight_times() {
    for cause in [
        Cause::Grpc(Code::Unavailable),
        Cause::Broken,
        Cause::Milvus(65535, 1, true),
    ] {
        let client = failing_for(70 * SECOND, cause).connect_lazy().unwrap();
        let error = client.has_collection("a").await.unwrap_err();
        assert_eq!(error.attempts(), 8, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_without_a_deadline_are_not_repeated_for_ever() {
    let client = failing_for(1000 * SECOND, Cause::Refused);
    let mut raw = client.connect_lazy().unwrap().raw();
    let began = Instant::now();
    // A streamed answer has no default deadline.
    let request = milvus_otel::proto::milvus::DumpMessagesRequest::default();
    raw.dump_messages(request).await.unwrap_err();
    assert!(began.elapsed() < 10 * SECOND, "{:?}", began.elapsed());
}

/// 64 tasks that call a server which answers UNAVAILABLE for 30 s: the calls, and the requests it gets.
async fn storm(budget: RetryBudget) -> (usize, usize) {
    let (calls, requests) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let seen = Arc::clone(&requests);
    let service = service_fn(move |_: http::Request<Body>| {
        seen.fetch_add(1, Ordering::Relaxed);
        async {
            tokio::time::sleep(Duration::from_millis(250)).await;
            Cause::Grpc(Code::Unavailable).answer(true)
        }
    });
    let client = Client::builder("http://milvus.test")
        .service(service)
        .retry_budget(budget);
    let client = client.connect_lazy().unwrap();
    let end = Instant::now() + 30 * SECOND;
    let mut tasks = JoinSet::new();
    for _ in 0..64 {
        // Handles share the budget.
        let (client, calls) = (client.in_database("b").with_token("t"), Arc::clone(&calls));
        tasks.spawn(async move {
            while Instant::now() < end {
                client.has_collection("a").await.unwrap_err();
                calls.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while tasks.join_next().await.is_some() {}
    let count = |counter: Arc<AtomicUsize>| counter.load(Ordering::Relaxed);
    (count(calls), count(requests))
}

#[tokio::test(start_paused = true)]
async fn many_calls_do_not_multiply_the_load_of_a_server_that_fails() {
    let (calls, requests) = storm(RetryBudget::new()).await;
    assert!(
        requests * 10 <= calls * 12,
        "{requests} requests for {calls} calls"
    );
    let (calls, requests) = storm(RetryBudget::unlimited()).await;
    assert!(
        requests > calls * 7,
        "{requests} requests for {calls} calls"
    );
    let none = RetryBudget::new().share(0.0).per_second(0);
    let (calls, requests) = storm(none).await;
    assert_eq!(requests, calls);
}

#[tokio::test(start_paused = true)]
async fn an_error_says_that_the_budget_was_used_up() {
    let none = RetryBudget::new().share(0.0).per_second(0);
    let client = failing_for(70 * SECOND, Cause::Grpc(Code::Unavailable)).retry_budget(none);
    let client = client.connect_lazy().unwrap();
    let error = client.has_collection("a").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "has_collection \"a\": no (grpc Unavailable); not retried: the retry budget is used up (see \
         RetryBudget)"
    );
    // What was not sent costs the server nothing.
    let client = failing_for(5 * SECOND, Cause::Refused).retry_budget(none);
    let client = client.connect_lazy().unwrap();
    assert!(!client.has_collection("a").await.unwrap());
}
