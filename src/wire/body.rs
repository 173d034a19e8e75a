//! Bodies whose first frames are read in advance, and then sent on or returned as if they had not been read.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;
use prost::Message;

use super::message::{MAX_RESERVED, length};
use super::{PREFIX, zero_copy};

/// How many frames are read in advance at most: the pieces of a message, and the end of the body.
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

    /// Encodes a message whose bytes are overwritten when the last copy of the body is dropped.
    pub(crate) fn secret(message: &impl Message) -> Result<Self, tonic::Status> {
        let mut front = Front::default();
        front.push_data(zero_copy::secret_frame(message)?);
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
                joined: BytesMut::new(),
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
                joined: BytesMut::new(),
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
    /// Boxed, because it is rare, and the type is moved often.
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
    /// A body that returns what was read in advance, and then the rest.
    #[derive(Debug)]
    pub struct Replay<B: Body> {
        front: Front<B::Error>,
        // What was read in advance, if it is more than one frame.
        joined: BytesMut,
        #[pin]
        rest: Option<B>,
    }
}

impl<B: Body<Data = Bytes>> Replay<B> {
    /// A body of which nothing has been read.
    pub(crate) fn new(rest: B) -> Self {
        Self {
            front: Front::default(),
            joined: BytesMut::new(),
            rest: Some(rest),
        }
    }

    /// Reads one more frame in advance; `None` at the end and after an error. Data is joined as it arrives, so that the
    /// message can be decoded without another copy. What follows the message is dropped: a unary answer has one
    /// message, and a server that keeps sending must not fill the memory.
    pub(crate) fn poll_ahead(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<&[u8]>> {
        let this = self.project();
        let Some(rest) = this.rest.as_pin_mut() else {
            return Poll::Ready(None);
        };
        let frame = match ready!(rest.poll_frame(context)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => {
                this.front.error = Some(error);
                return Poll::Ready(None);
            }
            None => return Poll::Ready(None),
        };
        let data = match frame.into_data() {
            Ok(data) => data,
            Err(frame) => {
                this.front.push(frame);
                return Poll::Ready(None);
            }
        };
        let first = this.front.first.as_deref().unwrap_or_default();
        if is_complete(first) || is_complete(this.joined) {
            return Poll::Ready(Some(&[]));
        }
        if this.joined.is_empty() {
            let Some(first) = this.front.first.take_if(|first| !first.is_empty()) else {
                return Poll::Ready(Some(this.front.first.insert(data)));
            };
            let stated = length(&first).map_or(0, |length| length.min(MAX_RESERVED));
            this.joined
                .reserve((PREFIX + stated).max(first.len() + data.len()));
            this.joined.extend_from_slice(&first);
        }
        let before = this.joined.len();
        this.joined.extend_from_slice(&data);
        Poll::Ready(Some(&this.joined[before..]))
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
        if !this.joined.is_empty() {
            let joined = std::mem::take(this.joined).freeze();
            return Poll::Ready(Some(Ok(Frame::data(joined))));
        }
        match this.front.pop() {
            Some(frame) => Poll::Ready(Some(frame)),
            None => this
                .rest
                .as_pin_mut()
                .map_or(Poll::Ready(None), |rest| rest.poll_frame(context)),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.joined.is_empty()
            && self.front.is_empty()
            && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }
}

/// Whether the bytes contain a whole message.
fn is_complete(bytes: &[u8]) -> bool {
    length(bytes).is_some_and(|length| bytes.len() - PREFIX >= length)
}

#[cfg(test)]
mod tests;
