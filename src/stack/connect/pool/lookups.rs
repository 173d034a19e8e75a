//! When names are looked up.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{self, Id};
use tokio::time::{Instant, timeout};

use super::super::resolver::Resolver;
use super::state::Event;

/// Names are not looked up more often than this after failures.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Lookups {
    last: Option<Instant>,
    /// Lookups that are running.
    running: usize,
    /// Whether a connection failed since the last one.
    failed_since: bool,
}

impl Lookups {
    /// All names are being looked up now.
    pub(super) fn begin(&mut self, now: Instant) {
        self.last = Some(now);
        self.failed_since = false;
    }

    /// Looks up one of them, in a task that reports the result.
    pub(super) fn start(
        &mut self,
        index: usize,
        resolver: &Resolver,
        (host, port): (String, u16),
        limit: Duration,
        events: mpsc::UnboundedSender<Event>,
    ) -> Id {
        self.running += 1;
        let resolver = resolver.clone();
        let task = tokio::spawn(async move {
            let found = timeout(limit, resolver.look_up(&host, port)).await;
            let found: io::Result<Vec<SocketAddr>> =
                found.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            let _ = events.send(Event::Resolved(task::id(), index, found));
        });
        task.id()
    }

    pub(super) fn ended(&mut self) {
        self.running = self.running.saturating_sub(1);
    }

    /// A connection failed: perhaps the name points elsewhere now.
    pub(super) fn connection_failed(&mut self) {
        self.failed_since = true;
    }

    /// When names are due to be looked up again. `None` during a lookup, and if nothing requires one.
    pub(super) fn due(&self, interval: Option<Duration>) -> Option<Instant> {
        let last = self.last.filter(|_| self.running == 0)?;
        let after = match (self.failed_since, interval) {
            (true, _) => Some(AFTER_FAILURE),
            (false, interval) => interval,
        };
        Some(last + after?)
    }
}
