//! The operation that a context belongs to.

use crate::error::Clock;

/// Marks a context whose span is the span of an operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct CurrentOperation {
    pub(super) name: &'static str,
    /// The operation's clock. Its calls use the same clock, so that none of their spans ends after the operation's.
    pub(super) clock: Clock,
    /// In a stream, the number of the page being fetched, from 1.
    pub(super) page: Option<u32>,
}
