//! The counters behind a [`Delivery`], and the reports of failures and recoveries.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::delivery::{Delivery, Signal};
use super::notice::report;
use super::response::{Accepted, Failure};

/// The counters of one signal and one destination, shared by the processor and the exporter.
#[derive(Debug)]
pub(super) struct Counts {
    signal: Signal,
    destination: String,
    rules: Rules,
    accepted: AtomicU64,
    delivered: AtomicU64,
    failed: AtomicU64,
    rejected: AtomicU64,
    unsupported: AtomicU64,
    /// Failed or rejected, and not superseded by a later cumulative export.
    lost: AtomicU64,
    /// Whether the destination has no service for the signal. Only set if the signal is not required.
    no_service: AtomicBool,
    state: Mutex<State>,
}

/// What counts as lost, and how it is reported.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rules {
    /// Whether a successful export supersedes earlier ones that failed.
    pub(super) cumulative: bool,
    /// Whether it is a failure if the destination has no service for the signal.
    pub(super) required: bool,
    /// Whether `OTEL_LOG_LEVEL` silences warnings on stderr.
    pub(super) quiet: bool,
}

/// The outcome of the latest exports, so that only changes are reported.
#[derive(Debug, Default)]
struct State {
    failing: bool,
    /// Whether the collector's latest successful response rejected items, and its message, which is usually empty.
    last_response: (bool, String),
    last_error: Option<String>,
}

impl Counts {
    pub(super) fn new(signal: Signal, destination: String, rules: Rules) -> Self {
        Self {
            signal,
            destination,
            rules,
            accepted: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            unsupported: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            no_service: AtomicBool::new(false),
            state: Mutex::default(),
        }
    }

    pub(super) fn accept(&self, count: u64) {
        self.accepted.fetch_add(count, Ordering::Relaxed);
    }

    /// Whether exports are skipped because the destination has no service for the signal.
    pub(super) fn is_unsupported(&self) -> bool {
        self.no_service.load(Ordering::Relaxed)
    }

    /// Counts items that are not exported because the destination has no service for the signal.
    pub(super) fn count_unsupported(&self, count: u64) {
        self.unsupported.fetch_add(count, Ordering::Relaxed);
    }

    /// Counts an export of `count` items, and reports its outcome if it differs from the previous one.
    pub(super) fn record(&self, count: u64, outcome: Result<Accepted, Failure>) {
        match outcome {
            Ok(accepted) => self.record_success(count, accepted),
            Err(failure) if failure.unsupported && !self.rules.required => {
                self.count_unsupported(count);
                if !self.no_service.swap(true, Ordering::Relaxed) {
                    report(&self.no_service_warning(&failure.cause), self.rules.quiet);
                }
            }
            Err(failure) => self.record_failure(count, failure.cause),
        }
    }

    fn no_service_warning(&self, cause: &str) -> String {
        let to = &self.destination;
        let signal = self.signal.variable();
        let name = signal.to_ascii_lowercase();
        format!(
            "{name} are not exported: {to} does not accept them ({cause}); switch them off with \
             OTEL_{signal}_EXPORTER=none or `.{name}(false)`, or send them elsewhere with \
             OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"
        )
    }

    fn record_success(&self, count: u64, Accepted { rejected, message }: Accepted) {
        let unit = self.signal.unit();
        let rejected = rejected.min(count);
        self.delivered
            .fetch_add(count - rejected, Ordering::Relaxed);
        self.rejected.fetch_add(rejected, Ordering::Relaxed);
        self.lose(rejected);
        let mut state = self.state();
        let destination = &self.destination;
        if std::mem::take(&mut state.failing) {
            tracing::info!(%destination, "exporting {unit} works again");
        }
        let response = (rejected > 0, message);
        let is_new = state.last_response != response;
        match &response {
            (true, message) => {
                let cause = match message.as_str() {
                    "" => "it gave no reason",
                    message => message,
                };
                if is_new {
                    tracing::warn!(%destination, %cause, "the collector rejects {unit}");
                }
                state.last_error = Some(format!("rejected by the collector: {cause}"));
            }
            (false, message) => {
                if is_new && !message.is_empty() {
                    tracing::warn!(%destination, %message, "the collector accepted the {unit} with a message");
                }
            }
        }
        state.last_response = response;
    }

    fn record_failure(&self, count: u64, cause: String) {
        self.failed.fetch_add(count, Ordering::Relaxed);
        self.lose(count);
        let mut state = self.state();
        // Only once per outage, so that a collector that stays down does not flood the log.
        if !std::mem::replace(&mut state.failing, true) {
            let unit = self.signal.unit();
            tracing::warn!(destination = %self.destination, %cause, "cannot export {unit}");
        }
        state.last_error = Some(cause);
    }

    /// Counts `count` items of the latest export as lost; 0 for a success.
    fn lose(&self, count: u64) {
        if self.rules.cumulative {
            // The latest collection includes all earlier ones.
            self.lost.store(count, Ordering::Relaxed);
        } else {
            self.lost.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// A poisoned lock is fine: the state is consistent even after a panic.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn snapshot(&self) -> Delivery {
        let last_error = self.state().last_error.clone();
        let read = |count: &AtomicU64| count.load(Ordering::Acquire);
        // Read these before `accepted`, which is incremented first, so that `delivered` never exceeds it.
        let (delivered, failed) = (read(&self.delivered), read(&self.failed));
        let (rejected, unsupported) = (read(&self.rejected), read(&self.unsupported));
        Delivery {
            signal: self.signal,
            destination: self.destination.clone(),
            accepted: read(&self.accepted),
            delivered,
            failed,
            rejected,
            unsupported,
            lost_metrics: read(&self.lost),
            last_error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(signal: Signal, cumulative: bool) -> Counts {
        let rules = Rules {
            cumulative,
            quiet: true,
            ..Rules::default()
        };
        Counts::new(signal, "http://c:4317".into(), rules)
    }

    fn rejecting(rejected: u64) -> Result<Accepted, Failure> {
        Ok(Accepted {
            rejected,
            message: "quota".to_owned(),
        })
    }

    fn down() -> Result<Accepted, Failure> {
        Err(Failure::transient("connection refused"))
    }

    #[test]
    fn spans_that_never_left_are_lost() {
        let counts = counts(Signal::Traces, false);
        counts.accept(10);
        counts.record(4, Ok(Accepted::default()));
        counts.record(3, down());
        let delivery = counts.snapshot();
        assert_eq!((delivery.unsent(), delivery.lost()), (3, 6));
        assert_eq!(
            delivery.to_string(),
            "6 of 10 spans to http://c:4317, 3 of them never sent (connection refused)"
        );
    }

    #[test]
    fn rejected_spans_are_lost_and_the_reason_is_shown() {
        let counts = counts(Signal::Traces, false);
        counts.accept(300);
        counts.record(300, rejecting(7));
        let delivery = counts.snapshot();
        assert_eq!((delivery.delivered, delivery.rejected), (293, 7));
        assert_eq!((delivery.unsent(), delivery.lost()), (0, 7));
        assert_eq!(
            delivery.to_string(),
            "7 of 300 spans to http://c:4317 (rejected by the collector: quota)"
        );
    }

    #[test]
    fn a_message_without_a_rejection_loses_nothing() {
        let counts = counts(Signal::Traces, false);
        counts.accept(3);
        counts.record(3, rejecting(0));
        let delivery = counts.snapshot();
        assert_eq!((delivery.lost(), delivery.last_error), (0, None));
    }

    #[test]
    fn a_collector_cannot_reject_more_than_it_received() {
        let counts = counts(Signal::Logs, false);
        counts.accept(3);
        counts.record(3, rejecting(u64::MAX));
        assert_eq!(counts.snapshot().rejected, 3);
    }

    #[test]
    fn a_cumulative_export_supersedes_an_earlier_failure() {
        let counts = counts(Signal::Metrics, true);
        counts.accept(2);
        counts.record(2, down());
        assert_eq!(counts.snapshot().lost(), 2);
        counts.accept(2);
        counts.record(2, Ok(Accepted::default()));
        assert_eq!(counts.snapshot().lost(), 0);
        assert_eq!(counts.snapshot().failed, 2);
    }

    #[test]
    fn a_delta_that_failed_stays_lost() {
        let counts = counts(Signal::Metrics, false);
        counts.accept(4);
        counts.record(2, down());
        counts.record(2, Ok(Accepted::default()));
        assert_eq!(counts.snapshot().lost(), 2);
    }

    #[test]
    fn a_missing_service_is_a_failure_only_if_the_signal_is_required() {
        let missing = || {
            Err(Failure {
                unsupported: true,
                ..Failure::permanent("gRPC status Unimplemented")
            })
        };
        let optional = counts(Signal::Metrics, true);
        optional.accept(2);
        optional.record(2, missing());
        assert!(optional.is_unsupported());
        let delivery = optional.snapshot();
        assert_eq!((delivery.lost(), delivery.unsupported), (0, 2));
        assert_eq!((delivery.failed, delivery.unsent()), (0, 0));

        let required = Counts::new(
            Signal::Metrics,
            "c".into(),
            Rules {
                required: true,
                ..Rules::default()
            },
        );
        required.accept(2);
        required.record(2, missing());
        assert!(!required.is_unsupported());
        assert_eq!(required.snapshot().lost(), 2);
    }
}
