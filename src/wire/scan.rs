//! Reads chosen fields off an encoded gRPC message while it passes by in pieces of any size.
//!
//! Protobuf lets a reader skip a field by its length, so a 3 MB insert costs a handful of steps. Nothing is
//! allocated unless a wanted string is cut by a piece's end, and then never more than [`TEXT_LIMIT`] bytes.
//! Whatever is malformed, compressed or nested too deep ends the reading in silence: facts already read stay right.

mod pieces;
mod whole;

use pieces::Message;
use whole::{read_whole, whole};

use super::rpc::{Fact, Field, Read};

/// Longer strings are cut here: names end at 255 bytes in Milvus, filters are only shown in part.
pub(crate) const TEXT_LIMIT: usize = 4096;
/// As deep as the deepest path of the table: the texts of a list that is bound to a filter of a hybrid search.
const MAX_DEPTH: usize = 6;
const PREFIX: usize = 5;

/// Takes what is read.
pub(crate) trait Sink {
    /// A string, or its first [`TEXT_LIMIT`] bytes. Not checked to be UTF-8.
    fn text(&mut self, fact: Fact, text: &[u8]);
    /// An integer as the varint says it: a negative int32 is a large u64.
    fn number(&mut self, fact: Fact, number: u64);
    /// The next bytes of an array of floats, which may end anywhere in one.
    fn floats(&mut self, _fact: Fact, _bytes: &[u8]) {}
}

/// Reads the first message of a gRPC body as its bytes come in.
#[derive(Debug)]
pub(crate) enum Reader {
    /// Nothing came yet.
    Fresh(&'static [Field]),
    /// The message came in pieces.
    Pieces(Box<Message>),
    /// Nothing more will be read: the message ended, or cannot be read.
    Done { complete: bool },
}

impl Reader {
    /// A reader of `fields`, to be given the body from its first byte.
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

    /// Whether the message was read to its end: only then does it matter what it does not say.
    pub(crate) fn is_complete(&self) -> bool {
        match self {
            Self::Fresh(_) => false,
            Self::Pieces(message) => message.is_complete(),
            Self::Done { complete } => *complete,
        }
    }

    /// Reads on through the next piece of the body.
    pub(crate) fn feed(&mut self, piece: &[u8], sink: &mut impl Sink) {
        match self {
            Self::Done { .. } => {}
            Self::Pieces(message) => message.feed(piece, sink),
            Self::Fresh(fields) => {
                let fields = *fields;
                // Nearly every message comes in one piece, which is read three times as fast.
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

/// Where the message ends in a body that begins with this piece; `None` when the piece ends before saying so.
pub(crate) fn message_end(piece: &[u8]) -> Option<u64> {
    let ([_flag, length @ ..], _) = piece.split_first_chunk::<PREFIX>()?;
    Some(u64::from(u32::from_be_bytes(*length)) + PREFIX as u64)
}

/// How the field of a tag is read, if it is. The fields of the table are in the order of their numbers, and so are those
/// of nearly every message: the search goes on at `from`, where the last one ended.
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

/// How many varints end in these bytes.
fn varints(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte < 0x80).count() as u64
}

#[derive(Debug, Clone, Copy, Default)]
struct Varint {
    value: u64,
    shift: u32,
}

impl Varint {
    /// `Some(Ok)` with the value once complete, `Some(Err)` when it is no varint.
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
