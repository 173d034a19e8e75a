//! Reads single fields of an encoded gRPC message as it passes, in pieces of any size.
//!
//! A protobuf reader can skip a field by its length, so reading a 3 MB insert takes a few steps. Nothing is allocated, unless
//! a wanted string continues in the next piece, and then at most [`TEXT_LIMIT`] bytes. Reading ends silently if the message
//! is malformed, compressed or nested too deeply; what was read until then is correct.

mod pieces;
mod whole;

use pieces::Message;
use whole::{read_whole, whole};

use super::PREFIX;
use super::rpc::{Fact, Field, Read};

/// Longer strings are truncated. Names have at most 255 bytes in Milvus, and only the beginning of a filter is shown.
pub(crate) const TEXT_LIMIT: usize = 4096;
/// The depth of the deepest path in the table: texts in a list that is bound to a filter of a hybrid search.
const MAX_DEPTH: usize = 6;

/// Receives the fields that are read.
pub(crate) trait Sink {
    /// A string, or its first [`TEXT_LIMIT`] bytes. It need not be UTF-8.
    fn text(&mut self, fact: Fact, text: &[u8]);
    /// An integer, as the value of its varint: a negative int32 is a large u64.
    fn number(&mut self, fact: Fact, number: u64);
    /// The next bytes of an array of floats. They may end within a float.
    fn floats(&mut self, _fact: Fact, _bytes: &[u8]) {}
}

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

    /// Whether the message was read to its end. Only then does a missing field mean that the message does not have it.
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

/// How to read the field of this tag; `None` to skip it. The fields of the table are in the order of their numbers, and so
/// are those of nearly every message, so the search continues at `from`, where the last one ended.
fn wanted(fields: &'static [Field], from: &mut usize, tag: u64) -> Option<&'static Read> {
    let number = u32::try_from(tag >> 3).ok()?;
    if from
        .checked_sub(1)
        .is_some_and(|last| fields[last].number >= number)
    {
        *from = 0;
    }
    while let Some(field) = fields.get(*from) {
        if field.number >= number {
            return (field.number == number).then_some(&field.read);
        }
        *from += 1;
    }
    None
}

/// The number of varints that end in these bytes.
fn varints(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte < 0x80).count() as u64
}

#[derive(Debug, Clone, Copy, Default)]
struct Varint {
    value: u64,
    shift: u32,
}

impl Varint {
    /// `Some(Ok)` with the value when it is complete, `Some(Err)` if it is not a varint.
    fn push(&mut self, byte: u8) -> Option<Result<u64, ()>> {
        if self.shift > 63 || (self.shift == 63 && byte > 1) {
            return Some(Err(()));
        }
        self.value |= u64::from(byte & 0x7f) << self.shift;
        self.shift += 7;
        (byte < 0x80).then_some(Ok(self.value))
    }
}

#[cfg(test)]
mod tests;
