//! The operation that a context belongs to.

use crate::error::Clock;

/// Marks a context whose span is that of an operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct CurrentOperation {
    pub(super) name: &'static str,
    /// The clock of the operation, from which its calls take their times, so that none outlasts it.
    pub(super) clock: Clock,
    /// The number of the page that is fetched, from 1, in a stream.
    pub(super) page: Option<u32>,
}
