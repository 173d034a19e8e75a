//! Large arrays that go on the wire from where they are, instead of being copied into the encoded message.
//!
//! prost encodes a message into one buffer. The encoder leaves large arrays out of it and notes where they belong, and
//! [`Outgoing`](super::Outgoing), which has the message encoded, puts them back: its body is then several pieces. Both
//! happen within one poll, so the notes are handed over by the thread. Nothing is left out unless somebody waits for
//! the notes.

use std::cell::RefCell;

use bytes::{BufMut, Bytes, BytesMut};
use prost::Message;
use tonic::codec::EncodeBuf;

/// Shorter arrays are copied: a few pieces more cost as much. Of those within one row only the vectors of structs can be
/// as long.
const MIN_LENGTH: usize = 64 * 1024;
/// More arrays than this are not left out of one message.
const MAX_ARRAYS: usize = 31;
/// A message is at most so many pieces: its prefix, the arrays, and what is before and after each of them.
pub(super) const MAX_PIECES: usize = 2 * MAX_ARRAYS + 2;
/// What gRPC puts before a message: a flag, and its length in 4 bytes.
const PREFIX: usize = 5;

thread_local! {
    static NOTES: RefCell<Notes> = const { RefCell::new(Notes::new()) };
}

struct Notes {
    /// Somebody puts back what is left out.
    awaited: bool,
    /// A message is being encoded that may leave arrays out.
    encoding: bool,
    /// How many arrays there are to be left out, and their bytes.
    counted: (usize, usize),
    left_out: Vec<LeftOut>,
}

impl Notes {
    const fn new() -> Self {
        Self {
            awaited: false,
            encoding: false,
            counted: (0, 0),
            left_out: Vec::new(),
        }
    }
}

/// An array, and where in the frame it belongs.
struct LeftOut {
    at: usize,
    array: Bytes,
}

/// While this lives, messages encoded on this thread may leave arrays out.
#[derive(Debug)]
pub(super) struct Awaiting(());

impl Awaiting {
    pub(super) fn begin() -> Self {
        NOTES.with_borrow_mut(|notes| notes.awaited = true);
        Self(())
    }

    /// The pieces of the frame that was encoded last, with the arrays where they belong.
    pub(super) fn complete(&self, mut frame: Bytes, mut push: impl FnMut(Bytes)) {
        let left_out = NOTES.with_borrow_mut(|notes| std::mem::take(&mut notes.left_out));
        if let Some(([flag, length @ ..], _)) = frame.split_first_chunk::<PREFIX>()
            && !left_out.is_empty()
        {
            let arrays = left_out.iter().map(|left_out| left_out.array.len() as u64);
            let length = u64::from(u32::from_be_bytes(*length)) + arrays.sum::<u64>();
            // `encode` leaves nothing out of longer messages.
            let length = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
            push(Bytes::from([&[*flag], &length[..]].concat()));
            frame = frame.slice(PREFIX..);
            let mut written = PREFIX;
            for LeftOut { at, array } in left_out {
                push(frame.split_to(at.saturating_sub(written).min(frame.len())));
                push(array);
                written = at;
            }
        }
        if !frame.is_empty() {
            push(frame);
        }
    }
}

impl Drop for Awaiting {
    fn drop(&mut self) {
        NOTES.with_borrow_mut(|notes| *notes = Notes::new());
    }
}

/// Where in its frame a buffer's next byte will be.
fn position(buffer: &impl BufMut) -> usize {
    let empty = BytesMut::new().remaining_mut();
    empty.saturating_sub(buffer.remaining_mut())
}

/// Encodes a message after reserving what it needs, and leaves arrays out where somebody puts them back.
pub(super) fn encode(message: &impl Message, buffer: &mut EncodeBuf<'_>) {
    // A message that gets compressed is encoded into an empty buffer; one that is not the first of its frame further on.
    let first = position(buffer) == PREFIX;
    let awaited = NOTES.with_borrow_mut(|notes| {
        notes.counted = (0, 0);
        notes.awaited
    });
    let length = message.encoded_len();
    let leaves_out = first && awaited && u32::try_from(length).is_ok();
    let left_out = NOTES.with_borrow_mut(|notes| {
        notes.encoding = leaves_out;
        if leaves_out { notes.counted.1 } else { 0 }
    });
    buffer.reserve(length.saturating_sub(left_out));
    message.encode_raw(buffer);
    NOTES.with_borrow_mut(|notes| notes.encoding = false);
}

/// Notes that an array's length was counted.
pub(super) fn count(array: &Bytes) {
    if array.len() >= MIN_LENGTH {
        NOTES.with_borrow_mut(|notes| {
            let (arrays, bytes) = &mut notes.counted;
            if *arrays < MAX_ARRAYS {
                *arrays += 1;
                *bytes += array.len();
            }
        });
    }
}

/// Writes an array, or leaves it out.
pub(super) fn put(array: &Bytes, buffer: &mut impl BufMut) {
    let leave_out = |notes: &mut Notes| {
        let leave_out = notes.encoding && notes.left_out.len() < MAX_ARRAYS;
        if leave_out {
            notes.left_out.push(LeftOut {
                at: position(buffer),
                array: array.clone(),
            });
        }
        leave_out
    };
    if array.len() < MIN_LENGTH || !NOTES.with_borrow_mut(leave_out) {
        buffer.put_slice(array);
    }
}

#[cfg(test)]
mod tests;
