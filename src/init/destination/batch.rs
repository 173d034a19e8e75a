//! How much waits for the collector, and how long.

use std::time::Duration;

use super::Env;

/// The batching of one signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) delay: Duration,
    /// What finds this many waiting is dropped: memory stays bounded, and calls never wait.
    pub(super) queue: usize,
    pub(super) size: usize,
    /// How long one export may take.
    pub(super) limit: Duration,
}

impl Batch {
    /// `OTEL_{prefix}_*`, where the prefix is `BSP` for spans and `BLRP` for log records.
    pub(super) fn resolve(env: &mut Env, prefix: &str, delay: Duration) -> Self {
        let name = |setting: &str| format!("OTEL_{prefix}_{setting}");
        let size = |number: Option<u64>, default| {
            number.map_or(default, |n| usize::try_from(n).unwrap_or(usize::MAX))
        };
        // The queue is allocated in full at the start: a slip of the hand must not take all memory.
        let queue = size(env.number(&name("MAX_QUEUE_SIZE"), 1), 2048).min(1 << 20);
        let batch_name = name("MAX_EXPORT_BATCH_SIZE");
        let mut batch = size(env.number(&batch_name, 1), 512);
        if batch > queue {
            if env.get(&batch_name).is_some() {
                env.warn(
                    &batch_name,
                    format!("is larger than the queue, {queue} is used"),
                );
            }
            batch = queue;
        }
        Self {
            delay: env.millis(&name("SCHEDULE_DELAY")).unwrap_or(delay),
            queue,
            size: batch,
            limit: env
                .timeout(&name("EXPORT_TIMEOUT"))
                .unwrap_or(Duration::from_secs(30)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELAY: Duration = Duration::from_secs(5);

    #[test]
    fn a_batch_never_exceeds_the_queue() {
        let mut env = Env::fixed([
            ("OTEL_BSP_MAX_QUEUE_SIZE", "100"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "200"),
        ]);
        assert_eq!(Batch::resolve(&mut env, "BSP", DELAY).size, 100);
        let warnings = env.into_warnings();
        assert_eq!(warnings[0].variable(), "OTEL_BSP_MAX_EXPORT_BATCH_SIZE");

        let mut env = Env::fixed([("OTEL_BSP_MAX_QUEUE_SIZE", "100")]);
        assert_eq!(Batch::resolve(&mut env, "BSP", DELAY).size, 100);
        assert_eq!(env.into_warnings(), [], "the default batch just follows");
    }

    #[test]
    fn spans_and_log_records_have_variables_of_their_own() {
        let mut env = Env::fixed([
            ("OTEL_BLRP_MAX_QUEUE_SIZE", "7"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "20"),
            ("OTEL_BLRP_EXPORT_TIMEOUT", "30"),
        ]);
        let logs = Batch::resolve(&mut env, "BLRP", Duration::from_secs(1));
        assert_eq!((logs.queue, logs.size), (7, 7));
        assert_eq!(logs.delay, Duration::from_millis(20));
        assert_eq!(logs.limit, Duration::from_millis(30));
        let spans = Batch::resolve(&mut env, "BSP", DELAY);
        assert_eq!((spans.queue, spans.size, spans.delay), (2048, 512, DELAY));
    }
}
