//! Sends a request of one message, and receives an answer of one message.
//!
//! tonic's client treats every answer as a stream, with buffers and boxes that a single message does not need.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};

use http::uri::PathAndQuery;
use http::{Method, Request, Response, Version, request, response};
use http_body::Body as _;
use tonic::Status;

use crate::error::{grpc_status, status_of_http, with_head};
use crate::proto;
use crate::stack::ResponseBody;
use crate::wire::Gathered;

/// The largest number of headers that the stack adds. With this capacity, the map is allocated once.
const HEADERS: usize = 12;

/// The head of a request.
pub(super) fn head<Q: proto::Request>() -> request::Parts {
    let (mut head, ()) = Request::new(()).into_parts();
    head.method = Method::POST;
    head.uri = PathAndQuery::from_static(Q::PATH).into();
    head.version = Version::HTTP_2;
    head.headers.reserve(HEADERS);
    head
}

/// Receives the message and the status of the call. The message is decoded into `answer`, which is empty.
pub(super) async fn answered<A: prost::Message>(
    call: Pin<&mut impl Future<Output = Result<Response<ResponseBody>, Status>>>,
    answer: A,
) -> Result<A, Status> {
    let (head, body) = call.await?.into_parts();
    let received = receive(&head, body, answer).await;
    received.map_err(|status| with_head(status, &head.headers))
}

async fn receive<A: prost::Message>(
    head: &response::Parts,
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
        // Without a status, the answer was cut off, even if the message is complete.
        None => return Err(status_of_http(head.status)),
    }
    if !complete {
        return Err(Status::internal(
            "the answer ended before its message was complete",
        ));
    }
    Ok(answer)
}
