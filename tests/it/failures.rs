//! How calls end, and what their span says of it.

use crate::support::answers;
mod hints;
mod malformed;
use crate::support::raw;
mod secrets;
mod timeouts;
use crate::support::spans;
mod unready;

use std::time::Duration;

use answers::{answered, response, server};
use milvus_otel::proto::milvus::DumpMessagesRequest;
use milvus_otel::{Client, Error, ErrorKind, error::Code};
use opentelemetry::trace::Status;
use opentelemetry_sdk::trace::SpanData;
use raw::RawCodec;
use spans::{Recorder, attributes, expected};
use testkit::{Fake, Reply};
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// A span about books, by how its call ended: the gRPC code, and the error's type and text where it is one.
fn assert_ended(span: &SpanData, operation: &str, grpc: &str, error: Option<(&str, &str)>) {
    let method = match operation {
        "has_collection" => "milvus.proto.milvus.MilvusService/HasCollection",
        "query" => "milvus.proto.milvus.MilvusService/Query",
        "dump_messages" => "milvus.proto.milvus.MilvusService/DumpMessages",
        other => panic!("{other}"),
    };
    let mut wanted = expected([
        ("db.system.name", "milvus"),
        ("db.operation.name", operation),
        ("rpc.system.name", "grpc"),
        ("rpc.method", method),
        ("rpc.status_code", grpc),
        ("server.address", "milvus.test"),
        ("server.port", "19530"),
    ]);
    if operation != "dump_messages" {
        wanted.extend(expected([
            ("db.namespace", "default"),
            ("db.collection.name", "books"),
        ]));
    }
    let mut status = Status::Unset;
    if let Some((kind, text)) = error {
        let number = kind.parse().map(Code);
        let name = match number {
            Ok(Code(4)) => Some("CollectionNotExists"),
            Ok(code) => code.name(),
            Err(_) => None,
        };
        wanted.extend(expected([
            ("error.type", name.unwrap_or(kind)),
            ("db.response.status_code", kind),
        ]));
        status = Status::error(text.to_owned());
    }
    let mut seen = attributes(span);
    if operation == "query" {
        seen.retain(|key, _| key != "db.query.text" && !key.starts_with("milvus."));
    }
    seen.remove("milvus.timeout");
    assert_eq!(seen, wanted);
    assert_eq!(span.status, status);
    assert!(span.end_time >= span.start_time);
}

#[tokio::test]
async fn the_status_in_an_answer_is_the_status_of_the_span() {
    type Row = (
        Reply,
        &'static str,
        Option<(&'static str, &'static str)>,
        Option<(ErrorKind, Option<i32>, Option<tonic::Code>)>,
    );
    let grpc = |code| Some((ErrorKind::Rpc, None, Some(code)));
    let milvus = |code| Some((ErrorKind::Server, Some(code), None));
    let rows: Vec<Row> = vec![
        (Reply::Message(Vec::new()), "OK", None, None),
        (
            Reply::failure(100, 4, "no such collection"),
            "OK",
            Some(("100", "no such collection")),
            milvus(100),
        ),
        (
            Reply::failure(100, 0, "code alone"),
            "OK",
            Some(("100", "code alone")),
            milvus(100),
        ),
        (
            Reply::failure(0, 4, "error_code alone"),
            "OK",
            Some(("4", "error_code alone")),
            milvus(4),
        ),
        (
            Reply::failure(65535, 1, ""),
            "OK",
            Some(("65535", "")),
            milvus(65535),
        ),
        (
            Reply::failure(-7, 0, "below zero"),
            "OK",
            Some(("-7", "below zero")),
            milvus(-7),
        ),
        (
            Reply::Status(tonic::Code::Unauthenticated, "who?".into()),
            "UNAUTHENTICATED",
            Some(("UNAUTHENTICATED", "who?")),
            grpc(tonic::Code::Unauthenticated),
        ),
        (
            Reply::Status(tonic::Code::Unimplemented, String::new()),
            "UNIMPLEMENTED",
            Some(("UNIMPLEMENTED", "")),
            grpc(tonic::Code::Unimplemented),
        ),
        (
            Reply::Status(tonic::Code::Internal, "it broke: ü".into()),
            "INTERNAL",
            Some(("INTERNAL", "it broke: ü")),
            grpc(tonic::Code::Internal),
        ),
        (
            Reply::Status(tonic::Code::Cancelled, "by the server".into()),
            "CANCELLED",
            Some(("CANCELLED", "by the server")),
            grpc(tonic::Code::Cancelled),
        ),
        (
            Reply::Status(tonic::Code::DeadlineExceeded, "there".into()),
            "DEADLINE_EXCEEDED",
            Some(("DEADLINE_EXCEEDED", "there")),
            Some((
                ErrorKind::Timeout,
                None,
                Some(tonic::Code::DeadlineExceeded),
            )),
        ),
    ];
    for (reply, code, failed, error) in rows {
        let (fake, recorder) = (Fake::scripted(), Recorder::new());
        fake.script("HasCollection", [reply.clone()]);
        let answer = recorder.client(&fake).has_collection("books").await;
        assert_ended(&recorder.span(), "has_collection", code, failed);
        let said = answer.err().map(|error| {
            assert_eq!(Some(error.message()), failed.map(|(_, text)| text));
            let span = recorder.span().span_context;
            assert_eq!(error.trace_id(), Some(span.trace_id()));
            assert_eq!(error.span_id(), Some(span.span_id()));
            assert_eq!(error.attempts(), 1);
            (
                error.kind(),
                error.code().map(|Code(code)| code),
                error.grpc_code(),
            )
        });
        assert_eq!(said, error, "{reply:?}");
        assert_eq!(fake.calls().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_reports_its_error_at_the_end() {
    let message = || Reply::Message(Vec::new());
    let broken = || Reply::Status(tonic::Code::DataLoss, "half of it".into());
    // The last reply of a script is never reached by a stream.
    for (script, messages, code, failed) in [
        (vec![message()], 1, "OK", None),
        (vec![message(), message(), message()], 2, "OK", None),
        (
            vec![message(), broken(), message()],
            1,
            "DATA_LOSS",
            Some(("DATA_LOSS", "half of it")),
        ),
        (
            vec![broken()],
            0,
            "DATA_LOSS",
            Some(("DATA_LOSS", "half of it")),
        ),
        (
            vec![Reply::failure(1100, 5, "from where?")],
            1,
            "OK",
            Some(("1100", "from where?")),
        ),
    ] {
        let (fake, recorder) = (Fake::scripted(), Recorder::new());
        fake.script("DumpMessages", script);
        let mut raw = recorder.client(&fake).raw();
        let mut seen = 0;
        let failed_by = match raw.dump_messages(DumpMessagesRequest::default()).await {
            Err(status) => Some(status),
            Ok(stream) => {
                let mut stream = stream.into_inner();
                assert_eq!(recorder.tree(), "", "ends with the stream");
                loop {
                    match stream.message().await {
                        Ok(Some(_)) => seen += 1,
                        Ok(None) => break None,
                        Err(status) => break Some(status),
                    }
                }
            }
        };
        assert_eq!(seen, messages);
        assert_eq!(failed_by.is_some(), code != "OK");
        assert_ended(&recorder.span(), "dump_messages", code, failed);
    }
}

const DROPPED: (&str, &str) = ("CANCELLED", "the caller stopped waiting");

#[tokio::test(start_paused = true)]
async fn a_dropped_call_is_cancelled() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script("HasCollection", [Reply::Never]);
    let client = recorder.client(&fake);
    timeout(SOON, client.has_collection("books"))
        .await
        .unwrap_err();
    assert_ended(
        &recorder.span(),
        "has_collection",
        "CANCELLED",
        Some(DROPPED),
    );

    drop(client.has_collection("books"));
    assert_eq!(
        recorder.spans().len(),
        1,
        "what was never polled is no call"
    );
}

#[tokio::test(start_paused = true)]
async fn a_dropped_stream_is_cancelled() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let replies = [Reply::Message(Vec::new()), Reply::Never, Reply::Never];
    fake.script("DumpMessages", replies);
    let mut raw = recorder.client(&fake).raw();
    let request = DumpMessagesRequest::default();
    let mut stream = raw.dump_messages(request).await.unwrap().into_inner();
    assert!(stream.message().await.unwrap().is_some());
    timeout(SOON, stream.message()).await.unwrap_err();
    assert_eq!(recorder.tree(), "", "still going");
    drop(stream);
    assert_ended(
        &recorder.span(),
        "dump_messages",
        "CANCELLED",
        Some(DROPPED),
    );
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_deadline_is_kept() {
    let ten = Duration::from_secs(10);
    let exceeded = ("DEADLINE_EXCEEDED", "no answer within 10s");
    // The client's, the call's, the call's against the client's, and a server that merely takes its time.
    for (of_client, of_call, reply) in [
        (Some(ten), None, Reply::Never),
        (None, Some(ten), Reply::Never),
        (Some(HOUR), Some(ten), Reply::Never),
        (Some(SOON), Some(ten), Reply::Never),
        (
            Some(ten),
            None,
            Reply::After(ten * 2, Box::new(Reply::Message(Vec::new()))),
        ),
    ] {
        let (fake, recorder) = (Fake::scripted(), Recorder::new());
        fake.script("HasCollection", [reply]);
        let mut builder = recorder.builder(&fake);
        if let Some(timeout) = of_client {
            builder = builder.timeout(timeout);
        }
        let client = builder.connect_lazy().unwrap();
        let mut call = client.has_collection("books");
        if let Some(timeout) = of_call {
            call = call.timeout(timeout);
        }
        let begun = tokio::time::Instant::now();
        let error = call.await.unwrap_err();
        assert_eq!(begun.elapsed().as_secs(), 10);
        assert!(error.is_timeout() && error.is_retryable() && error.may_have_happened());
        assert_eq!(error.message(), "no answer within 10s");
        assert_ended(
            &recorder.span(),
            "has_collection",
            "DEADLINE_EXCEEDED",
            Some(exceeded),
        );
        let told = fake.calls()[0]
            .metadata
            .get("grpc-timeout")
            .cloned()
            .unwrap();
        assert_eq!(told, "10000000u");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_of_another_library_has_no_peer_attributes() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script("Connect", [Reply::Never]);
    let error = recorder.builder(&fake).connect().await.unwrap_err();
    assert_eq!(
        error.message(),
        "cannot connect to http://milvus.test:19530: no answer within 10s"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_no_deadline_but_its_own() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let late = || Reply::After(HOUR, Box::new(Reply::Message(Vec::new())));
    fake.script("DumpMessages", [Reply::Message(Vec::new()), late(), late()]);
    let mut raw = recorder.client(&fake).raw();
    let request = DumpMessagesRequest::default();
    let mut stream = raw
        .dump_messages(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert!(stream.message().await.unwrap().is_some());
    assert!(stream.message().await.unwrap().is_some());
    assert!(stream.message().await.unwrap().is_none());
    assert_ended(&recorder.take()[0], "dump_messages", "OK", None);

    fake.script("DumpMessages", [Reply::Message(Vec::new()), late(), late()]);
    let mut limited = tonic::Request::new(request);
    limited.set_timeout(SOON);
    let mut stream = raw.dump_messages(limited).await.unwrap().into_inner();
    assert!(stream.message().await.unwrap().is_some());
    let error = stream.message().await.unwrap_err();
    assert_eq!(error.code(), tonic::Code::DeadlineExceeded);
    let exceeded = Some(("DEADLINE_EXCEEDED", "no answer within 1s"));
    assert_ended(
        &recorder.span(),
        "dump_messages",
        "DEADLINE_EXCEEDED",
        exceeded,
    );
}

#[tokio::test]
async fn a_refused_connection_is_unavailable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let recorder = Recorder::new();
    let error: Error = Client::builder(format!("http://127.0.0.1:{port}"))
        .otel(recorder.layer())
        .connect()
        .await
        .unwrap_err();
    assert!(error.is_connect() && !error.is_timeout() && !error.may_have_happened());
    let span = recorder.span();
    let refused = format!("cannot connect to http://127.0.0.1:{port}: ");
    let Status::Error { description } = &span.status else {
        panic!("{:?}", span.status);
    };
    assert!(
        description.starts_with(&refused) && description.contains("refused"),
        "{description}"
    );
    assert_eq!(error.message(), description);
    assert_eq!(error.span_id(), Some(span.span_context.span_id()));
    let mut seen = attributes(&span);
    assert_eq!(seen.remove("server.port"), Some(port.to_string()));
    assert_eq!(
        seen,
        expected([
            ("db.system.name", "milvus"),
            ("milvus.timeout", "10"),
            ("db.operation.name", "connect"),
            ("db.response.status_code", "UNAVAILABLE"),
            ("error.type", "UNAVAILABLE"),
            ("rpc.method", "milvus.proto.milvus.MilvusService/Connect"),
            ("rpc.status_code", "UNAVAILABLE"),
            ("rpc.system.name", "grpc"),
            ("server.address", "127.0.0.1"),
        ])
    );
}

#[tokio::test]
async fn a_call_of_an_unknown_rpc_has_a_span() {
    let recorder = Recorder::new();
    let layer = recorder.layer().server("milvus.test", None);
    let service = server(|_| async { response(200, answered(&[])) });
    let mut grpc = tonic::client::Grpc::new(tower::Layer::layer(&layer, service));
    grpc.ready().await.unwrap();
    let path = "/milvus.proto.milvus.MilvusService/Divine".parse().unwrap();
    let request = tonic::Request::new(Vec::new());
    grpc.unary(request, path, RawCodec).await.unwrap();
    let span = recorder.span();
    assert_eq!(span.name, "grpc");
    assert_eq!(
        attributes(&span),
        expected([
            ("db.system.name", "milvus"),
            ("rpc.system.name", "grpc"),
            ("rpc.method", "_OTHER"),
            (
                "rpc.method_original",
                "milvus.proto.milvus.MilvusService/Divine"
            ),
            ("rpc.status_code", "OK"),
            ("server.address", "milvus.test"),
        ])
    );
}
