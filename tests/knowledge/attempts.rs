//! Spans of attempts, and of operations that ask again and again.

use std::time::Duration;

use milvus_otel::otel::AttemptSpans;
use milvus_otel::proto::milvus::GetLoadingProgressResponse;
use milvus_otel::{Client, RetryPolicy};
use opentelemetry::trace::Status;
use testkit::{Fake, Reply};
use tonic::Code;

use super::spans::{Recorder, attributes, expected, header, traceparent};

fn quickly() -> RetryPolicy {
    RetryPolicy::default().initial_backoff(Duration::from_millis(1))
}

#[tokio::test]
async fn attempts_have_spans_when_asked_for() {
    let unavailable = || Reply::Status(Code::Unavailable, "not yet".into());
    let fine = || Reply::Message(Vec::new());
    const ATTEMPT: &str = "  CLIENT milvus.proto.milvus.MilvusService/HasCollection";
    let call = "CLIENT has_collection books\n";
    let (good, bad) = (
        format!("{ATTEMPT}\n"),
        format!("{ATTEMPT} error: not yet\n"),
    );
    for (when, replies, wanted) in [
        (AttemptSpans::OnRetry, vec![fine()], call.to_owned()),
        (
            AttemptSpans::OnRetry,
            vec![unavailable(), fine()],
            format!("{call}{bad}{good}"),
        ),
        (AttemptSpans::Always, vec![fine()], format!("{call}{good}")),
        (
            AttemptSpans::Always,
            vec![unavailable(), fine()],
            format!("{call}{bad}{good}"),
        ),
        (
            AttemptSpans::Never,
            vec![unavailable(), fine()],
            call.to_owned(),
        ),
    ] {
        let (fake, recorder) = (Fake::new(), Recorder::new());
        let sent = replies.len();
        fake.script("HasCollection", replies);
        let client = Client::builder("http://milvus.test")
            .service(fake.service())
            .otel(recorder.layer().attempt_spans(when))
            .retry(quickly())
            .connect_lazy()
            .unwrap();
        client.has_collection("books").await.unwrap();
        assert_eq!(recorder.tree(), wanted, "{when:?}");
        // Milvus' own spans hang below what was on the wire last.
        let span = recorder.spans().pop().unwrap().span_context;
        let sent_last = header(&fake.calls()[sent - 1], "traceparent").map(str::to_owned);
        assert_eq!(sent_last, Some(traceparent(&span, "01")));
        let (call, _) = recorder.root();
        let resent = attributes(&call).remove("milvus.resend_count");
        assert_eq!(resent.is_some(), sent > 1, "{when:?}");
    }
}

#[tokio::test]
async fn an_attempt_says_where_it_went() {
    let (fake, recorder) = (Fake::new(), Recorder::new());
    let address = fake.serve().await.unwrap();
    let client = Client::builder(format!("http://localhost:{}", address.port()))
        .otel(recorder.layer().attempt_spans(AttemptSpans::Always))
        .connect_lazy()
        .unwrap();
    client.has_collection("books").await.unwrap();
    let (call, attempts) = recorder.root();
    let port = address.port().to_string();
    assert_eq!(
        attributes(&attempts[0]),
        expected([
            ("rpc.system.name", "grpc"),
            (
                "rpc.method",
                "milvus.proto.milvus.MilvusService/HasCollection"
            ),
            ("rpc.status_code", "OK"),
            ("milvus.attempt.number", "1"),
            ("server.address", "localhost"),
            ("server.port", port.as_str()),
            ("network.peer.address", "127.0.0.1"),
            ("network.peer.port", port.as_str()),
        ])
    );
    assert_eq!(attributes(&call)["network.peer.port"], port);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_nobody_waits_for_is_cancelled() {
    let (fake, recorder) = (Fake::new(), Recorder::new());
    fake.script(
        "HasCollection",
        [
            Reply::Status(Code::Unavailable, "not yet".into()),
            Reply::Never,
        ],
    );
    let client = recorder.client(&fake);
    let call = client.has_collection("books").into_future();
    tokio::time::timeout(Duration::from_secs(5), call)
        .await
        .unwrap_err();
    let (call, attempts) = recorder.root();
    assert_eq!(attempts.len(), 2);
    for span in [&call, &attempts[1]] {
        assert_eq!(span.status, Status::error("the caller stopped waiting"));
        assert_eq!(attributes(span)["error.type"], "CANCELLED");
        assert_eq!(attributes(span)["rpc.status_code"], "CANCELLED");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_many_polls_does_not_flood_the_trace() {
    let (fake, recorder) = (Fake::new(), Recorder::new());
    let loaded = |progress| {
        Reply::message(&GetLoadingProgressResponse {
            progress,
            ..Default::default()
        })
    };
    let polls = (0..200).map(|poll| loaded(poll / 2)).chain([loaded(100)]);
    fake.script("GetLoadingProgress", polls);
    let client = recorder.client(&fake);
    let load = client.load_collection("books");
    load.timeout(Duration::from_secs(600)).await.unwrap();
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL load_collection books
  CLIENT load_collection books
  CLIENT get_loading_progress books
  CLIENT get_loading_progress books
"
    );
    let (operation, _) = recorder.root();
    assert_eq!(attributes(&operation)["milvus.poll.count"], "202");
    let asked = fake.calls_of("GetLoadingProgress");
    let sampled =
        |call: &&testkit::fake::Received| header(call, "traceparent").unwrap().ends_with("-01");
    assert_eq!(
        (asked.len(), asked.iter().filter(sampled).count()),
        (202, 2)
    );
    // All of them are in the trace, recorded or not.
    let trace = operation.span_context.trace_id().to_string();
    assert!(
        asked
            .iter()
            .all(|call| header(call, "traceparent").unwrap().contains(&trace))
    );

    // One that ends too early says too how often it asked.
    recorder.take();
    fake.script("GetLoadingProgress", [loaded(50)]);
    let load = client.load_collection("books");
    load.timeout(Duration::from_secs(10)).await.unwrap_err();
    let (operation, _) = recorder.root();
    let polls: u32 = attributes(&operation)["milvus.poll.count"].parse().unwrap();
    assert!(polls > 10, "{polls}");
}
