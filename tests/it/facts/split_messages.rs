//! Messages that come in pieces, compressed or not at all: what spans say of them is right, or is not said.

use std::collections::BTreeMap;

use bytes::Bytes;
use http_body_util::BodyExt;
use milvus_otel::proto::common;
use milvus_otel::proto::milvus::SearchResults;
use milvus_otel::proto::milvus::milvus_service_client::MilvusServiceClient;
use opentelemetry::trace::Status;
use opentelemetry_sdk::trace::SpanData;
use prost::Message;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tower::{Layer, Service};

use super::answers::{answered, data, framed, response, server, trailers};
use super::spans::{Recorder, attributes};
use super::{about, found, search, shows};

/// The span of a search whose request and answer come in frames of this size.
async fn in_frames(request: &[u8], answer: &[u8], size: usize) -> SpanData {
    let recorder = Recorder::new();
    let answer = answer.to_vec();
    let service = server(move |request: http::Request<Body>| {
        let frames = answer.chunks(size).map(data).collect::<Vec<_>>();
        async move {
            drop(request.into_body().collect().await.unwrap());
            let end = trailers(&[("grpc-status", "0")]);
            response(200, frames.into_iter().chain([end]))
        }
    });
    let body = response(200, request.chunks(size).map(data)).into_body();
    let request = http::Request::post("/milvus.proto.milvus.MilvusService/Search")
        .body(body)
        .unwrap();
    let mut service = recorder.layer().layer(service);
    let answer = service.call(request).await.unwrap();
    drop(answer.into_body().collect().await.unwrap());
    recorder.span()
}

/// Everything it says, the other one says too.
fn assert_part(part: &BTreeMap<String, String>, whole: &BTreeMap<String, String>) {
    for pair in part {
        assert_eq!(whole.get(pair.0), Some(pair.1), "{} in {part:?}", pair.0);
    }
}

#[tokio::test]
async fn a_message_in_frames_of_any_size_is_read() {
    let failed = SearchResults {
        status: Some(common::Status {
            code: 1100,
            reason: "no".into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let request = framed(&search().encode_to_vec());
    for answer in [found(vec![10, 10, 4]), failed] {
        let answer = framed(&answer.encode_to_vec());
        let longest = request.len().max(answer.len());
        let whole = in_frames(&request, &answer, longest).await;
        assert_eq!(whole.name, "search books");
        for size in 1..longest {
            let span = in_frames(&request, &answer, size).await;
            if request.len().div_ceil(size) < 16 {
                assert_eq!(attributes(&span), attributes(&whole), "frames of {size}");
                assert_eq!(
                    (span.name, span.status),
                    (whole.name.clone(), whole.status.clone())
                );
            } else {
                // No more frames than that are waited for.
                let failed = matches!(span.status, Status::Error { .. });
                assert_eq!(failed, whole.status != Status::Unset);
                assert_part(&attributes(&span), &attributes(&whole));
            }
        }
    }
}

#[tokio::test]
async fn a_message_that_ends_early_leaves_its_facts_out() {
    let request = framed(&search().encode_to_vec());
    let answer = framed(&found(vec![10, 10, 4]).encode_to_vec());
    let whole = in_frames(&request, &answer, usize::MAX >> 1).await;
    for end in 0..request.len() {
        let span = in_frames(&request[..end], &answer, 4096).await;
        let mut seen = about(&span);
        // A text that is cut is not told from one that ends there.
        seen.remove("db.query.text");
        assert_part(&seen, &attributes(&whole));
    }
    for end in 0..answer.len() {
        let span = in_frames(&request, &answer[..end], 4096).await;
        assert_eq!(attributes(&span)["rpc.status_code"], "INTERNAL");
    }
}

#[tokio::test]
async fn a_compressed_message_is_not_read() {
    let recorder = Recorder::new();
    let service = server(|request: http::Request<Body>| async move {
        let body = request.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body[0], 1, "a_compressed_message_is_not_read");
        response(200, answered(&found(vec![10, 10, 4]).encode_to_vec()))
    });
    let layer = recorder.layer().server("milvus.test", 19530);
    let mut client =
        MilvusServiceClient::new(layer.layer(service)).send_compressed(CompressionEncoding::Gzip);
    client.search(search()).await.unwrap();
    let span = recorder.span();
    assert_eq!(span.name, "search milvus.test:19530");
    let said: Vec<(String, String)> = about(&span).into_iter().collect();
    let rows = ("db.response.returned_rows".to_owned(), "24".to_owned());
    assert_eq!(said, [rows], "of the answer, which is not");
    assert_eq!(span.status, Status::Unset);

    // What it quotes of the filter that nobody knows.
    let recorder = Recorder::new();
    let quoting = SearchResults {
        status: Some(common::Status {
            code: 1100,
            reason: "cannot parse title == 'Dune'".into(),
            ..Default::default()
        }),
        ..Default::default()
    }
    .encode_to_vec();
    let service = server(move |_| {
        let answer = response(200, answered(&quoting));
        async move { answer }
    });
    let mut client = MilvusServiceClient::new(recorder.layer().layer(service))
        .send_compressed(CompressionEncoding::Gzip);
    client.search(search()).await.unwrap();
    let span = recorder.span();
    assert!(matches!(span.status, Status::Error { .. }));
    assert!(!shows(&span, "Dune"), "{:?}", span.status);

    // And an answer that is: it is handed on as it came.
    let mut answer = framed(&found(vec![10, 10, 4]).encode_to_vec());
    answer[0] = 1;
    let span = in_frames(&framed(&search().encode_to_vec()), &answer, 4096).await;
    assert_eq!(span.status, Status::Unset);
    assert_eq!(attributes(&span)["rpc.status_code"], "OK");
    assert!(!attributes(&span).contains_key("db.response.returned_rows"));
}

#[tokio::test]
async fn a_message_that_arrives_after_the_start_is_read() {
    let recorder = Recorder::new();
    let service = server(|request: http::Request<Body>| async move {
        let body = request.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, framed(&search().encode_to_vec()), "as it was sent");
        response(200, answered(&[]))
    });
    let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(1);
    let frames = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let frames = tokio_stream::StreamExt::map(frames, |bytes| {
        Ok::<_, tonic::Status>(http_body::Frame::data(bytes))
    });
    let request = http::Request::post("/milvus.proto.milvus.MilvusService/Search")
        .body(Body::new(http_body_util::StreamBody::new(frames)))
        .unwrap();
    let mut service = recorder.layer().layer(service);
    let call = tokio::spawn(service.call(request));
    sender
        .send(framed(&search().encode_to_vec()).into())
        .await
        .unwrap();
    drop(sender);
    let answer = call.await.unwrap().unwrap();
    drop(answer.into_body().collect().await.unwrap());
    let span = recorder.span();
    assert_eq!(span.name, "search");
    let said: Vec<(String, String)> = about(&span).into_iter().collect();
    let rows = ("db.response.returned_rows".to_owned(), "0".to_owned());
    assert_eq!(said, [rows], "of the answer");
}
