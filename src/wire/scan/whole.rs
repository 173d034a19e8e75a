//! Reads a message that is all there.

use super::{MAX_DEPTH, PREFIX, Sink, TEXT_LIMIT, Varint, varints, wanted};
use crate::wire::rpc::{Field, Read};

/// The message that a piece begins with, if it holds all of it.
pub(super) fn whole(piece: &[u8]) -> Option<&[u8]> {
    let (prefix, rest) = piece.split_first_chunk::<PREFIX>()?;
    let [0, length @ ..] = *prefix else {
        return None;
    };
    rest.get(..u32::from_be_bytes(length) as usize)
}

/// Reads a message that is all there; `None` where it cannot be read further.
pub(super) fn read_whole(
    mut bytes: &[u8],
    fields: &'static [Field],
    depth: usize,
    sink: &mut impl Sink,
) -> Option<()> {
    while !bytes.is_empty() {
        let tag = take_varint(&mut bytes)?;
        let wanted = wanted(fields, tag);
        match tag & 7 {
            0 => {
                let value = take_varint(&mut bytes)?;
                if let Some(Read::Number(fact)) = wanted {
                    sink.number(*fact, value);
                }
            }
            1 => bytes = bytes.get(8..)?,
            5 => bytes = bytes.get(4..)?,
            2 => {
                let length = usize::try_from(take_varint(&mut bytes)?).ok()?;
                let (mut value, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                match wanted {
                    None => {}
                    Some(Read::Text(fact)) => {
                        sink.text(*fact, &value[..value.len().min(TEXT_LIMIT)])
                    }
                    Some(Read::Number(fact)) => {
                        while !value.is_empty() {
                            sink.number(*fact, take_varint(&mut value)?);
                        }
                    }
                    Some(Read::Varints(fact)) if !value.is_empty() => {
                        sink.number(*fact, varints(value))
                    }
                    Some(Read::Varints(_)) => {}
                    Some(Read::Present(fact)) => sink.number(*fact, 1),
                    Some(Read::Message(fields)) if depth + 1 < MAX_DEPTH => {
                        read_whole(value, fields, depth + 1, sink)?
                    }
                    Some(Read::Message(_)) => {}
                }
            }
            _ => return None,
        }
    }
    Some(())
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    // Most tags, lengths and numbers are one byte, and most others two.
    match *bytes {
        [byte @ 0..0x80, rest @ ..] => {
            *bytes = rest;
            return Some(u64::from(*byte));
        }
        [low, high @ 0..0x80, rest @ ..] => {
            *bytes = rest;
            return Some(u64::from(low & 0x7f) | u64::from(*high) << 7);
        }
        _ => {}
    }
    let mut varint = Varint::default();
    let mut rest = *bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match varint.push(*byte) {
            None => {}
            Some(value) => {
                *bytes = rest;
                return value.ok();
            }
        }
    }
    None
}
