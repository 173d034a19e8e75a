//! What a server, or a proxy before it, says in the metadata of a call that fails.

use bytes::Bytes;
use http_body::Frame;
use milvus_otel::Client;
use milvus_otel::client::RetryPolicy;
use milvus_otel::proto::milvus::HasCollectionRequest;
use tonic::Status;
use tonic::metadata::MetadataMap;

use super::answers::{data, framed, response, server, trailers};

/// `retry-after` stands in the head, `x-cause` in the trailers.
fn said(metadata: &MetadataMap) -> [Option<&str>; 2] {
    ["retry-after", "x-cause"].map(|name| metadata.get(name)?.to_str().ok())
}

fn failed() -> Result<Frame<Bytes>, Status> {
    trailers(&[("grpc-status", "8"), ("x-cause", "full")])
}

#[tokio::test]
async fn an_error_carries_the_metadata_of_head_and_trailers() {
    type Frames = fn() -> Vec<Result<Frame<Bytes>, Status>>;
    let (head, both) = ([Some("7"), None], [Some("7"), Some("full")]);
    let rows: [(_, _, Frames, _); 5] = [
        ("no message", 200, || vec![failed()], both),
        (
            "half a message",
            200,
            || vec![data(&[0, 0]), failed()],
            both,
        ),
        (
            "an error after the message",
            200,
            || vec![data(&framed(&[])), failed()],
            both,
        ),
        ("a proxy's page", 500, Vec::new, head),
        ("no end", 200, || vec![data(&[0, 0])], head),
    ];
    for (case, status, frames, expected) in rows {
        let service = server(move |_| async move {
            let mut answer = response(status, frames());
            let hint = "7".parse().unwrap();
            answer.headers_mut().insert("retry-after", hint);
            answer
        });
        let client = Client::builder("http://milvus.test").service(service);
        let client = client.retry(RetryPolicy::never()).connect_lazy().unwrap();
        let error = client.has_collection("books").await.unwrap_err();
        let status = error.grpc_status().unwrap();
        assert_eq!(said(status.metadata()), expected, "{case}: {error}");
        let request = HasCollectionRequest::default();
        let status = client.raw().has_collection(request).await.unwrap_err();
        assert_eq!(said(status.metadata()), expected, "{case}: {status}");
    }
}
