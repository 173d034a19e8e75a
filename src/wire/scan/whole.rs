//! Reads a message that is complete in one piece.

use super::fields::{MAX_DEPTH, Sink, TEXT_LIMIT, Varint, varints, wanted};
use crate::wire::PREFIX;
use crate::wire::rpc::{Fact, Field, Read};

/// The message at the beginning of a piece, if the piece contains all of it.
pub(super) fn whole(piece: &[u8]) -> Option<&[u8]> {
    let (prefix, rest) = piece.split_first_chunk::<PREFIX>()?;
    let [0, length @ ..] = *prefix else {
        return None;
    };
    rest.get(..u32::from_be_bytes(length) as usize)
}

/// Reads a complete message; `None` if it is malformed.
pub(super) fn read_whole(
    mut bytes: &[u8],
    fields: &'static [Field],
    depth: usize,
    sink: &mut impl Sink,
) -> Option<()> {
    let mut from = 0;
    while !bytes.is_empty() {
        let tag = take_varint(&mut bytes)?;
        let wanted = wanted(fields, &mut from, tag);
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
                    Some(Read::NonEmpty(fact)) if !value.is_empty() => sink.number(*fact, 1),
                    Some(Read::NonEmpty(_)) => {}
                    Some(Read::Floats(fact)) => sink.floats(*fact, value),
                    Some(Read::First(fact)) => {
                        sink.number(*fact, value.len() as u64);
                        return Some(());
                    }
                    Some(Read::Pair(fields)) if pair(value, fields, sink).is_some() => {}
                    Some(Read::QueryVectors(_)) if query_vectors(value, sink).is_some() => {}
                    Some(Read::Message(fields) | Read::Pair(fields)) if depth + 1 < MAX_DEPTH => {
                        read_whole(value, fields, depth + 1, sink)?
                    }
                    Some(Read::Embedded(fields) | Read::QueryVectors(fields))
                        if depth + 1 < MAX_DEPTH =>
                    {
                        let _unreadable = read_whole(value, fields, depth + 1, sink);
                    }
                    Some(
                        Read::Message(_)
                        | Read::Pair(_)
                        | Read::Embedded(_)
                        | Read::QueryVectors(_),
                    ) => {}
                }
            }
            _ => return None,
        }
    }
    Some(())
}

/// The tag of a field with a length.
const fn tag(field: u8) -> u8 {
    field << 3 | 2
}

/// Reads the type of the vectors, and the length of the first one, in a `PlaceholderGroup` whose fields are in the usual
/// order: a tag, the type, the vectors. `None` for another order, which [`read_whole`] reads.
///
/// With this function and [`pair`], reading a search takes 900 instructions instead of 1900.
fn query_vectors(mut group: &[u8], sink: &mut impl Sink) -> Option<()> {
    const KIND: u8 = 2 << 3;
    while !group.is_empty() {
        let mut placeholder = take(&mut group, tag(1))?;
        let _name = take(&mut placeholder, tag(1))?;
        let (&KIND, mut vectors) = placeholder.split_first()? else {
            return None;
        };
        let kind = take_varint(&mut vectors)?;
        let first = take(&mut vectors, tag(3))?;
        sink.number(Fact::VectorType, kind);
        sink.number(Fact::VectorLength, first.len() as u64);
    }
    Some(())
}

/// Reads a pair whose fields are in the usual order, the key first; `None` for another order.
fn pair(mut bytes: &[u8], fields: &'static [Field], sink: &mut impl Sink) -> Option<()> {
    let [
        Field {
            read: Read::Text(key),
            ..
        },
        Field {
            read: Read::Text(value),
            ..
        },
    ] = fields
    else {
        return None;
    };
    let first = take(&mut bytes, tag(1))?;
    let second = take(&mut bytes, tag(2))?;
    bytes.is_empty().then(|| {
        sink.text(*key, &first[..first.len().min(TEXT_LIMIT)]);
        sink.text(*value, &second[..second.len().min(TEXT_LIMIT)]);
    })
}

/// Reads the next field, if it has this tag.
fn take<'a>(bytes: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (first, mut rest) = bytes.split_first()?;
    let length = (*first == tag).then(|| take_varint(&mut rest))??;
    let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = rest;
    Some(value)
}

#[inline(always)]
fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    // Most tags, lengths and numbers are one byte.
    match *bytes {
        [byte @ 0..0x80, rest @ ..] => {
            *bytes = rest;
            Some(u64::from(*byte))
        }
        _ => take_long_varint(bytes),
    }
}

fn take_long_varint(bytes: &mut &[u8]) -> Option<u64> {
    // Most others are two.
    if let [low, high @ 0..0x80, rest @ ..] = *bytes {
        *bytes = rest;
        return Some(u64::from(low & 0x7f) | (u64::from(*high) << 7));
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
