//! Answers that are larger than the client accepts, or say so.

use std::future::poll_fn;
use std::thread;
use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use bytes::Bytes;
use h2::SendStream;
use http_body_util::BodyExt as _;
use milvus_otel::client::RetryPolicy;
use milvus_otel::proto::common::Status;
use milvus_otel::proto::milvus::{BoolResponse, DumpMessagesRequest, HasCollectionRequest};
use milvus_otel::{Client, ErrorKind};
use prost::Message as _;
use tokio::sync::{mpsc, oneshot};
use tonic::Code;
use tonic::codec::CompressionEncoding::Gzip;

use super::http2_server::{Arrived, Http2Server};
use crate::support::answers::{framed, server as service};

const MIB: u64 = 1 << 20;
/// All that gRPC's prefix can state and that fits into an `i32`.
const LIE: u32 = i32::MAX as u32;

/// Sends as the client takes it. False if the client has ended the stream.
async fn send(stream: &mut SendStream<Bytes>, mut bytes: Bytes) -> bool {
    while !bytes.is_empty() {
        stream.reserve_capacity(bytes.len());
        let Some(Ok(room)) = poll_fn(|context| stream.poll_capacity(context)).await else {
            return false;
        };
        let part = bytes.split_to(room.min(bytes.len()));
        if stream.send_data(part, false).is_err() {
            return false;
        }
    }
    true
}

/// Sends these bytes, and zeros without an end. Returns how many.
async fn flood(request: Arrived, start: Bytes) -> u64 {
    let Some(mut stream) = request.begin() else {
        return 0;
    };
    let mut sent = 0;
    let mut next = start;
    while send(&mut stream, next).await {
        next = Bytes::from_static(&[0; 16 * 1024]);
        sent += next.len() as u64;
    }
    sent
}

/// A server with a thread of its own, so that its memory is not counted.
struct Elsewhere {
    uri: String,
    /// How many bytes it sent to each request.
    sent: mpsc::UnboundedReceiver<u64>,
    _stop: oneshot::Sender<()>,
}

fn runtime() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap()
}

/// A server that answers with these messages, a prefix that states 2 GiB, and a flood.
fn flooding(before: &[u8]) -> Elsewhere {
    sending(&[before, &[0], &LIE.to_be_bytes()].concat())
}

/// A server that answers with these bytes and a flood.
fn sending(start: &[u8]) -> Elsewhere {
    let start = Bytes::copy_from_slice(start);
    let (ready, uri) = std::sync::mpsc::channel();
    let (report, sent) = mpsc::unbounded_channel();
    let (stop, stopped) = oneshot::channel::<()>();
    thread::spawn(move || {
        runtime().block_on(async {
            let server = Http2Server::start(100, move |request| {
                let (report, start) = (report.clone(), start.clone());
                async move {
                    let sent = flood(request, start).await;
                    let _ = report.send(sent);
                }
            });
            ready.send(server.await.uri()).unwrap();
            let _dropped = stopped.await;
        });
    });
    Elsewhere {
        uri: uri.recv().unwrap(),
        sent,
        _stop: stop,
    }
}

/// What the client allocates while it does this, with its connection.
fn counted<T>(run: impl AsyncFnOnce() -> T) -> (AllocationInfo, T) {
    let (runtime, mut output) = (runtime(), None);
    let counted = measure(|| output = Some(runtime.block_on(run())));
    (counted, output.unwrap())
}

fn client(server: &Elsewhere) -> Client {
    // What is repeated would be repeated here.
    let retry = RetryPolicy::default().replay_idempotent(true);
    Client::builder(&server.uri)
        .retry(retry)
        .connect_lazy()
        .unwrap()
}

const TOO_LARGE: &str = "the answer is larger than 256 MiB: it has 2147483647 bytes; ask for less at once, or raise \
                         ClientBuilder::max_response_bytes";

#[test]
fn messages_without_an_end_take_no_memory() {
    // Each five zeros are an empty message, of which the answer has one.
    let mut server = sending(&[0; 5]);
    let (memory, error) = counted(async || {
        let read = client(&server).has_collection("a");
        read.timeout(Duration::from_secs(1)).await.unwrap_err()
    });
    assert!(error.is_timeout(), "{error}");
    let sent = server.sent.blocking_recv().unwrap();
    assert!(sent > 16 * MIB, "only {sent} bytes were sent");
    assert!(memory.bytes_max < 8 * MIB, "{}", memory.bytes_max);
}

#[test]
fn an_answer_that_states_2_gib_is_refused_before_it_is_received() {
    let mut server = flooding(&[]);
    let (memory, (read, change)) = counted(async || {
        let client = client(&server);
        let read = client.has_collection("a").await.unwrap_err();
        let change = client.rename_collection("a", "b").await.unwrap_err();
        (read, change)
    });
    for (error, name) in [
        (&read, "has_collection \"a\""),
        (&change, "rename_collection \"a\""),
    ] {
        assert_eq!(
            error.to_string(),
            format!("{name}: {TOO_LARGE} (grpc OutOfRange)")
        );
        assert_eq!(error.kind(), ErrorKind::Rpc);
        assert_eq!(error.attempts(), 1);
        assert!(!error.is_retryable());
    }
    assert!(change.may_have_happened(), "{change:?}");
    println!("{memory:?}");
    assert!(memory.bytes_max < 32 * MIB, "{memory:?}");
    for _ in 0..2 {
        let sent = server.sent.blocking_recv().unwrap();
        assert!(sent < 16 * MIB, "the server could send {sent} bytes");
    }
}

#[test]
fn raw_answers_and_each_message_of_a_stream_have_the_same_limit() {
    // A message of a stream, which fits.
    let server = flooding(&framed(b""));
    let (memory, ()) = counted(async || {
        let mut raw = client(&server).raw();
        let stream = raw.dump_messages(DumpMessagesRequest::default()).await;
        let mut stream = stream.unwrap().into_inner();
        assert!(stream.message().await.unwrap().is_some());
        let error = stream.message().await.unwrap_err();
        assert_eq!(
            (error.code(), error.message()),
            (Code::OutOfRange, TOO_LARGE)
        );
    });
    assert!(memory.bytes_max < 32 * MIB, "{memory:?}");
    let server = flooding(&[]);
    let (memory, ()) = counted(async || {
        let mut raw = client(&server).raw().max_decoding_message_size(usize::MAX);
        let answer = raw.has_collection(HasCollectionRequest::default()).await;
        let error = answer.unwrap_err();
        assert_eq!(
            (error.code(), error.message()),
            (Code::OutOfRange, TOO_LARGE)
        );
    });
    assert!(memory.bytes_max < 32 * MIB, "{memory:?}");
}

#[test]
fn an_answer_of_100_mb_is_received_and_the_limit_can_be_set() {
    let answer = BoolResponse {
        status: Some(Status {
            reason: "a".repeat(100_000_000),
            ..Default::default()
        }),
        value: true,
    };
    let answer = Bytes::from(framed(&answer.encode_to_vec()));
    let length = answer.len() - 5;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let server = Http2Server::start(100, move |request| {
            let answer = answer.clone();
            async move {
                let mut stream = request.begin().unwrap();
                if send(&mut stream, answer).await {
                    let done = ("grpc-status".parse().unwrap(), "0".parse().unwrap());
                    let _ = stream.send_trailers(http::HeaderMap::from_iter([done]));
                }
            }
        });
        let server = server.await;
        for (limit, fits) in [
            (None, true),
            (Some(length), true),
            (Some(length - 1), false),
        ] {
            let mut builder = Client::builder(server.uri());
            if let Some(limit) = limit {
                builder = builder.max_response_bytes(limit);
            }
            let client = builder.connect_lazy().unwrap();
            let answer = client.has_collection("a").await;
            match answer {
                Ok(has) => assert!(fits && has, "{limit:?}"),
                Err(error) => {
                    assert!(!fits, "{error}");
                    let stated = format!("larger than {} bytes: it has {length} bytes", length - 1);
                    assert!(error.message().contains(&stated), "{error}");
                }
            }
        }
    });
}

#[test]
fn a_compressed_answer_is_not_unpacked_beyond_the_limit() {
    // Answers with the compressed request.
    let echo = service(|request: http::Request<tonic::body::Body>| async move {
        let sent = request.into_body().collect().await.unwrap();
        let body = tonic::body::Body::new(sent.map_err(|never| match never {}));
        http::Response::builder()
            .header("content-type", "application/grpc")
            .header("grpc-encoding", "gzip")
            .body(body)
            .unwrap()
    });
    let request = HasCollectionRequest {
        collection_name: "a".repeat(64 * MIB as usize),
        ..Default::default()
    };
    let client = Client::builder("http://milvus.test")
        .service(echo)
        .max_response_bytes(MIB as usize)
        .connect_lazy()
        .unwrap();
    let (memory, error) = counted(async || {
        let mut raw = client.raw().send_compressed(Gzip).accept_compressed(Gzip);
        raw.has_collection(request).await.unwrap_err()
    });
    assert_eq!(error.code(), Code::ResourceExhausted, "{error}");
    assert!(error.message().contains("1048576"), "{error}");
    // The request was encoded here too: once, and compressed.
    assert!(memory.bytes_max < 80 * MIB, "{memory:?}");
}
