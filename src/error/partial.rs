use std::ops::Range;

use crate::proto::schema::IDs;

/// What became of the rows of a write that was too large for one call, when one of its parts failed.
///
/// Parts go in order and stop at the first failure, so the rows fall into three runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialWrite {
    pub(crate) written: usize,
    pub(crate) failed: usize,
    pub(crate) total: usize,
    pub(crate) ids: Option<IDs>,
}

impl PartialWrite {
    /// The rows that are in.
    pub fn written(&self) -> Range<usize> {
        0..self.written
    }

    /// The rows of the part that failed: not in, unless the error says that it
    /// [may have happened](crate::Error::may_have_happened).
    pub fn failed(&self) -> Range<usize> {
        self.written..self.failed
    }

    /// The rows that were never sent.
    pub fn unsent(&self) -> Range<usize> {
        self.failed..self.total
    }

    pub(crate) fn proto_ids(&self) -> Option<&IDs> {
        self.ids.as_ref()
    }
}
