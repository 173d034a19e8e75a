//! A server's answers as they are made up by hand, also those no server should give.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{BufMut, Bytes};
use http::HeaderMap;
use http_body::Frame;
use tonic::Status;
use tonic::body::Body;
use tower::Service;

/// A body of these frames, one at a time.
pub(crate) struct Frames(VecDeque<Result<Frame<Bytes>, Status>>);

impl http_body::Body for Frames {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Poll::Ready(self.0.pop_front())
    }
}

pub(crate) fn data(bytes: &[u8]) -> Result<Frame<Bytes>, Status> {
    Ok(Frame::data(Bytes::copy_from_slice(bytes)))
}

pub(crate) fn trailers(pairs: &[(&'static str, &'static str)]) -> Result<Frame<Bytes>, Status> {
    let pair = |(name, value): &(&'static str, &'static str)| {
        (name.parse().unwrap(), value.parse().unwrap())
    };
    Ok(Frame::trailers(HeaderMap::from_iter(
        pairs.iter().map(pair),
    )))
}

/// A message as gRPC frames it.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    let mut out = vec![0];
    out.put_u32(u32::try_from(message.len()).unwrap());
    out.extend_from_slice(message);
    out
}

/// What gRPC sends for an answer that went well.
pub(crate) fn answered(message: &[u8]) -> Vec<Result<Frame<Bytes>, Status>> {
    vec![data(&framed(message)), trailers(&[("grpc-status", "0")])]
}

pub(crate) fn response(
    status: u16,
    frames: impl IntoIterator<Item = Result<Frame<Bytes>, Status>>,
) -> http::Response<Body> {
    http::Response::builder()
        .status(status)
        .header("content-type", "application/grpc")
        .body(Body::new(Frames(frames.into_iter().collect())))
        .unwrap()
}

/// A server that answers every request by this function.
pub(crate) fn server<F, A>(
    answer: F,
) -> impl Service<
    http::Request<Body>,
    Response = http::Response<Body>,
    Error = Infallible,
    Future = impl Future<Output = Result<http::Response<Body>, Infallible>> + Send + 'static,
> + Clone
+ Send
+ Sync
+ 'static
where
    F: Fn(http::Request<Body>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = http::Response<Body>> + Send + 'static,
{
    tower::service_fn(move |request| {
        let answer = answer(request);
        async move { Ok(answer.await) }
    })
}
