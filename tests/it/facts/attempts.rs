//! Spans of attempts, and of operations that ask again and again.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use milvus_otel::otel::AttemptSpans;
use milvus_otel::proto::milvus::GetLoadingProgressResponse;
use milvus_otel::stack::TransportError;
use milvus_otel::{Client, client::RetryPolicy};
use opentelemetry::trace::Status;
use opentelemetry_sdk::trace::SpanData;
use testkit::{Fake, Reply};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::Code;
use tonic::body::Body;
use tower::Service;

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
        let (fake, recorder) = (Fake::scripted(), Recorder::new());
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
async fn an_attempt_names_its_peer() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
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

/// Fails twice before it lets a request through.
#[derive(Clone)]
struct Failing<S> {
    inner: S,
    left: Arc<AtomicU32>,
}

impl<S> Service<http::Request<Body>> for Failing<S>
where
    S: Service<
            http::Request<Body>,
            Response = http::Response<Body>,
            Error = TransportError,
            Future: Send + 'static,
        >,
{
    type Response = S::Response;
    type Error = tower::BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, tower::BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), tower::BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let left = self.left.load(Ordering::Relaxed);
        if left > 0 {
            self.left.store(left - 1, Ordering::Relaxed);
            let reset = io::Error::from(io::ErrorKind::ConnectionReset);
            return Box::pin(std::future::ready(Err(reset.into())));
        }
        let answer = self.inner.call(request);
        Box::pin(async move { answer.await.map_err(Into::into) })
    }
}

/// Reads have filters, which servers quote. What the client itself found out is told nevertheless.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_reached_no_server_has_the_reason() {
    const FAILED: &str = "  CLIENT milvus.proto.milvus.MilvusService/Query error:";
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script(
        "Query",
        [
            Reply::Status(Code::Unavailable, "cannot parse title == 'Dune'".into()),
            Reply::Never,
        ],
    );
    let client = recorder
        .builder(&fake)
        .layer(tower::layer::layer_fn(|inner| Failing {
            inner,
            left: Arc::new(AtomicU32::new(2)),
        }))
        .retry(quickly())
        .connect_lazy()
        .unwrap();
    let query = client.query("books").filter("title == 'Dune'").limit(1);
    query.timeout(Duration::from_secs(5)).await.unwrap_err();
    let tree = recorder.tree();
    let lost = "lost the connection to http://milvus.test:19530: connection reset";
    let mut lines = tree.lines();
    assert_eq!(
        lines.next().unwrap(),
        "CLIENT query books error: timed out after 5s; last error: cannot parse title == ?"
    );
    let wanted = [lost, lost, "", "no answer within 5s"];
    assert_eq!(
        lines.collect::<Vec<_>>(),
        wanted.map(|why| format!("{FAILED} {why}"))
    );
}

#[tokio::test]
async fn a_call_that_was_not_connected_has_no_peer() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tonic::transport::Server::builder()
        .add_routes(fake.service())
        .serve_with_incoming_shutdown(TcpListenerStream::new(listener), async {
            drop(stopped.await);
        });
    let server = tokio::spawn(server);
    let client = Client::builder(format!("http://{address}"))
        .otel(recorder.layer())
        .retry(RetryPolicy::never())
        .connect_lazy()
        .unwrap();
    let peer = |span: &SpanData| attributes(span).remove("network.peer.port");
    for _ in 0..2 {
        // By the connection that it makes, and by the one that is there.
        client.has_collection("books").await.unwrap();
        let port = Some(address.port().to_string());
        assert_eq!(peer(&recorder.take()[0]), port);
    }
    drop(stop);
    server.await.unwrap().unwrap();
    // Whoever still holds the old connection hears of its end first.
    while client.has_collection("books").await.is_ok() {}
    recorder.take();
    let error = client.has_collection("books").await.unwrap_err();
    assert!(error.is_connect(), "{error}");
    assert_eq!(peer(&recorder.span()), None, "nobody answered");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_attempt_is_cancelled() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script(
        "HasCollection",
        [
            Reply::Status(Code::Unavailable, "not yet".into()),
            Reply::Never,
        ],
    );
    let client = recorder.client(&fake);
    let call = client.has_collection("books");
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
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
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
INTERNAL Client::load_collection books
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
