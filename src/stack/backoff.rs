//! How often a call is tried, and how long to wait between attempts.

use std::time::Duration;

/// Which failed calls are sent again, how often, and when.
///
/// A call is sent again only if the cause may pass, and only if sending it twice is harmless:
///
/// | failure | reads | changes |
/// |---|---|---|
/// | the connection was refused or took too long, or one of your [layers](crate::ClientBuilder::layer) was not ready: nothing was sent | again | again |
/// | a rate limit of Milvus rejected the call | again | again; a delete only with [`replay_idempotent`](Self::replay_idempotent), because a part of it may be done |
/// | Milvus marks the failure as retriable | again | never, unless [`replay_idempotent`](Self::replay_idempotent) |
/// | `UNAVAILABLE`, or the connection was lost during the call | again | never, unless [`replay_idempotent`](Self::replay_idempotent) |
/// | anything else, such as a host name that does not exist or a certificate that is not trusted | never | never |
///
/// The wait before attempt n is random, between zero and `initial_backoff * 2^(n-2)`, at most `max_backoff` ("full jitter"),
/// so that many clients do not try again at the same time. The timeout of the call includes all attempts and waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    pub(super) max_attempts: u32,
    pub(super) initial_backoff: Duration,
    pub(super) max_backoff: Duration,
    pub(super) replay_idempotent: bool,
}

impl Default for RetryPolicy {
    /// 8 attempts, waiting up to 50 ms, 100 ms, 200 ms... and never more than 3 s: about 4 s of waiting in all.
    fn default() -> Self {
        Self {
            max_attempts: 8,
            initial_backoff: Duration::from_millis(50),
            max_backoff: Duration::from_secs(3),
            replay_idempotent: false,
        }
    }
}

impl RetryPolicy {
    /// Returns a policy without retries.
    #[must_use]
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// Limits the number of attempts, including the first. Default: 8; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the longest wait before the second attempt, which doubles with each further attempt. Default: 50 ms.
    #[must_use]
    pub fn initial_backoff(mut self, wait: Duration) -> Self {
        self.initial_backoff = wait;
        self
    }

    /// Limits the wait before any attempt. Default: 3 s.
    #[must_use]
    pub fn max_backoff(mut self, wait: Duration) -> Self {
        self.max_backoff = wait;
        self
    }

    /// Also repeats changes that may have happened already, if a second one leaves the same state: dropping a collection,
    /// deleting by key. This may undo what others did in between; for example, a collection that they created again is
    /// dropped. Default: off. Inserts and upserts are never repeated.
    #[must_use]
    pub fn replay_idempotent(mut self, replay: bool) -> Self {
        self.replay_idempotent = replay;
        self
    }

    /// The longest wait after this many attempts.
    fn ceiling(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(31);
        self.initial_backoff
            .saturating_mul(1 << doublings)
            .min(self.max_backoff)
    }

    /// A wait after this many attempts.
    pub(super) fn wait(&self, attempts: u32) -> Duration {
        self.ceiling(attempts).mul_f64(fastrand::f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_its_limit() {
        let policy = RetryPolicy::default();
        let millis: Vec<u128> = (1..=9)
            .map(|attempts| policy.ceiling(attempts).as_millis())
            .collect();
        assert_eq!(millis, [50, 100, 200, 400, 800, 1600, 3000, 3000, 3000]);
        assert_eq!(policy.ceiling(u32::MAX), Duration::from_secs(3));
    }

    #[test]
    fn the_wait_is_random_in_the_whole_range() {
        let policy = RetryPolicy::default();
        let waits: Vec<Duration> = (0..2000).map(|_| policy.wait(1)).collect();
        let (shortest, longest) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
        assert!(
            *shortest < Duration::from_millis(5) && *longest > Duration::from_millis(45),
            "{shortest:?} {longest:?}"
        );
        assert!(*longest <= Duration::from_millis(50));
    }
}
