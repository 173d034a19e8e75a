//! Layers of the user that send a call again themselves.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use http_body_util::{BodyExt, Full};
use milvus_otel::Client;
use milvus_otel::error::Stage;
use tonic::body::Body;
use tower::layer::layer_fn;
use tower::{Service, ServiceExt};

use super::frames_server::{Frame, Frames, FramesServer};

/// Sends a request once more if it fails.
#[derive(Clone)]
struct Again<S>(S);

impl<S> Service<http::Request<Body>> for Again<S>
where
    S: Service<http::Request<Body>, Error: Send> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let again = self.0.clone();
        let mut first = std::mem::replace(&mut self.0, again.clone());
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let message: Bytes = body.collect().await.unwrap().to_bytes();
            let request = || {
                let body = Body::new(Full::new(message.clone()));
                http::Request::from_parts(parts.clone(), body)
            };
            if let Ok(answered) = first.call(request()).await {
                return Ok(answered);
            }
            again.oneshot(request()).await
        })
    }
}

async fn until_call(connection: &mut Frames, stream: u32) {
    let is_call = |frame: &Frame| matches!(frame, Frame::Headers(number) if *number == stream);
    connection.until(is_call).await;
}

#[tokio::test]
async fn a_change_that_a_layer_has_sent_before_is_in_doubt_though_the_second_was_refused() {
    let server = FramesServer::start().await;
    let client = Client::builder(server.uri()).layer(layer_fn(Again));
    let client = client.connect_lazy().unwrap();
    let change = client.drop_collection("a").timeout(Duration::from_secs(20));
    let change = tokio::spawn(change.into_future());
    let mut connection = server.next_connection().await;
    until_call(&mut connection, 3).await;
    // Perhaps it was executed.
    drop(connection);
    let mut connection = server.next_connection().await;
    until_call(&mut connection, 3).await;
    connection.reset(3, Reason::REFUSED_STREAM).await;
    let error = change.await.unwrap().unwrap_err();
    assert!(error.may_have_happened(), "{error}");
    assert_eq!(error.stage(), Some(Stage::Sent), "{error}");
    assert_eq!(error.attempts(), 1, "{error}");
}

#[tokio::test]
async fn a_change_that_was_refused_both_times_is_sent_again() {
    let server = FramesServer::start().await;
    let client = Client::builder(server.uri()).layer(layer_fn(Again));
    let client = client.connect_lazy().unwrap();
    let change = tokio::spawn(client.drop_collection("a").into_future());
    let mut connection = server.next_connection().await;
    for stream in [3, 5] {
        until_call(&mut connection, stream).await;
        connection.reset(stream, Reason::REFUSED_STREAM).await;
    }
    until_call(&mut connection, 7).await;
    connection.answer(7).await;
    change.await.unwrap().unwrap();
}
