//! Which calls are retried, how often, and how long to wait between attempts.

use std::time::Duration;

/// Which failed calls are retried, how often, and when.
///
/// A call is retried only if the cause may pass, and only if sending it twice is harmless:
///
/// | failure | reads | changes | until |
/// |---|---|---|---|
/// | there was no connection, the server stated that it did not process the call (a refused stream, GOAWAY), or one of your [layers](crate::ClientBuilder::layer) was not ready: nothing was done | retried | retried | the call's timeout |
/// | a rate limit of Milvus or a proxy rejected the call | retried | retried; a delete only with [`replay_idempotent`](Self::replay_idempotent), because part of it may have been done | the call's timeout |
/// | the connection was lost during the call, or the [`attempt_timeout`](Self::attempt_timeout) passed | retried | not retried, unless [`replay_idempotent`](Self::replay_idempotent) | 8 attempts; from the second lost connection on, and after an attempt that timed out, also the [`RetryBudget`](super::RetryBudget) |
/// | `UNAVAILABLE`, or a failure that Milvus marks as retriable | retried | not retried, unless [`replay_idempotent`](Self::replay_idempotent) | 8 attempts, and the [`RetryBudget`](super::RetryBudget) of the connection |
/// | anything else, such as a host name that does not exist or a certificate that is not trusted | not retried | not retried | |
///
/// The wait before attempt n is random, between zero and `initial_backoff * 2^(n-2)`, at most `max_backoff` ("full
/// jitter"), so that many clients do not retry at the same time. If the server or a proxy says how long to wait, in
/// `grpc-retry-pushback-ms`, `retry-after` or `google.rpc.RetryInfo`, the client waits at least that long, or gives up
/// at once if the call's timeout comes first. The timeout includes all attempts and waits. Calls without a timeout,
/// such as streams, are tried at most 8 times, unless `max_attempts` says otherwise.
///
/// By default, changes that may have happened are not retried, not even those that leave the same state when done
/// twice. For example, a collection that was dropped and then re-created by another program would be dropped again.
/// Permit it for single operations where nobody else interferes:
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
/// use milvus_otel::client::RetryPolicy;
///
/// let again = RetryPolicy::default().replay_idempotent(true);
/// client.drop_collection("books").retry(again).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    pub(super) max_attempts: Option<u32>,
    initial_backoff: Duration,
    max_backoff: Duration,
    pub(super) replay_idempotent: bool,
    pub(super) attempt_timeout: Option<Duration>,
}

/// How often a call is tried by default while the server fails: about 3 s of waiting on average, at most 6.2 s.
const ATTEMPTS: u32 = 8;

impl Default for RetryPolicy {
    /// Waits up to 50 ms, 100 ms, 200 ms and so on, but never more than 3 s.
    fn default() -> Self {
        Self {
            max_attempts: None,
            initial_backoff: Duration::from_millis(50),
            max_backoff: Duration::from_secs(3),
            replay_idempotent: false,
            attempt_timeout: None,
        }
    }
}

impl RetryPolicy {
    /// Returns the default policy.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a policy without retries.
    #[must_use]
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// Limits the number of attempts, including the first, whatever the reason for the failure; 0 counts as 1. Default:
    /// 8 if the server fails; only the call's timeout if nothing was done: see the table above.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts.max(1));
        self
    }

    /// Sets the longest wait before the second attempt; it doubles with each further attempt. Default: 50 ms.
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

    /// Also retries changes that may have happened, if repeating them leaves the same state: dropping a collection,
    /// deleting by key, upserting rows with their own keys. This may undo what others did in between; for example, a
    /// collection that they re-created is dropped. Default: off. Inserts that may have happened are never retried,
    /// except those with an [`idempotency_key`](crate::ops::Insert::idempotency_key).
    #[must_use]
    pub fn replay_idempotent(mut self, replay: bool) -> Self {
        self.replay_idempotent = replay;
        self
    }

    /// Limits how long one attempt may take, from being sent to the end of the answer; waiting for a connection or for
    /// its turn does not count. A call that may be repeated is then retried on another connection; a change fails, and
    /// [may have happened](crate::Error::may_have_happened). The server is told the limit, so it stops working on the
    /// attempt. Default: the call's timeout.
    ///
    /// For reads that usually take milliseconds, a limit of a second or two detects a hung server long before the
    /// connection is given up.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Whether another attempt may follow after `made` attempts. After `failures` of them something may have been done;
    /// `patient` means that nothing was done by the last one.
    pub(super) fn permits(&self, made: u32, failures: u32, patient: bool) -> bool {
        match self.max_attempts {
            Some(max) => made < max,
            None => patient || failures < ATTEMPTS,
        }
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
