//! Which calls are sent again, how often, when, and with what.

mod asked;
mod patience;
mod policies;

use crate::support::answers;
use crate::support::spans;

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use answers::{answered, response, trailers};
use milvus_otel::proto::common;
use milvus_otel::proto::milvus::{
    DeleteRequest, DropCollectionRequest, HasCollectionRequest, InsertRequest, MutationResult,
    QueryRequest,
};
use milvus_otel::proto::schema::{FieldData, VectorField, field_data, vector_field};
use milvus_otel::{Client, ClientBuilder, client::RetryPolicy};
use opentelemetry::trace::Status as SpanStatus;
use prost::Message;
use spans::{Recorder, attributes, header, traceparent};
use testkit::{Fake, Reply};
use tokio::time::Instant;
use tonic::body::Body;
use tonic::{Code, ConnectError, Status};
use tower::{BoxError, service_fn};

/// What goes wrong with an attempt.
#[derive(Debug, Clone, Copy)]
enum Cause {
    /// There was no connection to send it on.
    Refused,
    /// The same, under a status, as tonic's channel wraps it.
    RefusedWithin,
    /// The connection broke under it.
    Broken,
    /// gRPC: in the head of the answer, or in the trailers.
    Grpc(Code),
    Trailers(&'static str),
    /// HTTP without gRPC.
    Http(u16),
    /// In Milvus' own status: code, error_code, retriable.
    Milvus(i32, i32, bool),
}

impl Cause {
    fn answer(self, status_first: bool) -> Result<http::Response<Body>, BoxError> {
        let refused = || ConnectError(Box::new(io::Error::from(io::ErrorKind::ConnectionRefused)));
        Ok(match self {
            Self::Refused => return Err(Box::new(refused())),
            Self::RefusedWithin => {
                let mut status = Status::unavailable("tcp connect error");
                status.set_source(Arc::new(refused()));
                return Err(Box::new(status));
            }
            Self::Broken => return Err(Box::new(io::Error::from(io::ErrorKind::BrokenPipe))),
            Self::Grpc(code) => Status::new(code, "no").into_http(),
            Self::Trailers(code) => response(200, [trailers(&[("grpc-status", code)])]),
            Self::Http(status) => response(status, []),
            #[expect(deprecated, reason = "servers still send both")]
            Self::Milvus(code, error_code, retriable) => {
                let status = common::Status {
                    code,
                    error_code,
                    retriable,
                    ..Default::default()
                };
                let message = if status_first {
                    let status = Some(status);
                    MutationResult {
                        status,
                        ..Default::default()
                    }
                    .encode_to_vec()
                } else {
                    status.encode_to_vec()
                };
                response(200, answered(&message))
            }
        })
    }
}

/// Calls that fail this way every time, and when each attempt was made.
fn failing(recorder: &Recorder, cause: Cause) -> (ClientBuilder, Arc<Mutex<Vec<Instant>>>) {
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&attempts);
    let service = service_fn(move |request: http::Request<Body>| {
        seen.lock().unwrap().push(Instant::now());
        let status_first = !request.uri().path().ends_with("DropCollection");
        let answer = cause.answer(status_first);
        async move { answer }
    });
    let builder = Client::builder("http://milvus.test")
        .service(service)
        .otel(recorder.layer());
    (builder, attempts)
}

#[tokio::test(start_paused = true)]
async fn class_and_cause_decide_whether_a_call_is_repeated() {
    let always = [true, true, true];
    let never = [false, false, false];
    // Of a read, an idempotent change and one that must happen once: by default, and where repeats are allowed.
    let reads = [true, false, false];
    let harmless = [true, true, false];
    let mut rows = vec![
        (Cause::Refused, always, always),
        (Cause::RefusedWithin, always, always),
        (Cause::Milvus(8, 49, true), always, always),
        (Cause::Milvus(8, 0, false), always, always),
        (Cause::Milvus(0, 49, false), always, always),
        (Cause::Milvus(4, 1, true), always, always),
        (Cause::Milvus(1807, 1, true), always, always),
        (Cause::Http(429), always, always),
        (Cause::Broken, reads, harmless),
        (Cause::Grpc(Code::Unavailable), reads, harmless),
        (Cause::Trailers("14"), reads, harmless),
        (Cause::Http(503), reads, harmless),
        (Cause::Http(502), reads, harmless),
        (Cause::Milvus(65535, 1, true), reads, harmless),
        (Cause::Milvus(1, 56, false), reads, harmless),
        (Cause::Milvus(103, 1, false), reads, harmless),
        (Cause::Milvus(8, 8, false), never, never),
        (Cause::Milvus(4, 4, false), never, never),
        (Cause::Milvus(10001, 1, false), never, never),
        (Cause::Milvus(9, 48, false), never, never),
        (Cause::Milvus(100, 4, false), never, never),
        (Cause::Milvus(65535, 1, false), never, never),
        (Cause::Milvus(0, 1, false), never, never),
        (Cause::Trailers("13"), never, never),
        (Cause::Http(404), never, never),
    ];
    for code in (1..=16)
        .map(Code::from)
        .filter(|code| *code != Code::Unavailable)
    {
        rows.push((Cause::Grpc(code), never, never));
    }
    for (cause, strict, lenient) in rows {
        for (replay, wanted) in [(false, strict), (true, lenient)] {
            let mut repeated = [false; 3];
            for (class, repeated) in repeated.iter_mut().enumerate() {
                let recorder = Recorder::new();
                let (builder, attempts) = failing(&recorder, cause);
                let policy = RetryPolicy::default()
                    .max_attempts(4)
                    .replay_idempotent(replay);
                let client = builder.retry(policy).connect_lazy().unwrap();
                let mut raw = client.raw();
                match class {
                    0 => drop(raw.has_collection(HasCollectionRequest::default()).await),
                    1 => drop(raw.drop_collection(DropCollectionRequest::default()).await),
                    _ => drop(raw.insert(InsertRequest::default()).await),
                }
                let attempts = attempts.lock().unwrap().len();
                assert!(attempts == 1 || attempts == 4, "{cause:?}: {attempts}");
                *repeated = attempts == 4;
                // One logical span, and one below it for each attempt where there are several.
                let (call, below) = recorder.root();
                assert!(attributes(&call).contains_key("error.type"), "{cause:?}");
                assert_eq!(below.len(), if attempts == 1 { 0 } else { attempts });
            }
            assert_eq!(repeated, wanted, "{cause:?}, replay_idempotent({replay})");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_delete_that_a_rate_limit_stopped_may_be_half_done() {
    for (replay, wanted) in [(false, 1), (true, 4)] {
        let (builder, attempts) = failing(&Recorder::new(), Cause::Milvus(8, 49, true));
        let policy = RetryPolicy::default()
            .max_attempts(4)
            .replay_idempotent(replay);
        let mut raw = builder.retry(policy).connect_lazy().unwrap().raw();
        raw.delete(DeleteRequest::default()).await.unwrap();
        assert_eq!(attempts.lock().unwrap().len(), wanted);
    }
    let (builder, _) = failing(&Recorder::new(), Cause::Milvus(8, 49, true));
    let client = builder.connect_lazy().unwrap();
    let error = client.delete("books", "id > 3").await.unwrap_err();
    assert!(error.is_rate_limited() && error.may_have_happened());
}

#[tokio::test(start_paused = true)]
async fn a_change_may_have_happened_at_any_attempt() {
    let rows = [
        (Cause::Broken, Cause::Refused, true),
        (Cause::Broken, Cause::Milvus(100, 4, false), true),
        (Cause::Refused, Cause::Milvus(100, 4, false), false),
        (Cause::Milvus(8, 49, true), Cause::Refused, false),
    ];
    for (first, last, wanted) in rows {
        let attempts = Arc::new(AtomicU32::new(0));
        let service = service_fn(move |_: http::Request<Body>| {
            let first_time = attempts.fetch_add(1, Ordering::Relaxed) == 0;
            let answer = if first_time { first } else { last }.answer(false);
            async move { answer }
        });
        let policy = RetryPolicy::default()
            .max_attempts(2)
            .replay_idempotent(true);
        let client = Client::builder("http://milvus.test").service(service);
        let client = client.retry(policy).connect_lazy().unwrap();
        let error = client.drop_collection("books").await.unwrap_err();
        assert_eq!(error.attempts(), 2);
        let happened = error.may_have_happened();
        assert_eq!(happened, wanted, "{first:?}, then {last:?}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_are_limited_and_wait_longer_each_time() {
    let second = Duration::from_secs(1);
    let recorder = Recorder::new();
    for (max, wanted) in [(0, 1), (1, 1), (2, 2), (40, 40)] {
        let (builder, attempts) = failing(&recorder, Cause::Grpc(Code::Unavailable));
        let policy = RetryPolicy::default()
            .max_attempts(max)
            .initial_backoff(second)
            .max_backoff(second * 3);
        let client = builder
            .retry(policy)
            .timeout(second * 1000)
            .connect_lazy()
            .unwrap();
        let error = client.has_collection("books").await.unwrap_err();
        assert_eq!(error.attempts(), wanted);
        let times = attempts.lock().unwrap().clone();
        assert_eq!(times.len(), wanted as usize);
        let waits: Vec<Duration> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // The clock ticks in milliseconds.
        let tick = Duration::from_millis(1);
        for (wait, longest) in waits
            .iter()
            .zip([1, 2].into_iter().chain(std::iter::repeat(3)))
        {
            assert!(*wait <= second * longest + tick, "{waits:?}");
        }
        if wanted == 40 {
            let (shortest, longest) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
            assert!(*longest > *shortest + second, "jitter: {waits:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_covers_all_attempts() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let slow = Reply::After(
        Duration::from_secs(1),
        Box::new(Reply::failure(8, 49, "rate limit exceeded")),
    );
    fake.script("HasCollection", [slow]);
    let client = recorder
        .builder(&fake)
        .retry(RetryPolicy::default().max_attempts(u32::MAX))
        .timeout(Duration::from_secs(10))
        .connect_lazy()
        .unwrap();
    let begun = Instant::now();
    let error = client.has_collection("books").await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 10);
    assert!(error.is_timeout(), "{error}");
    let message = "timed out after 10s; last error: rate limit exceeded";
    assert_eq!(error.message(), message);
    let calls = fake.calls();
    assert!(calls.len() > 2);
    assert_eq!(error.attempts() as usize, calls.len());
    let attempts = format!("{} attempts in", calls.len());
    assert!(error.to_string().contains(&attempts), "{error}");
    let (call, attempts) = recorder.root();
    assert_eq!(call.name, "has_collection books");
    assert_eq!(call.status, SpanStatus::error(message));
    assert_eq!(attempts.len(), calls.len());
    // Each attempt tells the server what is left.
    let left = |call| {
        let text: &str = header(call, "grpc-timeout").unwrap();
        text.strip_suffix('u').unwrap().parse::<u64>().unwrap()
    };
    let left: Vec<u64> = calls.iter().map(left).collect();
    assert_eq!(left[0], 10_000_000);
    assert!(
        left.windows(2).all(|pair| pair[0] >= pair[1] + 1_000_000),
        "{left:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_large_insert_is_one_span_and_the_same_bytes_each_time() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script(
        "Insert",
        [
            Reply::failure(8, 49, "rate limit exceeded"),
            Reply::failure(8, 49, "rate limit exceeded"),
            Reply::message(&MutationResult {
                insert_cnt: 1000,
                ..Default::default()
            }),
        ],
    );
    let values: Vec<f32> = (0..768_u16).cycle().take(768_000).map(f32::from).collect();
    let vectors = VectorField {
        dim: 768,
        data: Some(vector_field::Data::FloatVector(values.into())),
    };
    let request = InsertRequest {
        collection_name: "books".into(),
        num_rows: 1000,
        fields_data: vec![FieldData {
            field_name: "vector".into(),
            field: Some(field_data::Field::Vectors(vectors)),
            ..Default::default()
        }],
        ..Default::default()
    };
    let encoded = request.encode_to_vec();
    assert!(encoded.len() > 3_000_000);
    let mut raw = recorder.client(&fake).raw();
    let answer = raw.insert(request).await.unwrap().into_inner();
    assert_eq!(answer.insert_cnt, 1000);

    assert_eq!(
        recorder.tree(),
        "\
CLIENT insert books
  CLIENT milvus.proto.milvus.MilvusService/Insert
  CLIENT milvus.proto.milvus.MilvusService/Insert
  CLIENT milvus.proto.milvus.MilvusService/Insert
"
    );
    let (call, attempts) = recorder.root();
    assert_eq!(attributes(&call)["milvus.resend_count"], "2");
    let calls = fake.calls();
    assert_eq!(calls.len(), 3);
    // That there will be others is not known when the first attempt is sent.
    let parents = [&call, &attempts[1], &attempts[2]];
    for (received, parent) in calls.iter().zip(parents) {
        assert!(received.message == encoded, "another body");
        let sent = traceparent(&parent.span_context, "01");
        assert_eq!(header(received, "traceparent"), Some(sent.as_str()));
        assert!(header(received, "client-request-unixmsec").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn spans_of_attempts_do_not_contain_the_filter() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let quoted = Reply::Status(Code::Unavailable, "cannot do title == \"dune\"".into());
    fake.script("Query", [quoted]);
    let request = QueryRequest {
        expr: "title == \"dune\"".into(),
        ..Default::default()
    };
    let policy = RetryPolicy::default().max_attempts(3);
    let client = recorder
        .builder(&fake)
        .retry(policy)
        .connect_lazy()
        .unwrap();
    client.raw().query(request).await.unwrap_err();
    let (_, attempts) = recorder.root();
    assert_eq!(attempts.len(), 3);
    let shown = format!("{:?}", recorder.spans());
    assert!(!shown.contains("dune"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_streamed_request_is_sent_once() {
    // Of a stream of requests, only its beginning may be known.
    let recorder = Recorder::new();
    let (builder, attempts) = failing(&recorder, Cause::Refused);
    let mut raw = builder.connect_lazy().unwrap().raw();
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let stream = tokio_stream::wrappers::ReceiverStream::new(receiver);
    raw.create_replicate_stream(stream).await.unwrap_err();
    drop(sender);
    assert_eq!(attempts.lock().unwrap().len(), 1);
    assert!(attributes(&recorder.span()).contains_key("error.type"));
}
