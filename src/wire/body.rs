//! Bodies whose first frames were looked at before they go on.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;
use prost::Message;

use super::apart;

/// How often a body is asked for frames: a message has no more pieces, and then the body says that it ends.
const MAX_FRAMES: usize = apart::MAX_PIECES + 1;

/// A request body, and as much of it as was looked at: the whole message where the RPC is unary.
#[derive(Debug)]
pub(crate) struct Outgoing {
    front: Front<tonic::Status>,
    rest: Option<tonic::body::Body>,
}

impl Outgoing {
    /// A body that was not looked at yet.
    pub(crate) fn new(body: tonic::body::Body) -> Self {
        Self {
            front: Front::default(),
            rest: Some(body),
        }
    }

    /// A message, encoded. Large arrays in it are not copied.
    pub(crate) fn of(message: &impl Message) -> Result<Self, tonic::Status> {
        let mut front = Front::default();
        apart::frame(message, |piece| front.push_data(piece))?;
        Ok(Self { front, rest: None })
    }

    /// Takes the frames that are ready. Nothing is lost when they are not: the body goes on where it was.
    pub(crate) fn look(&mut self) {
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

    /// The bytes seen so far.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &Bytes> {
        self.front.first.iter().chain(&self.front.more)
    }

    /// A second body with the same bytes, sharing them; `None` when not all of it is known.
    pub(crate) fn again(&self) -> Option<tonic::body::Body> {
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

    /// The body as it was.
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
    /// The first piece, kept apart because there is seldom a second.
    first: Option<Bytes>,
    /// Pieces after it, in order.
    more: VecDeque<Bytes>,
    /// In a box, as it is seldom there, and what has no room for it is moved about faster.
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
    /// A body that gives back the frames that were looked at, then goes on.
    #[derive(Debug)]
    pub struct Replay<B: Body> {
        front: Front<B::Error>,
        #[pin]
        rest: Option<B>,
    }
}

impl<B: Body<Data = Bytes>> Replay<B> {
    /// A body nothing has been read of yet.
    pub(crate) fn new(rest: B) -> Self {
        Self {
            front: Front::default(),
            rest: Some(rest),
        }
    }

    /// Reads one frame further, to be given back later; `None` at the end and after an error.
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

    /// The error that ended reading ahead, to be dealt with now instead of given back.
    pub(crate) fn take_error(&mut self) -> Option<B::Error> {
        self.front.error.take()
    }

    /// The trailers, where reading ahead came upon them.
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
