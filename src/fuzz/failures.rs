//! What servers and users say when something is wrong: statuses, headers, URIs.

use std::convert::Infallible;
use std::future::ready;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::{Body, Frame};
use prost::Message;
use tokio::runtime::{Builder, Runtime};
use tower::service_fn;

use crate::error::{Error, Failure, MilvusStatus};
use crate::proto::common::Status;
use crate::proto::milvus::DropCollectionRequest;
use crate::proto::{self, Request};
use crate::wire::{Class, Reader};
use crate::{Client, ErrorKind};

const CLASSES: [Option<Class>; 5] = [
    None,
    Some(Class::Read),
    Some(Class::Idempotent),
    Some(Class::Piecewise),
    Some(Class::Once),
];
/// A password that no other part of an input has.
const SECRET: &str = "hunter2";

/// Reads `bytes` as the status in an answer of Milvus, and judges the failure.
pub fn milvus_status(bytes: &[u8]) {
    let Ok(status) = Status::decode(bytes) else {
        return;
    };
    let decoded = MilvusStatus::from(&status);
    // The layers read it without decoding it.
    let message = status.encode_to_vec();
    let mut frame = vec![0];
    frame.extend_from_slice(&(message.len() as u32).to_be_bytes());
    frame.extend_from_slice(&message);
    let mut read = MilvusStatus::default();
    let fields = proto::rpc(DropCollectionRequest::PATH).map_or(&[][..], |rpc| rpc.response);
    Reader::new(fields).feed(&frame, &mut read);
    assert_eq!(read.is_error(), decoded.is_error());
    assert_eq!(read.number(), decoded.number());
    for class in CLASSES {
        let failure = Failure::of_milvus(&decoded, class);
        assert_eq!(Failure::of_milvus(&read, class), failure);
        let error = Error::milvus("insert", &status, class);
        assert_eq!(error.kind(), ErrorKind::Server);
        assert_eq!(error.may_have_happened(), failure.may_have_happened);
        check(&error);
    }
}

/// Answers a call with the headers in `lines`, one `name: value` in each, and with the trailers after an empty line.
/// `:status` is the status of HTTP, and `:message` an empty message. Retries happen without a wait.
pub fn headers(runtime: &Runtime, lines: &[u8]) {
    let mut response = http::Response::new(());
    let (mut messages, mut trailers) = (0, None);
    for line in lines.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().skip(1).position(|byte| *byte == b':') else {
            if line.is_empty() {
                trailers.get_or_insert_with(HeaderMap::new);
            }
            continue;
        };
        let (name, value) = (&line[..=colon], line[colon + 2..].trim_ascii());
        match name {
            b":status" => {
                if let Ok(status) = http::StatusCode::from_bytes(value) {
                    *response.status_mut() = status;
                }
            }
            b":message" => messages += 1,
            _ => {
                let name = HeaderName::from_bytes(name);
                let map = trailers.as_mut();
                let map = map.unwrap_or_else(|| response.headers_mut());
                // The map panics if it gets too many.
                if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value))
                    && map.len() < 1000
                {
                    map.append(name, value);
                }
            }
        }
    }
    let (head, ()) = response.into_parts();
    let body = Answer { messages, trailers };
    let service = service_fn(move |_| {
        let answer = http::Response::from_parts(head.clone(), body.clone());
        ready(Ok::<_, Infallible>(answer))
    });
    let called = runtime.block_on(async {
        let client = Client::builder("http://fuzz").service(service);
        client.connect_lazy()?.drop_collection("books").await
    });
    if let Err(error) = called {
        check(&error);
    }
}

/// A runtime in which time passes only if nothing else can happen.
pub fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    let built = builder.enable_time().start_paused(true).build();
    #[expect(clippy::expect_used, reason = "an input cannot be the cause")]
    built.expect("no runtime")
}

/// Uses a URI whose user information ends with a password between `before` and `after`.
pub fn uri(before: &str, after: &str) {
    let uri = format!("{before}{SECRET}@{after}");
    // All of a socket's path is shown.
    if uri.starts_with("unix:") || before.contains(SECRET) || after.contains(SECRET) {
        return;
    }
    let builder = Client::builder(&*uri);
    let mut shown = format!("{builder:?}");
    match builder.connect_lazy() {
        Ok(client) => shown.push_str(&client.endpoint()),
        Err(error) => {
            check(&error);
            shown.push_str(&format!("{error} {error:?}"));
        }
    }
    let second = Client::builder("http://milvus").endpoint(&*uri);
    if let Err(error) = second.connect_lazy() {
        check(&error);
        shown.push_str(&format!("{error} {error:?}"));
    }
    assert!(!shown.contains(SECRET), "{uri:?}: {shown}");
}

/// What is promised of every error.
fn check(error: &Error) {
    let shown = error.to_string();
    assert!(!shown.contains(['\n', '\r']), "{shown:?}");
    assert!(!format!("{error:?}").is_empty());
    if error.stage().is_some_and(|stage| stage.is_before_sending()) {
        assert!(!error.may_have_happened(), "{shown}");
    }
    let _ = (error.code(), error.grpc_code(), error.is_retryable());
    let _ = (error.is_not_found(), error.is_timeout());
    let _ = (error.is_invalid_argument(), error.is_unsupported());
}

/// The body of an answer: empty messages, and then trailers.
#[derive(Clone)]
struct Answer {
    messages: u32,
    trailers: Option<HeaderMap>,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(messages) = self.messages.checked_sub(1) {
            self.messages = messages;
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[0; 5])))));
        }
        Poll::Ready(self.trailers.take().map(|map| Ok(Frame::trailers(map))))
    }
}
