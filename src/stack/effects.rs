//! What the calls of one connection change: collections and rows.
//!
//! Every call passes through here, including those of [`Client::send`](crate::Client::send) and
//! [`Client::raw`](crate::Client::raw), and every handle of the connection shares the result. `proto/rpcs.toml` lists
//! which RPCs change what.

mod changes;
mod writes;

use std::sync::Arc;

use changes::Changes;
pub(crate) use changes::{Names, Pass};
pub(crate) use writes::LastWrite;
use writes::{Begun, Writes};

use crate::error::MilvusStatus;
use crate::wire::{Changes as Changed, Fact, Outgoing, Reader, Rpc, Sink, TEXT_LIMIT};

/// What one connection has changed.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    changes: Changes,
    writes: Writes,
}

impl Effects {
    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// The last write, which reads with session consistency must see.
    pub(crate) fn last_write(&self) -> LastWrite {
        self.writes.last()
    }

    /// After an error, drops the cached descriptions of the collections that the request names: they may be the cause.
    pub(super) fn failed(&self, rpc: &Rpc, request: &[u8], status: &MilvusStatus) {
        if contradicts(status) {
            let names = CollectionNames::read(rpc, [request]).names;
            self.changes.contradict(names.unwrap_or_default());
        }
    }
}

/// Whether an error may be caused by an outdated description of a collection. Limits, missing privileges and transient
/// failures are not.
fn contradicts(status: &MilvusStatus) -> bool {
    // Quota, not authenticated, not permitted, need to authenticate.
    const UNRELATED: [i32; 4] = [9, 1400, 1401, 1800];
    status.is_error()
        && !status.is_rate_limit()
        && !status.is_retriable()
        && !UNRELATED.contains(&status.code)
}

/// A call in flight that changes collections or rows. If it is dropped without an outcome, it may have happened.
#[derive(Debug)]
pub(super) struct Effect {
    effects: Arc<Effects>,
    changes: Option<Names>,
    writes: Option<Begun>,
}

impl Effect {
    /// `None` for a call that changes neither.
    pub(super) fn of(effects: &Arc<Effects>, rpc: &Rpc, request: &Outgoing) -> Option<Self> {
        if rpc.changes == Changed::Nothing && !rpc.writes {
            return None;
        }
        let changes = match rpc.changes {
            Changed::Nothing => None,
            Changed::All => Some(Names::ALL),
            Changed::Named => {
                let read = CollectionNames::read(rpc, request.pieces());
                // A request that cannot be read, for instance because it is compressed, may name any collection.
                Some(
                    read.names
                        .filter(|_| read.is_complete)
                        .unwrap_or(Names::ALL),
                )
            }
        };
        if let Some(names) = changes {
            effects.changes.begin(names);
        }
        Some(Self {
            effects: Arc::clone(effects),
            changes,
            writes: rpc.writes.then(|| effects.writes.begin()),
        })
    }

    /// Waits for writes in flight that were built for the collection as it is before the change.
    pub(super) async fn admitted(&self) {
        if let Some(names) = self.changes {
            self.effects.changes.wait_for_passes(names).await;
        }
    }

    /// The server did it; for a write, at this time, or 0 if unknown.
    pub(super) fn done(mut self, timestamp: u64) {
        if let Some(begun) = self.writes.take() {
            self.effects.writes.done(begun, timestamp);
        }
    }

    /// The server certainly did not do it.
    pub(super) fn refused(mut self) {
        self.writes = None;
    }
}

impl Drop for Effect {
    fn drop(&mut self) {
        if let Some(names) = self.changes {
            self.effects.changes.end(names);
        }
        if self.writes.is_some() {
            self.effects.writes.doubt();
        }
    }
}

/// The collections that a request names, by their names and aliases.
#[derive(Debug, Default)]
struct CollectionNames {
    names: Option<Names>,
    is_complete: bool,
}

impl CollectionNames {
    fn read(rpc: &Rpc, pieces: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        let mut read = Self::default();
        let mut message = Reader::new(rpc.request);
        for piece in pieces {
            message.feed(piece.as_ref(), &mut read);
        }
        read.is_complete = message.is_complete();
        read
    }
}

impl Sink for CollectionNames {
    fn text(&mut self, fact: Fact, text: &[u8]) {
        if !matches!(fact, Fact::Collection | Fact::OtherName) || text.is_empty() {
            return;
        }
        // No name is that long; the rest of the text is unknown.
        let name = if text.len() < TEXT_LIMIT {
            Names::of([text])
        } else {
            Names::ALL
        };
        self.names = Some(self.names.unwrap_or_default() | name);
    }

    fn number(&mut self, _: Fact, _: u64) {}
}
