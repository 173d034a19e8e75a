//! The client's own limit on concurrent calls.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit, TryAcquireError};
use tonic::Status;

use super::connect::not_sent;
use crate::error::{CallRecord, Stage, TooManyCalls};
use crate::otel::LimitMetrics;

/// How many calls a client has in flight at once, and how many more may wait for their turn.
///
/// ```no_run
/// # async fn example() -> milvus_otel::Result<()> {
/// use milvus_otel::Client;
/// use milvus_otel::client::ConcurrencyLimit;
///
/// let limit = ConcurrencyLimit::new(64).max_waiting(1000);
/// let client = Client::builder("http://localhost:19530").concurrency(limit).connect().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConcurrencyLimit {
    calls: usize,
    waiting: usize,
}

impl ConcurrencyLimit {
    /// Limits the calls in flight; at least 1. Other calls wait for their turn, first come, first served, until their
    /// deadline.
    pub fn new(calls: usize) -> Self {
        Self {
            calls: calls.clamp(1, Semaphore::MAX_PERMITS),
            waiting: usize::MAX,
        }
    }

    /// Limits how many calls may wait. Further calls fail at once, without being sent: see
    /// [`Error::is_overloaded`](crate::Error::is_overloaded). Calls that wait to be retried are exempt. Default: no
    /// limit.
    #[must_use]
    pub fn max_waiting(mut self, calls: usize) -> Self {
        self.waiting = calls;
        self
    }
}

impl From<usize> for ConcurrencyLimit {
    fn from(calls: usize) -> Self {
        Self::new(calls)
    }
}

/// The permits of a limit, shared by a client and its handles.
#[derive(Clone)]
pub(crate) struct Permits(Option<Arc<Shared>>);

struct Shared {
    limit: ConcurrencyLimit,
    free: Semaphore,
    waiting: AtomicUsize,
    metrics: LimitMetrics,
}

impl Permits {
    /// Any number of calls.
    pub(crate) fn unlimited() -> Self {
        Self(None)
    }

    pub(crate) fn new(limit: ConcurrencyLimit, metrics: LimitMetrics) -> Self {
        Self(Some(Arc::new(Shared {
            limit,
            free: Semaphore::new(limit.calls),
            waiting: AtomicUsize::new(0),
            metrics,
        })))
    }

    /// Waits for an attempt's turn, which lasts until the permit is dropped.
    pub(super) async fn enter(
        &self,
        record: &CallRecord,
    ) -> Result<Option<SemaphorePermit<'_>>, Status> {
        let Some(shared) = &self.0 else {
            return Ok(None);
        };
        match shared.free.try_acquire() {
            Ok(permit) => return Ok(Some(permit)),
            Err(TryAcquireError::NoPermits) => {}
            // The semaphore is never closed.
            Err(TryAcquireError::Closed) => return Ok(None),
        }
        // An earlier attempt was sent, so the error must not claim that the call was not.
        let limit = match record.attempts() {
            0 | 1 => shared.limit.waiting,
            _ => usize::MAX,
        };
        let Some(_waiting) = Waiting::begin(&shared.waiting, limit) else {
            record.refuse();
            let ConcurrencyLimit { calls, waiting } = shared.limit;
            let what = format!(
                "the client's concurrency limit is reached: {calls} calls in flight, {waiting} waiting"
            );
            let mut status = Status::resource_exhausted(what);
            status.set_source(Arc::new(TooManyCalls));
            return Err(status);
        };
        record.reach(Stage::Limited);
        let _queued = shared.metrics.queued();
        Ok(shared.free.acquire().await.ok())
    }

    /// Why a call that waits for its turn was not sent.
    pub(super) fn timed_out(&self, waited: std::time::Duration) -> Status {
        let calls = self.0.as_ref().map_or(0, |shared| shared.limit.calls);
        not_sent(Status::deadline_exceeded(format!(
            "not sent within {waited:?}: the client was at its concurrency limit of {calls}"
        )))
    }
}

impl fmt::Debug for Permits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.0.as_ref().map(|shared| shared.limit);
        f.debug_tuple("Permits").field(&limit).finish()
    }
}

/// A call that waits.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    /// `None` if no more calls may wait.
    fn begin(waiting: &'a AtomicUsize, limit: usize) -> Option<Self> {
        let may = |calls: usize| (calls < limit).then_some(calls + 1);
        let counted = waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, may);
        counted.is_ok().then(|| Self(waiting))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
