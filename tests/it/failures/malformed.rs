//! Answers that no server should give.

use std::sync::{Arc, Mutex};

use http_body_util::BodyExt;
use milvus_otel::proto::milvus::HasCollectionRequest;
use milvus_otel::{Client, ErrorKind, client::RetryPolicy};
use tonic::body::Body;
use tower::{Layer, ServiceExt};

use super::answers::{data, framed, response, server, trailers};
use super::assert_ended;
use super::spans::Recorder;

/// A failure with details that no server may send: tonic panics when it reads them.
const UNREADABLE: [(&str, &str); 3] = [
    ("grpc-status", "5"),
    ("grpc-message", "no%20book"),
    ("grpc-status-details-bin", "%"),
];

/// A `BoolResponse`.
const TRUE: &[u8] = b"\x0a\x00\x10\x01";

#[tokio::test]
async fn malformed_answers_are_errors_and_never_panic() {
    let ok = || trailers(&[("grpc-status", "0")]);
    let huge = [0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3];
    let short = (
        "INTERNAL",
        "the answer ended before its message was complete",
    );
    let too_large = (
        "OUT_OF_RANGE",
        "the answer is larger than 256 MiB: it has 4294967295 bytes; ask for less at once, or raise \
         ClientBuilder::max_response_bytes",
    );
    let unsaid = (
        "UNKNOWN",
        "the server answered HTTP 200 OK without a gRPC status",
    );
    let proxy = (
        "UNAVAILABLE",
        "the server answered HTTP 502 Bad Gateway without a gRPC status",
    );
    // The reader gives up on the bytes and does not say why, but it had them all.
    let unread = ("INTERNAL", "the answer could not be decoded");
    for (name, status, frames, span_says, error_says) in [
        ("nothing", 200, vec![], unsaid, tonic::Code::Unknown),
        (
            "a head",
            200,
            vec![data(&[0; 5])],
            unsaid,
            tonic::Code::Unknown,
        ),
        ("no message", 200, vec![ok()], short, tonic::Code::Internal),
        (
            "half a head",
            200,
            vec![data(&[0, 0]), ok()],
            short,
            tonic::Code::Internal,
        ),
        (
            "half a message",
            200,
            vec![data(&[0, 0, 0, 0, 9, 1]), ok()],
            short,
            tonic::Code::Internal,
        ),
        (
            "4 GB announced",
            200,
            vec![data(&huge), ok()],
            too_large,
            tonic::Code::OutOfRange,
        ),
        (
            "256 MiB announced",
            200,
            vec![data(&[0, 0x10, 0, 0, 0, 1, 2, 3]), ok()],
            short,
            tonic::Code::Internal,
        ),
        (
            "compressed by nobody",
            200,
            vec![data(&[1, 0, 0, 0, 0]), ok()],
            unread,
            tonic::Code::Internal,
        ),
        (
            "an unknown flag",
            200,
            vec![data(&[7, 0, 0, 0, 0]), ok()],
            unread,
            tonic::Code::Internal,
        ),
        (
            "no protobuf",
            200,
            vec![data(&framed(b"\xff\xff\xff")), ok()],
            unread,
            tonic::Code::Internal,
        ),
        (
            "a status that is no number",
            200,
            vec![trailers(&[("grpc-status", "well")])],
            ("UNKNOWN", ""),
            tonic::Code::Unknown,
        ),
        (
            "details that are no base64",
            200,
            vec![trailers(&UNREADABLE)],
            ("NOT_FOUND", "no book"),
            tonic::Code::NotFound,
        ),
        (
            "details that are no base64, after a message",
            200,
            vec![data(&framed(TRUE)), trailers(&UNREADABLE)],
            ("NOT_FOUND", "no book"),
            tonic::Code::NotFound,
        ),
        (
            "a proxy's page",
            502,
            vec![data(b"<html>Bad Gateway</html>")],
            proxy,
            tonic::Code::Unavailable,
        ),
        ("an empty 502", 502, vec![], proxy, tonic::Code::Unavailable),
        (
            "broken off",
            200,
            vec![data(&[0, 0]), Err(tonic::Status::unknown("reset"))],
            ("UNKNOWN", "reset"),
            tonic::Code::Unknown,
        ),
    ] {
        let recorder = Recorder::new();
        let frames = Arc::new(Mutex::new(Some(frames)));
        let client = Client::builder("http://milvus.test")
            .service(server(move |_| {
                let frames = frames.lock().unwrap().take().unwrap_or_default();
                async move { response(status, frames) }
            }))
            .retry(RetryPolicy::never())
            .otel(recorder.layer())
            .connect_lazy()
            .unwrap();
        let error = client.has_collection("books").await.unwrap_err();
        assert_eq!(error.grpc_code(), Some(error_says), "{name}: {error}");
        assert_eq!(error.kind(), ErrorKind::Rpc, "{name}: {error}");
        assert_ended(
            &recorder.span(),
            "has_collection",
            span_says.0,
            Some(span_says),
        );
    }
}

#[tokio::test]
async fn a_raw_call_survives_status_details_that_are_not_base64() {
    let head = |pairs: &[(&'static str, &'static str)]| {
        let mut response = response(200, []);
        for (name, value) in pairs {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        response
    };
    let late = || response(200, [data(&framed(TRUE)), trailers(&UNREADABLE)]);
    let well = [("grpc-status", "0"), ("grpc-status-details-bin", "%")];
    for (answer, code) in [
        (late(), tonic::Code::NotFound),
        (head(&UNREADABLE), tonic::Code::NotFound),
        (head(&well), tonic::Code::Internal),
    ] {
        let answer = Arc::new(Mutex::new(Some(answer)));
        let client = Client::builder("http://milvus.test")
            .service(server(move |_| {
                let answer = answer.lock().unwrap().take().unwrap();
                async move { answer }
            }))
            .retry(RetryPolicy::never())
            .connect_lazy()
            .unwrap();
        let mut raw = client.raw();
        let asked = raw.has_collection(HasCollectionRequest::default());
        assert_eq!(asked.await.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn the_layer_alone_records_the_status_of_a_call_with_such_details() {
    let recorder = Recorder::new();
    let layer = recorder.layer().server("milvus.test", 19530);
    let service = layer.layer(server(|_| async {
        response(200, [data(&framed(TRUE)), trailers(&UNREADABLE)])
    }));
    let request = http::Request::post("/milvus.proto.milvus.MilvusService/HasCollection");
    let answer = service.oneshot(request.body(Body::empty()).unwrap()).await;
    let body = answer.unwrap().into_body().collect().await.unwrap();
    // The layer changes nothing, so they are there still.
    let passed_on = body.trailers().unwrap();
    assert_eq!(passed_on["grpc-status-details-bin"], "%");
    assert_eq!(
        recorder.span().status,
        opentelemetry::trace::Status::error("no book")
    );
}
