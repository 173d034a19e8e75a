//! The client restrains itself: a budget for retries, and a limit of concurrent calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use milvus_otel::client::{ConcurrencyLimit, RetryBudget, RetryPolicy};
use milvus_otel::error::Stage;
use tokio::time::sleep;

use crate::case::Case;
use crate::frames;
use crate::http2_server::Http2Server;
use crate::row::{Row, row};
use crate::scripted::{Scripted, Step};

/// 64 tasks for so long at a server that is always unavailable.
async fn storm(case: Arc<Case>, time: Duration) {
    let server = Scripted::start(|asked| {
        vec![Step::Send(frames::failure(
            asked.stream,
            "14",
            "overloaded",
            &[],
        ))]
    })
    .await;
    let client = case.builder(server.uri()).retry(RetryPolicy::default());
    let client = client.connect_lazy().unwrap();
    let until = tokio::time::Instant::now() + time;
    let calls = AtomicUsize::new(0);
    let task = async || {
        while tokio::time::Instant::now() < until {
            case.read(&client).await;
            calls.fetch_add(1, Ordering::SeqCst);
            sleep(Duration::from_millis(20)).await;
        }
    };
    futures::future::join_all((0..64).map(|_| task())).await;
    let (calls, requests) = (calls.load(Ordering::SeqCst), server.requests());
    // 100 retries and 10 in each second are granted however few calls there are.
    let granted = if time.as_secs() < 30 { 200 } else { 0 };
    if requests > calls * 12 / 10 + granted {
        case.broken(format!("{requests} requests for {calls} calls"));
    }
}

pub(super) fn rows() -> Vec<Row> {
    let unavailable = |name| {
        row(name)
            .result("*has_collection \"a\": overloaded (grpc Unavailable)*see RetryBudget*")
            .is("retryable")
            .stage(Stage::Answered)
            .in_doubt(1..)
            .attempts(1..=8)
    };
    vec![
        row("each connection breaks while a read waits, without a retry budget")
            .result("has_collection \"a\": lost the connection to http://SERVER: *see RetryBudget*")
            .is("retryable")
            .stage(Stage::Sent)
            .in_doubt(1)
            .attempts(2)
            .requests(2)
            .run(|case| async move {
                let server = Scripted::start(|_| vec![Step::Close]).await;
                let nothing = RetryBudget::new().share(0.0).per_second(0);
                let client = case.builder(server.uri()).retry_budget(nothing);
                case.read(&client.connect_lazy().unwrap()).await;
                case.requests(server.requests());
            }),
        unavailable("UNAVAILABLE for 3 s, reads of 64 tasks")
            .seconds(3.0..=30.0)
            .run(|case| storm(case, Duration::from_secs(3))),
        unavailable("UNAVAILABLE for 30 s, reads of 64 tasks")
            .long()
            .seconds(30.0..=60.0)
            .run(|case| storm(case, Duration::from_secs(30))),
        row("a concurrency limit of 2 calls with 3 waiting: 10 changes")
            .result("5 rename_collection \"a\": the client's concurrency limit is reached: 2 calls in flight, 3 waiting*, 5 ok")
            .is("overloaded*")
            .requests(5)
            .run(|case| async move {
                let server = Http2Server::start(100, |request| async move {
                    sleep(Duration::from_millis(300)).await;
                    request.succeed();
                });
                let server = server.await;
                let limit = ConcurrencyLimit::new(2).max_waiting(3);
                let client = case.builder(server.uri()).concurrency(limit);
                let client = client.connect_lazy().unwrap();
                futures::future::join_all((0..10).map(|_| case.change(&client))).await;
                case.requests(server.requests());
            }),
        row("a concurrency limit of 4 calls, 100 changes")
            .result("100 ok")
            .requests(100)
            .run(|case| async move {
                let now = Arc::new(AtomicUsize::new(0));
                let most = Arc::new(AtomicUsize::new(0));
                let (running, highest) = (Arc::clone(&now), Arc::clone(&most));
                let server = Http2Server::start(100, move |request| {
                    let (running, highest) = (Arc::clone(&running), Arc::clone(&highest));
                    async move {
                        let beside = running.fetch_add(1, Ordering::SeqCst) + 1;
                        highest.fetch_max(beside, Ordering::SeqCst);
                        sleep(Duration::from_millis(5)).await;
                        running.fetch_sub(1, Ordering::SeqCst);
                        request.succeed();
                    }
                });
                let server = server.await;
                let client = case.builder(server.uri()).concurrency(4);
                let client = client.connect_lazy().unwrap();
                futures::future::join_all((0..100).map(|_| case.change(&client))).await;
                case.requests(server.requests());
                let most = most.load(Ordering::SeqCst);
                if most > 4 {
                    case.broken(format!("{most} calls at once"));
                }
            }),
    ]
}
