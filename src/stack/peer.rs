//! The other side of the connection, as far as it has shown itself.

use std::net::SocketAddr;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

/// What became known of the other side while connecting and talking, for spans and messages.
///
/// It is about the newest connection, which need not be the one a call was lost on: no decision to send a call again
/// may rest on it.
#[derive(Debug, Default)]
pub(crate) struct Peer {
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    address: Option<SocketAddr>,
    progress: Progress,
    mismatch: Option<&'static str>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Progress {
    #[default]
    Connecting,
    Accepted,
    Heard,
}

impl Peer {
    /// The address last connected to.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.read().address
    }

    /// Why the connection ended before the server said anything in this protocol, if it did.
    pub(super) fn mismatch(&self) -> Option<&'static str> {
        self.read().mismatch
    }

    /// Whether the server has said anything on the newest connection.
    pub(crate) fn was_heard(&self) -> bool {
        self.read().progress == Progress::Heard
    }

    /// What was waited for in vain.
    pub(crate) fn silence(&self, waited: Duration) -> String {
        match self.read().progress {
            Progress::Connecting => {
                format!("nobody accepted the connection within {waited:?}")
            }
            Progress::Accepted => {
                format!(
                    "the connection was accepted, but the server said nothing within {waited:?}"
                )
            }
            Progress::Heard => {
                format!("connected, but the server did not answer within {waited:?}")
            }
        }
    }

    pub(super) fn connecting(&self) {
        let mut known = self.write();
        known.progress = Progress::Connecting;
        known.mismatch = None;
    }

    pub(super) fn connected(&self, address: Option<SocketAddr>) {
        let mut known = self.write();
        known.address = address;
        known.progress = Progress::Accepted;
    }

    pub(super) fn heard(&self) {
        self.write().progress = Progress::Heard;
    }

    pub(super) fn mismatched(&self, why: &'static str) {
        self.write().mismatch = Some(why);
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}
