//! Reads single fields of an encoded gRPC message as it passes, in pieces of any size.
//!
//! A protobuf reader can skip a field by its length, so reading a 3 MB insert takes a few steps. Nothing is allocated,
//! except at most [`TEXT_LIMIT`] bytes if a wanted string continues in the next piece. Reading ends silently if the
//! message is malformed, compressed or nested too deeply; what was read up to there is correct.

mod fields;
mod pieces;
mod whole;

pub(crate) use fields::{Sink, TEXT_LIMIT};
use pieces::Message;
use whole::{read_whole, whole};

use super::PREFIX;
use super::rpc::Field;

/// Reads the first message of a gRPC body, piece by piece.
#[derive(Debug)]
pub(crate) enum Reader {
    /// No piece was read.
    Fresh(&'static [Field]),
    /// The message has several pieces.
    Pieces(Box<Message>),
    /// The message ended, or cannot be read further.
    Done { complete: bool },
}

impl Reader {
    /// A reader of `fields`. The first piece must be the beginning of the body.
    pub(crate) fn new(fields: &'static [Field]) -> Self {
        Self::Fresh(fields)
    }

    /// Whether nothing more will be read.
    pub(crate) fn is_done(&self) -> bool {
        match self {
            Self::Fresh(_) => false,
            Self::Pieces(message) => message.is_done(),
            Self::Done { .. } => true,
        }
    }

    /// Whether the message was read to its end. Only then is a field that was not seen really absent.
    pub(crate) fn is_complete(&self) -> bool {
        match self {
            Self::Fresh(_) => false,
            Self::Pieces(message) => message.is_complete(),
            Self::Done { complete } => *complete,
        }
    }

    /// Reads the next piece of the body.
    pub(crate) fn feed(&mut self, piece: &[u8], sink: &mut impl Sink) {
        match self {
            Self::Done { .. } => {}
            Self::Pieces(message) => message.feed(piece, sink),
            Self::Fresh(fields) => {
                let fields = *fields;
                // Nearly every message has one piece, which a simpler reader reads three times as fast.
                if let Some(message) = whole(piece) {
                    let complete = read_whole(message, fields, 0, sink).is_some();
                    *self = Self::Done { complete };
                } else if !piece.is_empty() {
                    let mut message = Box::new(Message::new(fields));
                    message.feed(piece, sink);
                    *self = Self::Pieces(message);
                }
            }
        }
    }
}

/// The end of the message in a body that begins with this piece; `None` if the piece does not contain the length.
pub(crate) fn message_end(piece: &[u8]) -> Option<u64> {
    let ([_flag, length @ ..], _) = piece.split_first_chunk::<PREFIX>()?;
    Some(u64::from(u32::from_be_bytes(*length)) + PREFIX as u64)
}

#[cfg(test)]
mod tests;
