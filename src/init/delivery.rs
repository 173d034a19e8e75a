//! What was handed to the exporters and what became of it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One of the kinds of telemetry that `init` exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Signal {
    /// Spans, counted one by one.
    Traces,
    /// Metrics, counted as instruments per collection: 3 instruments collected twice are 6.
    Metrics,
    /// Log records, counted one by one.
    Logs,
}

impl Signal {
    pub(super) const fn variable(self) -> &'static str {
        match self {
            Self::Traces => "TRACES",
            Self::Metrics => "METRICS",
            Self::Logs => "LOGS",
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Traces => "spans",
            Self::Metrics => "metrics",
            Self::Logs => "log records",
        }
    }
}

/// What became of one signal on its way to one destination, counted since the start.
///
/// The counts are those of export calls: a batch that a collector took and then partly rejected counts as delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// Spans, metrics or log records.
    pub signal: Signal,
    /// The endpoint without credentials, the path of a file, or `stdout`.
    pub destination: String,
    /// Ended sampled spans, collected metrics, or emitted log records.
    pub accepted: u64,
    /// How many of them the destination acknowledged.
    pub delivered: u64,
    /// How many were in a batch whose export failed for good.
    pub failed: u64,
    /// Why the latest failed export failed.
    pub last_error: Option<String>,
    lost: u64,
}

impl Delivery {
    /// How many were neither delivered nor in a failed batch: before shutdown, those still waiting and those that found
    /// the queue full; after it, only the latter.
    pub fn unsent(&self) -> u64 {
        self.accepted.saturating_sub(self.delivered + self.failed)
    }

    /// How many will never arrive, counted after shutdown. Metrics are cumulative, so a failed export is made good by
    /// the next that succeeds: only the failures since then count.
    pub fn lost(&self) -> u64 {
        match self.signal {
            Signal::Traces | Signal::Logs => self.accepted.saturating_sub(self.delivered),
            Signal::Metrics => self.lost,
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.signal.unit();
        match self.lost() {
            0 => write!(
                f,
                "{} of {} {unit} to {}",
                self.delivered, self.accepted, self.destination
            ),
            lost => {
                write!(
                    f,
                    "{lost} of {} {unit} to {}",
                    self.accepted, self.destination
                )?;
                if self.signal != Signal::Metrics && self.unsent() > 0 {
                    write!(f, ", {} of them never sent", self.unsent())?;
                }
                match &self.last_error {
                    Some(cause) => write!(f, " ({cause})"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// The counters behind a [`Delivery`], shared by the processor that accepts and the exporter that sends.
#[derive(Debug)]
pub(super) struct Counts {
    signal: Signal,
    destination: String,
    /// Whether a later export makes good an earlier that failed.
    cumulative: bool,
    accepted: AtomicU64,
    delivered: AtomicU64,
    failed: AtomicU64,
    /// Failed and not made good.
    lost: AtomicU64,
    /// Whether the latest export failed.
    failing: AtomicBool,
    last_error: Mutex<Option<String>>,
    /// Why the connection failed, when the exporter only says that it did.
    transport_error: Mutex<Option<String>>,
}

impl Counts {
    pub(super) fn new(signal: Signal, destination: String, cumulative: bool) -> Self {
        Self {
            signal,
            destination,
            cumulative,
            accepted: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            last_error: Mutex::new(None),
            transport_error: Mutex::new(None),
        }
    }

    pub(super) fn accept(&self, count: u64) {
        self.accepted.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn delivered(&self, count: u64) {
        self.delivered.fetch_add(count, Ordering::Relaxed);
        if self.cumulative {
            self.lost.store(0, Ordering::Relaxed);
        }
        if self.failing.swap(false, Ordering::Relaxed) {
            tracing::info!(destination = %self.destination, "exporting {} works again", self.signal.unit());
        }
    }

    /// Notes what the transport said, for the failure of the export that follows from it.
    pub(super) fn transport_failed(&self, error: &(dyn std::error::Error + 'static)) {
        let mut causes = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            causes = format!("{causes}: {error}");
            source = error.source();
        }
        *lock(&self.transport_error) = Some(causes);
    }

    pub(super) fn failed(&self, count: u64, mut cause: String) {
        if let Some(transport) = lock(&self.transport_error).take() {
            cause = format!("{cause}: {transport}");
        }
        self.failed.fetch_add(count, Ordering::Relaxed);
        if self.cumulative {
            // What was collected last contains all that came before it.
            self.lost.store(count, Ordering::Relaxed);
        } else {
            self.lost.fetch_add(count, Ordering::Relaxed);
        }
        let mut last = lock(&self.last_error);
        // Once per outage: a collector that stays down must not fill the log.
        if !self.failing.swap(true, Ordering::Relaxed) {
            tracing::warn!(destination = %self.destination, %cause, "cannot export {}", self.signal.unit());
        }
        *last = Some(cause);
    }

    pub(super) fn snapshot(&self) -> Delivery {
        let last_error = lock(&self.last_error).clone();
        // Read before `accepted`, which grows first: what is delivered never exceeds what was accepted.
        let delivered = self.delivered.load(Ordering::Acquire);
        let failed = self.failed.load(Ordering::Acquire);
        Delivery {
            signal: self.signal,
            destination: self.destination.clone(),
            accepted: self.accepted.load(Ordering::Acquire),
            delivered,
            failed,
            lost: self.lost.load(Ordering::Acquire),
            last_error,
        }
    }
}

/// What these locks guard is whole at every moment, also after a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_never_left_are_lost() {
        let counts = Counts::new(Signal::Traces, "http://c:4317".into(), false);
        counts.accept(10);
        counts.delivered(4);
        counts.failed(3, "connection refused".into());
        let delivery = counts.snapshot();
        assert_eq!((delivery.unsent(), delivery.lost()), (3, 6));
        assert_eq!(
            delivery.to_string(),
            "6 of 10 spans to http://c:4317, 3 of them never sent (connection refused)"
        );
    }

    #[test]
    fn a_later_cumulative_export_makes_good_an_earlier_failure() {
        let counts = Counts::new(Signal::Metrics, "stdout".into(), true);
        counts.accept(2);
        counts.failed(2, "down".into());
        assert_eq!(counts.snapshot().lost(), 2);
        counts.accept(2);
        counts.delivered(2);
        assert_eq!(counts.snapshot().lost(), 0);
        assert_eq!(counts.snapshot().failed, 2);
    }

    #[test]
    fn a_delta_that_failed_stays_lost() {
        let counts = Counts::new(Signal::Metrics, "stdout".into(), false);
        counts.accept(4);
        counts.failed(2, "down".into());
        counts.delivered(2);
        assert_eq!(counts.snapshot().lost(), 2);
    }
}
