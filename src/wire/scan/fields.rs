//! The fields to read, and what receives them.

use crate::wire::rpc::{Fact, Field, Read};

/// Longer strings are truncated. Milvus' names have at most 255 bytes, and only the beginning of a filter is shown.
pub(crate) const TEXT_LIMIT: usize = 4096;
/// The depth of the deepest path in the table: texts in a list that is bound to a filter of a hybrid search.
pub(super) const MAX_DEPTH: usize = 6;

/// Receives the fields that are read.
pub(crate) trait Sink {
    /// A string, or its first [`TEXT_LIMIT`] bytes. It need not be UTF-8.
    fn text(&mut self, fact: Fact, text: &[u8]);
    /// An integer, as the value of its varint: a negative int32 is a large u64.
    fn number(&mut self, fact: Fact, number: u64);
    /// The next bytes of an array of floats. They may end within a float.
    fn floats(&mut self, _fact: Fact, _bytes: &[u8]) {}
}

/// How to read the field of this tag; `None` to skip it. The fields of the table are in the order of their numbers, and so
/// are those of nearly every message, so the search continues at `from`, where the last one ended.
pub(super) fn wanted(
    fields: &'static [Field],
    from: &mut usize,
    tag: u64,
) -> Option<&'static Read> {
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
pub(super) fn varints(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte < 0x80).count() as u64
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Varint {
    value: u64,
    pub(super) shift: u32,
}

impl Varint {
    /// `Some(Ok)` with the value when it is complete, `Some(Err)` if it is not a varint.
    pub(super) fn push(&mut self, byte: u8) -> Option<Result<u64, ()>> {
        if self.shift > 63 || (self.shift == 63 && byte > 1) {
            return Some(Err(()));
        }
        self.value |= u64::from(byte & 0x7f) << self.shift;
        self.shift += 7;
        (byte < 0x80).then_some(Ok(self.value))
    }
}
