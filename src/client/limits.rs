//! Settings: how long calls may take, how often they are retried, how many there may be, and how large answers may be.

use std::time::Duration;

use super::ClientBuilder;
use crate::stack::{ConcurrencyLimit, RetryBudget, RetryPolicy};

/// Longer times cannot be added to the clock.
pub(super) const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// # Limits
impl ClientBuilder {
    /// Limits how long a call may take, including retries and waiting for your [layers](Self::layer). Default: 60 s;
    /// `Duration::MAX` means no limit. An operation of several calls applies it to each of them: its own `timeout`
    /// limits them together.
    ///
    /// The limit is sent to the server, which stops working on a call that has timed out. Streaming RPCs have no
    /// default limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Limits how long connecting may take, from DNS lookup to Milvus' first answer. Default: 10 s.
    ///
    /// The addresses of a host share this time: if one does not answer within 250 ms, the next one is tried in
    /// parallel. All calls that wait for a connection share one attempt, and learn why it failed.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout.min(FOREVER);
        self
    }

    /// Limits the size of a message from the server: an answer, or one message of a stream. Default: 256 MiB, the most
    /// that Milvus sends unless `proxy.grpc.serverMaxSendSize` is changed in its `milvus.yaml`.
    ///
    /// The server states the size first, so that a larger answer is refused before it is received, and
    /// [`raw`](crate::Client::raw) clients that accept compressed answers stop decompressing at the limit. A decoded
    /// answer can take more memory.
    ///
    /// The error of such a call names the limit. The call is not retried, since the answer would be the same; a change
    /// [may have happened](crate::Error::may_have_happened).
    ///
    /// ```no_run
    /// # async fn example() -> milvus_otel::Result<()> {
    /// let builder = milvus_otel::Client::builder("http://localhost:19530");
    /// let client = builder.max_response_bytes(16 << 20).connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response = bytes;
        self
    }

    /// Sets which failed calls are retried, and when. Default: [`RetryPolicy::default`].
    ///
    /// [`Client::with_retry`](crate::Client::with_retry) and the `retry` of each operation set another policy.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Limits how many calls are retried while the server is failing. All handles of the client share the budget.
    /// Default: 10 % of the calls, plus 10 per second.
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.retry_budget = budget;
        self
    }

    /// Limits how many calls are in flight at once, over all handles of the client. Further calls wait for their turn,
    /// first come, first served, or fail: see [`ConcurrencyLimit`]. The wait is part of the call's span and timeout,
    /// and counts in `milvus.client.queued_requests`. A call holds its place until its answer has been received; a
    /// streaming call, until its answer begins. [`Client::with_concurrency`](crate::Client::with_concurrency) gives a
    /// handle its own limit. Default: no limit.
    pub fn concurrency(mut self, limit: impl Into<ConcurrencyLimit>) -> Self {
        self.concurrency = Some(limit.into());
        self
    }
}
