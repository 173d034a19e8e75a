//! One message out and one back.
//!
//! tonic's own client does this too, but takes the answer for a stream, with buffers and boxes that a single message
//! has no need of.

use std::future::poll_fn;
use std::pin::pin;

use http::response::Parts;
use http::uri::PathAndQuery;
use http::{Method, Request, Version};
use http_body::Body as _;
use tonic::Status;
use tonic::body::Body;
use tonic::codec::{Codec as _, EncodeBody};
use tonic::codegen::tokio_stream;
use tower::Service;

use crate::error::{grpc_status, status_of_http, with_head};
use crate::proto;
use crate::stack::{ResponseBody, Stack};
use crate::wire::{Codec, Gathered};

/// How many headers the stack adds at most. A map that grows is copied.
const HEADERS: usize = 12;

/// The request; the stack has it encoded.
pub(super) fn request<Q: proto::Request>(message: Q) -> Request<Body> {
    let encoder = Codec::<Q, Q::Answer>::sharing_arrays().encoder();
    let messages = tokio_stream::once(Ok(message));
    let body = EncodeBody::new_client(encoder, messages, None, None);
    let mut request = Request::new(Body::new(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = PathAndQuery::from_static(Q::PATH).into();
    *request.version_mut() = Version::HTTP_2;
    request.headers_mut().reserve(HEADERS);
    request
}

/// Sends it, and waits for the message and for how the call went; `answer` is empty yet.
pub(super) async fn send<A: prost::Message>(
    mut stack: Stack,
    request: Request<Body>,
    answer: A,
) -> Result<A, Status> {
    poll_fn(|context| stack.poll_ready(context)).await?;
    let response = stack.call(request).await?;
    let (head, body) = response.into_parts();
    let received = receive(&head, body, answer).await;
    received.map_err(|status| with_head(status, &head.headers))
}

async fn receive<A: prost::Message>(
    head: &Parts,
    body: ResponseBody,
    mut answer: A,
) -> Result<A, Status> {
    let mut body = pin!(body);
    let (mut gathered, mut complete) = (Gathered::default(), false);
    let trailers = loop {
        match poll_fn(|context| body.as_mut().poll_frame(context)).await {
            Some(frame) => match frame?.into_data() {
                Ok(_) if complete => {}
                Ok(bytes) => complete = gathered.push(bytes, &mut answer)?,
                Err(frame) => break frame.into_trailers().ok(),
            },
            None => break None,
        }
    };
    match grpc_status(trailers.as_ref().unwrap_or(&head.headers)) {
        Some(ended) => ended?,
        // It was cut off: an answer that begins well may end badly.
        None => return Err(status_of_http(head.status)),
    }
    if !complete {
        return Err(Status::internal("the answer ended before its message did"));
    }
    Ok(answer)
}
