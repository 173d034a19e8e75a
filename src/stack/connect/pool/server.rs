//! One server of a pool: its connections, and when to try it again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::dial::Address;
use super::super::endpoint::Endpoint;
use super::super::http2::Connection;
use super::state::PoolSettings;

/// The first wait after a failure; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// A connection that ends sooner than this without answering a call counts as a failure, so that a server that accepts
/// and hangs up is not called in a loop.
pub(super) const SHORT_LIVED: Duration = Duration::from_secs(1);

/// When to try again after failures.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    failed: Option<Instant>,
    until: Option<Instant>,
}

impl Backoff {
    /// Doubles the wait, up to `limit`. Half of it is random, so that many clients do not come back at the same time.
    pub(super) fn fail(&mut self, limit: Duration) {
        let wait = FIRST_WAIT
            .saturating_mul(1 << self.failures.min(16))
            .min(limit);
        self.failures += 1;
        let now = Instant::now();
        self.failed = Some(now);
        self.until = Some(now + wait.mul_f64(0.5 + fastrand::f64() / 2.0));
    }

    pub(super) fn succeed(&mut self) {
        *self = Self::default();
    }

    /// The next attempt need not wait. If it fails, the one after it waits longer than before.
    pub(super) fn retry_now(&mut self) {
        self.until = None;
    }

    /// Whether the last failure was before this time.
    pub(super) fn failed_before(&self, time: Instant) -> bool {
        self.failed.is_none_or(|failed| failed < time)
    }

    /// When the next attempt is due; `None` for now.
    pub(super) fn until(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now)
    }
}

/// A server: an endpoint, at one of its addresses.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) address: Address,
    pub(super) connections: Vec<Arc<Connection>>,
    /// Attempts to connect that are running.
    pub(super) attempts: usize,
    pub(super) backoff: Backoff,
    /// Whether calls go to this server: it is still in DNS, and in the address family that works.
    pub(super) active: bool,
}

impl Server {
    pub(super) fn new(endpoint: &Arc<Endpoint>, address: Address) -> Self {
        Self {
            endpoint: Arc::clone(endpoint),
            address,
            connections: Vec::new(),
            attempts: 0,
            backoff: Backoff::default(),
            active: true,
        }
    }

    pub(super) fn is(&self, endpoint: &Arc<Endpoint>, address: &Address) -> bool {
        self.address == *address && self.endpoint == *endpoint
    }

    /// Connections that take new calls and answer.
    pub(super) fn good(&self) -> impl Iterator<Item = &Arc<Connection>> {
        let open = self.connections.iter();
        open.filter(|each| each.health.is_open() && !each.health.is_suspect())
    }

    /// The number of connections to open now. Calls `at` with each time to check again.
    pub(super) fn missing(
        &self,
        now: Instant,
        settings: &PoolSettings,
        at: &mut impl FnMut(Instant),
    ) -> usize {
        if !self.active {
            return 0;
        }
        let mut good = self.good().count();
        for until in self.suspects() {
            if until > now {
                good += 1;
                at(until);
            }
        }
        if let Some(age) = settings.max_age {
            for connection in self.good() {
                let until = connection.opened + age.mul_f64(connection.jitter);
                if until <= now {
                    good = good.saturating_sub(1);
                } else {
                    at(until);
                }
            }
        }
        let missing = settings.connections.saturating_sub(good + self.attempts);
        match self.backoff.until(now) {
            Some(until) if missing > 0 => {
                at(until);
                0
            }
            _ => missing,
        }
    }

    /// When the next suspect connection is given up, unless it answers; those already given up need a replacement.
    fn suspects(&self) -> impl Iterator<Item = Instant> {
        let open = self.connections.iter().filter(|each| each.health.is_open());
        open.filter_map(|each| each.health.given_up_at())
    }

    /// Forgets connections that take no more calls; returns whether there are any, and whether one of them was lost
    /// soon after it was made, before it answered a call.
    pub(super) fn forget_closed(&mut self) -> (bool, bool) {
        let (mut any, mut soon) = (false, false);
        self.connections.retain(|connection| {
            let open = connection.health.is_open();
            any |= !open;
            let was_short = connection.opened.elapsed() < SHORT_LIVED;
            soon |= !open && was_short && !connection.health.has_served();
            open
        });
        (any, soon)
    }

    /// Ends all connections, once their calls are done.
    pub(super) fn end(&mut self) {
        for connection in self.connections.drain(..) {
            connection.health.drain();
        }
    }

    /// Ends connections that are no longer needed: suspect ones for which there is a replacement, and if there are more
    /// than `wanted`, suspect ones and then those that reach their maximum age first.
    pub(super) fn trim(&mut self, wanted: usize, max_age: Option<Duration>) {
        if self.good().count() >= wanted {
            self.connections.retain(|each| {
                let keep = !each.health.is_suspect();
                if !keep {
                    each.health.drain();
                }
                keep
            });
        }
        let ends =
            |each: &Connection| each.opened + max_age.unwrap_or_default().mul_f64(each.jitter);
        while self.connections.len() > wanted {
            let each = self.connections.iter().enumerate();
            let first = each.min_by_key(|(_, each)| (!each.health.is_suspect(), ends(each)));
            let Some((first, _)) = first else { break };
            self.connections.remove(first).health.drain();
        }
    }
}
