//! The clock of a call.

use std::time::{Duration, Instant, SystemTime};

/// The moment when a call began, on the system clock and the monotonic clock.
///
/// All later times of the call are this moment plus the time on the monotonic clock since. So a span has the same
/// duration as the metric, and an attempt never ends after its call, even if the system clock is set during the call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    system: SystemTime,
    monotonic: Instant,
}

impl Clock {
    pub(crate) fn now() -> Self {
        Self {
            system: SystemTime::now(),
            monotonic: Instant::now(),
        }
    }

    /// The moment on the system clock.
    pub(crate) fn start(&self) -> SystemTime {
        self.system
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.monotonic.elapsed()
    }

    /// The system time of a later moment.
    pub(crate) fn at(&self, moment: Instant) -> SystemTime {
        self.system + moment.saturating_duration_since(self.monotonic)
    }

    /// The later moment `inner` by this clock, for a call that is part of an operation.
    pub(crate) fn within(&self, inner: Self) -> Self {
        let monotonic = inner.monotonic.max(self.monotonic);
        Self {
            system: self.at(monotonic),
            monotonic,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_an_operation_shares_its_time_base() {
        let operation = Clock::now();
        let later = operation.monotonic + Duration::from_millis(5);
        // The system clock is set back, or forward.
        for system in [
            operation.system - Duration::from_secs(60),
            operation.system + Duration::from_secs(60),
        ] {
            let call = operation.within(Clock {
                system,
                monotonic: later,
            });
            assert_eq!(call.start(), operation.system + Duration::from_millis(5));
            let end = later + Duration::from_millis(1);
            assert_eq!(call.at(end), operation.at(end));
        }
        let early = Clock {
            monotonic: operation.monotonic - Duration::from_millis(5),
            ..operation
        };
        assert_eq!(operation.within(early).start(), operation.start());
    }
}
