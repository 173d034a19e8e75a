use std::ops::Range;

use crate::proto::schema::IDs;

/// Which rows of a write were written, if it was too large for one call and a part of it failed.
///
/// Parts are sent in order until one fails, so the rows form three ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialWrite {
    pub(crate) written: usize,
    pub(crate) failed: usize,
    pub(crate) total: usize,
    pub(crate) ids: Option<IDs>,
}

impl PartialWrite {
    /// Returns the rows that were written.
    pub fn written(&self) -> Range<usize> {
        0..self.written
    }

    /// Returns the rows of the part that failed. They were not written, unless the error
    /// [may have happened](crate::Error::may_have_happened).
    pub fn failed(&self) -> Range<usize> {
        self.written..self.failed
    }

    /// Returns the rows that were not sent.
    pub fn unsent(&self) -> Range<usize> {
        self.failed..self.total
    }

    pub(crate) fn proto_ids(&self) -> Option<&IDs> {
        self.ids.as_ref()
    }
}
