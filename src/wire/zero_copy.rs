//! Sends large arrays directly from their memory, instead of copying them into the encoded message.
//!
//! prost encodes a message into one buffer. Here, large arrays are left out of the buffer, their positions are
//! recorded, and the message is sent in pieces, with the arrays in between. prost cannot pass a recorder to the fields,
//! so it is a thread-local: the thread does nothing else while it encodes.

use std::cell::RefCell;

use bytes::{BufMut, Bytes, BytesMut};
use prost::Message;
use tonic::Status;
use zeroize::Zeroizing;

use super::PREFIX;

/// Shorter arrays are copied, which costs no more than additional pieces.
const MIN_LENGTH: usize = 64 * 1024;
/// How many arrays are left out of one message at most.
const MAX_ARRAYS: usize = 31;
/// How many pieces a message has at most: the arrays, and the parts before and after each of them.
pub(super) const MAX_PIECES: usize = 2 * MAX_ARRAYS + 1;

thread_local! {
    static RECORDER: RefCell<Recorder> = const { RefCell::new(Recorder::new()) };
}

struct Recorder {
    /// Whether `frame` is encoding a message.
    encoding: bool,
    /// The number of arrays that will be left out, and the sum of their lengths.
    counted: (usize, usize),
    splices: Vec<Splice>,
}

impl Recorder {
    const fn new() -> Self {
        Self {
            encoding: false,
            counted: (0, 0),
            splices: Vec::new(),
        }
    }
}

/// An array that was left out, and its position in the frame.
struct Splice {
    at: usize,
    array: Bytes,
}

/// While this exists, large arrays are left out of the message that the thread encodes.
struct Recording(());

impl Recording {
    fn begin() -> Self {
        RECORDER.with_borrow_mut(|recorder| {
            // Lengths are also counted when a message is encoded elsewhere.
            *recorder = Recorder {
                encoding: true,
                ..Recorder::new()
            };
        });
        Self(())
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        RECORDER.with_borrow_mut(|recorder| *recorder = Recorder::new());
    }
}

/// Encodes a message with its prefix, in pieces. What has to be copied goes into one buffer, allocated once.
pub(super) fn frame(message: &impl Message, mut push: impl FnMut(Bytes)) -> Result<(), Status> {
    let _recording = Recording::begin();
    let length = message.encoded_len();
    let prefix = prefix(length)?;
    let left_out = RECORDER.with_borrow(|recorder| recorder.counted.1);
    let mut frame = BytesMut::with_capacity(capacity(PREFIX + length.saturating_sub(left_out)));
    frame.put_u8(0);
    frame.put_u32(prefix);
    message.encode_raw(&mut frame);
    let mut frame = frame.freeze();
    let left_out = RECORDER.with_borrow_mut(|recorder| std::mem::take(&mut recorder.splices));
    let mut written = 0;
    for Splice { at, array } in left_out {
        push(frame.split_to(at.saturating_sub(written).min(frame.len())));
        push(array);
        written = at;
    }
    if !frame.is_empty() {
        push(frame);
    }
    Ok(())
}

/// Encodes a message with its prefix. The bytes are overwritten when the last reference to them is dropped.
pub(super) fn secret_frame(message: &impl Message) -> Result<Bytes, Status> {
    let length = message.encoded_len();
    // Allocated once, so that no copy of a shorter buffer stays behind.
    let mut frame = Zeroizing::new(Vec::with_capacity(PREFIX + length));
    frame.put_u8(0);
    frame.put_u32(prefix(length)?);
    message.encode_raw(&mut *frame);
    Ok(Bytes::from_owner(frame))
}

/// The length of a message, as its prefix states it.
fn prefix(length: usize) -> Result<u32, Status> {
    u32::try_from(length).map_err(|_| {
        Status::resource_exhausted(format!(
            "the message has {length} bytes, more than gRPC can send"
        ))
    })
}

/// The capacity to allocate for a frame of this length.
///
/// glibc returns memory to the system if more than twice the size of the largest block is unused. A search for many vectors
/// frees the vectors and their frame, which have about the same length, and with an exact capacity would exceed this limit
/// just barely, with every call. Unused capacity is never written to, so it costs no memory.
fn capacity(length: usize) -> usize {
    const LARGE: usize = 1024 * 1024;
    if length < LARGE {
        length
    } else {
        length.checked_next_power_of_two().unwrap_or(length)
    }
}

/// The position of a buffer's next byte in the frame.
fn position(buffer: &impl BufMut) -> usize {
    let empty = BytesMut::new().remaining_mut();
    empty.saturating_sub(buffer.remaining_mut())
}

/// Records that the length of an array was counted.
pub(super) fn count(array: &Bytes) {
    if array.len() >= MIN_LENGTH {
        RECORDER.with_borrow_mut(|recorder| {
            let (arrays, bytes) = &mut recorder.counted;
            if *arrays < MAX_ARRAYS {
                *arrays += 1;
                *bytes += array.len();
            }
        });
    }
}

/// Writes an array, or leaves it out and records its position.
pub(super) fn put(array: &Bytes, buffer: &mut impl BufMut) {
    let leave_out = |recorder: &mut Recorder| {
        let leave_out = recorder.encoding && recorder.splices.len() < MAX_ARRAYS;
        if leave_out {
            recorder.splices.push(Splice {
                at: position(buffer),
                array: array.clone(),
            });
        }
        leave_out
    };
    if array.len() < MIN_LENGTH || !RECORDER.with_borrow_mut(leave_out) {
        buffer.put_slice(array);
    }
}

#[cfg(test)]
mod tests;
