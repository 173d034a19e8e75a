//! Servers and proxies that say when to try again.

use std::time::Duration;

use tonic_types::{ErrorDetails, StatusExt};

use super::*;

/// A service that fails this way first, and then succeeds; and when it was called.
fn failing_once(
    failure: impl Fn() -> http::Response<Body> + Clone + Send + Sync + 'static,
) -> (Client, Arc<Mutex<Vec<Instant>>>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let service = service_fn(move |_: http::Request<Body>| {
        let mut seen = seen.lock().unwrap();
        seen.push(Instant::now());
        let answer = if seen.len() == 1 {
            failure()
        } else {
            response(200, answered(&[]))
        };
        async move { Ok::<_, BoxError>(answer) }
    });
    let client = Client::builder("http://milvus.test").service(service);
    (client.connect_lazy().unwrap(), calls)
}

fn with(code: Code, name: &'static str, value: &'static str) -> http::Response<Body> {
    let mut status = Status::new(code, "busy");
    status.metadata_mut().insert(name, value.parse().unwrap());
    status.into_http()
}

fn page(status: u16, name: &'static str, value: &'static str) -> http::Response<Body> {
    let mut page = response(status, []);
    page.headers_mut().insert(name, value.parse().unwrap());
    page
}

fn detailed(code: Code) -> http::Response<Body> {
    let details = ErrorDetails::with_retry_info(Some(Duration::from_secs(2)));
    Status::with_error_details(code, "busy", details).into_http()
}

#[tokio::test(start_paused = true)]
async fn the_next_attempt_waits_as_long_as_the_server_asks() {
    type Answer = fn() -> http::Response<Body>;
    // The answer, and whether a change is repeated.
    let rows: [(&str, Answer, bool); 6] = [
        (
            "pushback",
            || with(Code::Unavailable, "grpc-retry-pushback-ms", "2000"),
            false,
        ),
        (
            "retry-after",
            || with(Code::ResourceExhausted, "retry-after", "2"),
            true,
        ),
        ("RetryInfo", || detailed(Code::ResourceExhausted), true),
        (
            "RetryInfo of a sick server",
            || detailed(Code::Unavailable),
            false,
        ),
        ("429", || page(429, "retry-after", "2"), true),
        ("503", || page(503, "retry-after", "2"), false),
    ];
    for (name, answer, repeats_changes) in rows {
        let (client, calls) = failing_once(answer);
        client.has_collection("a").await.unwrap();
        let calls = calls.lock().unwrap().clone();
        let waited = calls[1] - calls[0];
        let tick = Duration::from_millis(2);
        let asked = Duration::from_secs(2);
        assert!(
            waited >= asked && waited < asked + tick,
            "{name}: {waited:?}"
        );

        let (client, calls) = failing_once(answer);
        let changed = client.delete("a", "id > 1").await;
        assert_eq!(changed.is_ok(), repeats_changes, "{name}: {changed:?}");
        if let Err(error) = changed {
            assert!(error.may_have_happened(), "{name}: {error}");
            assert_eq!(error.retry_after(), Some(asked), "{name}");
            assert_eq!(calls.lock().unwrap().len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_can_ask_for_no_retry() {
    for value in ["-1", "never"] {
        let (client, calls) =
            failing_once(move || with(Code::Unavailable, "grpc-retry-pushback-ms", value));
        let error = client.has_collection("a").await.unwrap_err();
        assert_eq!(error.retry_after(), None);
        assert_eq!(calls.lock().unwrap().len(), 1, "{value}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_ends_the_call_at_once() {
    let (client, _) = failing_once(|| with(Code::ResourceExhausted, "retry-after", "61"));
    let began = Instant::now();
    let error = client.has_collection("a").await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(1));
    assert!(error.is_rate_limited() && error.is_retryable(), "{error}");
    assert!(!error.may_have_happened());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(61)));
    assert_eq!(
        error.to_string(),
        "has_collection \"a\": busy (grpc ResourceExhausted); try later, or raise the quota of the \
         server or its proxy"
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_too_large_is_not_a_rate_limit() {
    let (client, calls) =
        failing_once(|| Status::resource_exhausted("larger than max").into_http());
    let error = client.has_collection("a").await.unwrap_err();
    assert!(!error.is_rate_limited() && !error.is_retryable(), "{error}");
    assert_eq!(calls.lock().unwrap().len(), 1);
}
