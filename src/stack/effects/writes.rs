//! When a connection last wrote.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long the server may still be working on a write that failed here.
const DOUBT: Duration = Duration::from_secs(60);

/// The newest write of a connection, over all collections and databases. A read cannot know by which aliases its
/// collection was written to, and a time that is later than necessary costs it a short wait at most.
#[derive(Debug, Default)]
pub(super) struct Writes(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    newest: Option<u64>,
    /// How many writes have no known time.
    unknown: u64,
    /// How many of those were answered before a write with a known time began.
    covered: u64,
    /// When a write that may have happened last failed.
    doubted: Option<Instant>,
}

/// A write in flight: how many writes without a known time were answered before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun(u64);

/// The time of the last write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastWrite {
    /// Nothing was written.
    None,
    /// The server's time of the write.
    At(u64),
    /// The server did not report it, or the write failed and may have happened.
    Unknown,
}

impl Writes {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self) -> Begun {
        Begun(self.state().unknown)
    }

    /// `timestamp` is 0 if the server does not report it, as Milvus 2.3 for a delete.
    pub(super) fn done(&self, begun: Begun, timestamp: u64) {
        let mut state = self.state();
        if timestamp == 0 {
            state.unknown += 1;
        } else {
            state.newest = state.newest.max(Some(timestamp));
            state.covered = state.covered.max(begun.0);
        }
    }

    /// A write that may have happened, or may still happen, failed.
    pub(super) fn doubt(&self) {
        let mut state = self.state();
        state.unknown += 1;
        state.doubted = Some(Instant::now());
    }

    pub(super) fn last(&self) -> LastWrite {
        let state = self.state();
        if state.unknown > state.covered
            || state
                .doubted
                .is_some_and(|doubted| doubted.elapsed() < DOUBT)
        {
            return LastWrite::Unknown;
        }
        state.newest.map_or(LastWrite::None, LastWrite::At)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_later_write_with_a_timestamp_makes_it_known_again() {
        let writes = Writes::default();
        assert_eq!(writes.last(), LastWrite::None);
        writes.done(writes.begin(), 5);
        writes.done(writes.begin(), 3);
        assert_eq!(writes.last(), LastWrite::At(5));

        let beside = writes.begin();
        writes.done(writes.begin(), 0);
        assert_eq!(writes.last(), LastWrite::Unknown);
        writes.done(beside, 6);
        assert_eq!(writes.last(), LastWrite::Unknown, "it may have been before");
        writes.done(writes.begin(), 7);
        assert_eq!(writes.last(), LastWrite::At(7));

        writes.doubt();
        writes.done(writes.begin(), 8);
        assert_eq!(writes.last(), LastWrite::Unknown, "it may still be done");
        tokio::time::advance(DOUBT).await;
        assert_eq!(writes.last(), LastWrite::At(8));
    }
}
