//! What is known about a connection: its calls, whether it answers, and why it ended.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use h2::Reason;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::activity::Activity;
use super::lost::{Cause, Lost};
use super::streams::{StreamPermit, Streams};
use crate::error::{CallRecord, Stage};

/// A call that ends without a complete answer makes its connection suspect if nothing has arrived on it for this long
/// while that call, or unanswered calls before it, waited.
const SUSPICIOUS: Duration = Duration::from_millis(500);
/// How long a suspect connection may take to answer a ping before another one is opened.
const GRACE: Duration = Duration::from_millis(250);

/// What is known about a connection, shared by its calls, its driver and the pool.
#[derive(Debug)]
pub(super) struct Health {
    pub(super) activity: Arc<Activity>,
    /// `SeqCst`, as `draining` is: either the last call sees that the connection is to end, or the driver sees that no
    /// call is left.
    calls: AtomicUsize,
    pub(super) streams: Streams,
    /// Wakes the driver.
    pub(super) attention: Notify,
    /// Whether answers were received since the last ping.
    pub(super) answered: AtomicBool,
    /// Whether any call was answered, apart from the greeting.
    served: AtomicBool,
    /// When the earliest of the unanswered calls was sent, as [`Activity::micros`] counts. Meaningless once
    /// anything has arrived.
    unanswered_since: AtomicU64,
    /// When the connection last became suspect, as [`Activity::micros`] counts; 0 if never.
    suspect: AtomicU64,
    /// Whether no more calls may be sent: the server or the pool wants the connection to end.
    draining: AtomicBool,
    /// Whether the server closed the connection because of too many pings.
    too_many_pings: AtomicBool,
    /// Why the driver ended the connection, or the server did.
    pub(super) end: OnceLock<Lost>,
}

impl Health {
    pub(super) fn new(activity: Arc<Activity>, streams: usize) -> Self {
        Self {
            activity,
            calls: AtomicUsize::new(0),
            streams: Streams::new(streams),
            attention: Notify::new(),
            answered: AtomicBool::new(false),
            served: AtomicBool::new(false),
            unanswered_since: AtomicU64::new(0),
            suspect: AtomicU64::new(0),
            draining: AtomicBool::new(false),
            too_many_pings: AtomicBool::new(false),
            end: OnceLock::new(),
        }
    }

    /// The number of calls that are in flight, or wait for a stream.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub(super) fn is_open(&self) -> bool {
        !self.draining.load(Ordering::SeqCst)
    }

    /// Sends no more calls. The connection ends with its last one.
    pub(super) fn drain(&self) {
        if !self.draining.swap(true, Ordering::SeqCst) {
            self.streams.close();
            self.attention.notify_one();
        }
    }

    /// The connection ends with this error, which may be the server's GOAWAY.
    pub(super) fn going_away(&self, error: &h2::Error) {
        if is_too_many_pings(error) {
            self.too_many_pings.store(true, Ordering::Relaxed);
        }
        self.drain();
    }

    pub(super) fn got_too_many_pings(&self) -> bool {
        self.too_many_pings.load(Ordering::Relaxed)
    }

    /// Whether a call got no answer and nothing was received since.
    pub(super) fn is_suspect(&self) -> bool {
        match self.suspect.load(Ordering::Relaxed) {
            0 => false,
            since => self.activity.received() < since,
        }
    }

    /// Identifies the latest suspicion, so that the driver notices each new one; 0 if there was none.
    pub(super) fn suspicion(&self) -> u64 {
        self.suspect.load(Ordering::Relaxed)
    }

    /// When a suspect connection is given up: a ping would be answered by then, unless the connection is dead.
    pub(super) fn given_up_at(&self) -> Option<Instant> {
        let since = self.suspect.load(Ordering::Relaxed);
        self.is_suspect().then(|| self.activity.time(since) + GRACE)
    }

    /// The calls so far introduced the client to the server, and show nothing else about it.
    pub(super) fn was_greeted(&self) {
        self.served.store(false, Ordering::Relaxed);
    }

    /// Whether any call was answered, apart from the greeting.
    pub(super) fn has_served(&self) -> bool {
        self.served.load(Ordering::Relaxed)
    }

    /// A call that was sent at this time ends without a complete answer.
    fn unanswered(&self, sent: Instant) {
        let (sent, received) = (self.activity.micros(sent), self.activity.received());
        let quiet_since = if sent > received {
            let earlier = self.unanswered_since.load(Ordering::Relaxed);
            let since = match earlier > received {
                true => earlier.min(sent),
                false => sent,
            };
            self.unanswered_since.store(since, Ordering::Relaxed);
            since
        } else {
            received
        };
        if self.activity.time(quiet_since).elapsed() >= SUSPICIOUS {
            let now = self.activity.micros(Instant::now());
            self.suspect.store(now, Ordering::Relaxed);
            self.attention.notify_one();
        }
    }

    /// A request that was sent got no answer. The server has not processed it if it refused the stream, or if its
    /// GOAWAY names an earlier stream as the last: RFC 9113, sections 6.8 and 8.7. `h2` fails only those streams with
    /// the server's GOAWAY.
    pub(super) fn lost(&self, error: h2::Error) -> Lost {
        let reason = error.reason();
        if error.is_remote() && (error.is_go_away() || reason == Some(Reason::REFUSED_STREAM)) {
            if error.is_go_away() {
                self.going_away(&error);
            }
            return Lost::Unsent(Cause::of(error));
        }
        if let Some(reason) = reason.filter(|_| error.is_remote() && error.is_reset()) {
            return Lost::Reset(reason);
        }
        // The streams of a broken connection learn only that it broke; its driver knows why.
        match self.end.get() {
            Some(Lost::Broken(cause)) => Lost::Broken(cause.clone()),
            _ => Lost::Broken(Cause::of(error)),
        }
    }

    /// Waits until the server accepts another concurrent call, first come, first served. `None` if the connection ends
    /// first.
    pub(super) async fn reserve(self: &Arc<Self>, record: Option<&CallRecord>) -> Option<Flight> {
        let must_wait = || {
            if let Some(record) = record {
                record.reach(Stage::Queued);
            }
        };
        // Waiting calls count, so that further calls prefer another connection.
        self.enter();
        let mut flight = Flight {
            health: Arc::clone(self),
            sent: None,
            stream: None,
        };
        flight.stream = Some(self.streams.take(must_wait).await?);
        Some(flight)
    }

    fn enter(&self) {
        if self.calls.fetch_add(1, Ordering::Relaxed) == 0 {
            self.attention.notify_one();
        }
    }

    fn leave(&self) {
        if self.calls.fetch_sub(1, Ordering::SeqCst) == 1 && !self.is_open() {
            self.attention.notify_one();
        }
    }
}

/// A call in flight.
#[derive(Debug)]
pub(super) struct Flight {
    health: Arc<Health>,
    /// When it was sent, until it has ended.
    sent: Option<Instant>,
    stream: Option<StreamPermit>,
}

impl Flight {
    pub(super) fn sent(&mut self) {
        self.sent = Some(Instant::now());
    }

    /// The answer is complete, or will never be.
    pub(super) fn ended(&mut self) {
        self.sent = None;
    }

    /// The server has begun to answer.
    pub(super) fn answered(&self) {
        self.health.answered.store(true, Ordering::Relaxed);
        self.health.served.store(true, Ordering::Relaxed);
    }

    pub(super) fn health(&self) -> &Health {
        &self.health
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.health.streams.give_back(stream);
        }
        self.health.leave();
        if let Some(sent) = self.sent {
            self.health.unanswered(sent);
        }
    }
}

/// Whether a server closed the connection because of pings: the reason and the debug data are part of gRPC's protocol.
/// `h2` shows the data only in the text of the error.
fn is_too_many_pings(error: &h2::Error) -> bool {
    error.is_go_away()
        && error.is_remote()
        && error.reason() == Some(Reason::ENHANCE_YOUR_CALM)
        && error.to_string().contains("too_many_pings")
}
