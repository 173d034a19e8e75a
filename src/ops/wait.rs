//! Waiting for work that Milvus does in the background.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::client::Call;
use crate::error::{Error, Result};
use crate::otel::{record_polls, unsampled};
use crate::wire::Deadline;

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The progress of background work on the server. Passed to the `progress` callbacks of operations that wait, each time
/// that the server was polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Progress {
    /// What is being done: `"load"`, `"index"`, `"compaction"`. Only [`optimize`](crate::Client::optimize) has several
    /// stages.
    pub stage: &'static str,
    /// The part of `total` that is done.
    pub done: u64,
    /// The amount of work, at least 1: percent, rows, or other steps, depending on the stage. It can grow.
    pub total: u64,
    /// The time since the operation was started.
    #[serde(serialize_with = "crate::data::as_seconds")]
    pub elapsed: Duration,
}

impl Progress {
    /// The progress of a stage after no time, for the tests of your program.
    pub fn new(stage: &'static str, done: u64, total: u64) -> Self {
        Self {
            stage,
            done,
            total,
            elapsed: Duration::ZERO,
        }
    }

    /// Returns the part that is done in percent, 0 to 100.
    pub fn percent(&self) -> u8 {
        let percent = u128::from(self.done) * 100 / u128::from(self.total.max(1));
        u8::try_from(percent.min(100)).unwrap_or(100)
    }
}

/// A `progress` callback.
#[derive(Clone)]
pub(super) struct Report(Arc<dyn Fn(Progress) + Send + Sync>);

impl Report {
    pub(super) fn new(report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self(Arc::new(report))
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Report")
    }
}

/// What a poll returned. The work is finished when `done` reaches `total`.
#[derive(Debug)]
pub(super) struct Polled {
    pub(super) done: u64,
    pub(super) total: u64,
    /// The state for the error of a timeout: "loaded 42 %".
    pub(super) state: String,
}

impl Polled {
    /// For work of which the server only returns whether it is done.
    pub(super) fn once(is_done: bool, state: &str) -> Self {
        let done = u64::from(is_done);
        let state = state.to_owned();
        let total = 1;
        Self { done, total, state }
    }

    pub(super) fn percent(percent: i64, verb: &str) -> Self {
        let done = u64::try_from(percent.clamp(0, 100)).unwrap_or_default();
        let state = format!("{verb} {done} %");
        let total = 100;
        Self { done, total, state }
    }
}

/// The deadline of an operation that makes several calls, and its pauses between polls.
#[derive(Debug)]
pub(super) struct Wait {
    deadline: Option<Deadline>,
    /// The callback for polls, and when the operation was started.
    report: Option<(Report, Instant)>,
    polls: AtomicU32,
}

impl Wait {
    pub(super) fn new(timeout: Option<Duration>) -> Self {
        Self {
            deadline: timeout.and_then(Deadline::after),
            report: None,
            polls: AtomicU32::new(0),
        }
    }

    /// Reports every poll.
    pub(super) fn reporting(self, report: Option<Report>) -> Self {
        let report = report.map(|report| (report, Instant::now()));
        Self { report, ..self }
    }

    /// The timeout of the next call; `None` for the client's own timeout.
    pub(super) fn remaining(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.remaining())
    }

    /// The next call of the operation, with the time that is left for it.
    pub(super) fn step<'a>(&self, call: Call<'a>) -> Call<'a> {
        call.deadline(self.deadline)
    }

    /// Polls the server until the work is finished. The first pause is short, because small collections are ready at once.
    ///
    /// Only the first and the last poll are recorded in the trace. The span of the operation has the number of polls.
    ///
    /// # Errors
    ///
    /// The errors of `poll`, or a timeout, whose message contains the last state.
    pub(super) async fn until<'a, F>(
        &self,
        call: Call<'a>,
        stage: &'static str,
        poll: impl Fn(Call<'a>) -> F + Send + Sync,
    ) -> Result<()>
    where
        F: Future<Output = Result<Polled>> + Send,
    {
        let ended = self.stage(call, stage, poll).await;
        self.record();
        ended
    }

    /// Records the number of polls on the span of the operation.
    pub(super) fn record(&self) {
        record_polls(self.polls.load(Ordering::Relaxed));
    }

    /// One stage of an operation that polls for several things. [`record`](Self::record) must be called after the last.
    pub(super) async fn stage<'a, F>(
        &self,
        call: Call<'a>,
        stage: &'static str,
        poll: impl Fn(Call<'a>) -> F + Send + Sync,
    ) -> Result<()>
    where
        F: Future<Output = Result<Polled>> + Send,
    {
        let (mut shown, mut finished) = (true, false);
        let mut pause = FIRST_PAUSE;
        loop {
            self.polls.fetch_add(1, Ordering::Relaxed);
            let polled = poll(self.step(call));
            let polled = if shown {
                polled.await
            } else {
                unsampled(polled).await
            };
            let ended = match polled {
                Ok(polled) => {
                    let was_finished = finished;
                    finished = polled.done >= polled.total;
                    // The last poll is repeated for the trace, but not reported twice.
                    if !was_finished {
                        self.report(stage, &polled);
                    }
                    if finished && shown {
                        Some(Ok(()))
                    } else if finished {
                        shown = true;
                        None
                    } else {
                        shown = false;
                        let paused = self.pause(call, pause, &polled.state).await;
                        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
                        paused.err().map(Err)
                    }
                }
                Err(error) => Some(Err(error)),
            };
            if let Some(ended) = ended {
                return ended;
            }
        }
    }

    fn report(&self, stage: &'static str, polled: &Polled) {
        if let Some((Report(report), started)) = &self.report {
            report(Progress {
                stage,
                done: polled.done.min(polled.total),
                total: polled.total.max(1),
                elapsed: started.elapsed(),
            });
        }
    }

    async fn pause(&self, call: Call<'_>, pause: Duration, state: &str) -> Result<()> {
        if let Some(deadline) = self.deadline
            && pause >= deadline.remaining()
        {
            let timeout = deadline.timeout();
            let why =
                format!("timed out after {timeout:?}: {state}; the server continues the work");
            return Err(Error::timeout(call.operation, why).on(call.collection));
        }
        sleep(pause).await;
        Ok(())
    }
}
