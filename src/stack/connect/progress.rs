//! How far a connection attempt got, for error messages.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// How far one connection attempt got, and why it ended, if the server's first bytes reveal it.
#[derive(Debug, Default)]
pub(super) struct Progress {
    step: AtomicU8,
    mismatch: OnceLock<&'static str>,
}

/// The steps of an attempt, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Step {
    LookingUp = 0,
    Connecting = 1,
    Accepted = 2,
    Responsive = 3,
}

impl Progress {
    pub(super) fn reach(&self, step: Step) {
        self.step.store(step as u8, Ordering::Relaxed);
    }

    pub(super) fn step(&self) -> Step {
        match self.step.load(Ordering::Relaxed) {
            0 => Step::LookingUp,
            1 => Step::Connecting,
            2 => Step::Accepted,
            _ => Step::Responsive,
        }
    }

    /// Records why the server's first bytes, or their absence, show that it does not speak HTTP/2.
    pub(super) fn mismatched(&self, why: &'static str) {
        let _already_known = self.mismatch.set(why);
    }

    pub(super) fn mismatch(&self) -> Option<&'static str> {
        self.mismatch.get().copied()
    }
}

impl Step {
    /// Why the attempt took longer than `waited`.
    pub(super) fn timed_out_after(self, waited: Duration) -> String {
        match self {
            Self::LookingUp => format!("DNS lookup timed out after {waited:?}"),
            Self::Connecting => format!("no connection was accepted within {waited:?}"),
            Self::Accepted => format!(
                "the connection was accepted, but the server sent nothing within {waited:?}"
            ),
            Self::Responsive => {
                format!("the server did not finish the handshake within {waited:?}")
            }
        }
    }
}
