//! Large arrays that go on the wire from where they are, instead of being copied into the encoded message.
//!
//! prost encodes a message into one buffer. What is encoded here leaves large arrays out of it, notes where they belong,
//! and puts them between the pieces of it. prost has no way to hand the notes on, so the thread does: nothing else
//! happens on it meanwhile.

use std::cell::RefCell;

use bytes::{BufMut, Bytes, BytesMut};
use prost::Message;
use tonic::Status;

/// Shorter arrays are copied: a few pieces more cost as much. Of those within one row only the vectors of structs can be
/// as long.
const MIN_LENGTH: usize = 64 * 1024;
/// More arrays than this are not left out of one message.
const MAX_ARRAYS: usize = 31;
/// A message is at most so many pieces: the arrays, and what is before and after each of them.
pub(super) const MAX_PIECES: usize = 2 * MAX_ARRAYS + 1;
/// What gRPC puts before a message: a flag, and its length in 4 bytes.
const PREFIX: usize = 5;

thread_local! {
    static NOTES: RefCell<Notes> = const { RefCell::new(Notes::new()) };
}

struct Notes {
    /// A message is being encoded here.
    encoding: bool,
    /// How many arrays there are to be left out, and their bytes.
    counted: (usize, usize),
    left_out: Vec<LeftOut>,
}

impl Notes {
    const fn new() -> Self {
        Self {
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

/// While this lives, arrays may be left out of what this thread encodes.
struct Noting(());

impl Noting {
    fn begin() -> Self {
        NOTES.with_borrow_mut(|notes| {
            // What is encoded elsewhere is counted too.
            *notes = Notes {
                encoding: true,
                ..Notes::new()
            };
        });
        Self(())
    }
}

impl Drop for Noting {
    fn drop(&mut self) {
        NOTES.with_borrow_mut(|notes| *notes = Notes::new());
    }
}

/// Encodes a message as gRPC sends it, piece by piece. All that has to be copied goes into one buffer, made once.
pub(super) fn frame(message: &impl Message, mut push: impl FnMut(Bytes)) -> Result<(), Status> {
    let _noting = Noting::begin();
    let length = message.encoded_len();
    let prefix = u32::try_from(length).map_err(|_| {
        Status::resource_exhausted(format!(
            "a message of {length} bytes is longer than gRPC can send"
        ))
    })?;
    let left_out = NOTES.with_borrow(|notes| notes.counted.1);
    let mut frame = BytesMut::with_capacity(room(PREFIX + length.saturating_sub(left_out)));
    frame.put_u8(0);
    frame.put_u32(prefix);
    message.encode_raw(&mut frame);
    let mut frame = frame.freeze();
    let left_out = NOTES.with_borrow_mut(|notes| std::mem::take(&mut notes.left_out));
    let mut written = 0;
    for LeftOut { at, array } in left_out {
        push(frame.split_to(at.saturating_sub(written).min(frame.len())));
        push(array);
        written = at;
    }
    if !frame.is_empty() {
        push(frame);
    }
    Ok(())
}

/// How much memory is asked for to hold a frame of this length.
///
/// glibc gives memory back to the system when more than twice the largest block so far is unused. Of a search for many
/// vectors that is the vectors and their frame, which are of one size: just above that with an exact frame, so that it
/// would be given back and asked for again with every call. What is not written to takes no memory.
fn room(length: usize) -> usize {
    const LARGE: usize = 1024 * 1024;
    if length < LARGE {
        length
    } else {
        length.checked_next_power_of_two().unwrap_or(length)
    }
}

/// Where in its frame a buffer's next byte will be.
fn position(buffer: &impl BufMut) -> usize {
    let empty = BytesMut::new().remaining_mut();
    empty.saturating_sub(buffer.remaining_mut())
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
