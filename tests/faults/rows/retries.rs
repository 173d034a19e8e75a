//! How long and when calls are sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use milvus_otel::client::RetryPolicy;
use milvus_otel::error::Stage;
use milvus_otel::proto::common;
use prost::Message;
use tokio::net::TcpListener;
use tonic_types::{ErrorDetails, StatusExt};

use crate::case::Case;
use crate::frames;
use crate::row::{Row, Want, row};
use crate::scripted::{Scripted, Step};

/// The answer of Milvus to a call that it rejects with this code, as the whole answer of the RPCs used here.
fn rejection(stream: u32, code: i32) -> Vec<u8> {
    let status = common::Status {
        code,
        reason: "too many requests".into(),
        ..common::Status::default()
    };
    frames::answer(stream, &status.encode_to_vec())
}

/// A call at a server that fails the first request like this, and answers the next.
fn first_fails(
    want: Want,
    reads: bool,
    answer: impl Fn(u32) -> Vec<u8> + Copy + Send + Sync + 'static,
) -> Row {
    want.run(move |case| async move {
        let server = Scripted::failing_once(move |stream| vec![Step::Send(answer(stream))]).await;
        let client = case.client(server.uri());
        if reads {
            case.read(&client).await;
        } else {
            case.change(&client).await;
        }
        case.requests(server.requests());
    })
}

/// `google.rpc.RetryInfo`, as gRPC sends it.
fn retry_info() -> String {
    let details = ErrorDetails::with_retry_info(Some(Duration::from_millis(700)));
    let status = tonic::Status::with_error_details(tonic::Code::ResourceExhausted, "", details);
    STANDARD.encode(status.details())
}

fn hints() -> Vec<Row> {
    let waited = |name| row(name).attempts(2).requests(2);
    vec![
        first_fails(
            waited("UNAVAILABLE with grpc-retry-pushback-ms 700, a read").seconds(0.7..=15.0),
            true,
            |stream| frames::failure(stream, "14", "busy", &[("grpc-retry-pushback-ms", "700")]),
        ),
        first_fails(
            row("UNAVAILABLE with grpc-retry-pushback-ms -1, a read")
                .result("has_collection \"a\": busy (grpc Unavailable)")
                .is("retryable")
                .in_doubt(1)
                .requests(1),
            true,
            |stream| frames::failure(stream, "14", "busy", &[("grpc-retry-pushback-ms", "-1")]),
        ),
        first_fails(
            waited("HTTP 503 with retry-after 1, a read").seconds(1.0..=15.0),
            true,
            |stream| frames::http(stream, "503", &[("retry-after", "1")]),
        ),
        first_fails(
            waited("HTTP 429 with retry-after 1, a change")
                .seconds(1.0..=15.0)
                .rate_limited(1),
            false,
            |stream| frames::http(stream, "429", &[("retry-after", "1")]),
        ),
        first_fails(
            waited("RESOURCE_EXHAUSTED with RetryInfo of 700 ms, a change")
                .seconds(0.7..=15.0)
                .rate_limited(1),
            false,
            |stream| {
                let details = retry_info();
                let details = ("grpc-status-details-bin", details.as_str());
                frames::failure(stream, "8", "quota", &[details])
            },
        ),
        first_fails(
            waited("TooManyRequests (4) of Milvus, a change").rate_limited(1),
            false,
            |stream| rejection(stream, 4),
        ),
        first_fails(
            waited("HTTPRateLimit (1807) of Milvus, a change").rate_limited(1),
            false,
            |stream| rejection(stream, 1807),
        ),
        row("retry-after later than the timeout of 2 s, a change")
            .result("rename_collection \"a\": quota*")
            .is("rate_limited retryable")
            .requests(1)
            .rate_limited(1)
            .run(|case| async move {
                let server = Scripted::start(|asked| {
                    let later = [("retry-after", "30")];
                    vec![Step::Send(frames::failure(
                        asked.stream,
                        "8",
                        "quota",
                        &later,
                    ))]
                })
                .await;
                let client = case.client(server.uri());
                case.change_within(&client, Duration::from_secs(2)).await;
                case.requests(server.requests());
            }),
    ]
}

fn patience() -> Vec<Row> {
    vec![
        row("a closed port, a change with a timeout of 2 s")
            .result("rename_collection \"a\": timed out after 2s; last error: cannot connect to http://SERVER: Connection refused*")
            .is("connect retryable timeout")
            .stage(Stage::Connecting)
            .attempts(3..)
            .seconds(1.5..=12.0)
            .run(|case| async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let address = listener.local_addr().unwrap();
                drop(listener);
                let client = case.client(format!("http://{address}"));
                case.change_within(&client, Duration::from_secs(2)).await;
            }),
        row("a rate limit of one call in 5 s, two changes at once")
            .result("2 ok")
            .attempts(2..)
            .rate_limited(1..)
            .seconds(5.0..=30.0)
            .run(|case| async move {
                let begun = Instant::now();
                let accepted = Arc::new(AtomicUsize::new(0));
                let server = Scripted::start(move |asked| {
                    let permits = 1 + begun.elapsed().as_secs() as usize / 5;
                    if accepted.load(Ordering::SeqCst) < permits {
                        accepted.fetch_add(1, Ordering::SeqCst);
                        return asked.succeed();
                    }
                    vec![Step::Send(rejection(asked.stream, 8))]
                })
                .await;
                let client = case.builder(server.uri()).retry(RetryPolicy::default());
                let client = client.connect_lazy().unwrap();
                tokio::join!(case.change(&client), case.change(&client));
            }),
        row("an answer of 20 MB that breaks off after 1 MB, a read")
            .attempts(2)
            .requests(2)
            .connections(2)
            .run(|case| async move {
                let server = Scripted::failing_once(|stream| {
                    let mut bytes = frames::head(stream, &[]);
                    bytes.extend(frames::data(stream, false, &frames::prefix(0, 20 << 20)));
                    for _ in 0..64 {
                        bytes.extend(frames::data(stream, false, &[0; 16 * 1024]));
                    }
                    vec![Step::Send(bytes), Step::Close]
                })
                .await;
                case.read(&case.client(server.uri())).await;
                case.requests(server.requests());
                case.connections(server.connections());
            }),
        row("no answer within an attempt_timeout of 300 ms, a read")
            .attempts(2)
            .requests(2)
            .seconds(0.3..=10.0)
            .run(|case| attempts_of_300_ms(case, true)),
        row("no answer within an attempt_timeout of 300 ms, a change")
            .result("rename_collection \"a\": *300ms*")
            .is("retryable timeout")
            .in_doubt(1)
            .requests(1)
            .seconds(0.3..=10.0)
            .run(|case| attempts_of_300_ms(case, false)),
        row("REFUSED_STREAM, a change with RetryPolicy::never")
            .result("rename_collection \"a\": http://SERVER did not accept the call: *")
            .is("retryable")
            .requests(1)
            .run(|case| async move {
                let server = Scripted::failing_once(|stream| {
                    let refused = frames::rst_stream(stream, frames::code::REFUSED_STREAM);
                    vec![Step::Send(refused)]
                })
                .await;
                let client = case.client(server.uri());
                let change = client
                    .rename_collection("a", "b")
                    .retry(RetryPolicy::never());
                case.returned(change.await);
                case.requests(server.requests());
            }),
    ]
}

async fn attempts_of_300_ms(case: Arc<Case>, reads: bool) {
    let server = Scripted::failing_once(|_| Vec::new()).await;
    let policy = RetryPolicy::default().attempt_timeout(Duration::from_millis(300));
    let client = case.builder(server.uri()).retry(policy);
    let client = client.connect_lazy().unwrap();
    if reads {
        case.read(&client).await;
    } else {
        case.change(&client).await;
    }
    case.requests(server.requests());
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = hints();
    rows.extend(patience());
    rows
}
