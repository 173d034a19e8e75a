//! Retry policies of handles and operations, and time limits of attempts.

use std::time::Duration;

use super::*;

/// A client whose calls fail with UNAVAILABLE, and the number of attempts at each.
fn unavailable() -> (Client, Arc<Mutex<Vec<Instant>>>) {
    let (builder, attempts) = failing(&Recorder::new(), Cause::Grpc(Code::Unavailable));
    (builder.connect_lazy().unwrap(), attempts)
}

#[tokio::test(start_paused = true)]
async fn handles_and_operations_have_their_own_policy() {
    let (client, attempts) = unavailable();
    let made = || std::mem::take(&mut *attempts.lock().unwrap()).len();
    let twice = RetryPolicy::default().max_attempts(2);
    let again = RetryPolicy::default()
        .max_attempts(3)
        .replay_idempotent(true);

    client.has_collection("a").await.unwrap_err();
    assert_eq!(made(), 8);
    client
        .with_retry(twice.clone())
        .has_collection("a")
        .await
        .unwrap_err();
    assert_eq!(made(), 2);
    client
        .has_collection("a")
        .retry(RetryPolicy::never())
        .await
        .unwrap_err();
    assert_eq!(made(), 1);
    client.drop_collection("a").await.unwrap_err();
    assert_eq!(made(), 1);
    client.drop_collection("a").retry(again).await.unwrap_err();
    assert_eq!(made(), 3);
    let search = client.search("a", vec![0.5_f32, 0.5]).retry(twice.clone());
    search.await.unwrap_err();
    assert_eq!(made(), 2);
    client
        .query("a")
        .filter("id > 1")
        .retry(twice.clone())
        .await
        .unwrap_err();
    assert_eq!(made(), 2);
    client.count("a").retry(twice).await.unwrap_err();
    assert_eq!(made(), 2);
}

/// A service that does not answer the first call, and answers the others; and the time limits that it was told.
fn hanging_once() -> (ClientBuilder, Arc<Mutex<Vec<String>>>) {
    let limits = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&limits);
    let service = service_fn(move |request: http::Request<Body>| {
        let limit = request.headers()["grpc-timeout"]
            .to_str()
            .unwrap()
            .to_owned();
        let mut seen = seen.lock().unwrap();
        seen.push(limit);
        let first = seen.len() == 1;
        async move {
            if first {
                std::future::pending::<()>().await;
            }
            Ok::<_, BoxError>(response(200, answered(&[])))
        }
    });
    let client = Client::builder("http://milvus.test").service(service);
    (client, limits)
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_takes_too_long_is_repeated_if_it_may_be() {
    let policy = RetryPolicy::default().attempt_timeout(Duration::from_secs(2));
    let (builder, limits) = hanging_once();
    let recorder = Recorder::new();
    let client = builder.retry(policy.clone()).otel(recorder.layer());
    let client = client.connect_lazy().unwrap();
    let began = Instant::now();
    client.has_collection("a").await.unwrap();
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(2) && took < Duration::from_secs(3));
    assert_eq!(*limits.lock().unwrap(), ["2000000u", "2000000u"]);
    let (call, attempts) = recorder.root();
    assert_eq!(call.status, SpanStatus::Unset);
    let statuses: Vec<_> = attempts.iter().map(|attempt| &attempt.status).collect();
    assert_eq!(
        statuses,
        [
            &SpanStatus::error("the attempt timed out after 2s"),
            &SpanStatus::Unset
        ]
    );

    let (builder, _) = hanging_once();
    let client = builder.retry(policy).connect_lazy().unwrap();
    let error = client.drop_collection("a").await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_happened(), "{error}");
    assert_eq!(error.message(), "the attempt timed out after 2s");
    assert_eq!(error.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_the_call_comes_before_a_longer_limit_of_attempts() {
    let policy = RetryPolicy::default().attempt_timeout(Duration::from_secs(2));
    let (builder, limits) = hanging_once();
    let client = builder.retry(policy).connect_lazy().unwrap();
    let call = client.has_collection("a").timeout(Duration::from_secs(1));
    let error = call.await.unwrap_err();
    assert_eq!(error.message(), "no answer within 1s");
    assert_eq!(*limits.lock().unwrap(), ["1000000u"]);
}
