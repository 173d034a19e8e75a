//! The other side of the connection, as far as it has shown itself, and who waits for it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::otel::{ConnectionMetrics, Counted, TrackedPeer};

/// What is known of the other side, for spans, metrics and messages.
///
/// It is about the newest connection, which need not be the one a call was lost on: no decision to send a call again
/// may rest on it.
#[derive(Debug)]
pub(crate) struct Peer {
    known: Mutex<Known>,
    /// Connections made so far, and in the low half those that are open.
    connections: AtomicU64,
    metrics: ConnectionMetrics,
}

const MADE: u64 = 1 << 32;
const OPEN: u64 = MADE - 1;

#[derive(Debug, Default)]
struct Known {
    address: Option<SocketAddr>,
    progress: Progress,
    mismatch: Option<&'static str>,
    /// Connections that are open: one, or for a moment two.
    open: u32,
    /// Requests waiting for a connection, and how often such waits ended: a wait that ended has not to end again.
    waiting: Vec<Option<Counted>>,
    waits: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// No connection was asked for, or it is somebody else's.
    #[default]
    Unknown,
    LookingUp,
    Connecting,
    Accepted,
    Heard,
}

impl Peer {
    pub(crate) fn new(metrics: ConnectionMetrics) -> Self {
        Self {
            known: Mutex::default(),
            connections: AtomicU64::default(),
            metrics,
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the connection ended before the server said anything in this protocol, if it did.
    pub(super) fn mismatch(&self) -> Option<&'static str> {
        self.known().mismatch
    }

    /// Whether the server has said anything on the newest connection.
    pub(super) fn was_heard(&self) -> bool {
        self.known().progress == Progress::Heard
    }

    /// What was waited for in vain.
    pub(super) fn silence(&self, waited: Duration) -> String {
        match self.known().progress {
            Progress::Unknown => format!("no answer within {waited:?}"),
            Progress::LookingUp => {
                format!("no name server said within {waited:?} where that is")
            }
            Progress::Connecting => {
                format!("nobody accepted the connection within {waited:?}")
            }
            Progress::Accepted => format!(
                "the connection was accepted, but the server said nothing within {waited:?}"
            ),
            Progress::Heard => {
                format!("connected, but the server did not answer within {waited:?}")
            }
        }
    }

    /// To be held by a request for as long as it is on its way; counts while there is no connection.
    pub(super) fn wait(self: &Arc<Self>) -> Option<Waiting> {
        let mut known = self.known();
        if known.open > 0 {
            return None;
        }
        known.waiting.push(self.metrics.pending());
        let wait = known.waits;
        drop(known);
        Some(Waiting {
            peer: Arc::clone(self),
            wait,
        })
    }

    pub(super) fn connecting(&self) {
        let mut known = self.known();
        known.progress = Progress::Connecting;
        known.mismatch = None;
    }

    /// The host has a name, whose addresses are not known yet.
    pub(super) fn looking_up(&self) {
        self.known().progress = Progress::LookingUp;
    }

    /// They are now.
    pub(super) fn found(&self) {
        self.known().progress = Progress::Connecting;
    }

    /// What is returned counts the connection: it is to be held for as long as that is open.
    pub(super) fn connected(&self, address: Option<SocketAddr>, took: Duration) -> Option<Counted> {
        let mut known = self.known();
        known.address = address;
        known.progress = Progress::Accepted;
        known.open += 1;
        self.connections.fetch_add(MADE | 1, Ordering::Relaxed);
        known.waits += 1;
        known.waiting.clear();
        drop(known);
        self.metrics.connected(took)
    }

    pub(super) fn heard(&self) {
        self.known().progress = Progress::Heard;
    }

    pub(super) fn mismatched(&self, why: &'static str) {
        self.known().mismatch = Some(why);
    }

    pub(super) fn closed(&self) {
        let mut known = self.known();
        if known.open > 0 {
            known.open -= 1;
            self.connections.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl TrackedPeer for Peer {
    fn mark(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// A channel has one connection, and makes another when that one ends. So a request went by the only one there was,
    /// or by the only one that was made meanwhile where there was none.
    fn since(&self, mark: u64) -> Option<SocketAddr> {
        let known = self.known();
        let made = (self.mark() - (mark & !OPEN)) / MADE;
        match (mark & OPEN, made) {
            (1, 0) | (0, 1) => known.address,
            _ => None,
        }
    }
}

/// A request that waits for a connection.
#[derive(Debug)]
pub(crate) struct Waiting {
    peer: Arc<Peer>,
    wait: u64,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut known = self.peer.known();
        if known.waits == self.wait {
            known.waiting.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otel::OtelLayer;

    #[test]
    fn the_connection_is_told_where_it_can_be_no_other() {
        let peer = Peer::new(OtelLayer::new().connection_metrics(""));
        let address = |host| SocketAddr::from(([10, 0, 0, host], 19530));
        let connect = |host| drop(peer.connected(Some(address(host)), Duration::ZERO));
        let before_any = peer.mark();
        assert_eq!(peer.since(before_any), None, "nobody answers");
        connect(1);
        assert_eq!(peer.since(before_any), Some(address(1)));
        let on_the_first = peer.mark();
        assert_eq!(peer.since(on_the_first), Some(address(1)));
        peer.closed();
        assert_eq!(
            peer.since(on_the_first),
            Some(address(1)),
            "lost on the way"
        );
        let between = peer.mark();
        connect(2);
        assert_eq!(peer.since(on_the_first), None, "either of the two");
        assert_eq!(peer.since(between), Some(address(2)));
        connect(3);
        assert_eq!(peer.since(between), None, "either of the two");
        assert_eq!(peer.since(peer.mark()), None, "both are open");
    }
}
