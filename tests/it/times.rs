//! When calls, attempts and operations begin and end: spans and metrics against each other and the caller's stopwatch.

use crate::support::measured;
use crate::support::spans;

use std::pin::Pin;
use std::task::{self, Poll};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http_body::Frame;
use measured::Meters;
use milvus_otel::otel::AttemptSpans;
use milvus_otel::proto::milvus::GetLoadingProgressResponse;
use milvus_otel::{Client, client::RetryPolicy};
use opentelemetry::trace::{Link, SpanKind, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    SamplingDecision, SamplingResult, SdkTracerProvider, ShouldSample, Span, SpanData,
    SpanProcessor,
};
use spans::Recorder;
use testkit::{Fake, Reply};
use tonic::Code;
use tower::{Layer, Service};

/// What each hook of the SDK takes.
const SLOW: Duration = Duration::from_millis(20);

#[derive(Debug, Clone)]
struct Slow;

impl SpanProcessor for Slow {
    fn on_start(&self, _: &mut Span, _: &Context) {
        std::thread::sleep(SLOW);
    }

    fn on_end(&self, _: SpanData) {
        std::thread::sleep(SLOW);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl ShouldSample for Slow {
    fn should_sample(
        &self,
        _: Option<&Context>,
        _: TraceId,
        _: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        std::thread::sleep(SLOW);
        SamplingResult {
            decision: SamplingDecision::RecordAndSample,
            attributes: Vec::new(),
            trace_state: TraceState::NONE,
        }
    }
}

fn slow() -> Recorder {
    Recorder::on(
        SdkTracerProvider::builder()
            .with_sampler(Slow)
            .with_span_processor(Slow),
    )
}

fn took(span: &SpanData) -> Duration {
    span.end_time.duration_since(span.start_time).unwrap()
}

/// What the caller saw of a piece of work.
struct Stopwatch {
    system: SystemTime,
    started: Instant,
}

impl Stopwatch {
    fn start() -> Self {
        Self {
            system: SystemTime::now(),
            started: Instant::now(),
        }
    }

    /// The span lies within what the caller waited for, and has at least `least` of it.
    fn check(&self, span: &SpanData, least: Duration) {
        let waited = self.started.elapsed();
        let took = took(span);
        assert!(took <= waited, "{}: {took:?} of {waited:?}", span.name);
        assert!(took >= least, "{}: {took:?}, not {least:?}", span.name);
        assert!(span.start_time >= self.system, "{} began early", span.name);
        assert!(
            span.end_time <= SystemTime::now(),
            "{} ended late",
            span.name
        );
    }
}

fn failing() -> Reply {
    Reply::Status(Code::Unavailable, "not yet".into())
}

fn after(wait: Duration, reply: Reply) -> Reply {
    Reply::After(wait, Box::new(reply))
}

/// For every way to end, every choice of attempt spans, and hooks that take their time: the span of a call has all that
/// the caller waited for, its attempts lie within it, and the metrics say the same to the nanosecond.
#[tokio::test]
async fn a_call_lasts_as_long_as_its_caller_waits() {
    let fine = || Reply::Message(Vec::new());
    let moment = Duration::from_millis(5);
    let endings = [
        (vec![fine()], true),
        (vec![after(moment, fine())], true),
        (vec![Reply::failure(100, 4, "gone")], false),
        (vec![failing(), after(moment, fine())], true),
        (
            vec![failing(), Reply::failure(8, 49, "too fast"), fine()],
            true,
        ),
        (vec![failing(), failing(), failing()], false),
        (
            vec![failing(), Reply::Status(Code::Internal, "broken".into())],
            false,
        ),
    ];
    let (mut calls, mut parts, mut outside) = (0, 0, Duration::ZERO);
    for attempts in [
        AttemptSpans::OnRetry,
        AttemptSpans::Always,
        AttemptSpans::Never,
    ] {
        for (replies, succeeds) in &endings {
            let (fake, recorder, meters) = (Fake::scripted(), slow(), Meters::new());
            fake.script("HasCollection", replies.clone());
            let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(1));
            let client = Client::builder("http://milvus.test")
                .service(fake.service())
                .otel(meters.on(recorder.layer()).attempt_spans(attempts))
                .retry(policy.max_attempts(3))
                .connect_lazy()
                .unwrap();
            let stopwatch = Stopwatch::start();
            let answer = client.has_collection("books").await;
            let waited = stopwatch.started.elapsed();
            assert_eq!(answer.is_ok(), *succeeds, "{answer:?}");

            let (call, below) = recorder.root();
            // Its own start, and start and end of all attempts.
            let hooks = 2 + 3 * u32::try_from(below.len()).unwrap();
            stopwatch.check(&call, SLOW * hooks);
            for name in ["db.client.operation.duration", "rpc.client.call.duration"] {
                assert_eq!(meters.only(name).sum, took(&call).as_secs_f64(), "{name}");
            }
            if let Err(error) = answer {
                assert!(error.elapsed() >= SLOW * hooks && error.elapsed() <= waited);
            }
            parts += recorder.check_times();
            calls += 1;
            // The end of the call's span takes a while that is not its own.
            outside = outside.max((waited - took(&call)).saturating_sub(SLOW));
        }
    }
    println!("{calls} calls, {parts} attempts, at most {outside:?} outside of the span");
    assert!(parts > calls);
}

/// A body whose message takes a while to be encoded.
struct Encoded(Option<Bytes>);

impl http_body::Body for Encoded {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut task::Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        let message = self.0.take();
        if message.is_some() {
            std::thread::sleep(SLOW);
        }
        Poll::Ready(message.map(|message| Ok(Frame::data(message))))
    }
}

#[tokio::test]
async fn encoding_is_part_of_a_call() {
    let (fake, recorder) = (Fake::scripted(), slow());
    let mut service = recorder.layer().layer(fake.service());
    let body = Encoded(Some(Bytes::from_static(&[0; 5])));
    let request = http::Request::post("/milvus.proto.milvus.MilvusService/HasCollection")
        .header("content-type", "application/grpc")
        .body(tonic::body::Body::new(body))
        .unwrap();
    let stopwatch = Stopwatch::start();
    let answer = service.call(request).await.unwrap();
    drop(http_body_util::BodyExt::collect(answer.into_body()).await);
    stopwatch.check(&recorder.span(), SLOW * 3);
}

#[tokio::test]
async fn a_dropped_call_ends_when_it_is_dropped() {
    for attempts in [AttemptSpans::OnRetry, AttemptSpans::Always] {
        let (fake, recorder, meters) = (Fake::scripted(), slow(), Meters::new());
        fake.script("HasCollection", [failing(), Reply::Never]);
        let client = Client::builder("http://milvus.test")
            .service(fake.service())
            .otel(meters.on(recorder.layer()).attempt_spans(attempts))
            .retry(RetryPolicy::default().initial_backoff(Duration::from_millis(1)))
            .connect_lazy()
            .unwrap();
        let stopwatch = Stopwatch::start();
        let call = client.has_collection("books");
        tokio::time::timeout(SLOW * 20, call).await.unwrap_err();
        let (call, below) = recorder.root();
        assert_eq!(below.len(), 2);
        stopwatch.check(&call, SLOW * 20);
        let metric = meters.only("db.client.operation.duration").sum;
        assert_eq!(metric, took(&call).as_secs_f64());
    }
}

#[tokio::test]
async fn an_operation_lasts_as_long_as_all_its_calls() {
    let (fake, recorder) = (Fake::scripted(), slow());
    let loaded = |progress| {
        Reply::message(&GetLoadingProgressResponse {
            progress,
            ..Default::default()
        })
    };
    fake.script("GetLoadingProgress", [failing(), loaded(10), loaded(100)]);
    let client = recorder.client(&fake);
    let stopwatch = Stopwatch::start();
    client.load_collection("books").await.unwrap();
    let spans = recorder.spans();
    let operation = spans
        .iter()
        .find(|span| span.span_kind == SpanKind::Internal);
    stopwatch.check(operation.unwrap(), SLOW * 2);
    assert!(recorder.check_times() >= 4, "{}", recorder.tree());
}
