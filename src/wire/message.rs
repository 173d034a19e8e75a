//! Receives the answer of a unary call: one message, in any number of frames.

use bytes::{Bytes, BytesMut};
use prost::Message;
use tonic::Status;

use super::PREFIX;

/// How much memory is reserved on the strength of the length in the prefix. Beyond it, memory is allocated as data
/// arrives.
pub(super) const MAX_RESERVED: usize = 64 * 1024 * 1024;

/// The longest frame that a server sends by default. A longer one was joined from several, in its own memory.
const LONGEST_FRAME: usize = 16 * 1024;

/// The part of an answer that has been received.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// The first frame, which usually is the only one.
    first: Bytes,
    /// All frames, if there are several.
    all: BytesMut,
}

impl Gathered {
    /// Takes the next frame. If it completes the message, decodes it and returns true. The vectors of a message in several
    /// frames share its buffer.
    pub(crate) fn push(
        &mut self,
        frame: Bytes,
        message: &mut impl Message,
    ) -> Result<bool, Status> {
        let read = if self.first.is_empty() && self.all.is_empty() {
            self.first = frame;
            let payload = payload(&self.first)?;
            payload.map(|payload| match self.first.len() > LONGEST_FRAME {
                true => message.merge(self.first.slice_ref(payload)),
                // Copied from the frame, which is part of the connection's buffer: sharing it would keep the buffer
                // from being reused.
                false => message.merge(payload),
            })
        } else {
            if self.all.is_empty() {
                let stated = length(&self.first).map_or(0, |length| length.min(MAX_RESERVED));
                self.all.reserve(PREFIX + stated);
                self.all.extend_from_slice(&std::mem::take(&mut self.first));
            }
            self.all.extend_from_slice(&frame);
            let end = payload(&self.all)?.map(|payload| PREFIX + payload.len());
            end.map(|end| {
                let all = std::mem::take(&mut self.all).freeze();
                message.merge(all.slice(PREFIX..end))
            })
        };
        let read = read
            .transpose()
            .map_err(|error| Status::internal(format!("the answer could not be decoded: {error}")));
        read.map(|read| read.is_some())
    }
}

/// The bytes of the message; `None` if they are incomplete.
fn payload(answer: &[u8]) -> Result<Option<&[u8]>, Status> {
    let why = match answer.first() {
        None | Some(0) => None,
        Some(1) => Some("the answer is compressed, but the client does not accept compression"),
        // Perhaps a proxy's page.
        Some(_) => Some("not a gRPC response; is this a Milvus endpoint?"),
    };
    if let Some(why) = why {
        return Err(Status::internal(why));
    }
    let message = length(answer).and_then(|length| answer[PREFIX..].get(..length));
    Ok(message)
}

/// The length of the message, from the prefix.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let header = bytes.get(1..PREFIX)?;
    let length = header.try_into().ok().map(u32::from_be_bytes)?;
    usize::try_from(length).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::common::KeyValuePair;

    fn gather(frames: &[&'static [u8]]) -> Result<bool, Status> {
        let (mut gathered, mut message) = (Gathered::default(), KeyValuePair::default());
        let pushed = frames
            .iter()
            .map(|frame| gathered.push(Bytes::from_static(frame), &mut message));
        pushed.last().unwrap()
    }

    #[test]
    fn a_message_is_read_however_it_is_cut() {
        let message = KeyValuePair {
            key: "topk".into(),
            value: "10".into(),
        };
        let frame = Bytes::from_static(b"\0\0\0\0\x0a\x0a\x04topk\x12\x0210");
        for cut in 0..frame.len() {
            let (mut gathered, mut read) = (Gathered::default(), KeyValuePair::default());
            for early in [frame.slice(..cut), Bytes::new()] {
                assert!(!gathered.push(early, &mut read).unwrap());
            }
            assert!(gathered.push(frame.slice(cut..), &mut read).unwrap());
            assert_eq!(read, message, "{cut}");
        }
    }

    #[test]
    fn the_rest_of_an_incomplete_answer_is_awaited() {
        let cases: [&[&'static [u8]]; 4] = [
            &[b""],
            &[b"\0\0"],
            &[b"\0\0\0\0\x05ab"],
            &[b"\0\xff\xff", b"\xff\xffa"],
        ];
        for frames in cases {
            assert!(!gather(frames).unwrap(), "{frames:?}");
        }
    }

    #[test]
    fn an_answer_that_is_not_a_message_is_refused() {
        for (answer, why) in [
            (
                b"\x01\0\0",
                "the answer is compressed, but the client does not accept compression",
            ),
            (b"<ht", "not a gRPC response; is this a Milvus endpoint?"),
        ] {
            assert_eq!(gather(&[answer]).unwrap_err().message(), why);
        }
        let nonsense = gather(&[b"\0\0\0\0\x01\x0f"]).unwrap_err();
        assert!(
            nonsense
                .message()
                .starts_with("the answer could not be decoded: "),
            "{nonsense}"
        );
    }
}
