//! The limits of queues and batches.

use std::time::Duration;

use super::Env;
use crate::init::variable::Variable;
use crate::init::variables;

/// The queue and batch limits of one signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) delay: Duration,
    /// Items are dropped if this many are queued: memory stays bounded, and callers never wait.
    pub(super) queue: usize,
    pub(super) size: usize,
    /// The time limit of one export.
    pub(super) limit: Duration,
}

impl Batch {
    pub(super) fn for_spans(env: &mut Env) -> Self {
        let size = (&variables::SPAN_QUEUE, &variables::SPAN_BATCH);
        Self::resolve(env, size, &variables::SPAN_DELAY, &variables::SPAN_TIMEOUT)
    }

    pub(super) fn for_logs(env: &mut Env) -> Self {
        let size = (&variables::LOG_QUEUE, &variables::LOG_BATCH);
        Self::resolve(env, size, &variables::LOG_DELAY, &variables::LOG_TIMEOUT)
    }

    fn resolve(
        env: &mut Env,
        (queue, batch): (&Variable<usize>, &Variable<usize>),
        delay: &Variable<Duration>,
        limit: &Variable<Duration>,
    ) -> Self {
        // The SDK allocates the whole queue at the start: a mistyped size must not exhaust the memory.
        let queue = env.value(queue).min(1 << 20);
        let set = env.get(batch);
        if set.is_some_and(|size| size > queue) {
            env.warn(
                batch.name,
                format!(
                    "is larger than the queue: batches of {queue}, the size of the queue, are used"
                ),
            );
        }
        Self {
            queue,
            size: set
                .or_else(|| batch.default_value())
                .unwrap_or(queue)
                .min(queue),
            delay: env.value(delay),
            limit: env.value(limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_never_exceeds_the_queue() {
        let mut env = Env::fixed([
            ("OTEL_BSP_MAX_QUEUE_SIZE", "100"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "200"),
        ]);
        assert_eq!(Batch::for_spans(&mut env).size, 100);
        let warnings = env.into_warnings();
        assert_eq!(warnings[0].variable(), "OTEL_BSP_MAX_EXPORT_BATCH_SIZE");

        let mut env = Env::fixed([("OTEL_BSP_MAX_QUEUE_SIZE", "100")]);
        assert_eq!(Batch::for_spans(&mut env).size, 100);
        assert_eq!(env.into_warnings(), [], "the default batch just follows");
    }

    #[test]
    fn spans_and_log_records_use_separate_variables() {
        let mut env = Env::fixed([
            ("OTEL_BLRP_MAX_QUEUE_SIZE", "7"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "20"),
            ("OTEL_BLRP_EXPORT_TIMEOUT", "30"),
        ]);
        let logs = Batch::for_logs(&mut env);
        assert_eq!((logs.queue, logs.size), (7, 7));
        assert_eq!(logs.delay, Duration::from_millis(20));
        assert_eq!(logs.limit, Duration::from_millis(30));
        let spans = Batch::for_spans(&mut env);
        assert_eq!(
            (spans.queue, spans.size, spans.delay),
            (2048, 512, Duration::from_secs(5))
        );
    }
}
