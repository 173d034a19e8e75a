//! Limits how many calls are retried, so that retries do not keep a struggling server from recovering.

use std::fmt;
use std::time::Duration;

use tower::retry::budget::{Budget as _, TpsBudget};

/// How long a call counts toward the budget.
const WINDOW: Duration = Duration::from_secs(10);

/// How many calls may be retried while the server is failing: a share of the calls of the last 10 s, plus a fixed
/// number per second.
///
/// All handles of a client share the budget. It applies to calls that the server, or a proxy in front of it, answered
/// with a failure that may pass, such as `UNAVAILABLE`, to attempts that exceed their
/// [`attempt_timeout`](super::RetryPolicy::attempt_timeout), and to calls that lose their connection for the second
/// time. Calls that were not sent or were rejected by a rate limit do not use it, nor does the first retry of a call
/// that lost its connection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryBudget {
    share: f32,
    per_second: u32,
    is_unlimited: bool,
}

impl Default for RetryBudget {
    /// 10 % of the calls, plus 10 per second.
    fn default() -> Self {
        Self {
            share: 0.1,
            per_second: 10,
            is_unlimited: false,
        }
    }
}

impl RetryBudget {
    /// Returns the default budget: 10 % of the calls, plus 10 per second.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a budget without a limit.
    pub fn unlimited() -> Self {
        Self {
            is_unlimited: true,
            ..Self::default()
        }
    }

    /// Sets the share of calls that may be retried, from 0.0 to 10.0; other values are clamped. Below 1.0, it is
    /// rounded up to a half, a third, a quarter and so on. Default: 0.1.
    #[must_use]
    pub fn share(mut self, share: f32) -> Self {
        self.share = if share.is_nan() {
            0.0
        } else {
            share.clamp(0.0, 10.0)
        };
        self
    }

    /// Sets how many calls may be retried per second, however few calls there are. This is an average over 10 seconds:
    /// ten times as many may be retried at once. Default: 10; at most 1,000,000.
    #[must_use]
    pub fn per_second(mut self, retries: u32) -> Self {
        self.per_second = retries.min(1_000_000);
        self
    }
}

/// What is left of a budget.
pub(crate) struct Remaining(Option<TpsBudget>);

impl Remaining {
    pub(crate) fn of(budget: RetryBudget) -> Self {
        let limited = !budget.is_unlimited;
        Self(limited.then(|| TpsBudget::new(WINDOW, budget.per_second, budget.share)))
    }

    /// A call begins.
    pub(super) fn call(&self) {
        if let Some(budget) = &self.0 {
            budget.deposit();
        }
    }

    /// Whether a failed call may be retried.
    pub(super) fn may_repeat(&self) -> bool {
        self.0.as_ref().is_none_or(TpsBudget::withdraw)
    }
}

impl fmt::Debug for Remaining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Remaining")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeats(budget: RetryBudget, calls: usize, wanted: usize) -> usize {
        let remaining = Remaining::of(budget);
        (0..calls).for_each(|_| remaining.call());
        (0..wanted).filter(|_| remaining.may_repeat()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn a_tenth_of_the_calls_and_ten_per_second_are_repeated() {
        let budget = RetryBudget::new();
        assert_eq!(repeats(budget, 0, 1000), 100);
        assert_eq!(repeats(budget, 1000, 1000), 200);
        assert_eq!(repeats(budget.share(0.0), 1000, 1000), 100);
        assert_eq!(repeats(budget.share(f32::NAN).per_second(0), 1000, 1000), 0);
        assert_eq!(repeats(budget.share(99.0).per_second(0), 10, 1000), 100);
        assert_eq!(repeats(RetryBudget::unlimited(), 0, 1000), 1000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_spent_budget_recovers() {
        let remaining = Remaining::of(RetryBudget::new());
        while remaining.may_repeat() {}
        tokio::time::sleep(WINDOW + Duration::from_secs(2)).await;
        assert!(remaining.may_repeat());
    }
}
