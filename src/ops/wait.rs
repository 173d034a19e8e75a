//! Waiting for work that Milvus does in the background.

use std::future::Future;
use std::time::Duration;

use tokio::time::sleep;

use crate::client::Call;
use crate::error::{Error, Result};
use crate::otel::{record_polls, unsampled};
use crate::wire::Deadline;

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The deadline of an operation that makes several calls, and its pauses between polls.
#[derive(Debug)]
pub(super) struct Wait {
    deadline: Option<Deadline>,
    pause: Duration,
}

impl Wait {
    pub(super) fn new(timeout: Option<Duration>) -> Self {
        Self {
            deadline: timeout.and_then(Deadline::after),
            pause: FIRST_PAUSE,
        }
    }

    /// The timeout of the next call; `None` for the client's own timeout.
    pub(super) fn remaining(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.remaining())
    }

    /// The next call of the operation, with the time that is left for it.
    pub(super) fn step<'a>(&self, call: Call<'a>) -> Call<'a> {
        call.deadline(self.deadline)
    }

    /// Polls the server until `done`. The first pause is short, because small collections are ready at once.
    ///
    /// Only the first and the last poll are recorded in the trace. The span of the operation has the number of polls.
    ///
    /// # Errors
    ///
    /// The errors of `ask` and `done`, or a timeout, whose message contains the `state`.
    pub(super) async fn until<T, F>(
        &mut self,
        call: Call<'_>,
        ask: impl Fn(Option<Duration>) -> F + Send + Sync,
        done: impl Fn(&T) -> Result<bool> + Send + Sync,
        state: impl Fn(&T) -> String + Send + Sync,
    ) -> Result<()>
    where
        T: Send + Sync,
        F: Future<Output = Result<T>> + Send,
    {
        let (mut polls, mut shown) = (0, true);
        loop {
            polls += 1;
            let asked = ask(self.remaining());
            let answer = if shown {
                asked.await
            } else {
                unsampled(asked).await
            };
            let ended = match answer.and_then(|answer| Ok((done(&answer)?, answer))) {
                Ok((true, _)) if shown => Some(Ok(())),
                Ok((true, _)) => {
                    shown = true;
                    None
                }
                Ok((false, answer)) => {
                    shown = false;
                    self.pause(call, || state(&answer)).await.err().map(Err)
                }
                Err(error) => Some(Err(error)),
            };
            if let Some(ended) = ended {
                record_polls(polls);
                return ended;
            }
        }
    }

    async fn pause(&mut self, call: Call<'_>, state: impl FnOnce() -> String + Send) -> Result<()> {
        if let Some(deadline) = self.deadline
            && self.pause >= deadline.remaining()
        {
            let timeout = deadline.timeout();
            let why = format!("{} within {timeout:?}; the server continues", state());
            return Err(Error::timeout(call.operation, why).on(call.collection));
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 3 / 2).min(LONGEST_PAUSE);
        Ok(())
    }
}
