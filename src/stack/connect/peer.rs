//! The state of the newest connection to a server, and the requests that wait for a connection.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::otel::{ConnectionMetrics, CountGuard, TrackedPeer};

/// The state of the newest connection, for spans, metrics and error messages.
///
/// A call may have been lost on an older connection, so no decision to send a call again may depend on this state.
#[derive(Debug)]
pub(crate) struct Peer {
    state: Mutex<State>,
    /// In the high half, the number of connections made so far; in the low half, the number of open ones.
    connections: AtomicU64,
    metrics: ConnectionMetrics,
}

const MADE: u64 = 1 << 32;
const OPEN: u64 = MADE - 1;

#[derive(Debug, Default)]
struct State {
    address: Option<SocketAddr>,
    progress: Progress,
    mismatch: Option<&'static str>,
    /// The number of open connections: usually one, two for a moment while one replaces another.
    open: u32,
    /// The metrics of the requests that wait for a connection.
    pending: Vec<Option<CountGuard>>,
    /// How often `pending` was cleared, so that a request does not end its wait twice.
    cleared: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// No connection was requested, or the user's own service makes them.
    #[default]
    Unknown,
    LookingUp,
    Connecting,
    Accepted,
    Responsive,
}

impl Peer {
    pub(crate) fn new(metrics: ConnectionMetrics) -> Self {
        Self {
            state: Mutex::default(),
            connections: AtomicU64::default(),
            metrics,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the connection ended without a valid response, if it did.
    pub(super) fn mismatch(&self) -> Option<&'static str> {
        self.state().mismatch
    }

    /// Whether anything was received on the newest connection.
    pub(super) fn is_responsive(&self) -> bool {
        self.state().progress == Progress::Responsive
    }

    /// Why nothing happened within the time `waited`.
    pub(super) fn timeout_reason(&self, waited: Duration) -> String {
        match self.state().progress {
            Progress::Unknown => format!("no answer within {waited:?}"),
            Progress::LookingUp => {
                format!("DNS lookup timed out after {waited:?}")
            }
            Progress::Connecting => {
                format!("no connection was accepted within {waited:?}")
            }
            Progress::Accepted => format!(
                "the connection was accepted, but the server sent nothing within {waited:?}"
            ),
            Progress::Responsive => {
                format!("connected, but the server did not answer within {waited:?}")
            }
        }
    }

    /// Counts a request as pending until there is a connection or the guard is dropped. `None` if there is a connection.
    pub(super) fn request(self: &Arc<Self>) -> Option<PendingRequest> {
        let mut state = self.state();
        if state.open > 0 {
            return None;
        }
        state.pending.push(self.metrics.pending());
        let cleared = state.cleared;
        drop(state);
        Some(PendingRequest {
            peer: Arc::clone(self),
            cleared,
        })
    }

    pub(super) fn connecting(&self) {
        let mut state = self.state();
        state.progress = Progress::Connecting;
        state.mismatch = None;
    }

    /// A lookup of the host's addresses has started.
    pub(super) fn looking_up(&self) {
        self.state().progress = Progress::LookingUp;
    }

    /// The lookup has succeeded.
    pub(super) fn resolved(&self) {
        self.state().progress = Progress::Connecting;
    }

    /// A connection was accepted. It counts as open in the metrics until the returned guard is dropped.
    pub(super) fn connected(
        &self,
        address: Option<SocketAddr>,
        took: Duration,
    ) -> Option<CountGuard> {
        let mut state = self.state();
        state.address = address;
        state.progress = Progress::Accepted;
        state.open += 1;
        self.connections.fetch_add(MADE | 1, Ordering::Relaxed);
        state.cleared += 1;
        state.pending.clear();
        drop(state);
        self.metrics.connected(took)
    }

    pub(super) fn mark_responsive(&self) {
        self.state().progress = Progress::Responsive;
    }

    pub(super) fn mismatched(&self, why: &'static str) {
        self.state().mismatch = Some(why);
    }

    pub(super) fn closed(&self) {
        let mut state = self.state();
        if state.open > 0 {
            state.open -= 1;
            self.connections.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl TrackedPeer for Peer {
    fn mark(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// The address of the connection that a request used, which began at `mark`; `None` if it may be one of several. A
    /// channel has one connection at a time: it is the one that was open, or else the only one made since.
    fn since(&self, mark: u64) -> Option<SocketAddr> {
        let state = self.state();
        let made = (self.mark() - (mark & !OPEN)) / MADE;
        match (mark & OPEN, made) {
            (1, 0) | (0, 1) => state.address,
            _ => None,
        }
    }
}

/// A request that waits for a connection, in the metrics.
#[derive(Debug)]
pub(crate) struct PendingRequest {
    peer: Arc<Peer>,
    cleared: u64,
}

impl Drop for PendingRequest {
    fn drop(&mut self) {
        let mut state = self.peer.state();
        if state.cleared == self.cleared {
            state.pending.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otel::OtelLayer;

    #[test]
    fn the_address_is_known_if_only_one_connection_is_possible() {
        let peer = Peer::new(OtelLayer::new().connection_metrics(""));
        let address = |host| SocketAddr::from(([10, 0, 0, host], 19530));
        let connect = |host| drop(peer.connected(Some(address(host)), Duration::ZERO));
        let before_any = peer.mark();
        assert_eq!(peer.since(before_any), None, "no connection yet");
        connect(1);
        assert_eq!(peer.since(before_any), Some(address(1)));
        let on_the_first = peer.mark();
        assert_eq!(peer.since(on_the_first), Some(address(1)));
        peer.closed();
        assert_eq!(peer.since(on_the_first), Some(address(1)), "lost in flight");
        let between = peer.mark();
        connect(2);
        assert_eq!(peer.since(on_the_first), None, "either of the two");
        assert_eq!(peer.since(between), Some(address(2)));
        connect(3);
        assert_eq!(peer.since(between), None, "either of the two");
        assert_eq!(peer.since(peer.mark()), None, "both are open");
    }
}
