//! Rules that decide which calls are slow.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The rule that decides which calls are logged as slow: see [`OtelLayer::slow_calls`](super::OtelLayer::slow_calls).
#[derive(Clone)]
pub struct SlowCalls(Rule);

type ByOperation = dyn Fn(&str) -> Option<Duration> + Send + Sync;

#[derive(Clone)]
enum Rule {
    Over(Duration),
    By(Arc<ByOperation>),
    Unusual { factor: f64, recent: Arc<Recent> },
}

impl SlowCalls {
    /// Calls that take longer than `threshold`.
    pub fn over(threshold: Duration) -> Self {
        Self(Rule::Over(threshold))
    }

    /// Calls that take longer than the threshold of their operation, such as `search` or `insert`. Return `None` for
    /// operations that are never slow.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use milvus_otel::{OtelLayer, otel::SlowCalls};
    /// let layer = OtelLayer::new().slow_calls(SlowCalls::by_operation(|operation| match operation {
    ///     "search" => Some(Duration::from_millis(100)),
    ///     "load_collection" => None,
    ///     _ => Some(Duration::from_secs(1)),
    /// }));
    /// ```
    pub fn by_operation(
        threshold: impl Fn(&str) -> Option<Duration> + Send + Sync + 'static,
    ) -> Self {
        Self(Rule::By(Arc::new(threshold)))
    }

    /// Calls that take more than `factor` times the 99th percentile of recent calls of the same operation. The first
    /// hundred calls of an operation are never slow, because there is no percentile yet.
    pub fn unusual(factor: f64) -> Self {
        Self(Rule::Unusual {
            factor,
            recent: Arc::default(),
        })
    }

    /// The threshold, if a call of this operation exceeded it.
    pub(super) fn exceeded(&self, operation: &'static str, took: Duration) -> Option<Duration> {
        let threshold = match &self.0 {
            Rule::Over(threshold) => Some(*threshold),
            Rule::By(threshold) => threshold(operation),
            Rule::Unusual { factor, recent } => {
                let p99 = recent.next(operation, took);
                p99.and_then(|p99| Duration::try_from_secs_f64(p99.as_secs_f64() * factor).ok())
            }
        };
        threshold.filter(|threshold| took > *threshold)
    }
}

impl From<Duration> for SlowCalls {
    fn from(threshold: Duration) -> Self {
        Self::over(threshold)
    }
}

impl fmt::Debug for SlowCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Rule::Over(threshold) => f.debug_tuple("Over").field(threshold).finish(),
            Rule::By(_) => f.write_str("ByOperation"),
            Rule::Unusual { factor, .. } => f.debug_tuple("Unusual").field(factor).finish(),
        }
    }
}

/// The durations of recent calls, by operation.
#[derive(Default)]
struct Recent(Mutex<HashMap<&'static str, Durations>>);

impl Recent {
    /// Returns the 99th percentile of the previous calls, then adds this one.
    fn next(&self, operation: &'static str, took: Duration) -> Option<Duration> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let durations = all.entry(operation).or_default();
        let p99 = durations.percentile();
        durations.add(took);
        p99
    }
}

/// Buckets per doubling of the duration. A percentile is at most a quarter too high.
const PER_DOUBLING: u32 = 4;
/// Covers a microsecond to an hour.
const BUCKETS: usize = 32 * PER_DOUBLING as usize;
/// The minimum number of calls for a 99th percentile.
const MIN_CALLS: u32 = 100;
/// The number of calls after which the weight of earlier calls is halved.
const HALF_LIFE: u32 = 2000;

/// A histogram of durations in which the weight of old calls decays.
struct Durations {
    counts: [u32; BUCKETS],
    total: u32,
}

impl Default for Durations {
    fn default() -> Self {
        Self {
            counts: [0; BUCKETS],
            total: 0,
        }
    }
}

impl Durations {
    fn add(&mut self, took: Duration) {
        if self.total >= 2 * HALF_LIFE {
            for count in &mut self.counts {
                *count /= 2;
            }
            self.total = self.counts.iter().sum();
        }
        if let Some(count) = self.counts.get_mut(bucket(took)) {
            *count += 1;
        }
        self.total += 1;
    }

    /// The 99th percentile, rounded up to the end of its bucket; `None` if there are too few calls.
    fn percentile(&self) -> Option<Duration> {
        if self.total < MIN_CALLS {
            return None;
        }
        let (mut above, most) = (0, self.total / 100);
        for (bucket, count) in self.counts.iter().enumerate().rev() {
            above += count;
            if above > most {
                return Some(upper_end(bucket));
            }
        }
        None
    }
}

fn bucket(took: Duration) -> usize {
    let micros = took.as_micros().max(1);
    let doublings = micros.ilog2();
    // The position within the doubling, in quarters.
    let part = ((micros * u128::from(PER_DOUBLING)) >> doublings) - u128::from(PER_DOUBLING);
    let part = usize::try_from(part).unwrap_or_default();
    (doublings as usize * PER_DOUBLING as usize + part).min(BUCKETS - 1)
}

fn upper_end(bucket: usize) -> Duration {
    let (doublings, part) = (
        bucket / PER_DOUBLING as usize,
        bucket % PER_DOUBLING as usize,
    );
    let micros = (1_u64 << doublings) * (PER_DOUBLING as u64 + part as u64 + 1);
    Duration::from_micros(micros / u64::from(PER_DOUBLING))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    #[test]
    fn calls_far_above_the_recent_percentile_are_unusual() {
        let slow = SlowCalls::unusual(2.0);
        for _ in 0..MIN_CALLS {
            let exceeded = slow.exceeded("search", 60 * MILLISECOND);
            assert_eq!(exceeded, None, "no percentile yet");
        }
        assert_eq!(slow.exceeded("search", 100 * MILLISECOND), None);
        let threshold = slow.exceeded("search", 200 * MILLISECOND).unwrap();
        assert!(
            threshold >= 120 * MILLISECOND && threshold <= 150 * MILLISECOND,
            "{threshold:?}"
        );
        assert_eq!(
            slow.exceeded("insert", 200 * MILLISECOND),
            None,
            "another operation"
        );
        // The percentile adapts.
        for _ in 0..5 * HALF_LIFE {
            slow.exceeded("search", 200 * MILLISECOND);
        }
        assert_eq!(slow.exceeded("search", 300 * MILLISECOND), None);
    }

    #[test]
    fn each_operation_has_its_threshold() {
        let slow =
            SlowCalls::by_operation(|operation| (operation == "search").then_some(MILLISECOND));
        assert_eq!(slow.exceeded("search", 2 * MILLISECOND), Some(MILLISECOND));
        assert_eq!(slow.exceeded("search", MILLISECOND), None);
        assert_eq!(slow.exceeded("insert", 2 * MILLISECOND), None);
    }

    proptest! {
        #[test]
        fn the_percentile_is_at_most_a_quarter_too_high(mut micros in prop::collection::vec(1_u64..10_000_000, 100..500)) {
            let mut durations = Durations::default();
            for each in &micros {
                durations.add(Duration::from_micros(*each));
            }
            micros.sort_unstable();
            let exact = micros[micros.len() - 1 - micros.len() / 100];
            let estimate = u64::try_from(durations.percentile().unwrap().as_micros()).unwrap();
            prop_assert!(
                estimate >= exact && estimate <= exact + exact.div_ceil(4) + 1,
                "{} for {}",
                estimate,
                exact
            );
        }
    }
}
