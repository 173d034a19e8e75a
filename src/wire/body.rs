//! Bodies whose first frames are read in advance, and then sent on or returned as if they had not been read.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;
use prost::Message;

use super::zero_copy;

/// The limit of frames that are read in advance: the pieces of a message, and the end of the body.
const MAX_FRAMES: usize = zero_copy::MAX_PIECES + 1;

/// A request body. The frames read in advance are the complete message if the RPC is unary.
#[derive(Debug)]
pub(crate) struct Outgoing {
    front: Front<tonic::Status>,
    rest: Option<tonic::body::Body>,
}

impl Outgoing {
    /// A body of which nothing has been read.
    pub(crate) fn new(body: tonic::body::Body) -> Self {
        Self {
            front: Front::default(),
            rest: Some(body),
        }
    }

    /// Encodes a message. Large arrays in it are not copied.
    pub(crate) fn of(message: &impl Message) -> Result<Self, tonic::Status> {
        let mut front = Front::default();
        zero_copy::frame(message, |piece| front.push_data(piece))?;
        Ok(Self { front, rest: None })
    }

    /// Reads the frames that are ready. The rest of the body follows them when it is sent.
    pub(crate) fn read_ready(&mut self) {
        let Some(mut body) = self.rest.take() else {
            return;
        };
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..MAX_FRAMES {
            match Pin::new(&mut body).poll_frame(&mut context) {
                Poll::Ready(Some(Ok(frame))) => self.front.push(frame),
                Poll::Ready(Some(Err(error))) => {
                    self.front.error = Some(error);
                    return;
                }
                Poll::Ready(None) => return,
                Poll::Pending => break,
            }
        }
        self.rest = Some(body);
    }

    /// The bytes read so far.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &Bytes> {
        self.front.first.iter().chain(&self.front.more)
    }

    /// Another body that shares the same bytes; `None` if the body was not read completely.
    pub(crate) fn try_clone(&self) -> Option<tonic::body::Body> {
        let replayable = self.rest.is_none() && self.front.error.is_none();
        replayable.then(|| {
            let front = Front {
                first: self.front.first.clone(),
                more: self.front.more.clone(),
                ..Front::default()
            };
            tonic::body::Body::new(Replay {
                front,
                rest: None::<tonic::body::Body>,
            })
        })
    }

    /// The complete body.
    pub(crate) fn into_body(self) -> tonic::body::Body {
        match self.rest {
            Some(body) if self.front.is_empty() => body,
            rest => tonic::body::Body::new(Replay {
                front: self.front,
                rest,
            }),
        }
    }
}

#[derive(Debug)]
struct Front<E> {
    /// The first piece, which usually is the only one.
    first: Option<Bytes>,
    /// The other pieces, in order.
    more: VecDeque<Bytes>,
    /// In a box, because it is rare, and the type is moved often.
    trailers: Option<Box<HeaderMap>>,
    error: Option<E>,
}

impl<E> Default for Front<E> {
    fn default() -> Self {
        Self {
            first: None,
            more: VecDeque::new(),
            trailers: None,
            error: None,
        }
    }
}

impl<E> Front<E> {
    fn push(&mut self, frame: Frame<Bytes>) {
        match frame.into_data() {
            Ok(bytes) => self.push_data(bytes),
            Err(frame) => self.trailers = frame.into_trailers().ok().map(Box::new),
        }
    }

    fn push_data(&mut self, bytes: Bytes) {
        if self.first.is_none() {
            self.first = Some(bytes);
        } else {
            self.more.push_back(bytes);
        }
    }

    fn pop(&mut self) -> Option<Result<Frame<Bytes>, E>> {
        if let Some(bytes) = self.first.take() {
            self.first = self.more.pop_front();
            return Some(Ok(Frame::data(bytes)));
        }
        if let Some(trailers) = self.trailers.take() {
            return Some(Ok(Frame::trailers(*trailers)));
        }
        self.error.take().map(Err)
    }

    fn is_empty(&self) -> bool {
        self.first.is_none() && self.trailers.is_none() && self.error.is_none()
    }
}

pin_project! {
    /// A body that returns the frames that were read in advance, and then the others.
    #[derive(Debug)]
    pub struct Replay<B: Body> {
        front: Front<B::Error>,
        #[pin]
        rest: Option<B>,
    }
}

impl<B: Body<Data = Bytes>> Replay<B> {
    /// A body of which nothing has been read.
    pub(crate) fn new(rest: B) -> Self {
        Self {
            front: Front::default(),
            rest: Some(rest),
        }
    }

    /// Reads one more frame in advance; `None` at the end and after an error.
    pub(crate) fn poll_ahead(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<&Bytes>> {
        let this = self.project();
        let Some(rest) = this.rest.as_pin_mut() else {
            return Poll::Ready(None);
        };
        match ready!(rest.poll_frame(context)) {
            Some(Ok(frame)) => {
                let data = frame.is_data();
                this.front.push(frame);
                let front = &*this.front;
                Poll::Ready(
                    data.then(|| front.more.back().or(front.first.as_ref()))
                        .flatten(),
                )
            }
            Some(Err(error)) => {
                this.front.error = Some(error);
                Poll::Ready(None)
            }
            None => Poll::Ready(None),
        }
    }

    /// Takes the error that ended reading in advance, so that the body does not return it.
    pub(crate) fn take_error(&mut self) -> Option<B::Error> {
        self.front.error.take()
    }

    /// The trailers, if they were read in advance.
    pub(crate) fn trailers(&self) -> Option<&HeaderMap> {
        self.front.trailers.as_deref()
    }
}

impl<B: Body<Data = Bytes>> Body for Replay<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.project();
        match this.front.pop() {
            Some(frame) => Poll::Ready(Some(frame)),
            None => this
                .rest
                .as_pin_mut()
                .map_or(Poll::Ready(None), |rest| rest.poll_frame(context)),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.front.is_empty() && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }
}

#[cfg(test)]
mod tests;
