//! How spans end.

use std::time::Duration;

use milvus_otel::proto::milvus::{BoolResponse, DumpMessagesRequest};
use milvus_otel::{Client, client::RetryPolicy};
use opentelemetry::trace::Status as SpanStatus;
use opentelemetry_sdk::trace::SpanData;
use prost::Message;
use testkit::{Fake, Reply};
use tokio::time::timeout;
use tonic::{Code, Streaming};
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::layer::SubscriberExt;

use super::answers::{data, framed, response, server, trailers as last};
use super::clients::{Api, Side};
use super::events::Events;
use super::measured::Meters;
use super::spans::{Recorder, attributes, header, traceparent};

const MOMENT: Duration = Duration::from_millis(20);

/// A call that is answered so, and its span.
async fn answered(side: Side, reply: Reply) -> SpanData {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script("HasCollection", [reply]);
    let mut api = side.api(recorder.layer(), fake.service());
    let _ended = timeout(MOMENT, api.has_books()).await;
    recorder.span()
}

/// `rpc.status_code`, `error.type`, and the status.
fn ended(span: &SpanData) -> (String, Option<String>, SpanStatus) {
    let mut seen = attributes(span);
    let code = seen.remove("rpc.status_code").unwrap();
    let failed = seen.remove("error.type");
    let number = seen.remove("db.response.status_code");
    match failed.as_deref().and_then(milvus_code) {
        Some(code) => assert_eq!(number, Some(code.to_string()), "one code"),
        None => assert_eq!(number, failed, "one code"),
    }
    (code, failed, span.status.clone())
}

/// The code of this name, of those that are answered here.
fn milvus_code(name: &str) -> Option<i32> {
    let codes = [100, 1100].into_iter();
    let mut named = codes.filter(|code| milvus_otel::error::Code(*code).name() == Some(name));
    named.next().or_else(|| (name == "RateLimit").then_some(49))
}

fn failed(code: &str, kind: &str, message: &str) -> (String, Option<String>, SpanStatus) {
    let status = SpanStatus::error(message.to_owned());
    (code.to_owned(), Some(kind.to_owned()), status)
}

fn fine() -> (String, Option<String>, SpanStatus) {
    ("OK".to_owned(), None, SpanStatus::Unset)
}

const DROPPED: &str = "the caller stopped waiting";

pub(super) async fn codes(side: Side) {
    const CODES: [&str; 16] = [
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];
    for (number, code) in (1..).zip(CODES) {
        let reply = Reply::Status(Code::from(number), "why".into());
        let span = answered(side, reply).await;
        assert_eq!(ended(&span), failed(code, code, "why"));
    }
}

/// Reads a stream to its end.
async fn read<T>(mut stream: Streaming<T>) -> Result<usize, tonic::Status> {
    let mut messages = 0;
    while stream.message().await?.is_some() {
        messages += 1;
    }
    Ok(messages)
}

async fn dump(api: &mut Api) -> Streaming<milvus_otel::proto::milvus::DumpMessagesResponse> {
    let request = DumpMessagesRequest::default();
    api.dump_messages(request).await.unwrap().into_inner()
}

pub(super) async fn success(side: Side) {
    assert_eq!(
        ended(&answered(side, Reply::Message(Vec::new())).await),
        fine()
    );
    let recorder = Recorder::new();
    let mut api = side.api(recorder.layer(), Fake::scripted().service());
    read(dump(&mut api).await).await.unwrap();
    assert_eq!(ended(&recorder.span()), fine());
}

pub(super) async fn error_type(side: Side) {
    for (reply, wanted) in [
        (Reply::Status(Code::Internal, String::new()), "INTERNAL"),
        (Reply::failure(1100, 5, "no"), "ParameterInvalid"),
        (Reply::Never, "CANCELLED"),
    ] {
        let (fake, recorder, meters) = (Fake::scripted(), Recorder::new(), Meters::new());
        fake.script("HasCollection", [reply]);
        let mut api = side.api(meters.on(recorder.layer()), fake.service());
        let _ended = timeout(MOMENT, api.has_books()).await;
        let db = meters.only("db.client.operation.duration").attributes;
        let rpc = meters.only("rpc.client.call.duration").attributes;
        assert_eq!(attributes(&recorder.span())["error.type"], wanted);
        assert_eq!(db["error.type"], wanted);
        // To gRPC, what Milvus answers is a success.
        let of_rpc = (wanted != "ParameterInvalid").then_some(wanted);
        assert_eq!(rpc.get("error.type").map(String::as_str), of_rpc);
    }
}

async fn unary_trailers(side: Side, frames: bool) {
    let recorder = Recorder::new();
    let service = server(move |_| async move {
        let end = last(&[("grpc-status", "13"), ("grpc-message", "it%20broke")]);
        let first = data(&framed(&BoolResponse::default().encode_to_vec()));
        response(200, frames.then_some(first).into_iter().chain([end]))
    });
    let mut api = side.api(recorder.layer(), service);
    api.has_books().await.unwrap_err();
    assert_eq!(
        ended(&recorder.span()),
        failed("INTERNAL", "INTERNAL", "it broke")
    );
}

pub(super) async fn trailers(side: Side) {
    unary_trailers(side, true).await;
    unary_trailers(side, false).await;
    // Of a stream, after a message.
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let broken = Reply::Status(Code::DataLoss, "half of it".into());
    fake.script(
        "DumpMessages",
        [Reply::Message(Vec::new()), broken, Reply::Never],
    );
    let mut api = side.api(recorder.layer(), fake.service());
    read(dump(&mut api).await).await.unwrap_err();
    assert_eq!(
        ended(&recorder.span()),
        failed("DATA_LOSS", "DATA_LOSS", "half of it")
    );
}

pub(super) async fn stream(side: Side) {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let message = || Reply::Message(Vec::new());
    let late = Reply::After(MOMENT, Box::new(message()));
    fake.script("DumpMessages", [message(), late, message()]);
    let mut api = side.api(recorder.layer(), fake.service());
    let mut stream = dump(&mut api).await;
    assert!(stream.message().await.unwrap().is_some());
    assert_eq!(recorder.tree(), "", "ended early");
    assert_eq!(read(stream).await.unwrap(), 1);
    let span = recorder.span();
    assert!(span.end_time.duration_since(span.start_time).unwrap() >= MOMENT);
    assert_eq!(ended(&span), fine());
}

pub(super) async fn dropped_stream(side: Side) {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script(
        "DumpMessages",
        [Reply::Message(Vec::new()), Reply::Never, Reply::Never],
    );
    let mut api = side.api(recorder.layer(), fake.service());
    let mut stream = dump(&mut api).await;
    assert!(stream.message().await.unwrap().is_some());
    drop(stream);
    assert_eq!(
        ended(&recorder.span()),
        failed("CANCELLED", "CANCELLED", DROPPED)
    );
}

pub(super) async fn dropped_call(side: Side) {
    let span = answered(side, Reply::Never).await;
    assert_eq!(ended(&span), failed("CANCELLED", "CANCELLED", DROPPED));
    // Over TCP, where tonic keeps the time of a client that has nothing but the layer.
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script("HasCollection", [Reply::Never]);
    let address = fake.serve().await.unwrap();
    let mut api = side.over_tcp(recorder.layer(), address);
    let mut request = tonic::Request::new(Default::default());
    request.set_timeout(MOMENT * 5);
    api.has_collection(request).await.unwrap_err();
    let (code, kind, _) = ended(&recorder.span());
    // tonic's own word for its timer is CANCELLED; ours keeps the deadline itself.
    let wanted = match side {
        Side::Ours => "DEADLINE_EXCEEDED",
        Side::Bare => "CANCELLED",
    };
    assert_eq!((code.as_str(), kind.as_deref()), (wanted, Some(wanted)));
}

pub(super) async fn attempts(_: Side) {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let unavailable = || Reply::Status(Code::Unavailable, "not yet".into());
    fake.script(
        "HasCollection",
        [
            unavailable(),
            Reply::failure(8, 49, "too fast"),
            Reply::Message(Vec::new()),
        ],
    );
    let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(2));
    let client = Client::builder("http://milvus.test:19530")
        .service(fake.service())
        .otel(recorder.layer())
        .retry(policy)
        .connect_lazy()
        .unwrap();
    client.has_collection("books").await.unwrap();
    let (call, below) = recorder.root();
    assert_eq!(ended(&call), fine());
    assert_eq!(attributes(&call)["milvus.resend_count"], "2");
    let wanted = [
        ("1", "UNAVAILABLE", Some("UNAVAILABLE"), None),
        ("2", "OK", None, Some("8")),
        ("3", "OK", None, None),
    ];
    assert_eq!(below.len(), wanted.len());
    let calls = fake.calls();
    for (at, (span, (number, code, error, milvus))) in below.iter().zip(wanted).enumerate() {
        assert_eq!(span.name, "milvus.proto.milvus.MilvusService/HasCollection");
        let seen = attributes(span);
        let get = |key: &str| seen.get(key).map(String::as_str);
        assert_eq!(get("milvus.attempt.number"), Some(number));
        assert_eq!(get("rpc.status_code"), Some(code));
        assert_eq!(get("error.type"), error);
        assert_eq!(get("db.response.status_code"), milvus);
        assert_eq!(get("milvus.attempt.backoff").is_some(), at > 0);
        // That there are others is not known when the first is sent.
        let sent = if at == 0 { &call } else { span };
        let sent = traceparent(&sent.span_context, "01");
        assert_eq!(header(&calls[at], "traceparent"), Some(sent.as_str()));
    }
}

pub(super) async fn in_body(side: Side) {
    for (code, legacy, wanted) in [
        (100, 4, "CollectionNotFound"),
        (1100, 0, "ParameterInvalid"),
        (0, 49, "RateLimit"),
        (-7, 0, "-7"),
    ] {
        let span = answered(side, Reply::failure(code, legacy, "no")).await;
        assert_eq!(ended(&span), failed("OK", wanted, "no"));
    }
}

pub(super) async fn no_events(side: Side) {
    for (reply, code) in [
        (Reply::Status(Code::NotFound, "who?".into()), "NOT_FOUND"),
        (Reply::failure(100, 4, "who?"), "CollectionNotFound"),
    ] {
        let (fake, recorder, events) = (Fake::scripted(), Recorder::new(), Events::default());
        fake.script("HasCollection", [reply]);
        let mut api = side.api(recorder.layer().log_calls(true), fake.service());
        let subscriber = tracing_subscriber::registry().with(events.clone());
        let _ended = api.has_books().with_subscriber(subscriber).await;
        let span = recorder.span();
        assert_eq!(span.events.len(), 0, "{:?}", span.events);
        let said = events.of("milvus_otel::call");
        let [said] = said.as_slice() else {
            panic!("{said:?}");
        };
        assert_eq!(said.level, tracing::Level::WARN);
        assert_eq!(said.name, "db.client.operation.exception");
        assert_eq!(said.fields["exception.type"], code);
        assert_eq!(said.fields["exception.message"], "who?");
        assert_eq!(said.span, span.span_context, "correlated");
    }
}
