//! Answers that no server should give.

use std::sync::{Arc, Mutex};

use milvus_otel::{Client, ErrorKind, RetryPolicy};

use super::answers::{data, framed, response, server, trailers};
use super::assert_ended;
use super::spans::Recorder;

#[tokio::test]
async fn what_makes_no_sense_is_an_error_and_no_panic() {
    let ok = || trailers(&[("grpc-status", "0")]);
    let huge = [0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3];
    let short = ("INTERNAL", "the answer ended before its message did");
    let unsaid = (
        "UNKNOWN",
        "the server answered HTTP 200 OK and no gRPC status",
    );
    let proxy = (
        "UNAVAILABLE",
        "the server answered HTTP 502 Bad Gateway and no gRPC status",
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
