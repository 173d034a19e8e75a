//! A body that limits the size of its messages.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tonic::Status;

use super::PREFIX;

pin_project! {
    /// The body of an answer; it fails as soon as a message states a length beyond the limit.
    #[derive(Debug)]
    pub(crate) struct Limited<B> {
        #[pin]
        inner: B,
        limit: usize,
        messages: Messages,
        // The length of a message to refuse once those before it have been returned.
        refused: Option<usize>,
    }
}

impl<B> Limited<B> {
    /// Limits each message of the body to `limit` bytes.
    pub(crate) fn new(inner: B, limit: usize) -> Self {
        Self {
            inner,
            limit,
            messages: Messages::default(),
            refused: None,
        }
    }
}

impl<B: Body<Data = Bytes, Error = Status>> Body for Limited<B> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.project();
        if let Some(length) = this.refused.take() {
            return Poll::Ready(Some(Err(too_large(length, *this.limit))));
        }
        let frame = ready!(this.inner.poll_frame(context));
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
            && let Err(TooLarge { at, length }) = this.messages.read(data, *this.limit)
        {
            if at == 0 {
                return Poll::Ready(Some(Err(too_large(length, *this.limit))));
            }
            // The messages before it fit.
            *this.refused = Some(length);
            return Poll::Ready(Some(Ok(Frame::data(data.slice(..at)))));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// tonic's code for this, not `RESOURCE_EXHAUSTED`, with which servers refuse a call before they do anything.
fn too_large(length: usize, limit: usize) -> Status {
    let limit = Size(limit);
    Status::out_of_range(format!(
        "the answer is larger than {limit}: it has {length} bytes; ask for less at once, or raise \
         ClientBuilder::max_response_bytes"
    ))
}

/// Where the messages of a body begin and end.
#[derive(Debug, Default)]
struct Messages {
    /// The part of a prefix that has been read.
    prefix: [u8; PREFIX],
    read: usize,
    /// How many bytes of the current message are still to come.
    left: usize,
    /// How many bytes there were of something that is not a gRPC message, such as a proxy's page.
    foreign: Option<usize>,
}

/// A message that is larger than the limit.
#[derive(Debug, PartialEq)]
struct TooLarge {
    /// Where it begins in the bytes read last.
    at: usize,
    length: usize,
}

impl Messages {
    /// Reads the next bytes of the body.
    fn read(&mut self, data: &[u8], limit: usize) -> Result<(), TooLarge> {
        let mut at = 0;
        while at < data.len() {
            if let Some(length) = &mut self.foreign {
                *length = length.saturating_add(data.len() - at);
                return match *length > limit {
                    true => Err(TooLarge {
                        at: 0,
                        length: *length,
                    }),
                    false => Ok(()),
                };
            }
            let skipped = self.left.min(data.len() - at);
            self.left -= skipped;
            at += skipped;
            let begins = at;
            let taken = (PREFIX - self.read).min(data.len() - at);
            self.prefix[self.read..self.read + taken].copy_from_slice(&data[at..at + taken]);
            self.read += taken;
            at += taken;
            if self.read == PREFIX {
                let [compressed, length @ ..] = self.prefix;
                self.read = 0;
                if compressed > 1 {
                    self.foreign = Some(PREFIX);
                    continue;
                }
                self.left = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
                if self.left > limit {
                    return Err(TooLarge {
                        at: begins,
                        length: self.left,
                    });
                }
            }
        }
        Ok(())
    }
}

/// A number of bytes, in MiB if it is a multiple.
struct Size(usize);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MIB: usize = 1 << 20;
        if self.0 >= MIB && self.0.is_multiple_of(MIB) {
            write!(f, "{} MiB", self.0 / MIB)
        } else {
            write!(f, "{} bytes", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(messages: &[usize]) -> Vec<u8> {
        let frame = |length: &usize| {
            let prefix = u32::try_from(*length).unwrap().to_be_bytes();
            [&[0], &prefix[..], &vec![0xff; *length]].concat()
        };
        messages.iter().flat_map(frame).collect()
    }

    /// Reads the bytes in pieces of this length. Returns where the reader refused to continue, and the length that it refused.
    fn refused(bytes: &[u8], piece: usize, limit: usize) -> Option<(usize, usize)> {
        let (mut messages, mut read) = (Messages::default(), 0);
        for piece in bytes.chunks(piece) {
            if let Err(refused) = messages.read(piece, limit) {
                return Some((read + refused.at, refused.length));
            }
            read += piece.len();
        }
        None
    }

    #[test]
    fn each_message_of_a_stream_may_have_the_limit_and_no_byte_more() {
        let fits = framed(&[9, 0, 10, 0, 10]);
        let too_large = framed(&[10, 11]);
        for piece in 1..=fits.len() {
            assert_eq!(refused(&fits, piece, 10), None, "{piece}");
            let (at, length) = refused(&too_large, piece, 10).unwrap();
            assert_eq!(length, 11, "{piece}");
            // What fits is returned first. The prefix may be split.
            assert!((15..15 + PREFIX).contains(&at), "{piece}: {at}");
        }
    }

    #[test]
    fn a_message_is_refused_as_soon_as_its_length_is_known() {
        let lies = [0, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3];
        assert_eq!(refused(&lies, 1, 1 << 20), Some((PREFIX - 1, 0x7fff_ffff)));
    }

    #[test]
    fn what_is_not_grpc_may_have_the_limit_too() {
        let page = [b'<'; 100];
        assert_eq!(refused(&page, 7, 100), None);
        assert_eq!(refused(&page, 50, 99), Some((50, 100)));
    }

    #[test]
    fn the_error_names_limit_and_setter() {
        assert_eq!(
            too_large(300_000_000, 256 << 20).message(),
            "the answer is larger than 256 MiB: it has 300000000 bytes; ask for less at once, or raise \
             ClientBuilder::max_response_bytes"
        );
        assert!(
            too_large(3, 2)
                .message()
                .starts_with("the answer is larger than 2 bytes: ")
        );
    }
}
