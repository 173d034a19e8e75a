//! The one message that comes back from a unary call, in as many frames as the server likes.

use bytes::{Bytes, BytesMut};
use prost::Message;
use tonic::Status;

/// What gRPC puts before a message: whether it is compressed, and its length.
const HEADER: usize = 5;

/// So much room is made for a message because its beginning says it is that long; more only when it has come.
const BELIEVED: usize = 64 * 1024 * 1024;

/// An answer as far as it has come.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Kept apart, because most answers come in one frame.
    first: Bytes,
    /// All frames, where there are more.
    all: BytesMut,
}

impl Gathered {
    /// Takes the next frame, and reads the message when that was its last: then it is true. The vectors in a message
    /// share its buffer, where it came in more than one frame.
    pub(crate) fn push(
        &mut self,
        frame: Bytes,
        message: &mut impl Message,
    ) -> Result<bool, Status> {
        let read = if self.first.is_empty() && self.all.is_empty() {
            self.first = frame;
            // What is in a single frame is copied out of it: it is part of the connection's buffer, which is used again.
            payload(&self.first)?.map(|payload| message.merge(payload))
        } else {
            if self.all.is_empty() {
                let said = length(&self.first).map_or(0, |length| length.min(BELIEVED));
                self.all.reserve(HEADER + said);
                self.all.extend_from_slice(&std::mem::take(&mut self.first));
            }
            self.all.extend_from_slice(&frame);
            let end = payload(&self.all)?.map(|payload| HEADER + payload.len());
            end.map(|end| {
                let all = std::mem::take(&mut self.all).freeze();
                message.merge(all.slice(HEADER..end))
            })
        };
        let read = read
            .transpose()
            .map_err(|error| Status::internal(format!("the answer could not be decoded: {error}")));
        read.map(|read| read.is_some())
    }
}

/// The message's own bytes, once they are there.
fn payload(answer: &[u8]) -> Result<Option<&[u8]>, Status> {
    let why = match answer.first() {
        None | Some(0) => None,
        Some(1) => Some("the answer is compressed, which was not asked for"),
        // What a proxy says of itself, as a page perhaps.
        Some(_) => Some("the answer is no gRPC message: is it Milvus that answers?"),
    };
    if let Some(why) = why {
        return Err(Status::internal(why));
    }
    let message = length(answer).and_then(|length| answer[HEADER..].get(..length));
    Ok(message)
}

/// What the answer says of its message's length.
fn length(bytes: &[u8]) -> Option<usize> {
    let header = bytes.get(1..HEADER)?;
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
    fn an_answer_that_is_not_all_there_is_waited_for() {
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
    fn an_answer_that_is_no_message_is_refused() {
        for (answer, why) in [
            (
                b"\x01\0\0",
                "the answer is compressed, which was not asked for",
            ),
            (
                b"<ht",
                "the answer is no gRPC message: is it Milvus that answers?",
            ),
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
