//! Finds out whether a quiet connection is still alive.
//!
//! A ping is sent only while calls wait for an answer, because gRPC servers count pings and close connections with too
//! many: by default they allow two in a row without data in between (`grpc.http2.max_ping_strikes`), and none at all on
//! an idle connection. So a call that waits for minutes costs two pings, and calls that give up may together trigger
//! one more. Until a call is answered, later pings are 330 s apart; a suspect connection is replaced instead.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::time::Duration;

use h2::{Ping, PingPong};
use tokio::time::Instant;

use super::health::Health;

/// When pings are sent, and how long the server may take to answer one.
///
/// The default suits all gRPC servers: a ping if calls wait and nothing arrives for 8 s, another one after 16 s more, then
/// one every 330 s until a call is answered, and 5 s for the answer to each.
///
/// After a server closes a connection because of too many pings, new connections to it wait twice as long before each
/// ping, up to 2 hours: see [gRFC A8](https://github.com/grpc/proposal/blob/master/A8-client-side-keepalive.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAlive {
    pub(super) interval: Duration,
    pub(super) timeout: Duration,
    pub(super) while_idle: bool,
}

impl Default for KeepAlive {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(8),
            timeout: Duration::from_secs(5),
            while_idle: false,
        }
    }
}

impl KeepAlive {
    /// Returns the default settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends a ping when calls have waited this long without anything arriving, a second one after twice this time, and
    /// later ones at least 330 s apart, until a call is answered. With [`while_idle`](Self::while_idle), all pings are
    /// sent at this interval. Default: 8 s.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval.clamp(SHORTEST, FOREVER);
        self
    }

    /// Ends the connection if the server does not answer a ping within this time. Its calls then fail, or are retried
    /// on another one. Default: 5 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(FOREVER);
        self
    }

    /// Also sends pings while no call is in flight, one per [`interval`](Self::interval) in which nothing arrives, so
    /// that routers do not forget the connection. gRPC servers close a connection with many of them, unless they are
    /// configured to permit it; Milvus permits one every 5 s. Default: off.
    #[must_use]
    pub fn while_idle(mut self, while_idle: bool) -> Self {
        self.while_idle = while_idle;
        self
    }

    /// The settings for new connections to a server that got too many pings with these.
    pub(super) fn slowed_down(self) -> Self {
        let doubled = self.interval.saturating_mul(2).min(LONGEST);
        Self {
            interval: doubled.max(self.interval),
            ..self
        }
    }
}

/// Without a pause, a connection would do nothing but ping.
const SHORTEST: Duration = Duration::from_millis(1);
/// Longer than any program runs. The clock cannot add `Duration::MAX`.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// gRPC servers accept one ping per this time even without calls.
const LONGEST: Duration = Duration::from_secs(2 * 60 * 60);

/// Pings in a row that any gRPC server accepts.
const PINGS: u32 = 2;
/// The wait before any ping beyond these. gRPC servers accept one every 5 minutes.
const RARELY: Duration = Duration::from_secs(330);

pub(super) struct Pings {
    ping_pong: Option<PingPong>,
    health: Arc<Health>,
    keepalive: KeepAlive,
    /// Since when calls have been in flight.
    busy_since: Option<Instant>,
    /// Pings since the last answer to a call.
    unanswered: u32,
    /// When the ping that is in flight was sent.
    sent: Option<Instant>,
    /// When the last ping was sent.
    last: Option<Instant>,
}

pub(super) enum Next {
    Dead,
    At(Instant),
    WhenBusy,
}

impl Pings {
    pub(super) fn new(
        ping_pong: Option<PingPong>,
        health: Arc<Health>,
        keepalive: KeepAlive,
    ) -> Self {
        Self {
            ping_pong,
            health,
            keepalive,
            busy_since: None,
            unanswered: 0,
            sent: None,
            last: None,
        }
    }

    /// Whether the server has just answered the ping.
    pub(super) fn poll_pong(&mut self, context: &mut Context<'_>) -> bool {
        let answered = self.sent.is_some()
            && self
                .ping_pong
                .as_mut()
                .is_some_and(|ping_pong| ping_pong.poll_pong(context).is_ready());
        if answered {
            self.sent = None;
        }
        answered
    }

    /// Sends a ping if one is due, and returns when to check again.
    pub(super) fn next(&mut self, context: &mut Context<'_>) -> Next {
        let now = Instant::now();
        let last = self.health.activity.last();
        let KeepAlive {
            interval,
            timeout,
            while_idle,
        } = self.keepalive;
        self.poll_pong(context);
        // While anything else arrives, the connection works, and the answer to the ping will follow.
        if let Some(sent) = self.sent {
            let until = sent.max(last) + timeout;
            return if now >= until {
                Next::Dead
            } else {
                Next::At(until)
            };
        }
        if self.health.answered.swap(false, Ordering::Relaxed) {
            self.unanswered = 0;
        }
        let busy = self.health.calls() > 0;
        let is_suspect = self.health.is_suspect();
        if !busy {
            self.busy_since = None;
            // While the connection is suspect, calls wait elsewhere for its answer.
            if !while_idle && !is_suspect {
                return Next::WhenBusy;
            }
        }
        let waits_since = if busy {
            *self.busy_since.get_or_insert(now)
        } else {
            last
        };
        let allowed = if is_suspect { PINGS + 1 } else { PINGS };
        if self.unanswered >= allowed && !while_idle {
            let due = self.last.map_or(now, |last| last + RARELY);
            if now < due {
                // Answers in the meantime allow one earlier.
                return match busy {
                    true => Next::At(due.min(now + interval)),
                    false => Next::WhenBusy,
                };
            }
        }
        // A router on the way may have forgotten an idle connection. A ping with the first call finds out.
        let was_idle = busy && waits_since == now && last + interval < now;
        // A server that permits pings at any time permits them at any rate these settings allow.
        let doubled = if while_idle {
            0
        } else {
            self.unanswered.min(PINGS)
        };
        let due = waits_since.max(last) + interval.saturating_mul(1 << doubled);
        if !(is_suspect || was_idle || now >= due) {
            return Next::At(due);
        }
        let Some(ping_pong) = &mut self.ping_pong else {
            return Next::At(now + interval);
        };
        if ping_pong.send_ping(Ping::opaque()).is_err() {
            return Next::At(now + interval);
        }
        self.unanswered += 1;
        self.sent = Some(now);
        self.last = Some(now);
        self.poll_pong(context);
        Next::At(now + timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_doubles_up_to_two_hours_and_is_never_shortened() {
        for (seconds, then) in [(8, 16), (4000, 7200), (7200, 7200), (10_000, 10_000)] {
            let keepalive = KeepAlive::new().interval(Duration::from_secs(seconds));
            let slower = keepalive.slowed_down();
            assert_eq!(slower, keepalive.interval(Duration::from_secs(then)));
        }
    }

    #[test]
    fn any_interval_can_be_added_to_the_clock() {
        let keepalive = KeepAlive::new()
            .interval(Duration::MAX)
            .timeout(Duration::MAX);
        let latest = Instant::now() + keepalive.interval * (1 << PINGS) + keepalive.timeout;
        assert!(latest > Instant::now());
        let keepalive = keepalive.interval(Duration::ZERO);
        assert!(keepalive.slowed_down().interval > keepalive.interval);
    }
}
